"""Where in the workbook the plan stands, and which of its columns are to be filled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from scorer.contracts.scored import MOST_USEFUL, SCORED
from scorer.errors import OutputRefused, listed, nearest
from scorer.lake import headers as heads
from scorer.plan import matched_headers
from scorer.settings import Client
from scorer.workbook.filling.addresses import LAST_COLUMN, Area, column_letters
from scorer.workbook.filling.survey import Survey, Surveyed
from scorer.workbook.filling.tables import Table
from scorer.workbook.template import read_template

REASON = "reason"  # a column of this name takes why a row was refused
BY_KEY = ("promotion_id",)
BY_ROW = ("discount_percentage", "start_date")  # and an end or a length


class Place(NamedTuple):
    """The rows to fill. ``headers``: column → words; ``known``: plan column → column; ``targets``: answer → column.

    ``header_row`` is 0 for a table that shows no headers; ``added`` are targets that the workbook does not have yet.
    """

    survey: Survey
    table: Table | None
    header_row: int
    data: Area
    headers: dict[int, str]
    known: dict[str, int]
    targets: dict[str, int]
    added: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        sheet = self.survey.sheet.name
        return f"table {self.table.name} on sheet '{sheet}'" if self.table else f"sheet '{sheet}'"


def find_place(seen: Surveyed, where: object, client: Client, wanted: str | None, needed: Sequence[str]) -> Place:
    """Find the sheet or table whose headers are those of a plan: the wanted one, or the only one that can be meant.

    Raises OutputRefused when none has the needed columns, when several do, or when two columns to fill are called alike.
    """
    every = [place for one in seen.sheets for place in _places(one, client)]
    asked = [place for place in every if wanted is None or _is_called(place, wanted)]
    if any(place.table and place.table.name == read_template().plan.table for place in asked):
        raise OutputRefused.because(
            where,
            "it is a planning workbook, whose figures stand together with the row each was worked out for",
            "Write it anew: promo workbook LIST --out; or name a sheet of your own with --sheet.",
        )
    fitting = [place for place in asked if _fits(place, needed)]
    if not fitting:
        raise _none(seen, asked, where, wanted, needed)
    if len(fitting) > 1:
        fitting = [place for place in fitting if _has_figures(place)] or fitting
    if len(fitting) > 1:
        names = listed(place.name for place in fitting)
        raise OutputRefused.because(
            where, f"several places could be meant: {names}", "Say which with --sheet and the name of the sheet or table."
        )
    (place,) = fitting
    _must_be_clear(place, where, client)
    return place if _has_figures(place) else _with_added(place, where)


def _places(one: Survey, client: Client) -> Iterable[Place]:
    for table in one.tables:
        columns = dict(enumerate(table.columns, start=table.area.left))
        yield _place(one, table, table.area.top if table.header_rows else 0, table.data, columns, client)
    free = {
        row: {c: words for c, words in cells.items() if not any(t.area.holds(row, c) for t in one.tables)}
        for row, cells in one.heads.items()
    }
    rows = [row for row, cells in free.items() if cells]
    if rows:
        best = max(rows, key=lambda row: (_recognised(free[row], client), -row))
        data = Area(best + 1, min(free[best]), max(one.last_row, best), max(free[best]))
        yield _place(one, None, best, data, free[best], client)


def _place(one: Survey, table: Table | None, row: int, data: Area, columns: dict[int, str], client: Client) -> Place:
    known = _known(columns, client)
    return Place(one, table, row, data, columns, known, columns_to_fill(columns, set(known.values())))


def _known(columns: dict[int, str], client: Client) -> dict[str, int]:
    places = list(columns)
    return {name: places[at] for name, at in matched_headers(list(columns.values()), client).found.items()}


def _recognised(columns: dict[int, str], client: Client) -> int:
    known = _known(columns, client)
    return len(known) + len(columns_to_fill(columns, known.values()))


def columns_to_fill(columns: dict[int, str], taken: Collection[int]) -> dict[str, int]:
    """Return the columns whose header is an answer's name, or what the planning workbook calls it: answer → column.

    ``columns`` gives the header of each column; ``taken`` are columns that say something of the plan itself.
    """
    names = {heads.key(name): name for name in (*SCORED.names, REASON)}
    # a label of one word, such as Model or Baseline, may mean anything in a workbook that is not ours
    labels = {heads.key(label): name for name, label in planning_labels().items() if " " in label}
    found: dict[str, int] = {}
    for column, words in columns.items():
        name = names.get(heads.key(words)) or labels.get(heads.key(words))
        if name and column not in taken and name not in found:
            found[name] = column
    return found


def planning_labels() -> dict[str, str]:
    """Return what the planning workbook calls the columns of an answer."""
    return {
        column.name: column.label for band in read_template().plan.bands for column in band.columns if column.name in SCORED.names
    }


def _is_called(place: Place, wanted: str) -> bool:
    names = [place.survey.sheet.name, *([place.table.name] if place.table else [])]
    return wanted.casefold() in (name.casefold() for name in names)


def _has_figures(place: Place) -> bool:
    return bool(place.targets.keys() - {REASON})


def _fits(place: Place, needed: Sequence[str]) -> bool:
    return not _missing(place, needed)


def _missing(place: Place, needed: Sequence[str]) -> list[str]:
    lacking = [name for name in needed if name not in place.known]
    if tuple(needed) == BY_ROW and not {"end_date", "duration_days"} & place.known.keys():
        lacking.append("end_date")
    return lacking


def _none(seen: Surveyed, asked: Sequence[Place], where: object, wanted: str | None, needed: Sequence[str]) -> OutputRefused:
    names = [name for one in seen.sheets for name in (one.sheet.name, *(table.name for table in one.tables))]
    if wanted is not None and wanted.casefold() not in (name.casefold() for name in names):
        return OutputRefused.because(
            where, f"it has no sheet or table '{wanted}'", f"It has: {listed(names, 30)}.{nearest(wanted, names)}"
        )
    if seen.refused and not asked:
        return seen.refused[0]
    closest = max(asked, key=lambda place: len(place.known), default=None)
    there = f" The nearest is {closest.name} with {listed(closest.headers.values())}." if closest else ""
    lacking = listed(_missing(closest, needed) if closest else needed)
    return OutputRefused.because(
        where,
        f"{wanted or 'no sheet or table'} has {'not ' if wanted else ''}the headers that are needed: {lacking} is missing",
        f"Give the columns these headers, or name yours in the client file.{there}",
    )


def _must_be_clear(place: Place, where: object, client: Client) -> None:
    every = list(place.headers.values())
    heads.alone(matched_headers(every, client), every, where)
    keys = [heads.key(each) for each in every]
    for column in place.targets.values():
        if keys.count(heads.key(place.headers[column])) > 1:
            words = place.headers[column]
            raise OutputRefused.because(
                where, f"several columns of {place.name} are called '{words}'", "Rename or remove all but one of them."
            )


def _with_added(place: Place, where: object) -> Place:
    """Add the most useful columns on the right. Whether there is room shows when the cells are looked at."""
    first, right = place.data.right + 1, place.data.right + len(MOST_USEFUL)
    own = "Put the headers you want (verdict, roi_expected …) into columns of your own and run again."
    if right > LAST_COLUMN:
        raise OutputRefused.because(where, "there is no room for columns on the right of the plan", own)
    if place.table and (place.table.from_a_query or not place.header_row):
        why = "is filled by a query" if place.table.from_a_query else "shows no headers"
        raise OutputRefused.because(where, f"{place.name} {why}, so no columns are added to it", own)
    new = Area(place.header_row, first, place.data.bottom + (place.table.totals_rows if place.table else 0), right)
    for other in (*(table.area for table in place.survey.tables if table is not place.table), *place.survey.merges):
        if other.meets(new):
            raise OutputRefused.because(
                where, f"{other} stands where the new columns {column_letters(first)} to {column_letters(right)} would go", own
            )
    return place._replace(targets=dict(zip(MOST_USEFUL, range(first, right + 1), strict=True)), added=MOST_USEFUL)
