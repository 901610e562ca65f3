"""Plan against actual: the split per promotion, coverage, errors by kind, overrides and tracking, on rows worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logged_plans import prediction, signed

from scorer.planning.actuals import Actual
from scorer.planning.coverage import coverage, wilson
from scorer.planning.log.book import Entry, Event, Frozen
from scorer.planning.log.life import Status
from scorer.planning.log.overrides import Override
from scorer.planning.log.place import open_log
from scorer.planning.post_event import EFFECTS, PostEvent, compare
from scorer.planning.tracking import tracking
from scorer.settings import Client, Log

NAN = float("nan")


def came(name: str = "P1", **said: Any) -> Actual:
    """What came of the prediction of that id: as planned but for what is said."""
    figures = {
        "units": 1500.0, "baseline_units": 1000.0, "lift": 0.5, "list_price": 10.0, "discount": 0.2, "unit_cost": 5.0,
        "funding_share": 0.0, "fixed_cost": 100.0, "redemption_share": 1.0, "unit_adjustment": 0.0,
    } | said  # fmt: skip
    return Actual(name, True, "", figures)


def entry(frozen: Frozen, status: Status = Status.COMMITTED, revision: int = 1) -> Entry:
    return Entry(1, revision, frozen, "2026-02-20T09:00:00Z", Event(frozen.promotion_id, 1, 2, "", "", status, "", "", None), None)


def compared(*pairs: tuple[Frozen, Actual], minimum: int = 1) -> PostEvent:
    client = Client(client="acme", log=Log(minimum_measured=minimum))
    return compare([(entry(frozen), actual) for frozen, actual in pairs], client)


def test_one_promotion_worked_by_hand():
    """The figures of the worked example of the split: planned −600, came −2,190; see tests/economics/test_variance.py."""
    actual = came(units=1680.0, baseline_units=1200.0, lift=0.4, discount=0.25, unit_cost=5.5, fixed_cost=150.0)
    found = compared((prediction(), actual))
    rows = {name: column[0] for name, column in found.rows.items()}
    assert rows["planned_profit"] == pytest.approx(1000 * 0.5 * 3 - 1000 * 2 - 100)
    assert rows["actual_profit"] == pytest.approx(1200 * 0.4 * 2 - 1200 * 2.5 - 150)
    effects = [rows[f"effect_{name}"] for name in EFFECTS]
    assert effects == pytest.approx([-223.333333, -273.333333, -796.666667, -296.666667])
    assert found.totals["variance"] == pytest.approx(-1590)
    # ROI: −600 / (0.2·10·1,500 + 100); −2,190 / (0.25·10·1,680 + 150)
    assert found.totals["planned_roi"] == pytest.approx(-600 / 3100)
    assert found.totals["actual_roi"] == pytest.approx(-2190 / 4350)


FIGURE = st.floats(0.01, 1e4)
SHARE = st.floats(0, 1)


@given(
    st.lists(
        st.tuples(FIGURE, st.floats(-0.9, 5), FIGURE, SHARE, st.one_of(FIGURE, st.none()), FIGURE, st.floats(-0.9, 5), SHARE, FIGURE),
        min_size=1,
        max_size=8,
    )
)
def test_effects_sum_to_the_variance_and_totals_leave_out_what_is_not_known(drawn):
    pairs = []
    for at, (baseline, lift, price, discount, cost, actual_baseline, actual_lift, actual_discount, actual_cost) in enumerate(drawn):
        name = f"P{at}"
        frozen = prediction(name, baseline=baseline, lift=lift, price=price, discount=discount, cost=cost)
        actual = came(name, baseline_units=actual_baseline, lift=actual_lift, list_price=price, discount=actual_discount,
                      unit_cost=actual_cost, units=actual_baseline * (1 + actual_lift))  # fmt: skip
        pairs.append((frozen, actual))
    found = compared(*pairs)
    known = np.array([cost is not None for *_, cost, _, _, _, _ in drawn])
    assert (~np.isnan(found.rows["variance"])).tolist() == known.tolist()
    summed = sum(found.rows[f"effect_{name}"] for name in EFFECTS)
    size = 1e-9 * (1 + np.abs(found.rows["planned_profit"]) + np.abs(found.rows["actual_profit"]) + 1e6)
    assert np.all(np.abs(summed - found.rows["actual_profit"] + found.rows["planned_profit"])[known] <= size[known])
    assert found.totals["left_out"] == (~known).sum()
    assert found.totals["variance"] == pytest.approx(found.totals["actual_profit"] - found.totals["planned_profit"], abs=1e-3)
    missing = found.rows["variance_reason"][~known].tolist()
    assert all(reason == "the planned profit is not known: a price, cost, baseline or sales figure is missing" for reason in missing)


def test_returns_of_totals_are_ratios_of_sums():
    large, small = prediction("large", baseline=9000.0), prediction("small", baseline=100.0)
    found = compared((large, came("large", baseline_units=9000.0, units=13500.0)), (small, came("small", baseline_units=100.0)))
    profit, cost = found.rows["actual_profit"], found.rows["actual_promotion_cost"]
    assert found.totals["actual_roi"] == pytest.approx(profit.sum() / cost.sum())
    assert found.totals["actual_roi"] != pytest.approx((profit / cost).mean())


def test_only_what_was_foretold_speaks_for_the_interval():
    pairs = [(prediction(f"in-{n}"), came(f"in-{n}", lift=0.5)) for n in range(8)]
    pairs += [(prediction(f"out-{n}"), came(f"out-{n}", lift=0.9)) for n in range(2)]
    # sales up to its first day were known already when it was committed
    pairs += [(prediction("late", data_cut=date(2026, 3, 2)), came("late", lift=0.9))]
    found = compared(*pairs).coverage
    assert (found.inside, found.measured, found.promised, found.share) == (8, 10, 0.8, 0.8)
    assert (found.low, found.high) == wilson(8, 10)
    assert found.sentence == "The intervals hold: 8 of 10 actual lifts lie inside their interval; 80% should."


@pytest.mark.parametrize(
    ("inside", "measured", "said"),
    [(2, 3, "Not enough evidence: 3"), (30, 60, "too narrow"), (60, 60, "wider than they need"), (48, 60, "The intervals hold")],
)
def test_intervals_are_judged_by_what_can_be_known(inside, measured, said):
    assert said in coverage(inside, measured, 0.8, 10).sentence


def test_the_interval_of_a_share_is_that_of_the_literature():
    """Wilson's interval for 1 of 29, an example of Newcombe (1998, Statistics in Medicine 17, table I): 0.0061 to 0.1718."""
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(0, 20)[0] == 0


