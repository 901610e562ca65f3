"""From Excel's cells to the answer and back, through xlwings' own converters: the same values as from ``answer``.

Only Excel itself is made up: its ranges hold what COM tells of cells.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from addin import catalog, session
from addin.answering import answer
from addin.cells import Block
from addin.configuration import Configuration
from addin.hosts import excel
from tests.addin.windows_stub import ERRORS, MISSING, book, cells, whole_columns, windows

N_A, DIV = ERRORS["#N/A"], ERRORS["#DIV/0!"]
DATES = ("start_date", "end_date")


@pytest.fixture(scope="module")
def udfs():
    with windows() as found:
        yield found


@pytest.fixture(autouse=True)
def _nothing_known():
    excel.forget()


@pytest.fixture
def workspace(demo_home, monkeypatch):
    monkeypatch.setattr(session._Process, "session", None)
    return session.begin(Configuration(workspace=demo_home.workspace.root)).workspace


def called(udfs, name, *given, caller=None, parent=None):
    """Call a function as its VBA wrapper does: what is left out is marked, and the place of the caller is kept."""
    parent = parent or book()
    asked = catalog.functions()[name]
    padded = [*given, *(MISSING,) * (len(asked.arguments) - len(given))]
    asks = caller or cells([[None]], parent, (1, 20))
    return udfs.call_udf("addin.hosts.excel", name, (*padded, None), parent, asks)


def plain(rows):
    """Return cells as the answer has them: COM's times are days."""
    return [[cell.date() if isinstance(cell, datetime) else cell for cell in row] for row in rows]


@pytest.fixture(scope="module")
def upcoming(demo_home):
    """The first rows of the example's list as a planner types them: days are days, numbers are numbers."""
    with demo_home.upcoming.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))[:9]
    typed = [[_typed(name, text) for name, text in zip(header, row, strict=True)] for row in rows]
    return [header, *typed]


def _typed(name, text):
    if name in DATES:
        return datetime.fromisoformat(text)
    try:
        return float(text)
    except ValueError:
        return text or None


def as_told(rows):
    """Return typed rows as COM tells them: its times have a zone that means nothing."""
    return [[cell.replace(tzinfo=UTC) if isinstance(cell, datetime) else cell for cell in row] for row in rows]


def block(rows, first_row=1):
    return Block(tuple(tuple(row) for row in rows), "Plan!A1", first_row)


# Money: numbers, errors, empty cells, text, what is left out.

DISCOUNTS = [[0.2], [None], ["soon"], [0.1], [0.0]]
MONEY = [
    ("PROMO_COST", [10.0, 0.2, 5000.0, 0.15], [10.0, 0.2, 5000.0, 0.15]),
    ("PROMO_COST", [[[10.0]], [[0.2], [0.1], [N_A]], 5000.0, 0.15], [10.0, [[0.2], [0.1], ["#N/A"]], 5000.0, 0.15]),
    ("PROMO_RETURN", [10.0, 6.0, DISCOUNTS, 5000.0, 0.15], [10.0, 6.0, DISCOUNTS, 5000.0, 0.15]),
    ("PROMO_GAIN", [10.0, 6.0, DISCOUNTS, 5000.0, 0.15, MISSING, 100.0], [10.0, 6.0, DISCOUNTS, 5000.0, 0.15, None, 100.0]),
    ("PROMO_MULTIPLE", [[[0.2, 0.3]], [[0.1], [DIV]]], [[[0.2, 0.3]], [[0.1], ["#DIV/0!"]]]),
    ("PROMO_PAYBACK", [[[-100.0, 60.0, 60.0]]], [[[-100.0, 60.0, 60.0]]]),
    ("PROMO_PAYBACK", [[[-100.0, 60.0, 60.0, -50.0]], True], [[[-100.0, 60.0, 60.0, -50.0]], True]),
    ("PROMO_PROBLEMS", [[[1.0, N_A], [DIV, None]]], [[[1.0, "#N/A"], ["#DIV/0!", None]]]),
    ("PROMO_NEEDED", [10.0, 9.0, 0.2, 5000.0], [10.0, 9.0, 0.2, 5000.0]),
]


def as_block(value):
    rows = value if isinstance(value, list) else [[value]]
    return Block(tuple(tuple(row) for row in rows), first_row=7)


