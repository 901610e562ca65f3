"""Exports against what the lake knew of them: columns gone or renamed, cells of another type, floods of new names.

A file that was read again is held against its own former state, or where it is new, against the last file of its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

import duckdb

from scorer.contracts.exports import EXPORTS
from scorer.contracts.table import Contract
from scorer.errors import listed
from scorer.lake.bronze import Before, TableRead
from scorer.lake.cells import literal
from scorer.lake.known import Known, Loaded
from scorer.settings import MATCHING_KEYS, Health

FEW_LEVELS = 3
"""Fewer new names than this are no flood, whatever share of the rows they take."""
FEW_ROWS = 20
"""Shares of fewer cells than this say nothing."""
_ACCEPT = "If that is meant, 'promo refresh --full' takes the exports as they are now."


class Drift(NamedTuple):
    """One way in which a file is no longer what its table was: what, where, why it may be, and what to do."""

    table: str
    file: str
    column: str
    words: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.column}" if self.column else self.file
        return f"{where}: {self.words}. {self.remedy}"


class _Cells(NamedTuple):
    """Cells of one column of one file: all, those that hold a value, those that cannot be read."""

    rows: int
    filled: int
    unreadable: int

    @property
    def empty_share(self) -> float:
        return (self.rows - self.filled - self.unreadable) / self.rows if self.rows else 0.0

    @property
    def unreadable_share(self) -> float:
        told = self.filled + self.unreadable
        return self.unreadable / told if told else 0.0


def drifts(
    con: duckdb.DuckDBPyConnection,
    reads: Iterable[TableRead],
    now: Mapping[tuple[str, str], Known],
    before: Before,
    limits: Health,
) -> list[Drift]:
    """Compare every file that was read just now with what the older lake (attached, see Before) knew of its table."""
    return [drift for read in reads for file in read.again for drift in _of_file(con, read.table, file, now, before, limits)]


def _of_file(
    con: duckdb.DuckDBPyConnection, table: str, file: str, now: Mapping[tuple[str, str], Known], before: Before, limits: Health
) -> Iterator[Drift]:
    new, old = now[table, file].loaded, _former(table, file, before)
    if new is None or old is None:
        return
    yield from _columns_gone(table, new, old)
    yield from _written_otherwise(table, new, before)
    yield from _rows_lost(table, new, old, limits)
    yield from _cells_changed(con, EXPORTS[table], new, old, before, limits)
    yield from _floods(con, EXPORTS[table], new, old, before, limits)


def _former(table: str, file: str, before: Before) -> Loaded | None:
    """Return what is known of the file itself, else of the last one of its table."""
    same = before.known.get((table, file))
    if same and same.loaded:
        return same.loaded
    others = [known.loaded for (name, _), known in sorted(before.known.items()) if name == table and known.loaded]
    return others[-1] if others else None


def _columns_gone(table: str, new: Loaded, old: Loaded) -> Iterator[Drift]:
    fresh = [header for header in new.ignored if header not in old.ignored]
    for column, header in old.found.items():
        if column in new.found:
            continue
        likely = next(iter(get_close_matches(header, fresh, 1, 0.4)), fresh[0] if len(fresh) == 1 else "")
        if likely:
            why = f"the column '{header}' is gone; it may be called '{likely}' now"
            todo = f'Write {column} = "{likely}" under [exports.{table}.columns] of the client file. {_ACCEPT}'
        else:
            why, todo = f"the column '{header}' is gone", f"Export it again with that column. {_ACCEPT}"
        yield Drift(table, new.file.file, column, why, todo)


def _written_otherwise(table: str, new: Loaded, before: Before) -> Iterator[Drift]:
    """Text files may be written in several ways; one that no file of the table was written in before is a change."""
    texts = [known.loaded.file for (name, _), known in before.known.items() if name == table and known.loaded]
    texts = [file for file in texts if file.delimiter]
    if not (new.file.delimiter and texts):
        return
    for what, was, now in (
        ("fields are set apart by", {file.delimiter for file in texts}, new.file.delimiter),
        ("the encoding is", {file.encoding for file in texts}, new.file.encoding),
    ):
        if now not in was:
            why = f"{what} '{now}', before it was '{listed(sorted(was))}': another program or other options may have made it"
            yield Drift(table, new.file.file, "", why, f"Look whether its rows are read rightly: promo check. {_ACCEPT}")


def _rows_lost(table: str, new: Loaded, old: Loaded, limits: Health) -> Iterator[Drift]:
    if new.file.file == old.file.file and new.file.rows < (1 - limits.row_change) * old.file.rows:
        why = f"it has {new.file.rows:,} rows, before it had {old.file.rows:,}: it may have been cut off while it was written"
        yield Drift(table, new.file.file, "", why, f"Export it again. {_ACCEPT}")


def _cells_changed(
    con: duckdb.DuckDBPyConnection, contract: Contract, new: Loaded, old: Loaded, before: Before, limits: Health
) -> Iterator[Drift]:
    columns = [name for name in old.found if name in new.found]
    now = _cells(con, f"bronze_{contract.name}", new.file.file, columns)
    was = _cells(con, f"{before.catalog}.main.bronze_{contract.name}", old.file.file, columns)
    for column in columns:
        if now[column].rows < FEW_ROWS:
            continue
        more = now[column].unreadable_share - was[column].unreadable_share
        if more > limits.unreadable_change:
            kind = contract.kinds[column]
            why = f"{now[column].unreadable:,} cells ({now[column].unreadable_share:.0%}) cannot be read as {kind}"
            cause = f"before {was[column].unreadable_share:.0%} could not: its type or way of writing may have changed"
            yield Drift(contract.name, new.file.file, column, f"{why}, {cause}", f"Export it as it was before. {_ACCEPT}")
        elif now[column].empty_share - was[column].empty_share > limits.null_change:
            why = f"{now[column].empty_share:.0%} of its cells are empty, before {was[column].empty_share:.0%} were"
            yield Drift(contract.name, new.file.file, column, why, f"Look what the export leaves out. {_ACCEPT}")


def _cells(con: duckdb.DuckDBPyConnection, relation: str, file: str, columns: list[str]) -> dict[str, _Cells]:
    asked = "".join(f", COUNT({name}), COUNT(*) FILTER (contains(unparsed, {literal(name + '=')}))" for name in columns)
    rows, *counts = con.execute(f"SELECT COUNT(*){asked} FROM {relation} WHERE file = ?", [file]).fetchall()[0]
    return {name: _Cells(rows, counts[2 * at], counts[2 * at + 1]) for at, name in enumerate(columns)}


def _floods(
    con: duckdb.DuckDBPyConnection, contract: Contract, new: Loaded, old: Loaded, before: Before, limits: Health
) -> Iterator[Drift]:
    for column in (name for name in (*MATCHING_KEYS, "promotion_type") if name in new.found and name in old.found):
        known = f"SELECT lower(b.{column}) FROM {before.catalog}.main.bronze_{contract.name} AS b WHERE b.{column} IS NOT NULL"
        rows, unseen, levels, some = con.execute(
            "SELECT COUNT(*), COUNT(*) FILTER (NOT seen), COUNT(DISTINCT level) FILTER (NOT seen), MIN(level) FILTER (NOT seen) "
            f"FROM (SELECT lower(n.{column}) AS level, lower(n.{column}) IN ({known}) AS seen "
            f"FROM bronze_{contract.name} AS n WHERE n.file = ? AND n.{column} IS NOT NULL)",
            [new.file.file],
        ).fetchall()[0]
        if rows >= FEW_ROWS and levels >= FEW_LEVELS and unseen / rows > limits.new_levels:
            why = f"{levels:,} names such as '{some}' were never seen before and stand in {unseen / rows:.0%} of the rows"
            cause = "codes instead of names, another language, or another part of the business"
            yield Drift(contract.name, new.file.file, column, f"{why}: {cause}", f"Export the names used before. {_ACCEPT}")
