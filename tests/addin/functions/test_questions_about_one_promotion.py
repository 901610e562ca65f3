"""What if, why, which were alike: tables about one planned promotion, and the figures of a list that may be asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from addin.cells import block_of
from addin.session import Session
from scorer import verbs
from scorer.contracts.scored import SCORED
from scorer.results import AnsweredList
from scorer.scoring import explanation
from tests.addin.functions.asking import Rows, ask, column, same, value
from tests.conftest import Home


def one(rows: Rows, line: int) -> Rows:
    return [rows[0], rows[line - 1]]


def test_what_if_is_the_verb_of_the_same_name(serving: Session, rows: Rows, demo_home: Home) -> None:
    wanted = verbs.what_if(demo_home.workspace, demo_home.upcoming, "U0007", discounts=[0.1, 0.25], durations=[7, 14])
    for discounts, durations in (([[10, 25]], [[7], [14]]), ("0,1; 25 %", "7;14"), ([[0.1], [None], [0.25]], [[7, 14]])):
        header, *steps = ask(serving, "PROMO_WHATIF", one(rows, 8), discounts, durations)
        assert header[-1] == "note"
        for at, name in enumerate(header[:-1]):
            same([step[at] for step in steps], wanted.ladder[name].tolist())
        assert [at for at, step in enumerate(steps) if step[-1] == "◄ best"] == [wanted.best]


def test_without_steps_the_ladder_of_the_client_is_tried(serving: Session, rows: Rows, demo_home: Home) -> None:
    _, *steps = ask(serving, "PROMO_WHATIF", one(rows, 2))
    assert [step[0] for step in steps] == list(demo_home.client.verdict.ladder)
    assert ask(serving, "PROMO_WHATIF", one(rows, 2), None, [[None, None]]) == [_header(serving, rows), *steps]
    _, far = ask(serving, "PROMO_WHATIF", one(rows, 2), 0.9)
    assert far[-1] == "outside what was learnt"


def _header(serving: Session, rows: Rows) -> list[Any]:
    return list(ask(serving, "PROMO_WHATIF", one(rows, 2))[0])


@pytest.mark.parametrize(
    ("discounts", "durations", "told"),
    [
        ("deep", None, "discounts: at place 1, 'deep' is no number. Write it like 12.5."),
        ([[0.1, "#REF!"]], None, "discounts: at place 2, the cell holds an error ('#REF!'). Mend that cell first."),
        (-0.1, None, "cannot be"),
        (300, None, "cannot be"),
        (None, 7.5, "durations: 7.5 is no whole number of days. Write 7 or 14."),
        (None, 0, "durations: 0 is no whole number of days"),
        (None, 1e12, "cannot be"),
        ([[at / 100 for at in range(1, 99)]], [[float(day) for day in range(1, 40)]], "2,000"),
    ],
)
def test_steps_that_cannot_be_tried_are_told(
    discounts: Any, durations: Any, told: str, serving: Session, rows: Rows
) -> None:
    found = value(serving, "PROMO_WHATIF", one(rows, 2), discounts, durations)
    assert found.startswith("#N/A ")
    assert told in found


def test_a_one_beside_percentages_is_a_percent(serving: Session, rows: Rows) -> None:
    _, *steps = ask(serving, "PROMO_WHATIF", one(rows, 2), "1;5;10")
    assert [step[0] for step in steps] == [0.01, 0.05, 0.1]


@pytest.mark.parametrize("name", ["PROMO_WHATIF", "PROMO_EXPLAIN", "PROMO_SIMILAR"])
def test_these_functions_look_at_one_promotion(name: str, serving: Session, rows: Rows) -> None:
    several = value(serving, name, rows[:3])
    assert several == "#N/A plan: it holds 2 promotions, and this function looks at one. Give one row."
    assert value(serving, name, [rows[0], [None]]).startswith("#N/A plan: it holds 0 promotions")
    bad = value(serving, name, block_of(one(rows, 12), first_row=11))
    assert bad == "#N/A Row 12: end_date lies before start_date (2026-07-13); check both. Correct the row."
    # a blank row beside it does not matter
    assert ask(serving, name, [*one(rows, 2), [None] * 3]) == ask(serving, name, one(rows, 2))


def test_the_drivers_of_a_forecast(serving: Session, rows: Rows, demo_home: Home) -> None:
    plan = demo_home.plan().only(np.array([6]))
    (wanted,) = explanation(plan.columns, demo_home.model, demo_home.client, 3)
    header, *found = ask(serving, "PROMO_EXPLAIN", one(rows, 8), 3)
    assert header == ["driver", "lift", "profit EUR"]
    assert found == [[driver.words, driver.lift, driver.profit] for driver in wanted]
    assert len(ask(serving, "PROMO_EXPLAIN", one(rows, 8))) == 6
    assert len(ask(serving, "PROMO_EXPLAIN", one(rows, 8), 1_000_000)) > 6


def test_the_past_promotions_most_alike(serving: Session, rows: Rows) -> None:
    header, *found = ask(serving, "PROMO_SIMILAR", one(rows, 2), 4)
    assert len(found) == 4
    assert header[0] == "promotion_id"
    assert header[-1] == "lift"
    assert all(isinstance(row[header.index("start_date")], date) for row in found)
    assert {row[header.index("promotion_type")] for row in found} == {"Coupon"}
    assert ask(serving, "PROMO_SIMILAR", one(rows, 2), 2)[1:] == found[:2]


@pytest.mark.parametrize("how_many", [0, -1, 2.5, "many", True, 1e300, [[1, 2]]])
def test_how_many_is_a_number_of_rows(how_many: Any, serving: Session, rows: Rows) -> None:
    for name in ("PROMO_EXPLAIN", "PROMO_SIMILAR"):
        assert value(serving, name, one(rows, 2), how_many).startswith("#N/A how_many: ")


def test_columns_by_name_in_the_order_asked_for(serving: Session, rows: Rows, scored: AnsweredList) -> None:
    header, *found = ask(serving, "PROMO_SCORE", rows[:9], [["verdict", "Lift expected"], [None, "REASONS; data_cut"]])
    assert header == ["verdict", "lift_expected", "reasons", "data_cut"]
    for at, name in enumerate(header[:3]):
        same([row[at] for row in found], scored.answer[name][:8].tolist())
    assert {row[3] for row in found} == {scored.answer["data_cut"][0].item()}
    assert ask(serving, "PROMO_SCORE", rows[:9], None) == ask(serving, "PROMO_SCORE", rows[:9])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("verdct", "#N/A columns: 'verdct' is no figure of a scored list. Did you mean 'verdict'?"),
        ("roi_expected; lft_low", "#N/A columns: 'lft_low' is no figure of a scored list. Did you mean 'lift_low'?"),
        ("~", "#N/A columns: '~' is no figure of a scored list. It has success_probability, "),
        (7.0, "#N/A columns: '7' is no figure of a scored list. "),
        (" ; ", "#N/A columns: no name stands there. Write names, with a comma between them."),
        ("#REF!", "#N/A columns: the cell holds an error ('#REF!'). Mend that cell first."),
    ],
)
def test_a_column_there_is_not_names_the_nearest(asked: Any, told: str, serving: Session, rows: Rows) -> None:
    assert value(serving, "PROMO_SCORE", rows[:3], asked).startswith(told)


def test_quantiles_rise_and_end_at_the_interval(serving: Session, rows: Rows, demo_home: Home) -> None:
    names = ["lift_low", "lift_high"]
    good = [rows[0], *rows[1:10]]
    _, *ends = ask(serving, "PROMO_SCORE", good, ",".join(names))
    interval = demo_home.client.verdict.interval
    assert column(serving, "PROMO_LIFT", good, 0.1) == [row[0] for row in ends]
    assert column(serving, "PROMO_LIFT", good, 0.9) == [row[1] for row in ends]
    assert column(serving, "PROMO_LIFT", good, (1 - interval) / 2) == [row[0] for row in ends]
    steps = np.array([column(serving, "PROMO_LIFT", good, q) for q in (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)])
    assert np.all(np.diff(steps, axis=0) > 0)
    assert column(serving, "PROMO_LIFT", good, "10 %") == column(serving, "PROMO_LIFT", good, "0,1")


@pytest.mark.parametrize("quantile", [0, 1, -0.5, 10, "low", True, "#N/A"])
def test_a_quantile_lies_between_0_and_1(quantile: Any, serving: Session, rows: Rows) -> None:
    assert value(serving, "PROMO_LIFT", rows[:3], quantile).startswith("#N/A quantile: ")


def test_a_quantile_of_a_bad_or_blank_row(serving: Session, rows: Rows) -> None:
    found = column(serving, "PROMO_LIFT", [rows[0], rows[11], [None], rows[1]], 0.1)
    assert found[0].startswith("#N/A row 2: end_date lies before")
    assert found[1] == ""
    assert [found[2]] == column(serving, "PROMO_LIFT", one(rows, 2), 0.1)


def test_stale_rows(serving: Session, rows: Rows) -> None:
    listed = [rows[0], *rows[1:4], [None], rows[11]]
    stamps = [[row[0]] for row in ask(serving, "PROMO_SCORE", listed, "input_hash")]
    assert column(serving, "PROMO_STALE", listed, stamps)[:4] == [False, False, False, ""]
    assert column(serving, "PROMO_STALE", listed, stamps)[4].startswith("#N/A row 6: ")
    moved = [rows[0], [*rows[1][:5], "0.26", *rows[1][6:]], rows[2], [*rows[3][:8], "week 99"], [None], rows[11]]
    assert column(serving, "PROMO_STALE", moved, stamps)[:4] == [True, False, False, ""]
    assert column(serving, "PROMO_STALE", listed, [[None]] * 6)[:3] == [True, True, True]
    few = value(serving, "PROMO_STALE", listed, stamps[:2])
    assert few == "#N/A fingerprints: it has 2 rows and the plan 6. Give both alike."


def test_problems_are_counted_whoever_made_them(serving: Session) -> None:
    cells = [["#N/A row 3: the price is missing", "#DIV/0!", "Err:502", "#N/A"], [0.0, "#1 in sales", None, True]]
    assert value(None, "PROMO_PROBLEMS", cells) == 4.0
    assert value(None, "PROMO_PROBLEMS", 12.5) == 0.0


def test_the_model_in_words(serving: Session, demo_home: Home) -> None:
    found = dict(ask(serving, "PROMO_MODEL"))
    assert found["model"] == demo_home.trained.version
    assert found["client"] == "Demo retailer"
    assert found["sales known up to"] == demo_home.model.data_cut
    assert found["evidence"] == "yes"
    assert found["in words"] == demo_home.model.worth.sentence
    assert found["learnt discounts"] == "5% to 50%"
    assert "r2_log_lift" not in found
    assert set(SCORED.names).isdisjoint(found)


def test_without_evidence_nothing_is_recommended(noise_home: Home) -> None:
    from tests.addin.functions.asking import listed, serving_of

    serving = serving_of(noise_home.workspace.root)
    upcoming = listed(noise_home.upcoming)
    verdicts = [cell for cell in column(serving, "PROMO_VERDICT", upcoming) if not str(cell).startswith("#N/A")]
    assert set(verdicts) == {"NOT ENOUGH EVIDENCE"}
    assert len(verdicts) > 3
    good = next(row for row, cell in zip(upcoming[1:], column(serving, "PROMO_VERDICT", upcoming), strict=True) if cell in verdicts)
    _, *steps = ask(serving, "PROMO_WHATIF", [upcoming[0], good])
    assert {step[9] for step in steps} == {"NOT ENOUGH EVIDENCE"}
    assert dict(ask(serving, "PROMO_MODEL"))["evidence"] == "not enough: every verdict says so"
