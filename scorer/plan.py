"""A plan: the list of promotions under consideration, from a file or from cells, each row usable or refused with a reason.

Rows in = rows in the plan + rejects + blank rows. One bad row never changes what happens to another.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import duckdb
import numpy as np

from scorer import columns as col
from scorer import plan_rules as rules
from scorer.columns import Array, Columns
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Kind
from scorer.errors import ColumnMissing, FileUnreadable, NothingToWorkOn
from scorer.lake import headers as heads
from scorer.lake.cells import NUMBER_MARK, as_text, literal
from scorer.lake.conventions import Conventions, Habits
from scorer.lake.engines.duckdb import connect
from scorer.lake.reading import Ask, Staged, stage, stage_rows
from scorer.lake.typed import Spelling, conventions, select
from scorer.settings import Client

MOST_COLUMNS = 2_000
# MB of a long list, beyond the piece at hand, and more for each of its columns; the rest of it waits on the disk
MOST_MEMORY, MEMORY_OF_A_COLUMN = 256, 1
_STAGE = "plan__staged"
_SPELLING = Spelling("\x1f", "", "\x1e")


class Cells(NamedTuple):
    """A list that stands in a sheet: its headers, its rows of cells, what messages call it, and the line of its first row.

    >>> print(Cells(["Discount", "Start", "Days"], [["20%", "2025-03-31", 7.0]], name="Sheet1!A1:C2"))
    Sheet1!A1:C2
    """

    headers: Sequence[object]
    rows: Sequence[Sequence[object]]
    name: str = "cells"
    first_line: int = 2

    def __str__(self) -> str:
        """Return the name: a sentence about a list speaks of cells as it speaks of a file."""
        return self.name


Listing: TypeAlias = Path | Cells


def fingerprint(source: Listing) -> str:
    """Return what tells a list from another: twelve hexadecimal digits over the bytes of a file, or over what cells say.

    >>> number, again, text = Cells(["a"], [[1]]), Cells(["a"], [[1.0]], "elsewhere", 9), Cells(["a"], [["1"]])
    >>> fingerprint(number) == fingerprint(again) != fingerprint(text)
    True
    """
    if isinstance(source, Path):
        return sha256(source.read_bytes()).hexdigest()[:12]
    digest = sha256()
    for row in chain((source.headers,), source.rows):
        digest.update(json.dumps([as_text(cell) for cell in row]).encode("ascii") + b"\n")
    return digest.hexdigest()[:12]


class Headers(NamedTuple):
    """The columns of the contract a plan has no header for, the headers that are none of its columns, and what each other is."""

    absent: frozenset[str]
    unknown: tuple[str, ...]
    recognised: dict[str, str]
    """The header each column was found under, by our name of the column, in the order of the headers."""


class Plan(NamedTuple):
    """The usable rows of a plan, and what became of the others.

    columns: every column of the plan contract: text as objects, numbers as float64, dates as datetime64[D].
    given: every column as it came, in order, for the same rows. lines: the line (row of the sheet) of each row.
    rejects: promotion_id, file, line, column, reason, text; one row per refused row.
    """

    columns: Columns
    given: Columns
    lines: Array
    name: str
    rejects: Columns
    notes: list[str]
    blank: int = 0
    headers: Headers | None = None
    """Which headers were recognised; None where the plan was not read from headers."""

    @property
    def rows(self) -> int:
        return len(self.lines)

    def only(self, rows: Array) -> Plan:
        """Return the usable rows at these positions, or where a mask is true; those that were refused are left behind."""
        refused = {name: column[:0] for name, column in self.rejects.items()}
        return self._replace(
            columns=col.take(self.columns, rows), given=col.take(self.given, rows), lines=self.lines[rows], rejects=refused
        )


class _Opened(NamedTuple):
    con: duckdb.DuckDBPyConnection
    staged: Staged
    found: dict[str, int]
    said: Conventions
    scale: rules.Scale
    first_lines: dict[str, int]  # of ids that stand there more than once
    marked: frozenset[int]  # places of the columns in which numbers came as numbers
    name: str


def read_plan(source: Listing, client: Client) -> Plan:
    """Read a plan from csv, parquet or xlsx, or from cells.

    Raises FileUnreadable, ColumnMissing (discount_percentage, start_date, and one of end_date and duration_days must
    be there) and NothingToWorkOn for a list without rows.
    """
    with closing(duckdb.connect()) as con:
        opened = _opened(con, _staged(con, source, client), client, source.name)
        return _batch(opened, *_lines(opened), first=True)


def stream_plan(source: Listing, client: Client, batch_rows: int) -> Generator[Plan, None, None]:
    """Read a plan of any length in pieces of at most ``batch_rows`` lines; line numbers go on from piece to piece.

    What concerns the whole list (date order, scale of the discount, repeated ids) is settled before the first piece,
    so the pieces put together are the plan ``read_plan`` gives. Raises as read_plan does.
    """
    with tempfile.TemporaryDirectory() as folder, closing(duckdb.connect()) as con:
        con.execute(f"SET temp_directory = {literal(folder)}")
        con.execute(f"SET memory_limit = '{MOST_MEMORY}MB'")
        opened = _opened(con, _staged(con, source, client), client, source.name)
        con.execute(f"SET memory_limit = '{MOST_MEMORY + MEMORY_OF_A_COLUMN * len(opened.staged.headers)}MB'")
        above, last = _lines(opened)
        for start in range(above, last, batch_rows):
            yield _batch(opened, start, min(start + batch_rows, last), first=start == above)


def plan_from_cells(
    headers: Sequence[object], rows: Iterable[Sequence[object]], client: Client, name: str = "cells", first_line: int = 2
) -> Plan:
    """Read a plan from the cells of a range: text, numbers, dates, booleans and None.

    The header counts as line 1, unless ``first_line`` says what line the first row stands on. Raises ColumnMissing and
    NothingToWorkOn.

    >>> plan = plan_from_cells(["Discount", "Start", "Days"], [["20%", "2025-03-31", 7.0]], Client(client="demo"))
    >>> plan.columns["discount_percentage"].tolist(), plan.columns["end_date"].tolist()
    ([0.2], [datetime.date(2025, 4, 6)])
    """
    with closing(connect(threads=1)) as con:  # one database for each: when it closes, its memory goes back to the system
        opened = _opened(con, _staged_cells(con, headers, rows, client, name, first_line), client, name)
        return _batch(opened, *_lines(opened), first=True)


def _staged_cells(
    con: duckdb.DuckDBPyConnection,
    headers: Sequence[object],
    rows: Iterable[Sequence[object]],
    client: Client,
    name: str,
    first_line: int,
) -> Staged:
    names = tuple("" if header is None else str(header) for header in headers)
    _demand(names, client, name)
    width = range(len(names))
    filled, blank = stage_rows(con, _STAGE, width, enumerate(rows, start=first_line))
    return Staged(_STAGE, names, dict.fromkeys(width, "VARCHAR"), filled, 0, blank, "", 0, "cells", "", ())


def _staged(con: duckdb.DuckDBPyConnection, source: Listing, client: Client) -> Staged:
    if isinstance(source, Cells):
        return _staged_cells(con, source.headers, source.rows, client, source.name, source.first_line)
    return _staged_file(con, source, client)


def _staged_file(con: duckdb.DuckDBPyConnection, path: Path, client: Client) -> Staged:
    def known(headers: Sequence[str]) -> int:
        return len(matched_headers(headers, client).found)

    def wanted(headers: Sequence[str]) -> range:
        _demand(headers, client, path)
        return range(len(headers))

    def meant(headers: Sequence[str]) -> dict[int, Kind]:
        return {at: PLAN.kinds[name] for name, at in matched_headers(headers, client).found.items()}

    if not os.path.exists(path):  # noqa: PTH110 - unlike Path.exists it does not mind a name that no file can have
        raise FileUnreadable.not_there(path)
    return stage(con, _STAGE, path, Ask(known, wanted, search=True, copied=True, meant=meant))


def _demand(headers: Sequence[str], client: Client, path: object) -> None:
    """Raise when the headers cannot be those of a plan."""
    if len(headers) > MOST_COLUMNS:
        raise FileUnreadable.because(path, f"it has {len(headers):,} columns", f"A plan has at most {MOST_COLUMNS:,}.")
    matched = matched_headers(headers, client)
    heads.require(matched, headers, PLAN, {}, path)
    heads.alone(matched, headers, path)
    if not {"end_date", "duration_days"} & matched.found.keys():
        end, days = (next(c for c in PLAN.columns if c.name == name) for name in ("end_date", "duration_days"))
        raise ColumnMissing.named(end.name, path, headers, (*end.aliases, days.name, *days.aliases), "promotions")


def matched_headers(headers: Sequence[str], client: Client) -> heads.Match:
    """Find the columns of a plan among headers, by the client's own names for them too."""
    # a plan is often cut from the promotions export: its own names for headers count here too, where they occur
    here = {heads.key(header) for header in headers}
    ours = {n: h for n, h in client.exports.promotions.columns.items() if n in PLAN.names and heads.key(h) in here}
    return heads.match(headers, PLAN, ours)


