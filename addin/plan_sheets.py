"""The plan on a sheet: the table under the selection, or the only table or headed block whose headers are those of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from addin import blocks, books
from addin.blocks import Area
from addin.cells import Block, Cell, is_blank, is_empty
from addin.plans import NEEDED, Asked, asked_of, date_columns, in_contract_names
from scorer.errors import NothingToWorkOn, listed
from scorer.plan import Cells, matched_headers
from scorer.settings import Client

DEEPEST_HEADER = 50
"""A header row stands no further down than this in what is used of a sheet."""
LEAST_HEADERS = 2
ENDS = ("end_date", "duration_days")


class Candidate(NamedTuple):
    """A table or headed block: where it lies with its header row, and which columns of a plan it does not have."""

    sheet: Any
    table: Any | None
    area: Area
    headers: tuple[str, ...]
    missing: tuple[str, ...]
    known: int

    @property
    def name(self) -> str:
        """What messages call it."""
        where = f"{self.sheet.name}!{self.area.address}"
        return f"table {self.table.name} ({where})" if self.table is not None else where


class PlanOnSheet(NamedTuple):
    """A plan that was found and read: its rows as they are asked about, and the area of its body.

    own: the values of the sheet as they were read, from ``used.row`` and ``used.column`` on: one reading serves all.
    """

    place: Candidate
    asked: Asked
    body: Area
    used: Area
    own: list[list[Cell]]

    @property
    def sheet(self) -> Any:
        return self.place.sheet

    @property
    def cells(self) -> Cells:
        """The rows as the verbs of the scorer take them; refused ones are blank."""
        return Cells(self.asked.headers, self.asked.rows, self.place.name, self.asked.first_line)

    @property
    def is_full(self) -> bool:
        """Whether the plan reaches the last row of the sheet: what did not fit is not in it."""
        return self.body.bottom >= blocks.LAST_ROW

    def filled(self) -> list[bool]:
        """Tell which rows of the body hold anything."""
        return [not is_blank(row) for row in part(self.own, self.used, self.body)]


def find_plan(book: Any, client: Client) -> PlanOnSheet:
    """Find the plan on the active sheet, and read it. Raises NothingToWorkOn where there is none, or several could be meant."""
    sheet = book.sheets.active
    used = blocks.area_of(sheet.used_range)
    own = blocks.values(sheet, used)
    every = _candidates(sheet, used, own, client)
    chosen = _under_selection(book, every) or _only(book, sheet, every, client)
    if chosen.missing:
        raise _lacking(chosen, f"{chosen.name} is no plan yet")
    body = chosen.area._replace(row=chosen.area.row + 1, rows=chosen.area.rows - 1)
    if body.rows < 1:
        raise NothingToWorkOn.because(f"{chosen.name} holds headers and no rows", "Put at least one promotion under the headers.")
    block = Block(
        tuple(map(tuple, part(own, used, chosen.area))),
        place=chosen.name,
        first_row=chosen.area.row,
        formulas=lambda: _formulas_of_dates(sheet, chosen, client),
    )
    return PlanOnSheet(chosen, asked_of(block, client), body, used, own)


def part(rows: Sequence[Sequence[Cell]], used: Area, area: Area) -> list[list[Cell]]:
    """Cut an area out of what was read of a sheet; what lies outside is empty."""
    top, left = area.row - used.row, area.column - used.column
    cut = []
    for at in range(top, top + area.rows):
        row = rows[at] if 0 <= at < len(rows) else []
        cut.append([row[across] if 0 <= across < len(row) else None for across in range(left, left + area.columns)])
    return cut


def chosen_line(book: Any, plan: PlanOnSheet) -> int | None:
    """Return the line of the plan that is selected; None where the selection lies elsewhere."""
    selection = books.selected(book)
    if selection is None or selection.sheet.name != plan.sheet.name:
        return None
    row = int(selection.row)
    return row if plan.body.row <= row <= plan.body.bottom else None


def _formulas_of_dates(sheet: Any, place: Candidate, client: Client) -> list[list[str]]:
    """Read the formulas from the first to the last date column of a plan; what stands left of them counts as none."""
    dates = date_columns(in_contract_names(place.headers, client), client)
    first, last = min(dates), max(dates)
    found = blocks.formulas(sheet, place.area._replace(column=place.area.column + first, columns=last - first + 1))
    return [[*("",) * first, *row] for row in found]


def _candidates(sheet: Any, used: Area, own: list[list[Cell]], client: Client) -> list[Candidate]:
    found, taken = [], []
    for table in sheet.tables:
        if (head := table.header_row_range) is None or (body := table.data_body_range) is None:
            continue
        area = blocks.area_of(head)._replace(rows=1 + body.shape[0])
        taken.append(area)
        found.append(_candidate(sheet, table, area, part(own, used, area._replace(rows=1))[0], client))
    block = _headed_block(sheet, used, own, taken, client)
    return [*found, block] if block is not None else found


def _headed_block(sheet: Any, used: Area, own: list[list[Cell]], taken: list[Area], client: Client) -> Candidate | None:
    """Find the row outside of tables that looks most like the headers of a plan, and what stands under it."""
    best: Candidate | None = None
    for down, row in enumerate(own[:DEEPEST_HEADER]):
        line = used.row + down
        for start, width in blocks.runs(at for at, cell in enumerate(row) if isinstance(cell, str) and not is_empty(cell)):
            column = used.column + start
            if any(a.row <= line <= a.bottom and a.column <= column <= a.right for a in taken):
                continue
            rows = _height(own, down, start, width)
            one = _candidate(sheet, None, Area(line, column, rows, width), row[start : start + width], client)
            if one.known >= LEAST_HEADERS and (best is None or one.known > best.known):
                best = one
    return best


def _height(own: list[list[Cell]], down: int, start: int, width: int) -> int:
    """Return how many rows a block has: to the last row in which anything stands under its headers."""
    for last in range(len(own) - 1, down, -1):
        if not is_blank(own[last][start : start + width]):
            return last - down + 1
    return 1


def _candidate(sheet: Any, table: Any, area: Area, head: Sequence[Cell], client: Client) -> Candidate:
    headers = tuple("" if cell is None else str(cell) for cell in head)
    known = matched_headers(in_contract_names(headers, client), client).found
    lacking = [name for name in NEEDED if name not in known]
    if not known.keys() & set(ENDS):
        lacking.append(" or ".join(ENDS))
    return Candidate(sheet, table, area, headers, tuple(lacking), len(known))


def _under_selection(book: Any, every: Sequence[Candidate]) -> Candidate | None:
    selection = books.selected(book)
    if selection is None:
        return None
    row, column = selection.row, selection.column
    for one in every:
        inside = one.area.row <= row <= one.area.bottom and one.area.column <= column <= one.area.right
        if one.table is not None and inside and one.sheet.name == selection.sheet.name:
            return one
    return None


def _only(book: Any, sheet: Any, every: Sequence[Candidate], client: Client) -> Candidate:
    plans = [one for one in every if not one.missing]
    if len(plans) > 1:
        names = listed(one.name for one in plans)
        raise NothingToWorkOn.because(f"Several plans could be meant: {names}", "Select a cell of the one you mean.")
    if plans:
        return plans[0]
    closest = max(every, key=lambda one: one.known, default=None)
    if closest is not None and closest.known:
        raise _lacking(closest, f"Sheet '{sheet.name}' holds no plan; the nearest is {closest.name}")
    elsewhere = _on_other_sheets(book, sheet, client)
    if elsewhere is not None:
        raise NothingToWorkOn.because(
            f"Sheet '{sheet.name}' holds no plan; sheet '{elsewhere.sheet.name}' looks like one",
            "Go to that sheet and press again.",
        )
    raise NothingToWorkOn.because(
        f"Sheet '{sheet.name}' holds no plan: there is no row of headers such as discount, start_date and end_date",
        "Go to the sheet with the planned promotions, one per row under one row of headers, and press again.",
    )


def _lacking(one: Candidate, where: str) -> NothingToWorkOn:
    has = f" It has {listed(header for header in one.headers if header)}." if any(one.headers) else ""
    return NothingToWorkOn.because(
        f"{where}: {listed(one.missing)} {'is' if len(one.missing) == 1 else 'are'} missing",
        f"Give columns these headers, or name yours under [exports.promotions.columns] in the client file.{has}",
    )


def _on_other_sheets(book: Any, here: Any, client: Client) -> Candidate | None:
    found: list[Candidate] = []
    for sheet in book.sheets:
        if sheet.name == here.name:
            continue
        used = blocks.area_of(sheet.used_range)
        top = used._replace(rows=min(used.rows, DEEPEST_HEADER))
        found += _candidates(sheet, top, blocks.values(sheet, top), client)
    return max(found, key=lambda one: (not one.missing, one.known), default=None) if any(one.known for one in found) else None
