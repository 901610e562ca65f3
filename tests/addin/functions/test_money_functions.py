"""The money functions against figures worked out by hand, and against the plain arithmetic of the engine."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.catalog import functions
from addin.cells import block_of
from scorer.economics import promotion
from scorer.economics.promotion import Terms
from tests.addin.functions.asking import ask, value

# name, arguments in the order of the function (None: left out), and the figure worked out by hand
GOLDEN: list[tuple[str, tuple[Any, ...], float]] = [
    # price 10, cost 6, 5,000 units, 20 % off, 15 % lift
    ("PROMO_COST", (10, 0.2, 5000, 0.15), 11_500),
    ("PROMO_MULTIPLE", (0.2, 0.15), 0.652173913043478),
    ("PROMO_MARGIN", (10, 6, 5000, 0.15), 3_000),
    ("PROMO_GAIN", (10, 6, 0.2, 5000, 0.15), -8_500),
    ("PROMO_RETURN", (10, 6, 0.2, 5000, 0.15), -0.739130434782609),
    ("PROMO_NEEDED", (10, 6, 0.2, 5000), 1.0),
    ("PROMO_FUNDING", (10, 6, 0.2, 5000, 0.15), 0.739130434782609),
    # the 15 % is of the amount paid
    ("PROMO_UNITLIFT", (0.15, 0.2), 0.4375),
    ("PROMO_COST", (10, 0.2, 5000, 0.4375), 14_375),
    ("PROMO_GAIN", (10, 6, 0.2, 5000, 0.4375), -5_625),
    ("PROMO_RETURN", (10, 6, 0.2, 5000, 0.4375), -0.391304347826087),
    # cost 4, 15 % off, 60 % lift, fixed cost 2,000
    ("PROMO_COST", (10, 0.15, 5000, 0.6, None, 2_000), 14_000),
    ("PROMO_MARGIN", (10, 4, 5000, 0.6), 18_000),
    ("PROMO_GAIN", (10, 4, 0.15, 5000, 0.6, None, 2_000), 4_000),
    ("PROMO_RETURN", (10, 4, 0.15, 5000, 0.6, None, 2_000), 0.285714285714286),
    ("PROMO_NEEDED", (10, 4, 0.15, 5000, None, 2_000), 0.422222222222222),
    # a partner pays half the discount
    ("PROMO_COST", (10, 0.2, 5000, 0.15, 0.5), 5_750),
    ("PROMO_GAIN", (10, 6, 0.2, 5000, 0.15, 0.5), -2_750),
    ("PROMO_RETURN", (10, 6, 0.2, 5000, 0.15, 0.5), -0.478260869565217),
    ("PROMO_NEEDED", (10, 6, 0.2, 5000, 0.5), 1 / 3),
    # four baseline units in ten redeem
    ("PROMO_COST", (10, 0.2, 5000, 0.15, None, None, 0.4), 5_500),
    ("PROMO_GAIN", (10, 6, 0.2, 5000, 0.15, None, None, 0.4), -2_500),
    ("PROMO_RETURN", (10, 6, 0.2, 5000, 0.15, None, None, 0.4), -0.454545454545455),
    ("PROMO_NEEDED", (10, 6, 0.2, 5000, None, None, 0.4), 0.4),
    # half funded, fixed cost 1,000, side effects of -150 x 3.50 - 200 x 4 + 100 x 2
    ("PROMO_COST", (10, 0.2, 5000, 0.15, 0.5, 1_000), 6_750),
    ("PROMO_GAIN", (10, 6, 0.2, 5000, 0.15, 0.5, 1_000, None, -1_125), -4_875),
    ("PROMO_RETURN", (10, 6, 0.2, 5000, 0.15, 0.5, 1_000, None, -1_125), -0.722222222222222),
    ("PROMO_NEEDED", (10, 6, 0.2, 5000, 0.5, 1_000), 0.4),
    ("PROMO_NEEDED", (10, 6, 0.2, 5000, 0.5, 1_000, None, -1_125), 0.475),
    # a price with cents
    ("PROMO_COST", (4.99, 0.25, 10_000, 1), 24_950),
    ("PROMO_MARGIN", (4.99, 2.10, 10_000, 1), 28_900),
    ("PROMO_GAIN", (4.99, 2.10, 0.25, 10_000, 1), 3_950),
    ("PROMO_RETURN", (4.99, 2.10, 0.25, 10_000, 1), 0.158316633266533),
    ("PROMO_NEEDED", (4.99, 2.10, 0.25, 10_000), 1.2475 / 1.6425),
    ("PROMO_PAYBACK", ([[-2_000, 1_500, 1_500, -1_200, 400]],), 3),
    ("PROMO_PAYBACK", ([[-2_000], [1_500], [1_500], [-1_200], [400]], True), 5),
    ("PROMO_PAYBACK", ("-2000; 1500; 1500; -1200; 400", "wahr"), 5),
    ("PROMO_PAYBACK", ([[0.0, -5]],), 1),
]


@pytest.mark.parametrize(("name", "arguments", "wanted"), GOLDEN)
def test_figures_worked_out_by_hand(name: str, arguments: tuple[Any, ...], wanted: float) -> None:
    assert value(None, name, *arguments) == pytest.approx(wanted, rel=1e-9)


def test_deeper_discounts_of_the_same_promotion() -> None:
    depths, lifts = [[0.1], [0.15], [0.2], [0.25], [0.3]], [[0.08], [0.12], [0.15], [0.17], [0.18]]
    multiples = [row[0] for row in ask(None, "PROMO_MULTIPLE", depths, lifts)]
    assert multiples == pytest.approx([0.7407, 0.7143, 0.6522, 0.5812, 0.5085], abs=5e-5)
    assert all(row[0] < 0 for row in ask(None, "PROMO_GAIN", 10, 6, depths, 5_000, lifts))


def test_what_is_needed_by_margin_and_depth_is_a_grid() -> None:
    costs, depths = [[6], [7.5], [5]], [[0.10, 0.15, 0.20, 0.25]]
    found = ask(None, "PROMO_NEEDED", 10, costs, depths, 5_000)
    assert found[0] == pytest.approx([1 / 3, 0.6, 1.0, 5 / 3], rel=1e-9)
    assert found[1][:3] == pytest.approx([2 / 3, 1.5, 4.0], rel=1e-9)
    assert found[1][3] == "#N/A row 2: the discount we pay is not below the margin: more lift never pays"
    assert found[2] == pytest.approx([0.25, 3 / 7, 2 / 3, 1.0], rel=1e-9)


AMOUNT = st.floats(0.01, 1e6)
SHARE = st.floats(0, 1)
TERMS = {"price": AMOUNT, "unit_cost": AMOUNT, "discount": SHARE, "baseline": AMOUNT, "lift": st.floats(-1, 10), "funding": SHARE,
         "fixed_cost": st.floats(0, 1e6), "redemption": SHARE, "side_effects": st.floats(-1e6, 1e6), "value_lift": st.floats(-1, 10)}  # fmt: skip


def by_the_engine(name: str, given_: dict[str, float]) -> float:
    terms = Terms(
        given_.get("price", 1.0), given_.get("unit_cost", 0.0), given_.get("discount", 0.0),
        given_.get("funding", 0.0), given_.get("fixed_cost", 0.0), given_.get("redemption", 1.0), given_.get("side_effects", 0.0),
    )  # fmt: skip
    baseline, lift = given_.get("baseline", 1.0), given_.get("lift", 0.0)
    figures: dict[str, Any] = {
        "PROMO_COST": lambda: promotion.outcome(terms, baseline, lift).promotion_cost,
        "PROMO_MARGIN": lambda: promotion.outcome(terms, baseline, lift).incremental_margin,
        "PROMO_GAIN": lambda: promotion.outcome(terms, baseline, lift).profit,
        "PROMO_RETURN": lambda: promotion.outcome(terms, baseline, lift).roi,
        "PROMO_NEEDED": lambda: promotion.break_even_lift(terms, baseline),
        "PROMO_FUNDING": lambda: promotion.funding_to_break_even(terms, baseline, lift),
        "PROMO_MULTIPLE": lambda: promotion.sales_multiple(terms.discount, lift, terms.redemption_share),
        "PROMO_UNITLIFT": lambda: promotion.unit_lift_from_net_value_lift(
            given_.get("value_lift", 0.0), terms.discount, terms.redemption_share
        ),
    }
    return float(figures[name]())


OF_TERMS = [name for name, one in functions().items() if one.arguments and {argument.name for argument in one.arguments} <= TERMS.keys()]


@pytest.mark.parametrize("name", OF_TERMS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_function_is_the_arithmetic_of_the_engine(name: str, data: st.DataObject) -> None:
    arguments = functions()[name].arguments
    given_ = {one.name: data.draw(TERMS[one.name] | st.none() if one.optional else TERMS[one.name]) for one in arguments}
    wanted = by_the_engine(name, {key: cell for key, cell in given_.items() if cell is not None})
    found = value(None, name, *given_.values())
    if math.isfinite(wanted):
        assert found == wanted
    else:
        assert found.startswith("#N/A ")
        assert len(found) > len("#N/A not")
    # a column of the same cells says the same in every row
    again = ask(None, name, *([[cell], [cell]] for cell in given_.values()))
    told = found.removeprefix("#N/A ") if isinstance(found, str) else None
    assert again == [[found if told is None else f"#N/A row {row}: {told}"] for row in (1, 2)]


def test_columns_rows_and_single_cells_go_together() -> None:
    lifts, depths = [[0.1], [0.2], [0.3]], [[0.1, 0.2]]
    grid = ask(None, "PROMO_GAIN", 10, 6, depths, 5_000, lifts)
    assert (len(grid), len(grid[0])) == (3, 2)
    for down, (lift,) in enumerate(lifts):
        for across, depth in enumerate(depths[0]):
            assert grid[down][across] == value(None, "PROMO_GAIN", 10, 6, depth, 5_000, lift)


def test_an_empty_optional_cell_means_what_leaving_it_out_means() -> None:
    plain = value(None, "PROMO_GAIN", 10, 6, 0.2, 5_000, 0.15)
    found = ask(None, "PROMO_GAIN", 10, 6, 0.2, 5_000, [[0.15], [0.15], [0.15]], [[None], [0.5], [""]], None, [[None], [None], [None]])
    assert [row[0] for row in found] == [plain, -2_750.0, plain]
    assert value(None, "PROMO_COST", 10, 0.2, 5_000, 0.15, None, [[None]], None) == 11_500.0


def test_sizes_that_do_not_fit_are_both_named() -> None:
    told = value(None, "PROMO_COST", [[10], [11]], 0.2, [[1], [2], [3]], 0.15)
    assert told == (
        "#N/A The ranges given to PROMO_COST do not fit together: price 2 x 1, discount 1 x 1, baseline 3 x 1, lift 1 x 1. "
        "Give ranges of one size, or single cells."
    )
    # an empty range keeps its size as well
    assert "funding 2 x 1" in value(None, "PROMO_COST", [[10], [11], [12]], 0.2, 100, 0.15, [[None], [None]])


def test_blank_rows_stay_blank_and_bad_ones_are_told_with_their_row_and_argument() -> None:
    prices = block_of([[10], [None], [None], ["ten"], [10], ["#REF!"]], first_row=5)
    lifts = block_of([[0.15], [None], [0.15], [0.15], ["1,234"], [0.15]], first_row=5)
    found = [row[0] for row in ask(None, "PROMO_COST", prices, 0.2, 5_000, lifts)]
    assert found == [
        11_500.0,
        "",
        "#N/A row 7: price is missing",
        "#N/A row 8: price: 'ten' is no number; write it like 12.5.",
        "#N/A row 9: lift: '1,234' is a text that can be read as two different numbers; make the cell a number.",
        "#N/A row 10: price: the cell holds an error ('#REF!'); mend that cell first.",
    ]
    assert value(None, "PROMO_PROBLEMS", [[cell] for cell in found]) == 4.0
    assert value(None, "PROMO_COST", None, 0.2, 5_000, 0.15).startswith("#N/A price: it is missing. Write PROMO_COST(price, ")
    assert value(None, "PROMO_MULTIPLE", 0.2, "") == "#N/A lift is missing"


def test_numbers_written_as_text() -> None:
    assert value(None, "PROMO_COST", "10,00", "20 %", "5.000,0", "15%") == 11_500.0
    assert value(None, "PROMO_COST", "€ 10.00", ".2", "5,000.00", "0.15") == 11_500.0
    # a text that can be read in two ways follows the others of its range
    assert ask(None, "PROMO_COST", [["10,50"], ["1.234"]], 0.2, 1, 0) == [[2.1], [pytest.approx(246.8)]]
    assert ask(None, "PROMO_COST", [["10.50"], ["1.234"]], 0.2, 1, 0) == [[2.1], [pytest.approx(0.2468)]]


@pytest.mark.parametrize("discount", [20, -0.1, "120 %", 1.0001])
def test_a_share_lies_between_0_and_1(discount: Any) -> None:
    told = value(None, "PROMO_COST", 10, discount, 5_000, 0.15)
    assert told.startswith("#N/A discount: '")
    assert told.endswith(" lies outside 0 to 1; write 0.2 or 20 %.")
    assert "funding: " in value(None, "PROMO_COST", 10, 0.2, 5_000, 0.15, discount)


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("PROMO_RETURN", (10, 6, 0, 5_000, 0.15), "not available: nothing is spent, so there is no return on it"),
        ("PROMO_MULTIPLE", (0, 0.15), "not available: no discount is given"),
        ("PROMO_FUNDING", (10, 6, 0, 5_000, 0.15), "not available: no discount is given"),
        ("PROMO_UNITLIFT", (0.15, 1), "not available: at a discount of 100 % nothing is paid"),
        ("PROMO_NEEDED", (10, 6, 0.2, 0), "the baseline is zero, so a lift over it means nothing"),
        ("PROMO_NEEDED", (10, 8, 0.2, 5_000), "the discount we pay is not below the margin: more lift never pays"),
        ("PROMO_COST", (1e300, 0.2, 1e300, 0.15), "not available: an amount is too large to reckon with"),
        ("PROMO_PAYBACK", ([[-5, 1, 1]],), "it never pays back in these periods"),
        ("PROMO_PAYBACK", ([[-5, None, 9]],), "period 2 is empty"),
        ("PROMO_PAYBACK", ([[-5, "soon"]],), "contributions: at place 2, 'soon' is no number. Write it like 12.5."),
        ("PROMO_PAYBACK", ([[-5, 9]], "perhaps"), "lasting: 'perhaps' is neither true nor false. Write TRUE or FALSE."),
    ],
)
def test_what_is_not_available_is_words_and_never_zero(name: str, arguments: tuple[Any, ...], told: str) -> None:
    assert value(None, name, *arguments) == f"#N/A {told}"


def test_five_thousand_rows_at_once() -> None:
    lifts = np.linspace(0, 2, 5_000)
    found = ask(None, "PROMO_GAIN", 10, 6, 0.2, 5_000, [[lift] for lift in lifts.tolist()])
    wanted = promotion.outcome(Terms(10, 6, 0.2), 5_000, lifts).profit
    assert [row[0] for row in found] == np.asarray(wanted).tolist()
    texts = ask(None, "PROMO_GAIN", 10, 6, 0.2, 5_000, [[str(lift).replace(".", ",")] for lift in lifts.tolist()])
    assert [row[0] for row in texts] == pytest.approx([row[0] for row in found])