def _opened(con: duckdb.DuckDBPyConnection, staged: Staged, client: Client, name: str) -> _Opened:
    if staged.rows == 0 and staged.rejected == 0:
        raise NothingToWorkOn.because(f"{name} holds a header and no rows", "Put at least one promotion under the header.")
    found = matched_headers(staged.headers, client).found
    said = conventions(con, staged, found, PLAN, _habits(client, staged))
    scale, repeated = _scale(con, staged, found, said), _repeated(con, staged, found, said)
    return _Opened(con, staged, found, said, scale, repeated, _marked(con, staged), name)


def _marked(con: duckdb.DuckDBPyConnection, staged: Staged) -> frozenset[int]:
    texts = [place for place, kind in staged.types.items() if kind == "VARCHAR" and place not in staged.tidy]
    typed = frozenset(place for place, kind in staged.types.items() if kind == "DOUBLE" and staged.encoding == "xlsx")
    if not texts or staged.delimiter:  # the text of a text file is read without marks
        return typed
    tests = ", ".join(f"coalesce(bool_or(starts_with(c{place}, {literal(NUMBER_MARK)})), false)" for place in texts)
    row = con.execute(f"SELECT {tests} FROM {staged.table}").fetchone() or ()
    return typed | frozenset(place for place, marked in zip(texts, row, strict=True) if marked)


