"""From a list to a filled workbook: the figures of promo score, tied by promotion_id, with nothing lost unsaid."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import xlsxwriter

from scorer import verbs
from scorer.columns import as_python
from scorer.contracts.scored import SCORED
from scorer.errors import ColumnMissing, OutputRefused, TooManyRejects
from tests.promo_command import promo
from tests.workbook.filling.parts import changed

SHEET = "xl/worksheets/sheet1.xml"
LIST = ["promotion_id", "region", "product_category", "product_subcategory", "promotion_type", "discount_percentage", "start_date", "end_date"]


@pytest.fixture(scope="module")
def upcoming(demo_home):
    with demo_home.upcoming.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def scored(demo_home, tmp_path_factory):
    """What promo score says of the list: promotion_id → figures."""
    out = tmp_path_factory.mktemp("scored") / "scored.parquet"
    with suppress(TooManyRejects):
        verbs.score(demo_home.workspace, demo_home.upcoming, out, reasons=True)
    table = duckdb.connect().execute(f"SELECT * FROM '{out}'").fetchnumpy()
    rows = zip(*(as_python(values) for values in table.values()), strict=True)
    return {row["promotion_id"]: row for row in (dict(zip(table, cells, strict=True)) for cells in rows)}


def typed(name: str, text: str) -> Any:
    if name == "discount_percentage":
        with suppress(ValueError):
            return float(text)
    if name.endswith("_date"):
        with suppress(ValueError):
            return date.fromisoformat(text)
    return text


def own_book(path: Path, rows: list[Mapping[str, str]], headers: list[str], **options: Any) -> Path:
    """A workbook of the user's own with the list on it, dates and numbers as such, and columns to fill."""
    book = xlsxwriter.Workbook(str(path), options)
    sheet, day = book.add_worksheet("My plan"), book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write(0, 0, "Plan for the summer")
    sheet.write_row(2, 1, headers)
    for number, row in enumerate(rows, start=3):
        for column, header in enumerate(headers, start=1):
            cell = typed(header, row.get(header, ""))
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell, day)
            elif cell != "":
                sheet.write(number, column, cell)
    book.add_worksheet("Total").write_formula(0, 0, "=SUM('My plan'!J4:J500)", None, 0)
    book.close()
    return path


def fill(home, plan, into, **more):
    """Fill; rows that the demo plants to be refused are no reason to stop."""
    try:
        return verbs.fill(home.workspace, plan, into, **more)
    except TooManyRejects as told:
        return told.done


