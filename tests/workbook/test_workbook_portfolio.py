"""Portfolio: rows tie to the optimiser, and yes or no moves totals, budget and checks, as LibreOffice works it out."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from openpyxl.workbook import Workbook
from workbook_gallery import short_list
from workbook_office import Office, values
from workbook_reading import opened

from scorer import verbs
from scorer.columns import records
from scorer.planning.optimise.result import Portfolio
from scorer.planning.optimise.rules import Rules
from scorer.workbook.layout import columns_of
from scorer.workbook.sheet_portfolio import PortfolioWords
from scorer.workbook.template import read_words

WORDS = read_words("portfolio", PortfolioWords, {"currency": "EUR", "interval": "80%"})
LABELS = {column.name: column.label for column in columns_of(WORDS.bands)}
BUDGET, LESS = 3_000.0, 500.0


class Edited(NamedTuple):
    """A choice, its workbook as written (tables by column), and what LibreOffice makes of it after a few edits."""

    found: Portfolio
    written: dict[str, list[Any]]
    table: dict[str, list[Any]]
    above: dict[str, dict[str, Any]]
    checks: dict[str, Any]
    swapped: tuple[int, int]
    sentence: str


@pytest.fixture(scope="module")
def edited(demo_home, office: Office, tmp_path_factory) -> Edited:
    folder = tmp_path_factory.mktemp("portfolio")
    path, plan = folder / "best.xlsx", short_list(demo_home.upcoming, folder / "upcoming.csv")
    rules = Rules(budget=BUDGET, minimum_units=100.0, unit_penalty=1.0)
    found = verbs.optimise(demo_home.workspace, plan, rules, path, client=demo_home.client.client).portfolio
    book = opened(path)
    written = table_of(book, values(path))
    taken, left = written["accept"].index("yes"), written["accept"].index("no")
    sheet, (heads, first) = book["Portfolio"], heads_of(book)
    sheet.cell(first + taken, heads["accept"]).value = "no"
    sheet.cell(first + left, heads["accept"]).value = "yes"
    row_of(book, WORDS.asked)[heads["cost"] - 1].value = LESS
    book.save(path)
    recalculated = office.values(path)
    rows = (WORDS.accepted, WORDS.proposed, WORDS.planned, WORDS.asked, WORDS.left)
    above = {
        label: {
            name: recalculated["Portfolio"].get(row_of(book, label)[column - 1].coordinate) for name, column in heads.items()
        }
        for label in rows
    }
    checks = {
        recalculated["Checks"][f"B{row}"]: recalculated["Checks"].get(f"C{row}")
        for row in range(1, 60)
        if f"B{row}" in recalculated["Checks"]
    }
    return Edited(found, written, table_of(book, recalculated), above, checks, (taken, left), recalculated["Portfolio"]["B2"])


def heads_of(book: Workbook) -> tuple[dict[str, int], int]:
    """Return the column of each name, and the first row of the table."""
    sheet = book["Portfolio"]
    (table,) = sheet.tables.values()
    at = {cell.value: cell.column for cell in sheet[table.ref][0]}
    return {name: at[label] for name, label in LABELS.items()}, sheet[table.ref][0][0].row + 1


def table_of(book: Workbook, found: dict[str, dict[str, Any]]) -> dict[str, list[Any]]:
    heads, first = heads_of(book)
    sheet = book["Portfolio"]
    (table,) = sheet.tables.values()
    last = sheet[table.ref][-1][0].row
    return {
        name: [found["Portfolio"].get(sheet.cell(row, column).coordinate) for row in range(first, last + 1)]
        for name, column in heads.items()
    }


def row_of(book: Workbook, label: str):
    return next(row for row in book["Portfolio"].iter_rows() if row[1].value == label)


def test_every_row_is_the_optimisers_to_the_cent(edited):
    rows = {row["promotion_id"]: row for row in records(edited.found.rows)}
    assert sorted(rows) == sorted(edited.table["promotion_id"])
    for at, name in enumerate(edited.table["promotion_id"]):
        ours = {"cost": "promotion_cost", "low": "profit_low", "profit": "profit_expected", "high": "profit_high"}
        for column, engine in ours.items():
            assert edited.table[column][at] == pytest.approx(rows[name][engine], abs=0.004), (name, column)
        assert edited.table["extra_units"][at] == pytest.approx(rows[name]["incremental_units"], abs=1e-6)
        assert edited.written["accept"][at] == ("yes" if rows[name]["chosen"] else "no")


def test_libreoffice_works_out_what_was_written(edited):
    followers = {"accept", "accepted_row", "accepted_cost", "accepted_net", "running_cost", "running_net"}
    for name in set(edited.table) - followers:
        for now, then in zip(edited.table[name], edited.written[name], strict=True):
            assert now == (pytest.approx(then, abs=0.005) if isinstance(then, float) else then), name


def test_totals_follow_what_is_accepted(edited):
    accepted = [at for at, word in enumerate(edited.table["accept"]) if word == "yes"]
    assert edited.above[WORDS.accepted]["accept"] == len(accepted)
    for name in ("cost", "low", "profit", "high", "overlap_loss", "net", "extra_units"):
        wanted = sum(edited.table[name][at] for at in accepted)
        assert edited.above[WORDS.accepted][name] == pytest.approx(wanted, abs=0.004), name
    taken, left = edited.swapped
    moved = edited.table["profit"][left] - edited.table["profit"][taken]
    assert edited.above[WORDS.accepted]["profit"] == pytest.approx(edited.found.optimised.profit + moved, abs=0.01)


def test_what_was_proposed_and_planned_stays(edited):
    optimised, planned = edited.found.optimised, edited.found.planned
    assert edited.above[WORDS.proposed]["accept"] == optimised.promotions
    for column, field in (("cost", "cost"), ("profit", "profit"), ("low", "profit_low")):
        assert edited.above[WORDS.proposed][column] == pytest.approx(getattr(optimised, field), abs=0.004)
        assert edited.above[WORDS.planned][column] == pytest.approx(getattr(planned, field), abs=0.004)
    assert edited.above[WORDS.proposed]["net"] == pytest.approx(edited.found.worth + edited.found.penalty, abs=0.004)


def test_the_budget_that_is_left_and_the_checks_follow(edited):
    cost = edited.above[WORDS.accepted]["cost"]
    assert edited.above[WORDS.left]["cost"] == pytest.approx(LESS - cost, abs=0.004)
    assert cost > LESS
    assert edited.checks[WORDS.check_budget[0]] == 0
    assert edited.checks[WORDS.check_rows[0]] == 1
    assert edited.checks[WORDS.check_total[0]] == 1
    assert edited.checks["No cell shows an error"] == 1
    assert edited.checks["Rows in = scored + refused + blank"] == 1


def test_the_title_tells_what_is_accepted_now(edited):
    accepted = edited.above[WORDS.accepted]
    assert edited.sentence.startswith(f"{accepted['accept']:.0f} promotions earn EUR {accepted['net']:,.0f} for EUR ")