def _habits(client: Client, staged: Staged) -> Habits:
    usual = client.exports.promotions
    decimal = usual.decimal if usual.decimal != "auto" else "," if staged.delimiter == ";" else "."
    return Habits(None, None, decimal, "dmy" if usual.date_order == "auto" else usual.date_order)


def _lines(opened: _Opened) -> tuple[int, int]:
    """Return the line above the first row and that of the last, whether they can be read or not."""
    both = f"SELECT line FROM {opened.staged.table} UNION ALL SELECT line FROM {opened.staged.rejects}"
    row = opened.con.execute(f"SELECT coalesce(min(line) - 1, 0), coalesce(max(line), 0) FROM ({both})").fetchone() or (0, 0)
    return int(row[0]), int(row[1])


def _scale(con: duckdb.DuckDBPyConnection, staged: Staged, found: Mapping[str, int], said: Conventions) -> rules.Scale:
    only = {"discount_percentage": found["discount_percentage"]}
    row = con.execute(
        "SELECT count(*) FILTER (discount_percentage > 1 AND discount_percentage <= 100),"
        " count(*) FILTER (discount_percentage > 0 AND discount_percentage < 1)"
        f" FROM ({select(staged, only, PLAN, said, extra=_percent_sign(staged, found))}) WHERE NOT percent_sign"
    ).fetchone()
    return rules.Scale(*row) if row else rules.Scale(0, 0)


def _percent_sign(staged: Staged, found: Mapping[str, int]) -> str:
    if staged.types[found["discount_percentage"]] != "VARCHAR":
        return ", false AS percent_sign"
    return f", coalesce(contains(CAST(t{found['discount_percentage']} AS VARCHAR), '%'), false) AS percent_sign"


def _repeated(con: duckdb.DuckDBPyConnection, staged: Staged, found: Mapping[str, int], said: Conventions) -> dict[str, int]:
    if "promotion_id" not in found:
        return {}
    ids = select(staged, {"promotion_id": found["promotion_id"]}, PLAN, said)
    if con.execute(f"SELECT count(promotion_id) = count(DISTINCT promotion_id) FROM ({ids})").fetchall()[0][0]:
        return {}  # as in most lists; to count them is quicker than to tell them apart
    again = "WHERE promotion_id IS NOT NULL GROUP BY promotion_id HAVING count(*) > 1"
    return dict(con.execute(f"SELECT promotion_id, min(line) FROM ({ids}) {again}").fetchall())


def _batch(opened: _Opened, after: int, until: int, first: bool) -> Plan:
    """Read the lines after ``after`` and up to ``until``."""
    given = [f"c{i}" for i in range(len(opened.staged.headers))]
    kinds, in_a_sheet = opened.staged.types.values(), opened.staged.encoding == "xlsx"
    as_given = "".join(f", {_as_given(c, kind, in_a_sheet)} AS {c}" for c, kind in zip(given, kinds, strict=True))
    extra = _percent_sign(opened.staged, opened.found) + as_given
    between = f"WHERE line > {after} AND line <= {until}"
    table = col.fetch(
        opened.con, f"SELECT * FROM ({select(opened.staged, opened.found, PLAN, opened.said, _SPELLING, extra)}) {between}"
    )
    broken = col.fetch(opened.con, f"SELECT line, reason, text FROM {opened.staged.rejects} {between} ORDER BY line")
    columns, problems = _checked(opened, {n: table[n] for n in PLAN.names}, table["line"], table["unread"], table["percent_sign"])
    bad = np.zeros(len(table["line"]), dtype=bool)
    bad[[problem.row for problem in problems]] = True
    notes = _notes(opened) if first else []
    lines = table["line"][~bad]
    kept = col.take({cell: table[cell] for cell in given}, ~bad) if problems else table
    return Plan(
        col.take(columns, ~bad) if problems else columns,
        {
            name: _as_it_came(kept[cell]) if place in opened.marked else kept[cell]
            for place, (name, cell) in enumerate(zip(heads.distinct(opened.staged.headers), given, strict=True))
        },
        lines,
        opened.name,
        _rejects(opened.name, columns["promotion_id"], table["line"], problems, broken),
        notes,
        opened.staged.blank if first else 0,
        _headers(opened),
    )


