"""Calendar and Clashes: by formulas over Plan they say what the engine says, and follow when a date moves."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from workbook_office import Office, values

from scorer.columns import take
from scorer.planning.ladder import ladders
from scorer.scoring import Scored, score
from scorer.verbs.workbooks import run_of
from scorer.workbook import write_workbook
from scorer.workbook.assemble import content_of
from scorer.workbook.calendar_sheets import calendar_sheets
from scorer.workbook.sheet_clashes import ClashesSheet


@pytest.fixture(scope="module")
def scored(demo_home) -> Scored:
    return score(demo_home.plan(), demo_home.model, demo_home.client)


def written(path: Path, home: Any, scored: Scored) -> Path:
    ladder = ladders(scored.plan, home.model, home.client)
    content = content_of(home.client, scored, ladder, home.model, run_of(home.upcoming, home.plan()))
    sheets, told = calendar_sheets(content, scored, home.model, home.client)
    assert told == []
    write_workbook(path, content, sheets)
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory, demo_home, scored) -> Path:
    return written(tmp_path_factory.mktemp("calendar") / "plan.xlsx", demo_home, scored)


def table(found: dict, sheet: Any) -> dict[str, list]:
    (spot,) = sheet.tables.values()
    cells = sheet[spot.ref]
    return {head.value: [found[sheet.title].get(row[at].coordinate) for row in cells[1:]] for at, head in enumerate(cells[0])}


def grid(found: dict, sheet: Any) -> dict[str, dict[str, Any]]:
    """What stands in the weeks of each category: category -> week -> cell."""
    heads = {cell.column_letter: cell.value for cell in sheet[5] if re.fullmatch(r"W\d\d", str(cell.value))}
    cells = found[sheet.title]
    rows = range(9, next(iter(sheet.tables.values())).ref and 40)
    last = next(row for row in rows if cells.get(f"B{row}") == "All categories")
    return {
        cells[f"B{row}"]: {week: cells.get(f"{letter}{row}") or "" for letter, week in heads.items()} for row in range(9, last + 1)
    }


def move(path: Path, to: Path, promotion: str, days: int) -> Path:
    """Move a promotion on Plan by days."""
    book = openpyxl.load_workbook(path)
    plan = book["Plan"]
    (spot,) = plan.tables.values()
    heads = {cell.value: cell.column for cell in plan[spot.ref][0]}
    row = next(row[0].row for row in plan[spot.ref] if plan.cell(row[0].row, heads["Promotion"]).value == promotion)
    for name in ("First day", "Last day"):
        cell = plan.cell(row, heads[name])
        cell.value = cell.value + np.timedelta64(days, "D").astype(object)
    book.save(to)
    return to


def test_what_is_written_is_what_the_formulas_come_to(book, office: Office):
    fresh, worked = values(book), office.values(book)
    for name in ("Calendar", "Clashes", "Checks"):
        apart = [
            (cell, value, worked[name].get(cell))
            for cell, value in fresh[name].items()
            if (worked[name].get(cell) or "") != (value or "") and worked[name].get(cell) != pytest.approx(value)
        ]
        assert apart == [], name


def test_the_weeks_of_a_category_count_its_promotions(book, scored, demo_home):
    sheet = openpyxl.load_workbook(book)["Calendar"]
    found = grid(values(book), sheet)
    category, start, end = (scored.plan[name] for name in ("product_category", "start_date", "end_date"))
    monday = np.datetime64("2026-07-20")  # W30
    for name, weeks in found.items():
        mine = (category == name) | (name == "All categories")
        count = int(np.sum(mine & (start <= monday + 6) & (end >= monday)))
        assert weeks["W30"].removesuffix(" !") == (str(count) if count else "")


def test_clashes_marked_by_formulas_are_those_the_engine_finds(book):
    workbook, found = openpyxl.load_workbook(book), values(book)
    calendar, clashes = (table(found, workbook[name]) for name in ("Calendar", "Clashes"))
    marked = {name: words for name, words in zip(calendar["Promotion"], calendar["Clash"], strict=True) if words}
    listed: dict[str, set[str]] = {}
    for kind, *pair in zip(clashes["Clash"], clashes["Promotion"], clashes["and promotion"], strict=True):
        for name in pair:
            listed.setdefault(name, set()).add(kind)
    assert marked.keys() == listed.keys()
    for name, words in marked.items():
        assert words == ("▼ same item" if "same item" in listed[name] else "● same category")


def test_a_moved_date_moves_the_calendar_at_once(book, tmp_path, office: Office):
    workbook = openpyxl.load_workbook(book)
    clash = table(values(book), workbook["Clashes"])
    at = clash["Clash"].index("same item")
    first, second = clash["Promotion"][at], clash["and promotion"][at]
    before = table(values(book), workbook["Calendar"])
    moved = move(book, tmp_path / "moved.xlsx", second, 28)
    worked = office.values(moved)
    after, list_ = table(worked, workbook["Calendar"]), table(worked, workbook["Clashes"])
    row = before["Promotion"].index(second)
    weeks = [name for name in before if re.fullmatch(r"W\d\d", name)]
    was, now = ([week for week in weeks if found[week][row]] for found in (before, after))
    assert [f"W{int(week[1:]) + 4}" for week in was] == now
    assert list_["State"][at] == "▲ ended" and list_["Days both run now"][at] == 0
    assert after["Others of the item"][row] == 0 == after["Others of the item"][before["Promotion"].index(first)]
    was, now = (grid(found, workbook["Calendar"])["All categories"] for found in (values(book), worked))
    assert was != now


def test_an_item_promoted_twice_is_a_point_to_look_at(book):
    found, workbook = values(book), openpyxl.load_workbook(book)
    clashes = table(found, workbook["Clashes"])
    pairs = zip(clashes["Clash"], clashes["Promotion"], clashes["and promotion"], strict=True)
    twice = {name for kind, *pair in pairs if kind == "same item" for name in pair}
    checks = found["Checks"]
    row = next(cell[1:] for cell, value in checks.items() if value == "No item is promoted twice on the same days")
    assert (checks[f"C{row}"], checks[f"D{row}"]) == (0, len(twice)) and twice


def test_a_promotion_moved_out_of_sight_is_told_on_checks(book, tmp_path, office: Office):
    moved = move(book, tmp_path / "moved.xlsx", "U0004", 366)
    checks = office.values(moved)["Checks"]
    row = next(cell[1:] for cell, value in checks.items() if value == "Every promotion lies within the weeks of Calendar")
    assert (checks[f"C{row}"], checks[f"D{row}"]) == (0, 1)


def test_formulas_keep_the_habits(book):
    workbook = openpyxl.load_workbook(book)
    for name in ("Calendar", "Clashes"):
        sheet = workbook[name]
        assert sheet.freeze_panes and sheet.print_area and sheet.print_title_rows and not sheet.merged_cells.ranges
        assert sheet.oddHeader.left.text and sheet.oddFooter.right.text and sheet.page_setup.orientation == "landscape"
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.value is None or cell.style != "Normal", cell.coordinate
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    bare = re.sub(r"'[^']+'!", "", re.sub(r'"(?:[^"]|"")*"', '""', cell.value))
                    rest = re.sub(r"\$?[A-Z]{1,3}\$?\d+", "", bare)
                    assert set(re.findall(r"\d+\.?\d*", rest)) <= {"0", "1"}, (cell.coordinate, cell.value)
                    assert bare.count("IF(") - bare.count("COUNTIF(") <= 1 and len(bare) <= 260, (cell.coordinate, bare)
                    assert cell.protection.locked


def test_a_year_breaks_by_quarter_with_the_names_on_every_page(tmp_path, demo_home, scored):
    plan = dict(scored.plan)
    shift = (np.arange(len(plan["start_date"])) % 4 * 91).astype("timedelta64[D]")
    for name in ("start_date", "end_date"):
        plan[name] = plan[name] + shift
    path = written(tmp_path / "plan.xlsx", demo_home, scored._replace(plan=plan))
    sheet = openpyxl.load_workbook(path)["Calendar"]
    assert sheet.print_title_cols == "$A:$J" and sheet.print_title_rows
    assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage
    breaks = [one.id for one in sheet.col_breaks.brk]
    named = {cell.value: cell.row for column in sheet.iter_cols() for cell in column if re.fullmatch(r"\d{4}-W\d\d", str(cell.value))}
    heads = [cell.column for cell in sheet[5] if re.fullmatch(r"W\d\d", str(cell.value))]
    beside = next(cell.column for row in sheet.iter_rows() for cell in row if cell.value in named) + 1
    mondays = dict(zip(heads, (sheet.cell(row, beside).value for row in named.values()), strict=True))
    quarter = {column: ((monday + timedelta(days=3)).month - 1) // 3 for column, monday in mondays.items()}
    assert breaks == [column for column in quarter if column + 1 in quarter and quarter[column] != quarter[column + 1]]
    assert len(breaks) in (3, 4)


def test_a_list_without_clashes_says_so(tmp_path, demo_home, scored):
    one = np.array([0])
    alone = scored._replace(plan=take(scored.plan, one), given=take(scored.given, one), answer=take(scored.answer, one))
    path = written(tmp_path / "plan.xlsx", demo_home, alone)
    assert values(path)["Clashes"]["B2"] == "No two promotions of this list get in each other's way."


def test_a_list_too_long_to_compare_has_no_calendar_and_says_why(demo_home, scored, monkeypatch):
    monkeypatch.setattr("scorer.workbook.calendar_sheets.MOST_ROWS", 5)
    sheets, told = calendar_sheets(None, scored, demo_home.model, demo_home.client)
    assert sheets == [] and "too many to compare" in told[0]
    monkeypatch.undo()
    monkeypatch.setattr("scorer.planning.neighbours.MOST_PAIRS", 2)
    sheets, told = calendar_sheets(None, scored, demo_home.model, demo_home.client)
    assert sheets == [] and "overlap" in told[0]


def test_clashes_beyond_what_can_be_read_are_counted(demo_home, scored, monkeypatch):
    from scorer.planning.clashes import find_clashes

    found = find_clashes(scored, demo_home.model, demo_home.client)
    monkeypatch.setattr("scorer.workbook.sheet_clashes.MOST_SHOWN", 2)
    sheet = ClashesSheet(found)
    assert len(sheet._table["first"]) == 2 and sheet._all == len(found.table["first"]) > 2
