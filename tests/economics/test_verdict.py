import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.economics.verdict import SeedVerdict, Thresholds, Verdict, explain, judge, seed_verdict

NAN, INF = float("nan"), float("inf")
anything = st.floats(allow_nan=True, allow_infinity=True)
chances = st.one_of(st.floats(0, 1), anything)
flags = st.booleans()


def verdict(chance=0.9, profit=4_000.0, roi=0.29, evidence=True, in_support=True, remedy=False, **rest):
    return judge(chance, profit, roi, evidence, in_support, remedy, **rest)


def test_the_four_verdicts():
    assert verdict() == "GO"
    assert verdict(chance=0.79, remedy=True) == "OPTIMISE"
    assert verdict(chance=0.79) == "DON'T LAUNCH"
    assert verdict(evidence=False) == verdict(in_support=False) == "NOT ENOUGH EVIDENCE"


def test_the_thresholds_belong_to_the_go_side():
    assert verdict(chance=0.80, roi=0.0) == "GO"
    assert verdict(roi=0.29, thresholds=Thresholds(hurdle_roi=0.30)) == "DON'T LAUNCH"
    assert verdict(chance=0.55, thresholds=Thresholds(probability_of_profit=0.5)) == "GO"


@given(chances, anything, anything, flags, flags, flags, flags, anything, anything)
def test_never_go_on_a_loss(chance, profit, roi, evidence, support, remedy, free, line, hurdle):
    lines = Thresholds(probability_of_profit=line, hurdle_roi=hurdle)
    answer = judge(chance, profit, roi, evidence, support, remedy, lines, costs_nothing=free)
    if answer == "GO":
        assert math.isfinite(profit) and profit > 0
        assert 0 <= chance <= 1 and chance >= line
        assert evidence and support


@given(chances, anything, anything, flags, flags)
def test_a_go_and_only_a_go_needs_no_excuse(chance, profit, roi, evidence, support):
    go = judge(chance, profit, roi, evidence, support, remedy_exists=False) == "GO"
    sentence = explain(chance, profit, roi, evidence, support)
    assert go == (sentence == "Profit is expected, likely enough, and meets the hurdle.")


@pytest.mark.parametrize("broken", [NAN, INF, -INF])
@pytest.mark.parametrize("figure", ["chance", "profit", "roi"])
def test_money_that_is_missing_is_no_evidence(figure, broken):
    assert verdict(**{figure: broken}, remedy=True) == "NOT ENOUGH EVIDENCE"


@pytest.mark.parametrize("chance", [-0.1, 1.1])
def test_an_impossible_probability_is_no_evidence(chance):
    assert verdict(chance=chance) == "NOT ENOUGH EVIDENCE"


def test_a_promotion_known_to_cost_nothing_needs_no_return():
    assert verdict(roi=NAN, costs_nothing=True) == "GO"
    assert verdict(roi=NAN, profit=-1.0, costs_nothing=True) == "DON'T LAUNCH"


@pytest.mark.parametrize("missing", [NAN, None])
def test_a_missing_flag_is_a_no(missing):
    assert verdict(evidence=missing) == "NOT ENOUGH EVIDENCE"
    assert verdict(chance=0.1, remedy=missing) == "DON'T LAUNCH"
    mixed = np.array([True, missing], dtype=object)
    assert verdict(in_support=mixed).tolist() == ["GO", "NOT ENOUGH EVIDENCE"]


def test_many_rows_equal_each_row_alone():
    chance = np.array([0.9, 0.9, 0.5, 0.5, NAN])
    profit = np.array([10.0, -10.0, 10.0, -10.0, 10.0])
    remedy = np.array([False, True, True, False, True])
    together = judge(chance, profit, 0.1, True, True, remedy)
    assert together.dtype == object
    assert together.tolist() == [
        judge(c, p, 0.1, True, True, r) for c, p, r in zip(chance, profit, remedy, strict=True)
    ]
    assert together.tolist() == ["GO", "OPTIMISE", "OPTIMISE", "DON'T LAUNCH", "NOT ENOUGH EVIDENCE"]


def test_the_explanation_names_the_line_that_was_missed():
    hurdle = Thresholds(probability_of_profit=0.825, hurdle_roi=0.10)
    assert explain(0.82, 10, 0.3, True, True, hurdle) == "The probability of a profit is below 82.5 %."
    assert explain(0.90, 10, 0.0, True, True, hurdle) == "The return is below the hurdle of 10 %."
    assert explain(0.90, -10, -0.1, True, True) == "The expected result is not a profit."


def test_every_verdict_is_shown_in_words_and_not_by_colour_alone():
    assert [(v.label, v.mark) for v in Verdict] == [
        ("GO", "▲"),
        ("OPTIMISE", "●"),
        ("NOT ENOUGH EVIDENCE", "?"),
        ("DON'T LAUNCH", "▼"),
    ]
    assert all(v.advice.endswith(".") and Verdict(v.label) is v for v in Verdict)
    with pytest.raises(ValueError, match="MAYBE"):
        Verdict("MAYBE")


@pytest.mark.parametrize(
    ("chance", "multiple", "expected"),
    [
        (0.70, 2.0, "STRONG GO"),
        (0.69, 2.0, "OPTIMIZE"),
        (0.70, 1.99, "OPTIMIZE"),
        (0.10, 1.5, "OPTIMIZE"),
        (0.50, 0.1, "OPTIMIZE"),
        (0.49, 1.49, "DON'T LAUNCH"),
        (NAN, 2.0, None),
        (0.70, NAN, None),
    ],
)
def test_the_older_rule_on_its_own_definitions(chance, multiple, expected):
    assert seed_verdict(chance, multiple) == expected
    assert seed_verdict(np.array([chance]), multiple).tolist() == [expected]


def test_the_older_rule_may_praise_what_the_verdict_refuses():
    # Margin 5 %, discount 10 %, lift +30 %: sales multiple 2.3, and each extra unit loses money.
    assert seed_verdict(0.9, 0.30 / (0.10 * 1.30)) == SeedVerdict.STRONG_GO.value
    assert verdict(chance=0.0, profit=-5_750, roi=-0.88) == "DON'T LAUNCH"