def test_the_model_stands_beside_the_simple_rule_by_mechanic_and_category():
    """Coupons: 1,400 foretold, 1,300 by the rule, 1,500 sold: off by 100 and 200 of 1,500. One display is no evidence."""
    coupons = [(prediction(f"c{n}", lift=0.4, naive=0.3), came(f"c{n}", units=1500.0)) for n in range(3)]
    display = [(prediction("d", mechanic="Display", category="Coffee"), came("d"))]
    by_type, by_category, together = compared(*coupons, *display, minimum=3).accuracy
    table = {name: column.tolist() for name, column in by_type.table.items()}
    assert (table["group"], table["promotions"]) == (["Coupon", "Display"], [3, 1])
    assert table["closer"] == ["model", "not enough evidence"]
    assert table["model_error"][0] == pytest.approx(300 / 4500)
    assert table["naive_error"][0] == pytest.approx(600 / 4500)
    assert table["model_lean"][0] == pytest.approx(-300 / 4500)
    assert np.isnan(table["model_error"][1])
    assert by_category.table["group"].tolist() == ["Coffee", "Tea"]
    assert together.table["promotions"].tolist() == [4]


def test_the_planner_is_measured_against_the_model_in_money():
    """Model: lift 50 %, profit −600. Planner: 80 %, 1000·0.8·3 − 2,100 = 300. It came at 75 %: 150. The planner was closer."""
    own = prediction(own=Override(lift=0.8, why="new display"))
    found = compared((own, came(lift=0.75, units=1750.0)))
    assert found.rows["planned_profit"][0] == pytest.approx(300)
    assert found.rows["model_profit"][0] == pytest.approx(-600)
    assert found.overridden.model_error == pytest.approx(750)
    assert found.overridden.planner_error == pytest.approx(150)
    assert "the planners were closer in money" in found.overridden.sentence
    # the interval and the accuracy are the model's own: a planner's figure is no forecast of the model
    assert found.rows["inside"].tolist() == [0.0]


