"""From the name of an engine to the engine: the one place where they are chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from scorer.lake.engines.embedded import DuckDBEngine
from scorer.lake.engines.engine import Engine
from scorer.settings import Engine as Settings


@contextmanager
def opened(settings: Settings, environment: Mapping[str, str]) -> Iterator[Engine]:
    """Open the engine that settings name; its tables are gone when the block ends. Raises ExtraMissing and EngineUnusable."""
    with storage_of(settings) as storage:
        engine = _open(settings, environment, storage)
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def storage_of(settings: Settings) -> Iterator[Path]:
    """Hand out a folder of its own in the storage that all machines see, and empty it afterwards."""
    with TemporaryDirectory(prefix="promo-", dir=settings.storage) as folder:
        yield Path(folder)


def _open(settings: Settings, environment: Mapping[str, str], storage: Path) -> Engine:
    if settings.name == "duckdb":
        return DuckDBEngine()
    if settings.name == "snowflake":
        from scorer.lake.engines import snowflake

        return snowflake.SnowflakeEngine(snowflake.connect(settings.connection, environment), storage)
    from scorer.lake.engines import databricks, spark

    over_connect = settings.master is not None or "SPARK_REMOTE" in environment
    if settings.name == "databricks" and not over_connect:
        return databricks.DatabricksWarehouse(databricks.connect(environment))
    session = spark.open_session(settings.master)
    if settings.name == "spark":
        return spark.SparkEngine(session, str(storage), storage=storage)
    # what Spark Connect leads to has a catalogue that knows where databases lie, and sees no folder that it is not told of
    return spark.SparkEngine(session, None, settings.name, storage if settings.storage else None)


def where(settings: Settings) -> str:
    """Say in words where an engine is, without anything secret."""
    if settings.name == "duckdb":
        return "this machine"
    return settings.master or settings.connection or "as the environment says"
