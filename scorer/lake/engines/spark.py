"""A Spark cluster, or anything that speaks Spark Connect.

What the cluster needs to know (secrets, memory, storage) stands in Spark's own configuration, which is read as always:
``spark-defaults.conf`` in SPARK_CONF_DIR, SPARK_REMOTE and the like. Nothing of it passes through here.
"""

from __future__ import annotations

import shutil
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from scorer.columns import Columns
from scorer.errors import EngineUnusable, ExtraMissing
from scorer.lake.cells import literal
from scorer.lake.engines.arrow import from_arrow
from scorer.lake.engines.engine import SqlType, add_columns, add_rows, ddl, plain_sql, types_of
from scorer.settings import EngineName

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from pyspark.sql import SparkSession

CONNECT = "sc://"
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",  # what is being done is said here
    # Keys repeat, so that files of ten megabytes hold millions of rows: too many to be handed to every worker.
    "spark.sql.sources.fileCompressionFactor": "30",
}
_ARRIVING = "promo_arriving"
_AT_ONCE = 200_000  # rows that travel at a time where there is no storage
Shipped = TypeVar("Shipped")


class SparkEngine:
    """Tables lie in a database of the cluster's own that is gone when the engine is closed.

    place: a folder or address for it that every machine of the cluster sees; None: where its catalogue puts databases.
    storage: a folder that this machine sees as well, under the same path, by which long tables travel as files; None: they
    travel through the connection.
    """

    def __init__(
        self, session: SparkSession, place: str | None = None, name: EngineName = "spark", storage: Path | None = None
    ) -> None:
        self._session = session
        self._name = name
        self._storage = storage
        self._database = f"promo_{uuid4().hex[:12]}"
        self._brought: list[str] = []
        where = "" if place is None else f" LOCATION {literal(f'{place}/{self._database}')}"
        with troubles_told(name):
            session.sql(f"CREATE DATABASE {self._database}{where}")
            session.sql(f"USE {self._database}")

    @property
    def name(self) -> EngineName:
        return self._name

    def take_from(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Bring a table of a lake there: as a file that the cluster reads, or some rows at a time."""
        types = types_of(con, name)
        if self._storage is None:
            self._take_rows(con, name, types)
            return
        file = self._storage / "sent" / f"{name}.parquet"
        file.parent.mkdir(exist_ok=True)
        con.execute(f"COPY ({plain_sql(name, types)}) TO {literal(str(file))} (FORMAT parquet)")
        with troubles_told(self._name):
            self._session.read.parquet(str(file)).createOrReplaceTempView(name)
        self._brought.append(name)

    def _take_rows(self, con: duckdb.DuckDBPyConnection, name: str, types: Mapping[str, SqlType]) -> None:
        with troubles_told(self._name):
            self._session.sql(f"CREATE TABLE {name} ({ddl(types)})")
        for batch in con.execute(plain_sql(name, types)).to_arrow_reader(_AT_ONCE):
            with troubles_told(self._name):
                self._session.createDataFrame(_as_table(batch), schema=ddl(types)).createOrReplaceTempView(_ARRIVING)
                self._session.sql(f"INSERT INTO {name} SELECT * FROM {_ARRIVING}")

    def make(self, name: str, select: str) -> None:
        """Make a table from a SELECT; stored, because a view of views of views takes Spark longer to plan than to run."""
        with troubles_told(self._name):
            self._session.sql(f"DROP TABLE IF EXISTS {name}")
            self._session.sql(f"CREATE TABLE {name} AS {select}")

    def view(self, name: str, select: str) -> None:
        """Make a SELECT readable under a name."""
        with troubles_told(self._name):
            self._session.sql(select).createOrReplaceTempView(name)
        self._brought.append(name)

    def fetch(self, name: str) -> Columns:
        """Bring a table back."""
        with troubles_told(self._name):
            return from_arrow(self._session.table(name).toArrow())

    def add_to(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Bring a table back, as files that are read one after the other, or through the connection."""
        with troubles_told(self._name):
            if self._storage is None:
                add_columns(con, name, self.fetch(name))
                return
            folder = self._storage / "made" / name
            self._session.table(name).write.parquet(str(folder))
        if not any(folder.glob("*.parquet")):
            why = f"what its workers wrote is not in {self._storage}"
            raise EngineUnusable.because(self._name, why, "Name a folder that every worker sees: storage under [engine].")
        add_rows(con, name, f"read_parquet({literal(str(folder / '*.parquet'))})")
        shutil.rmtree(folder)

    def close(self) -> None:
        """Drop the database with all that is in it, and leave. Raises EngineUnusable where the cluster is gone."""
        try:
            with troubles_told(self._name):
                for name in (*self._brought, _ARRIVING):
                    self._session.catalog.dropTempView(name)
                self._session.sql("USE default")
                self._session.sql(f"DROP DATABASE {self._database} CASCADE")
        finally:
            self._session.stop()


def open_session(master: str | None) -> SparkSession:
    """Connect to a Spark master (``spark://…``, ``local[2]``, ``yarn`` …) or a Spark Connect server (``sc://…``).

    None: what Spark's own configuration says. Raises ExtraMissing and EngineUnusable.
    """
    # a remark for programmers, about a part of pyspark that is not used here
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise ExtraMissing.named("spark", "Spark") from missing
    builder = SparkSession.builder.appName("promo").config("spark.sql.session.timeZone", "UTC")
    if master is not None and master.startswith(CONNECT):
        builder = builder.remote(master)
    else:
        builder = builder.config("spark.pyspark.python", _python())
        builder = builder if master is None else builder.master(master)
        for setting, value in _SETTINGS.items():
            builder = builder.config(setting, value)
    try:
        return builder.getOrCreate()
    except _troubles() as why:
        raise EngineUnusable.not_reached("Spark", master or "as configured", first_line(why)) from why


@contextmanager
def troubles_told(engine: EngineName) -> Iterator[None]:
    """Turn what Spark says for pages into a sentence. Raises EngineUnusable."""
    try:
        yield
    except _troubles() as why:
        raise EngineUnusable.because(engine, first_line(why), "Look at what its workers say.") from why


def _as_table(batch: pa.RecordBatch) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_batches([batch])


def _python() -> str:
    """Return the Python of the workers: the one that was named to Spark, else the same as here."""
    return environ.get("PYSPARK_PYTHON", sys.executable)


def first_line(why: Exception) -> str:
    """Return what an error says before it goes on for pages; of Java's, the first line says only what was called.

    >>> first_line(ValueError("An error occurred while calling None.SparkSession.\\n: java.lang.Exception: gone\\n\\tat ..."))
    'java.lang.Exception: gone'
    """
    lines = str(why).splitlines() or [type(why).__name__]
    return next((line[2:] for line in lines if line.startswith(": ")), lines[0]).rstrip(". ")


def _troubles() -> tuple[type[Exception], ...]:
    """Return what Spark raises: its own errors, and those of the Java it runs in."""
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError


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