@pytest.mark.parametrize(("name", "told", "meant"), MONEY, ids=lambda it: it if isinstance(it, str) else "")
def test_ranges_give_what_the_same_values_give(udfs, name, told, meant):
    parent = book()
    given = [cells(one, parent, (7, 2)) if isinstance(one, list) else one for one in told]
    expected = answer(name, [None if one is None else as_block(one) for one in meant])
    assert called(udfs, name, *given, parent=parent) == expected


@pytest.mark.parametrize(("name", "told", "meant"), MONEY, ids=lambda it: it if isinstance(it, str) else "")
def test_arrays_that_were_worked_out_give_what_ranges_give(udfs, name, told, meant):
    given = [tuple(tuple(row) for row in one) if isinstance(one, list) else one for one in told]
    expected = answer(name, [None if one is None else as_block(one)._replace(first_row=1) for one in meant])
    assert called(udfs, name, *given) == expected


def test_a_reason_names_the_row_of_the_sheet(udfs):
    parent = book()
    found = called(udfs, "PROMO_MULTIPLE", cells([[0.2], [N_A]], parent, (41, 3)), 0.1, parent=parent)
    assert str(found[1][0]).startswith("#N/A row 42: ")


def test_amounts_in_a_currency_format_are_numbers(udfs):
    parent = book()
    price = cells([[Decimal("10.0000")]], parent)
    assert called(udfs, "PROMO_COST", price, 0.2, 5000.0, 0.15, parent=parent) == called(
        udfs, "PROMO_COST", 10.0, 0.2, 5000.0, 0.15
    )


def test_what_is_not_given_but_needed_is_named(udfs):
    ((found,),) = called(udfs, "PROMO_COST", 10.0, MISSING, 5000.0, 0.15)
    assert "discount" in found
    assert "PROMO_COST(price, discount" in found


def test_answers_are_plain_text_numbers_and_truths(udfs):
    parent = book()
    found = called(udfs, "PROMO_RETURN", 10.0, 6.0, cells(DISCOUNTS, parent), 5000.0, 0.15, parent=parent)
    assert {type(cell) for row in found for cell in row} == {str, float}


# The model: a plan with days, in ranges.


@pytest.mark.parametrize("name", ["PROMO_SCORE", "PROMO_VERDICT", "PROMO_PROFIT", "PROMO_WHY"])
def test_a_plan_gives_what_its_rows_give(udfs, workspace, upcoming, name):
    parent = book()
    found = called(udfs, name, cells(as_told(upcoming), parent), parent=parent)
    assert plain(found) == answer(name, [block(upcoming)])
    assert len(found) == len(upcoming)


def test_columns_are_chosen_in_a_range_or_a_text(udfs, workspace, upcoming):
    parent = book()
    plan = cells(as_told(upcoming), parent)
    named = cells([["verdict", "lift_expected"]], parent, (1, 30))
    found = called(udfs, "PROMO_SCORE", plan, named, parent=parent)
    assert found == called(udfs, "PROMO_SCORE", plan, "verdict, lift_expected", parent=parent)
    assert found[0] == ["verdict", "lift_expected"]


def test_a_day_may_be_its_number_in_either_calendar(udfs, workspace, upcoming):
    def numbered(first_day):
        return [[(cell.date() - first_day).days if isinstance(cell, datetime) else cell for cell in row] for row in upcoming]

    for parent, first_day in ((book(), date(1899, 12, 30)), (book("Mac.xlsx", from_1904=True), date(1904, 1, 1))):
        found = called(udfs, "PROMO_SCORE", cells(numbered(first_day), parent), parent=parent)
        assert plain(found) == answer("PROMO_SCORE", [block(upcoming)])


def test_a_plan_that_asks_the_clock_is_refused_by_its_formula(udfs, workspace, upcoming):
    parent = book()
    written = [["" if cell is None else str(cell) for cell in row] for row in upcoming]
    written[1][upcoming[0].index("start_date")] = "=TODAY()+7"
    found = called(udfs, "PROMO_SUCCESS", cells(as_told(upcoming), parent, formulas=written), parent=parent)
    assert "TODAY" in found[1][0]
    assert isinstance(found[2][0], float)


def test_of_whole_columns_the_rows_in_use_are_read(udfs, workspace, upcoming):
    parent = book()
    used = cells(as_told(upcoming), parent)
    assert called(udfs, "PROMO_LIFT", whole_columns(used), parent=parent) == called(udfs, "PROMO_LIFT", used, parent=parent)


