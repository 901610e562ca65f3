"""Whatever stands in the cells, an answer is a rectangle of cells: never an exception, and never a bug to confess."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from addin.catalog import functions
from addin.cells import Block
from addin.session import Session
from tests.addin.functions.asking import Rows, ask

FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NUMBERS = st.floats() | st.sampled_from([0.0, -1.0, 0.2, 7.0, 45_747.0, 1e308, -1e308, 1e-320, 2_958_465.0, 20_260_706.0, 2**70, -5])
WORDS = st.text(max_size=12) | st.sampled_from(
    ["", " ", "\u200b", "\x1f12", "\x00", "🎉 10 %", "0,2", "1.234", "1.234,5", "-12 %", "(5)", "nan", "inf", "1e999", "TRUE", "wahr",
     "#N/A", "#DIV/0!", "#N/A row 3: x", "=cmd|' /C calc'!A0", "+1", "2026-07-06", "31/12/2026", "2026-99-99", "U0001", "West", "Coupon",
     "verdict", "0.1;0.2", ";;", "x" * 40_000, "'", '"', "$1", "%", "% %", "\ud800"]
)  # fmt: skip
DAYS = st.dates() | st.datetimes() | st.sampled_from([date.min, date.max, datetime(9999, 12, 31, 23, 59), date(2026, 7, 6)])
CELLS = st.none() | st.booleans() | NUMBERS | WORDS | DAYS
RAGGED = st.lists(st.lists(CELLS, max_size=5).map(tuple), max_size=5).map(tuple)
EPOCHS = st.sampled_from([date(1899, 12, 30), date(1904, 1, 1)])
BLOCKS = st.builds(Block, RAGGED, st.sampled_from(["", "Sheet1!A1:C3"]), st.integers(1, 2**20), st.none(), EPOCHS)
HEADERS = ("promotion_id", "region", "product_category", "product_subcategory", "promotion_type", "discount_percentage",
           "start_date", "end_date", "duration_days", "list_price", "unit_cost", "baseline_override", "fixed_cost", "funding_share")  # fmt: skip


@pytest.mark.parametrize("name", functions())
@FEW
@given(data=st.data())
def test_any_cells_for_any_argument(name: str, serving: Session, data: st.DataObject) -> None:
    most = len(functions()[name].arguments) + 1
    ask(serving, name, *data.draw(st.lists(st.none() | BLOCKS, max_size=most)))


@pytest.mark.parametrize("name", [name for name, one in functions().items() if not one.needs_model and one.name != "PROMO_PROBLEMS"])
@FEW
@given(data=st.data())
def test_grids_of_money_that_fit_together(name: str, data: st.DataObject) -> None:
    down, across = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    size = st.lists(st.lists(CELLS, min_size=across, max_size=across).map(tuple), min_size=down, max_size=down)
    given_ = [data.draw(st.builds(Block, size.map(tuple)) | CELLS) for _ in functions()[name].arguments]
    found = ask(None, name, *given_)
    assert (len(found), len(found[0])) in {(down, across), (1, 1)} or name == "PROMO_PAYBACK"


@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_any_cells_under_the_headers_of_a_plan(serving: Session, data: st.DataObject) -> None:
    """A good row above them keeps its answer, whatever stands in the rows below."""
    good = ("G", "South", "Frozen food", "Vegetables", "Coupon", 0.25, date(2026, 7, 6), None, 7.0)
    headers = data.draw(st.permutations(HEADERS))
    width = data.draw(st.integers(0, len(headers)))
    row = tuple(dict(zip(HEADERS, good, strict=False)).get(header) for header in headers)
    bad = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width).map(tuple), max_size=3))
    formulas = data.draw(st.sampled_from([None, lambda: [[], [], *[["=NOW()"] * 20] * 3]]))
    plan = Block((tuple(headers), row, *bad), "Plan", 4, formulas)
    name = data.draw(st.sampled_from(["PROMO_SCORE", "PROMO_LIFT", "PROMO_WHY", "PROMO_BREAKEVEN"]))
    found = ask(serving, name, plan)
    assert len(found) == len(plan.rows)


@settings(max_examples=3, deadline=None)
@given(cells=st.lists(CELLS, min_size=len(HEADERS), max_size=len(HEADERS)))
def test_any_promotion_for_the_questions_about_one(serving: Session, rows: Rows, cells: list[Any]) -> None:
    for name in ("PROMO_WHATIF", "PROMO_EXPLAIN", "PROMO_SIMILAR"):
        ask(serving, name, [list(HEADERS), cells])
        ask(serving, name, [list(HEADERS), ["A", "South", None, cells[3], cells[4], 0.2, "2026-07-06", None, 7.0, *cells[9:]]])


def test_amounts_at_the_edge_of_what_a_number_holds(serving: Session, rows: Rows) -> None:
    for huge in (1e300, 1.7e308, -1e308, 5e-324):
        for name in ("baseline_override", "list_price", "fixed_cost"):
            ask(serving, "PROMO_SCORE", [[*rows[0], name], [*rows[1], huge]])
        for name, one in functions().items():
            if not one.needs_model:
                ask(None, name, *[huge] * len(one.arguments))
