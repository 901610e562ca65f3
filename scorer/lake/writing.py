"""Tables into files: csv, parquet or xlsx by the ending of the name, there whole or not at all.

Text that a spreadsheet would run as a formula is always written as text (in csv as ``guarding`` says). csv and parquet
may also be written in batches (``TableWriter``) when the table is larger than memory.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Self

import duckdb

from scorer import atomic
from scorer.columns import Array, Columns, length
from scorer.contracts.table import Kind
from scorer.errors import OutputRefused, nearest
from scorer.lake.arrow_stream import ArrowStream
from scorer.lake.cells import identifier, literal
from scorer.lake.guarding import guarded, guarded_text
from scorer.lake.writing_xlsx import write_xlsx

ENDINGS = (".csv", ".parquet", ".xlsx")
# On one thread the same table gives the same bytes. Looking for parts that columns have in common grows with their number
# squared, and there are none.
_SET = "SET threads = 1; SET disabled_optimizers = 'common_subexpressions'"
# A parquet file is written so many rows at a time: a scored list is wide, and they are held in memory.
ROWS_AT_ONCE = 40_960
WAITING = 1  # batches that wait while another is written: memory holds few of them


def write_table(path: Path, columns: Columns, kinds: Mapping[str, Kind] | None = None) -> None:
    """Write a table, replacing what is there only when all of it is written.

    ``kinds`` gives columns their contract type: whole counts in csv, number formats in xlsx.
    Raises OutputRefused for an unknown ending, more rows than a sheet holds, or a place that cannot be written.
    """
    if _ending(path) == ".xlsx":
        with _replacing(path) as temporary:
            write_xlsx(temporary, columns, kinds or {}, path)
        return
    with _replacing(path) as temporary:
        _copy(iter([columns]), _types(columns, kinds or {}), kinds or {}, temporary, _ending(path))


class TableWriter:
    """Writes a csv or parquet file from batches with the same columns; use as a context manager.

    A batch is written while the next is made. The file appears when the block ends, and not at all when it raises.
    """

    def __init__(self, path: Path, kinds: Mapping[str, Kind] | None = None) -> None:
        self.path = path
        self.kinds = dict(kinds or {})
        self.rows = 0
        self._ending = _ending(path)
        if self._ending == ".xlsx":
            raise OutputRefused.because(path, "xlsx cannot be written in batches", "Choose csv or parquet.")
        self._types: dict[str, str] = {}
        self._file = ExitStack()
        self._batches: Queue[Columns | BaseException | None] = Queue(WAITING)
        self._ended = False
        self._writing: Thread | None = None
        self._failed: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, columns: Columns) -> None:
        """Add rows. Raises OutputRefused when the columns differ from those of the first batch."""
        if self._writing is None:
            self._begin(columns)
        elif tuple(columns) != tuple(self._types):
            raise OutputRefused.because(self.path, "its parts have different columns", "Write parts with the same columns.")
        if self._failed is not None:
            raise self._failed
        self._batches.put(columns)
        self.rows += length(columns)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._writing is None:
            return
        self._batches.put(error)  # None says: that was all
        self._writing.join()
        if error is not None:
            self._file.__exit__(kind, error, trace)
            return
        with self._file:
            if self._failed is not None:
                raise self._failed

    def _begin(self, columns: Columns) -> None:
        self._types = _types(columns, self.kinds)
        temporary = self._file.enter_context(_replacing(self.path))
        self._writing = Thread(target=self._write_to, args=(temporary,), name=f"writes {self.path.name}")
        self._writing.start()

    def _write_to(self, temporary: Path) -> None:
        try:
            _copy(self._handed_over(), self._types, self.kinds, temporary, self._ending)
        except BaseException as why:  # noqa: BLE001 - raised again where the batches come from
            self._failed = why
        with suppress(BaseException):  # whoever hands over the next must not wait for ever
            deque(self._handed_over(), maxlen=0)

    def _handed_over(self) -> Iterator[Columns]:
        while not self._ended:
            batch = self._batches.get()
            self._ended = batch is None or isinstance(batch, BaseException)
            if isinstance(batch, BaseException):
                raise batch
            if batch is not None:
                yield batch


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Hand out a temporary name beside ``path``; what was written there replaces it when the block ends well."""
    if os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir it does not mind a name that no file can have
        raise OutputRefused.because(path, "it is a folder", "Give the name of a file.")
    try:
        with atomic.replacing(path) as temporary:
            yield temporary
    except duckdb.IOException as why:
        raise OutputRefused.because(path, str(why).splitlines()[0], "Check the folder and the space left on the disk.") from why


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise OutputRefused.because(
            path,
            f"'{ending or path.name}' is no kind of file that can be written",
            f"Use .csv, .parquet or .xlsx.{nearest(ending, ENDINGS)}",
        )
    return ending


def _copy(
    tables: Iterator[Columns], types: Mapping[str, str], kinds: Mapping[str, Kind], target: Path, ending: str
) -> None:
    parquet = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_AT_ONCE}"
    form = parquet if ending == ".parquet" else "FORMAT csv, HEADER true"
    shown = ", ".join(_shown(column, sql_type, kinds.get(column), ending) for column, sql_type in types.items())
    stream = ArrowStream(types, tables)
    with duckdb.connect() as con:
        con.execute(_SET)
        con.register("tables", stream.capsule())
        try:
            con.execute(f"COPY (SELECT {shown} FROM tables) TO {literal(str(target))} ({form})")
        except duckdb.Error:
            if stream.failed is not None:
                raise stream.failed from None
            raise


def _types(columns: Columns, kinds: Mapping[str, Kind]) -> dict[str, str]:
    return {column: _stored(values, kinds.get(column)) for column, values in columns.items()}


def _stored(values: Array, kind: Kind | None) -> str:
    if kind is Kind.COUNT and values.dtype.kind in "iuf":
        return "DOUBLE"  # one batch may have a gap where another has none
    return {"f": "DOUBLE", "M": "DATE", "b": "BOOLEAN", "i": "BIGINT", "u": "BIGINT"}.get(values.dtype.kind, "VARCHAR")


def _shown(column: str, sql_type: str, kind: Kind | None, ending: str) -> str:
    """A column as it is written: csv guards text and headers, and counts lose their '.0'."""
    name = identifier(column)
    if ending == ".parquet":
        return name
    header = identifier(guarded_text(column))
    if sql_type == "VARCHAR":
        return f"{guarded(name)} AS {header}"
    if kind is Kind.COUNT and sql_type == "DOUBLE":
        whole = f"abs({name}) < 1e15 AND {name} = floor({name})"
        return f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE CAST({name} AS VARCHAR) END AS {header}"
    return f"{name} AS {header}"
