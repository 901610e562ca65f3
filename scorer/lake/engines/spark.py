"""A Spark cluster, or anything that speaks Spark Connect.

What the cluster needs to know (secrets, memory, storage) stands in Spark's own configuration, which is read as always:
``spark-defaults.conf`` in SPARK_CONF_DIR, SPARK_REMOTE and the like. Nothing of it passes through here.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from os import environ
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from scorer.columns import Columns
from scorer.errors import EngineUnusable, ExtraMissing
from scorer.lake.cells import literal
from scorer.lake.engines.arrow import from_arrow, to_arrow
from scorer.lake.engines.engine import SqlType, Table
from scorer.settings import EngineName

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONNECT = "sc://"
Shipped = TypeVar("Shipped")


class SparkEngine:
    """Tables lie in a database of the cluster's own that is gone when the engine is closed.

    storage: a folder or address that every machine of the cluster sees; None: where its catalogue puts databases.
    """

    def __init__(self, session: SparkSession, storage: str | None = None, name: EngineName = "spark") -> None:
        self._session = session
        self._name = name
        self._database = f"promo_{uuid4().hex[:12]}"
        self._brought: list[str] = []
        place = "" if storage is None else f" LOCATION {literal(f'{storage}/{self._database}')}"
        session.sql(f"CREATE DATABASE {self._database}{place}")
        session.sql(f"USE {self._database}")

    @property
    def name(self) -> EngineName:
        return self._name

    def put(self, name: str, table: Table) -> None:
        """Bring a table there."""
        with troubles_told(self._name):
            # with its columns declared: an empty table would not tell them
            self._session.createDataFrame(to_arrow(table), schema=ddl(table.types)).createOrReplaceTempView(name)
        self._brought.append(name)

    def make(self, name: str, select: str) -> None:
        """Make a table from a SELECT; stored, because a view of views of views takes Spark longer to plan than to run."""
        with troubles_told(self._name):
            self._session.sql(f"DROP TABLE IF EXISTS {name}")
            self._session.sql(f"CREATE TABLE {name} AS {select}")

    def fetch(self, name: str) -> Columns:
        """Bring a table back."""
        with troubles_told(self._name):
            return from_arrow(self._session.table(name).toArrow())

    def close(self) -> None:
        """Drop the database with all that is in it, and leave."""
        for name in self._brought:
            self._session.catalog.dropTempView(name)
        self._session.sql("USE default")
        self._session.sql(f"DROP DATABASE {self._database} CASCADE")
        self._session.stop()


def open_session(master: str | None) -> SparkSession:
    """Connect to a Spark master (``spark://…``, ``local[2]``, ``yarn`` …) or a Spark Connect server (``sc://…``).

    None: what Spark's own configuration says. Raises ExtraMissing and EngineUnusable.
    """
    # a remark for programmers, about a part of pyspark that is not used here
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise ExtraMissing.named("spark", "Spark") from missing
    builder = SparkSession.builder.appName("promo").config("spark.sql.session.timeZone", "UTC")
    if master is not None and master.startswith(CONNECT):
        builder = builder.remote(master)
    else:
        builder = builder.config("spark.ui.enabled", "false").config("spark.pyspark.python", _python())
        builder = builder if master is None else builder.master(master)
    try:
        return builder.getOrCreate()
    except PySparkException as why:
        raise EngineUnusable.not_reached("Spark", master or "as configured", first_line(why)) from why


@contextmanager
def troubles_told(engine: EngineName) -> Iterator[None]:
    """Turn what Spark says for pages into a sentence. Raises EngineUnusable."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as why:
        raise EngineUnusable.because(engine, first_line(why), "Look at what its workers say.") from why


def _python() -> str:
    """Return the Python of the workers: the one that was named to Spark, else the same as here."""
    return environ.get("PYSPARK_PYTHON", sys.executable)


def ddl(types: Mapping[str, SqlType]) -> str:
    """Return the columns of a table as Spark declares them.

    >>> ddl({"line": "BIGINT", "verdict": "VARCHAR"})
    'line BIGINT, verdict STRING'
    """
    return ", ".join(f"{name} {'STRING' if kind == 'VARCHAR' else kind}" for name, kind in types.items())


def first_line(why: Exception) -> str:
    """Return what an error says before it goes on for pages."""
    return (str(why).splitlines() or [type(why).__name__])[0]


def to_workers(session: SparkSession, value: Shipped) -> Callable[[], Shipped]:
    """Send a value to the workers, once to each machine, and return what gives it there.

    Spark Connect has no such way: there it goes with the function that asks for it.
    """
    if _over_connect(session):
        return lambda: value
    sent = session.sparkContext.broadcast(value)
    return lambda: sent.value


def each_file_at_a_time(session: SparkSession) -> None:
    """Make every file that is read a task of its own, so that a lost one is repeated alone."""
    session.conf.set("spark.sql.files.openCostInBytes", "256m")
    session.conf.set("spark.sql.files.maxPartitionBytes", "256m")


def _over_connect(session: SparkSession) -> bool:
    return ".connect." in type(session).__module__
