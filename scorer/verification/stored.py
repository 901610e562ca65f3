"""The rows and their answers as files of the product, and how they are made: by DuckDB, from the exports of ``exports.py``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from scorer.lake.cells import literal
from scorer.lake.engines.duckdb import connect
from scorer.lake.engines.embedded import DuckDBEngine
from scorer.lake.engines.engine import Table, lay, table_of
from scorer.lake.refresh import refresh
from scorer.verification.exports import CLIENT, write_exports
from scorer.verification.steps import ANSWERS, INPUTS, run

FOLDER = Path(__file__).parent / "tables"


def read_inputs() -> dict[str, Table]:
    """Return the stored rows."""
    return _read(INPUTS)


def read_answers() -> dict[str, Table]:
    """Return what every step made of them."""
    return _read(ANSWERS)


def make_inputs() -> dict[str, Table]:
    """Make the rows anew: write the exports, refresh a lake from them, take out what its SQL starts from."""
    with TemporaryDirectory(prefix="promo-") as folder:
        write_exports(Path(folder, "exports"))
        refresh(CLIENT, Path(folder, "exports"), Path(folder, "lake.duckdb"))
        with closing(connect(Path(folder, "lake.duckdb"), read_only=True)) as con:
            return {name: table_of(con, name) for name in INPUTS}


def make_answers(inputs: Mapping[str, Table]) -> dict[str, Table]:
    """Run every step on DuckDB."""
    engine = DuckDBEngine()
    try:
        run(engine, inputs)
        return {name: engine.table(name) for name in ANSWERS}
    finally:
        engine.close()


def write(tables: Mapping[str, Table]) -> None:
    """Store tables, one Parquet file each."""
    FOLDER.mkdir(exist_ok=True)
    for name, table in tables.items():
        with closing(connect(threads=1)) as con:
            lay(con, "written", table)
            target = literal(str(FOLDER / f"{name}.parquet"))
            con.execute(f"COPY (SELECT * FROM written ORDER BY ALL) TO {target} (FORMAT parquet, COMPRESSION zstd)")


def _read(names: Iterable[str]) -> dict[str, Table]:
    with closing(connect(threads=1)) as con:
        for name in names:
            con.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({literal(str(FOLDER / f"{name}.parquet"))})')
        return {name: table_of(con, name) for name in names}