def rows_of(path: Path) -> dict[str, dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)["My plan"]
    headers = [cell.value for cell in sheet[3]]
    found = [dict(zip(headers, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=4)]
    return {row["promotion_id"]: row for row in found}


NUMBERS = ["success_probability", "lift_expected", "incremental_profit_expected", "roi_expected", "used_list_price"]
WORDS = ["verdict", "remedy", "flags", "reasons", "input_hash"]


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_own_rows_get_the_figures_of_promo_score_exactly(demo_home, upcoming, scored, tmp_path, options):
    book = own_book(tmp_path / "mine.xlsx", upcoming, [*LIST, *NUMBERS, *WORDS], **options)
    before = shutil.copy(book, tmp_path / "before.xlsx")
    done = fill(demo_home, book, book)
    assert changed(before, book) == {SHEET}
    assert done.matched == len(scored) == done.scored and done.place == "sheet 'My plan'"
    found = rows_of(book)
    assert done.rows == len(found) == len(upcoming)
    for name, answer in scored.items():
        assert {n: found[name][n] for n in NUMBERS} == {n: answer[n] for n in NUMBERS}
        assert {n: found[name][n] for n in WORDS} == {n: answer[n] for n in WORDS}
    refused = {row.promotion_id: row for row in done.refused}
    assert refused.keys() == found.keys() - scored.keys() != set()
    for name, row in refused.items():
        assert found[name]["flags"] == f"refused: {row.reason}"
        assert found[name]["verdict"] is None
        assert openpyxl.load_workbook(book)["My plan"].cell(row.row, 2).value == name


def test_every_figure_of_an_answer_can_be_filled(demo_home, upcoming, scored, tmp_path):
    some = [row for row in upcoming if row["promotion_id"] in scored][:5]
    book = own_book(tmp_path / "mine.xlsx", some, [*LIST, *SCORED.names])
    done = fill(demo_home, book, book)
    assert set(done.columns) == set(SCORED.names)
    for name, row in rows_of(book).items():
        for figure in SCORED.names:
            expected = scored[name][figure]
            held = row[figure].date() if figure == "data_cut" else row[figure]
            assert held == (expected.date() if hasattr(expected, "date") else expected), figure


def test_rows_of_another_list_find_their_row_by_their_key_never_by_place(demo_home, upcoming, scored, tmp_path):
    mixed = [{"promotion_id": "unknown"}, *reversed(upcoming[3:]), upcoming[5]]
    book = own_book(tmp_path / "mine.xlsx", mixed, ["note", "promotion_id", "roi_expected", "verdict"])
    done = fill(demo_home, demo_home.upcoming, book)
    found = rows_of(book)
    twice = upcoming[5]["promotion_id"]
    assert {row.promotion_id for row in done.repeated} == {twice} and len(done.repeated) == 2
    assert [row.promotion_id for row in done.without_answer] == ["unknown"]
    assert done.not_in_workbook == [row["promotion_id"] for row in upcoming[:3]]
    assert done.rows == done.matched + len(done.refused) + len(done.repeated) + len(done.without_answer)
    for name, row in found.items():
        expected = scored[name] if name in scored and name != twice else {"roi_expected": None, "verdict": None}
        assert (row["roi_expected"], row["verdict"]) == (expected["roi_expected"], expected["verdict"])


def test_a_list_without_ids_is_no_list_to_fill_another_workbook_from(demo_home, upcoming, tmp_path):
    book = own_book(tmp_path / "mine.xlsx", upcoming, ["promotion_id", "verdict"])
    plan = tmp_path / "list.csv"
    plan.write_text("discount,start_date,days\n20,2026-07-06,7\n")
    with pytest.raises(ColumnMissing, match="promotion_id"):
        verbs.fill(demo_home.workspace, plan, book)


def test_own_rows_need_no_ids(demo_home, upcoming, scored, tmp_path):
    some = [row for row in upcoming if row["promotion_id"] in scored][:9]
    book = own_book(tmp_path / "mine.xlsx", some, [*LIST[1:], "verdict", "roi_expected"])
    assert fill(demo_home, book, book).matched == 9
    sheet = openpyxl.load_workbook(book)["My plan"]
    assert [row[8].value for row in sheet.iter_rows(min_row=4, min_col=2)] == [scored[row["promotion_id"]]["roi_expected"] for row in some]


def test_headers_that_come_again_on_every_page_are_no_promotions(demo_home, upcoming, scored, tmp_path):
    some = [row for row in upcoming if row["promotion_id"] in scored][:4]
    again = {name: name for name in LIST}
    book = own_book(tmp_path / "mine.xlsx", [*some[:2], again, {}, *some[2:]], [*LIST, "verdict", "flags"])
    done = fill(demo_home, book, book)
    assert (done.rows, done.matched, done.refused) == (4, 4, [])


def test_a_workbook_with_other_promotions_is_the_wrong_one(demo_home, tmp_path):
    book = own_book(tmp_path / "mine.xlsx", [{"promotion_id": "X1"}], ["promotion_id", "verdict"])
    held = book.read_bytes()
    with pytest.raises(OutputRefused, match=r"none of the promotions of the list \(U0001.*It has: X1"):
        verbs.fill(demo_home.workspace, demo_home.upcoming, book)
    assert book.read_bytes() == held


def test_the_list_is_never_written(demo_home, upcoming, tmp_path):
    plan = own_book(tmp_path / "list.xlsx", upcoming, LIST)
    held = plan.read_bytes()
    book = own_book(tmp_path / "mine.xlsx", upcoming, ["promotion_id", "verdict"])
    fill(demo_home, plan, book)
    assert plan.read_bytes() == held


def test_the_command_says_what_was_done(demo_home, upcoming, tmp_path):
    own_book(tmp_path / "mine.xlsx", [*upcoming, {"promotion_id": "unknown"}], ["promotion_id", "verdict", "flags"])
    root = str(demo_home.workspace.root)
    asked = ("workbook", str(demo_home.upcoming), "--into", "mine.xlsx", "--workspace", root)
    ended = promo(tmp_path, *asked)
    assert ended.code == 5 and "column 'flags' of mine.xlsx" in ended.err
    for words in ("Filled mine.xlsx", "As it was before: mine.backup-", "unknown", "end_date lies before start_date", "Written over"):
        assert words in ended.out
    again = promo(tmp_path, *asked, "--json")
    told = json.loads(again.out)
    assert again.code == 5 and told["backup"] is None
    assert told["columns"]["verdict"]["kept"] == told["matched"] > 50
    assert told["without_answer"][0]["promotion_id"] == "unknown"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--into", "a.xlsx", "--out", "b.xlsx"), "either filled"),
        (("--into", "a.xlsx", "--language", "de"), "keeps its own words"),
        (("--sheet", "Plan"), "name that workbook with"),
        (("--overwrite",), "name that workbook with"),
    ],
)
def test_options_that_do_not_fit_together(options, why):
    from typer.testing import CliRunner

    from scorer.cli.app import app

    ended = CliRunner().invoke(app, ["workbook", "list.csv", *options], env={"COLUMNS": "200"})
    assert ended.exit_code == 2
    assert why in " ".join(ended.output.split())


def test_a_workbook_that_is_not_there(demo_home, tmp_path):
    with pytest.raises(OutputRefused, match="no such workbook"):
        verbs.fill(demo_home.workspace, demo_home.upcoming, tmp_path / "none.xlsx")


def test_one_place_must_be_meant(demo_home, upcoming, tmp_path):
    book = own_book(tmp_path / "mine.xlsx", upcoming[:2], ["promotion_id", "verdict"])
    with pytest.raises(OutputRefused, match=r"no sheet or table 'Plan'"):
        verbs.fill(demo_home.workspace, demo_home.upcoming, book, sheet="Plan")