def _as_given(cell: str, sql_type: str, in_a_sheet: bool) -> str:
    """SQL: a cell as it came, where that can be kept: an empty text is none, nor is 'infinity' or a day beyond any calendar."""
    if sql_type == "VARCHAR":
        return f"NULLIF({cell}, '')"
    if sql_type == "DATE" and in_a_sheet:
        return f"CAST({cell} AS VARCHAR)"
    if sql_type in {"DATE", "TIMESTAMP"}:
        return f"CASE WHEN {cell} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN {cell} END"
    return cell


def _headers(opened: _Opened) -> Headers:
    known = set(opened.found.values())
    unknown = tuple(header for at, header in enumerate(opened.staged.headers) if at not in known and header.strip())
    by_place = sorted(opened.found.items(), key=lambda found: found[1])
    recognised = {name: opened.staged.headers[at] for name, at in by_place}
    return Headers(frozenset(PLAN.names) - opened.found.keys(), unknown, recognised)


def _checked(
    opened: _Opened, table: Columns, lines: Array, unread: Array, percent_sign: Array
) -> tuple[Columns, list[rules.Problem]]:
    named = table["promotion_id"]
    unnamed = np.flatnonzero(named == None)  # compares cell by cell
    table["promotion_id"] = named.copy()
    table["promotion_id"][unnamed] = [f"row-{line}" for line in lines[unnamed].tolist()]
    table["discount_percentage"] = rules.as_fractions(table["discount_percentage"], percent_sign.astype(bool), opened.scale)
    table = rules.complete_period(table)
    again = [
        rules.Problem(
            row, "promotion_id", f"promotion_id '{name}' stands on line {at} already; give this row another one", str(name)
        )
        for row, (name, line) in enumerate(zip(named, lines, strict=True) if opened.first_lines else ())
        if (at := opened.first_lines.get(name, line)) != line
    ]
    return table, rules.refused(table, [*rules.unreadable(unread, _SPELLING.between, _SPELLING.opening), *again])


def _rejects(name: str, ids: Array, lines: Array, problems: list[rules.Problem], broken: Columns) -> Columns:
    """One row per refused row; several reasons are joined."""
    by_row: dict[int, list[rules.Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    found: list[tuple[Any, ...]] = [
        (
            ids[row],
            int(lines[row]),
            *(
                "; ".join(dict.fromkeys(filter(None, part)))
                for part in zip(*((p.column, p.reason, p.text) for p in of), strict=True)
            ),
        )
        for row, of in by_row.items()
    ]
    found += [
        (f"row-{line}", int(line), "", f"the line is not a row: {reason}", text)
        for line, reason, text in zip(broken["line"], broken["reason"], broken["text"], strict=True)
    ]
    found.sort(key=lambda reject: reject[1])
    ids_, at, column, reason, text = zip(*found, strict=True) if found else ((), (), (), (), ())
    return {
        "promotion_id": col.text(ids_),
        "file": col.text([name] * len(found)),
        "line": np.array(at, dtype=np.int64),
        "column": col.text(column),
        "reason": col.text(reason),
        "text": col.text(text),
    }


def _notes(opened: _Opened) -> list[str]:
    every = [*opened.staged.notes, *opened.said.notes, opened.scale.note]
    if "promotion_id" not in opened.found:
        every.append("There is no promotion_id; rows are called by their line: row-2, row-3 …")
    return [note for note in every if note]


def _as_it_came(values: Array) -> Array:
    """A column of a sheet that held only numbers is numbers again; one of only dates, dates."""
    if values.dtype != object:
        return np.full(len(values), None) if col.is_empty(values) else values
    cells = [value for value in values.tolist() if value is not None]
    marked = [value for value in cells if isinstance(value, str) and value.startswith(NUMBER_MARK)]
    if not marked:
        return values
    if len(marked) == len(cells):
        return np.array([np.nan if value is None else float(value[1:]) for value in values.tolist()])
    return col.text(value.lstrip(NUMBER_MARK) if isinstance(value, str) else value for value in values.tolist())