def test_days_go_back_as_days(udfs, workspace):
    found = called(udfs, "PROMO_MODEL")
    assert any(isinstance(cell, datetime) for row in found for cell in row)
    assert plain(found) == answer("PROMO_MODEL", [])


# Whose cell asks.


def test_each_workbook_is_answered_for_its_own_client(udfs, workspace, upcoming):
    ours, theirs = book("Ours.xlsx", client=next(iter(workspace.clients.glob("*.toml"))).stem), book("Theirs.xlsx", client="nobody")
    known = called(udfs, "PROMO_VERDICT", cells(as_told(upcoming), ours), parent=ours)
    assert known == answer("PROMO_VERDICT", [block(upcoming)])
    ((refused,),) = called(udfs, "PROMO_VERDICT", cells(as_told(upcoming), theirs), parent=theirs)
    assert "nobody" in refused


def test_the_client_is_that_of_the_cell_and_not_of_the_workbook_in_front(udfs, workspace):
    in_front, asking = book("Front.xlsx"), book("Asking.xlsx", client="nobody")
    found = called(udfs, "PROMO_MODEL", parent=in_front, caller=cells([[None]], asking))
    assert "nobody" in found[0][0]


def test_a_workbook_is_asked_for_its_client_once_and_again_when_that_is_forgotten(udfs):
    parent = book(client="demo")
    for _ in range(3):
        called(udfs, "PROMO_MULTIPLE", 0.2, 0.15, parent=parent)
    once = parent.Names.looked
    excel.forget()
    called(udfs, "PROMO_MULTIPLE", 0.2, 0.15, parent=parent)
    assert once > 0
    assert parent.Names.looked == 2 * once


def test_what_is_known_of_a_workbook_does_not_last(udfs, monkeypatch):
    parent = book(client="demo")
    called(udfs, "PROMO_MULTIPLE", 0.2, 0.15, parent=parent)
    once = parent.Names.looked
    monkeypatch.setattr(excel, "_SECONDS_KEPT", -1.0)
    called(udfs, "PROMO_MULTIPLE", 0.2, 0.15, parent=parent)
    assert parent.Names.looked == 2 * once


# What xlwings is told of the functions.


def test_every_function_is_served_and_nothing_else(udfs):
    found = {name for name in dir(excel) if hasattr(getattr(excel, name), "__xlfunc__")}
    assert found == set(catalog.functions())
    with pytest.raises(AttributeError, match="PROMO_NOTHING"):
        excel.PROMO_NOTHING  # noqa: B018 - asking is the test


@pytest.mark.parametrize("name", catalog.functions())
def test_a_function_is_told_to_excel_as_it_is_recorded(udfs, name):
    told = getattr(excel, name).__xlfunc__
    asked = catalog.functions()[name]
    assert (told["name"], told["category"], told["ret"]["doc"]) == (name, "Promo Planner", asked.help)
    assert (told["call_in_wizard"], told["volatile"], told["async_mode"]) == (False, False, None)
    *given, caller = told["args"]
    assert caller["name"] == "caller"
    assert [(one["name"], "optional" in one) for one in given] == [(one.name, one.optional) for one in asked.arguments]
    assert all(one["options"] == {"convert": excel.BlockOf, "ndim": 2} for one in given)
    assert all(one["doc"].startswith(argument.help) for one, argument in zip(given, asked.arguments, strict=True))


# Buttons.


def test_a_click_presses_the_button_for_the_workbook_it_was_made_in(udfs, monkeypatch):
    import xlwings

    from addin import press

    pressed = []
    monkeypatch.setattr(press, "press", lambda name, of: pressed.append((name, of.name)))
    monkeypatch.setattr(xlwings._xlwindows, "BOOK_CALLER", book("Clicked.xlsx"))
    excel.click("score_list")
    assert pressed == [("score_list", "Clicked.xlsx")]


def test_a_click_forgets_what_was_known_of_workbooks(udfs, monkeypatch):
    import xlwings

    from addin import press

    parent = book(client="demo")
    called(udfs, "PROMO_MULTIPLE", 0.2, 0.15, parent=parent)
    assert excel._Known.about
    monkeypatch.setattr(press, "press", lambda name, of: None)
    monkeypatch.setattr(xlwings._xlwindows, "BOOK_CALLER", parent)
    excel.click("reload")
    assert excel._Known.about == {}