def test_a_promotion_that_is_too_early_counts_nowhere():
    waiting = Actual("P2", False, "too early: its last day is after 2026-03-01, up to which sales are known")
    found = compared((prediction(), came()), (prediction("P2"), waiting))
    assert found.totals["promotions"] == 1
    assert found.waiting["promotion_id"].tolist() == ["P2"]
    assert found.waiting["why"][0].startswith("too early")


def test_nothing_measured_is_no_error():
    found = compared((prediction(), Actual("P1", False, "too early")))
    assert found.totals["promotions"] == 0
    assert np.isnan(found.totals["actual_roi"])
    assert found.coverage.sentence.startswith("Not enough evidence")


def test_tracking_counts_what_the_log_says(tmp_path: Path) -> None:
    """Three weeks: 4 plans in the first, 1 in the third; one rejected at an expected loss, two measured."""
    log = open_log(Client(client="acme"), tmp_path / "acme.db", {})
    week = {n: f"2026-02-{2 + 7 * n:02d}T09:00:00Z" for n in range(3)}  # Mondays
    plans = [prediction(f"P{n}", lift=1.0 if n == 3 else 0.5) for n in range(4)]
    log.freeze(plans, Status.PLANNED, signed(at=week[0]))
    log.decide(["P0", "P1"], Status.APPROVED, signed(at=week[0]))
    log.decide(["P0", "P1"], Status.COMMITTED, signed(at=week[1]))
    log.decide(["P2", "P3"], Status.REJECTED, signed(at=week[1]))
    log.freeze([prediction("P4")], Status.DRAFT, signed(at=week[2]))
    won, lost = came("P0", lift=1.0, units=2000.0), came("P1", lift=0.5)
    log.record_actual({name: actual.facts for name, actual in (("P0", won), ("P1", lost))}, signed(at=week[2]))
    entries = {one.promotion_id: one for one in log.entries()}
    measured = compare([(entries["P0"], won), (entries["P1"], lost)], Client(client="acme"))
    assert np.isnan(tracking(log.entries(), log.events(), measured.rows).success_rate)  # two are no evidence
    found = tracking(log.entries(), log.events(), measured.rows, minimum=2)
    assert (found.made, found.adopted, found.rejected, found.undecided, found.measured) == (5, 2, 2, 1, 2)
    assert (found.adoption_rate, found.weeks_observed, found.plans_a_week) == (0.5, 3, pytest.approx(5 / 3))
    # P0 earned 1000·1·3 − 2,100 = 900, P1 lost 600; they cost 2·2,000 + 100 and 2·1,500 + 100
    assert found.success_rate == 0.5
    assert found.average_roi == pytest.approx((900 - 600) / (4100 + 3100))
    assert (found.loss_avoided, found.profit_forgone) == (pytest.approx(600), pytest.approx(900))
    assert {name: column.tolist() for name, column in found.weeks.items() if name != "week"} == {
        "made": [4, 0, 1], "adopted": [2, 0, 0], "rejected": [0, 2, 0], "measured": [0, 0, 2],
    }  # fmt: skip


def test_an_empty_log_has_no_rates(tmp_path: Path) -> None:
    log = open_log(Client(client="acme"), tmp_path / "acme.db", {})
    found = tracking(log.entries(), log.events(), compare([], Client(client="acme")).rows)
    assert found.made == 0
    assert np.isnan([found.adoption_rate, found.plans_a_week, found.success_rate, found.average_roi]).all()
