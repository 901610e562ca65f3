"""A cell says what the scored list says, to the last bit: alone, among others, in any order and under any header."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from addin.cells import block_of
from addin.planning_rows import template_columns
from addin.session import Session
from scorer import verbs
from scorer.columns import as_python
from scorer.contracts.scored import SCORED
from scorer.errors import TooManyRejects
from scorer.plan import Cells
from scorer.results import AnsweredList
from scorer.settings import Language
from scorer.workbook.template_files import as_written
from tests.addin.functions.asking import Rows, ask, column, renamed, same, without
from tests.conftest import Home

FIGURES = {
    "PROMO_SUCCESS": "success_probability",
    "PROMO_LIFT": "lift_expected",
    "PROMO_PROFIT": "incremental_profit_expected",
    "PROMO_ROI": "roi_expected",
    "PROMO_VERDICT": "verdict",
    "PROMO_BREAKEVEN": "break_even_lift",
    "PROMO_BASELINE": "baseline_units_per_day",
}
GERMAN = {"region": "Gebiet", "product_category": "Kategorie", "product_subcategory": "Unterkategorie", "promotion_type": "Typ",
          "discount_percentage": "Rabatt", "start_date": "Beginn", "end_date": "Ende"}  # fmt: skip
FRENCH = {"region": "Région", "product_category": "Catégorie", "discount_percentage": "Remise"}
ENGLISH = {"region": " Market ", "product_category": "CATEGORY", "product_subcategory": "Sub Category", "promotion_type": "mechanic",
           "discount_percentage": "Discount pct", "start_date": "From\u00a0date", "end_date": "date to"}  # fmt: skip


def by_line(scored: AnsweredList, name: str) -> dict[int, Any]:
    return dict(zip(scored.lines.tolist(), scored.answer[name].tolist(), strict=True))


def wanted(scored: AnsweredList, name: str, lines: range) -> list[Any]:
    """Return a column of the scored list for lines of the file; a line that was refused has words, told as NaN."""
    known = by_line(scored, name)
    return [known.get(line, float("nan")) for line in lines]


@pytest.mark.parametrize(("function", "name"), FIGURES.items())
def test_every_figure(function: str, name: str, serving: Session, rows: Rows, scored: AnsweredList) -> None:
    same(column(serving, function, rows), wanted(scored, name, range(2, len(rows) + 1)))


def test_every_column_of_a_scored_list(serving: Session, rows: Rows, scored: AnsweredList) -> None:
    header, *found = ask(serving, "PROMO_SCORE", rows, ", ".join(SCORED.names))
    assert header == list(SCORED.names)
    good = [row for line, row in enumerate(found, start=2) if line in set(scored.lines.tolist())]
    for at, name in enumerate(SCORED.names):
        values = scored.answer[name].tolist() if name != "data_cut" else as_python(scored.answer[name])
        same([row[at] for row in good], values)


def test_the_file_that_promo_score_writes(serving: Session, rows: Rows, demo_home: Home, tmp_path: Path) -> None:
    out = tmp_path / "scores.parquet"
    with pytest.raises(TooManyRejects):
        verbs.score(demo_home.workspace, demo_home.upcoming, out)
    written = duckdb.sql(f"SELECT promotion_id, lift_expected, roi_expected, verdict FROM '{out}'").fetchall()
    names = [row[0] for row in rows[1:]]
    _, *found = ask(serving, "PROMO_SCORE", rows, "lift_expected,roi_expected,verdict")
    asked = dict(zip(names, found, strict=True))
    assert len(written) == 57
    assert {name: list(figures) for name, *figures in written} == {name: asked[name] for name, *_ in written}


def test_a_row_alone(serving: Session, rows: Rows, scored: AnsweredList) -> None:
    for line in (2, 8, 9, 14, 24, 34):
        for function in ("PROMO_LIFT", "PROMO_VERDICT"):
            same(column(serving, function, [rows[0], rows[line - 1]]), wanted(scored, FIGURES[function], range(line, line + 1)))


def test_a_row_among_five_thousand(serving: Session, rows: Rows, scored: AnsweredList) -> None:
    header, *body = without(rows, "promotion_id")
    many = (body * (5_000 // len(body) + 1))[:5_000]
    names = ["lift_expected", "incremental_profit_expected", "roi_expected", "break_even_lift", "verdict"]
    _, *found = ask(serving, "PROMO_SCORE", [header, *many], ",".join(names))
    for at, name in enumerate(names):
        once = wanted(scored, name, range(2, len(rows) + 1))
        same([row[at] for row in found], (once * (5_000 // len(body) + 1))[:5_000])


def test_the_order_of_rows_and_columns_and_what_else_stands_there(serving: Session, rows: Rows, scored: AnsweredList) -> None:
    shuffled = random.Random(7)
    across = list(range(len(rows[0])))
    shuffled.shuffle(across)
    lines = list(range(2, len(rows) + 1))
    shuffled.shuffle(lines)
    extra = [[*(rows[0][at] for at in across), "Owner", None, "Note"]]
    extra += [[*(rows[line - 1][at] for at in across), "Ann", None, f"={line}"] for line in lines]
    expected = [wanted(scored, "roi_expected", range(line, line + 1))[0] for line in lines]
    same(column(serving, "PROMO_ROI", extra), expected)


@pytest.mark.parametrize("names", [GERMAN, FRENCH, ENGLISH], ids=["de", "fr", "en"])
def test_headers_as_people_write_them(names: dict[str, str], serving: Session, rows: Rows, scored: AnsweredList) -> None:
    same(column(serving, "PROMO_PROFIT", renamed(rows, names)), wanted(scored, "incremental_profit_expected", range(2, 63)))


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_headers_as_the_planning_workbook_writes_them(
    language: Language, serving: Session, rows: Rows, scored: AnsweredList
) -> None:
    words = as_written(f"words/{language}")["words"] if language != "en" else {}
    labels = {name: words.get(label, label) for name, label in template_columns()}
    assert language == "en" or labels["discount_percentage"] != dict(template_columns())["discount_percentage"]
    same(column(serving, "PROMO_PROFIT", renamed(rows, labels)), wanted(scored, "incremental_profit_expected", range(2, 63)))


def test_values_of_every_kind(serving: Session, rows: Rows, scored: AnsweredList) -> None:
    """Numbers and dates as a sheet hands them over: what was text in the file is a value here."""
    header = rows[0]
    start, end, discount = (header.index(name) for name in ("start_date", "end_date", "discount_percentage"))
    kinds = [
        date.fromisoformat,
        datetime.fromisoformat,
        lambda text: float((date.fromisoformat(text) - date(1899, 12, 30)).days),
        lambda text: date.fromisoformat(text).strftime("%d/%m/%Y"),
        lambda text: float(text.replace("-", "")),
    ]
    for kind in kinds:
        typed = [header]
        for row in rows[1:12]:
            one = list(row)
            one[start], one[end], one[discount] = kind(row[start]), kind(row[end]), float(row[discount])
            typed.append(one)
        same(column(serving, "PROMO_LIFT", typed), wanted(scored, "lift_expected", range(2, 13)))


def test_days_of_a_book_that_counts_from_1904(serving: Session, rows: Rows, scored: AnsweredList) -> None:
    epoch = date(1904, 1, 1)
    start, end = rows[0].index("start_date"), rows[0].index("end_date")
    counted = [list(row) for row in rows[:12]]
    for row in counted[1:]:
        row[start], row[end] = (float((date.fromisoformat(row[at]) - epoch).days) for at in (start, end))
    same(column(serving, "PROMO_LIFT", block_of(counted, epoch=epoch)), wanted(scored, "lift_expected", range(2, 13)))


def test_numbers_as_text_with_a_decimal_comma_and_percent(serving: Session, rows: Rows, scored: AnsweredList) -> None:
    at = rows[0].index("discount_percentage")
    usable = [row for row in rows[1:] if row[0] in set(scored.promotion_ids) and float(row[at]) < 1]
    lifts = dict(zip(scored.promotion_ids, scored.answer["lift_expected"].tolist(), strict=True))
    for write in (lambda text: text.replace(".", ","), lambda text: f"{float(text) * 100:g} %", lambda text: f"{float(text):.1%}"):
        texts = [[*row[:at], write(row[at]), *row[at + 1 :]] for row in usable]
        same(column(serving, "PROMO_LIFT", [rows[0], *texts]), [lifts[row[0]] for row in usable])


def test_the_planning_workbook_as_a_table_and_as_one_row(serving: Session, demo_home: Home, tmp_path: Path) -> None:
    every = list(dict.fromkeys(FIGURES.values()))
    path, short = tmp_path / "plan.xlsx", tmp_path / "upcoming.csv"
    short.write_text("\n".join(demo_home.upcoming.read_text(encoding="utf-8").splitlines()[:4]) + "\n", encoding="utf-8")
    verbs.workbook(demo_home.workspace, short, path, language="de")
    scored = verbs.answer_list(demo_home.workspace, short)
    sheet = next(sheet for sheet in openpyxl.load_workbook(path, data_only=True) if "tblPlan" in sheet.tables)
    cells = sheet[sheet.tables["tblPlan"].ref]
    table, first = [[cell.value for cell in row] for row in cells], cells[0][0].row
    _, *found = ask(serving, "PROMO_SCORE", block_of(table, first_row=first, place="Plan"), ",".join(every))
    for at, name in enumerate(every):
        same([row[at] for row in found], scored.answer[name].tolist())
    for row in (1, 3):
        assert ask(serving, "PROMO_SCORE", block_of([table[row]], first_row=first + row), ",".join(every)) == [found[row - 1]]
    # nobody has scored this row: nothing in it tells which columns the workbook has left out
    new = [None if at == table[0].index("Prüfsumme") else cell for at, cell in enumerate(table[1])]
    assert "Include the header row" in ask(serving, "PROMO_LIFT", [new])[0][0]
    assert ask(serving, "PROMO_VERDICT", block_of([[None] * len(table[0])], first_row=40)) == [[""]]


def test_two_rows_of_one_name_keep_their_own_answers(serving: Session, rows: Rows) -> None:
    header, first, second = rows[0], ["row-3", *rows[1][1:]], [None, *rows[2][1:]]
    found = column(serving, "PROMO_LIFT", [header, first, second])
    assert found == [*column(serving, "PROMO_LIFT", [header, first]), *column(serving, "PROMO_LIFT", [header, second])]
    listed = verbs.answer_list(serving.workspace, Cells(header, [first, second]))
    same(found, listed.answer["lift_expected"].tolist())
