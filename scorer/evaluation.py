"""Skill on promotions that came later: beside the simple rule, a placebo and a random split that misleads.

Rolling origins by time, whole events on one side: at each origin everything is fitted anew on promotions that had
ended, and asked about those that started later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, length, stack, take
from scorer.economics.promotion import Terms, probability_of_profit
from scorer.economics.verdict import Verdict
from scorer.errors import NothingToWorkOn
from scorer.estimators import metrics, promotion_lift
from scorer.estimators.folds import MIN_TRAIN_EVENTS, Fold, origins_from, rolling_origins, spread_origins
from scorer.estimators.promotion_lift import Lift
from scorer.saying import Say
from scorer.settings import Client
from scorer.tasks import PROMOTION_LIFT
from scorer.training import Fitted, fit

WIDTHS = (0.50, 0.80, 0.95)
DEFAULT_TEST_SHARE = 0.25
LEAST_PLACEBO = 60
NAN = float("nan")
_NO_EVIDENCE = Verdict.NOT_ENOUGH_EVIDENCE.label


class Skill(NamedTuple):
    """The figures every forecaster is judged by; NaN where there is nothing to judge."""

    r2_log_lift: float
    mae_log_lift: float
    wape_sales: float
    auc_success: float
    brier_success: float
    brier_constant: float
    auc_profit: float
    coverage_50: float
    coverage_80: float
    coverage_95: float


class Evidence(NamedTuple):
    """Whether the model may give verdicts: it beats the simple rule, and knowing nothing of the promotions, clearly."""

    found: bool
    events: int
    over_rule: tuple[float, float]
    over_nothing: tuple[float, float]
    sentence: str


class Group(NamedTuple):
    """Coverage of the 80 % interval, and error, in one part of the tested promotions."""

    by: str
    value: str
    rows: int
    coverage_80: float
    mae_log_lift: float
    mae_simple_rule: float


class Evaluation(NamedTuple):
    """Everything that is known about the skill of a model."""

    rows: int
    events: int
    tested_rows: int
    tested_events: int
    test_from: str
    out_of_time: Skill
    simple_rule: Skill
    classifier: Skill
    placebo: Skill
    random_split: Skill
    r2_interval: tuple[float, float]
    evidence: Evidence
    groups: list[Group]
    reliability: list[metrics.Reliability]


class Judged(NamedTuple):
    """Forecasts of promotions that came later, beside what became of them; arrays of one length."""

    rows: Columns
    point: Floats
    expected: Floats
    low: Floats  # shape (widths, rows), log lift
    high: Floats
    success: Floats
    profit: Floats


def evaluate(real: Columns, placebo: Columns, client: Client, say: Say = lambda _: None) -> Evaluation:
    """Judge the model on later promotions, the placebo on later placebo promotions, and draw the conclusion.

    Raises NothingToWorkOn when the history is too short to test anything.
    """
    settings = client.training
    folds = tested_folds(real, client)
    if not folds:
        raise _nothing_to_test(real, client)
    say(f"Testing on promotions from {folds[0].origin} on")
    fitted = [(fold, fit(take(real, fold.train), settings)) for fold in folds]
    nothing = np.concatenate([no_promotion_forecast(real, fold, placebo, settings.seed) for fold in folds])
    ours = _judged(real, fitted, lambda f, later: f.lift.predict(later), None, client)
    rule = _judged(real, fitted, lambda f, later: f.rule.predict(later), _rule_success, client)
    challenger = _judged(real, fitted, lambda f, later: f.lift.predict(later), lambda f, later: f.success.predict(later), client)
    events = ours.rows["event_key"]
    return Evaluation(
        rows=length(real),
        events=len(set(real["event_key"])),
        tested_rows=length(ours.rows),
        tested_events=len(set(events)),
        test_from=str(folds[0].origin),
        out_of_time=skill(ours, client),
        simple_rule=skill(rule, client),
        classifier=skill(challenger, client),
        placebo=_placebo(placebo, client, say),
        random_split=_random_split(real, client),
        r2_interval=_r2_interval(ours, client),
        evidence=_evidence(ours, rule, nothing, len(set(real["event_key"])), client),
        groups=_groups(ours, rule),
        reliability=metrics.reliability(ours.rows["log_lift"] > 0, ours.success),
    )


def as_data(found: Evaluation) -> dict[str, Any]:
    """Return an evaluation as plain data for files and machines; what is not known is None."""
    return {name: plain(value) for name, value in found._asdict().items()}


def plain(value: Any) -> Any:
    """Return figures as plain data: named tuples become dictionaries, NaN becomes None."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else float(value)
    return value


def tested_folds(rows: Columns, client: Client) -> list[Fold]:
    """Return the folds of the test period: from the client's day, or the last quarter of the events."""
    settings = client.training
    first = np.datetime64(settings.test_from, "D") if settings.test_from else spread_origins(rows, 1 - DEFAULT_TEST_SHARE, 1)[0]
    return rolling_origins(rows, origins_from(rows, first, settings.origins))


def _nothing_to_test(rows: Columns, client: Client) -> NothingToWorkOn:
    events, day = len(set(rows["event_key"])), client.training.test_from
    if day:
        return NothingToWorkOn.because(
            f"No promotion can be tested from {day} on: none starts then, or fewer than {MIN_TRAIN_EVENTS} events ended before",
            "Choose another training.test_from in the client file, or export a longer history.",
        )
    return NothingToWorkOn.because(
        f"{length(rows):,} promotions of {events:,} events are too few to test a model on later ones",
        "Export a longer history; a few dozen separate promotions are the least.",
    )


def skill(judged: Judged, client: Client) -> Skill:
    """Return the figures of one forecaster."""
    actual, rows = judged.rows["log_lift"], judged.rows
    success, gained = actual > 0, profit_made(rows, client)
    known = ~np.isnan(gained) & ~np.isnan(judged.profit)
    cover = [metrics.coverage(actual, low, high) for low, high in zip(judged.low, judged.high, strict=True)]
    return Skill(
        r2_log_lift=metrics.r_squared(actual, judged.point),
        mae_log_lift=metrics.mean_absolute_error(actual, judged.point),
        wape_sales=metrics.wape(rows["quantity"], rows["expected_quantity"] * (1 + judged.expected)),
        auc_success=metrics.auc(success, judged.success),
        brier_success=metrics.brier(success, judged.success),
        brier_constant=metrics.brier(success, np.full(len(success), success.mean())),
        auc_profit=metrics.auc(gained[known] > 0, judged.profit[known]) if known.any() else NAN,
        coverage_50=cover[0],
        coverage_80=cover[1],
        coverage_95=cover[2],
    )


def terms_of(rows: Columns, client: Client) -> Terms:
    """Return the terms past promotions ran on: prices and costs of their history, or the client's margin rate.

    Only the discount is a cost here: what a partner paid or a leaflet cost in the past stands in no export, and gross
    profit is judged against gross profit.
    """
    margin_rate = client.money.margin_rate
    price = np.where(np.isnan(rows["list_price"]), rows["regular_price"], rows["list_price"])
    cost = np.where(np.isnan(rows["unit_cost"]), rows["history_unit_cost"], rows["unit_cost"])
    if margin_rate is not None:
        cost = np.where(np.isnan(cost), price * (1 - margin_rate), cost)
    return Terms(price, cost, rows["discount_percentage"])


def profit_made(rows: Columns, client: Client) -> Floats:
    """Return the incremental gross profit that past promotions made, from what was paid: currency, NaN without costs.

    Revenue minus cost of what was sold, minus the margin of the units the baseline would have sold at list price.
    """
    terms = terms_of(rows, client)
    cost = np.where(np.isnan(rows["actual_unit_cost"]), terms.unit_cost, rows["actual_unit_cost"])
    made = rows["revenue"] - rows["quantity"] * cost
    return np.asarray(made - rows["expected_quantity"] * (np.asarray(terms.list_price) - np.asarray(terms.unit_cost)))


def _judged(
    rows: Columns,
    fitted: list[tuple[Fold, Fitted]],
    forecast: Callable[[Fitted, Columns], Lift],
    success: Callable[[Fitted, Columns], Array] | None,
    client: Client,
) -> Judged:
    parts = []
    for fold, model in fitted:
        later = take(rows, fold.test)
        lift = forecast(model, later)
        chance = success(model, later) if success else lift.chance_above(np.zeros(length(later)))
        parts.append(_judge(later, lift, chance, client))
    return Judged(
        stack([part.rows for part in parts]), *(np.concatenate(column, axis=-1) for column in list(zip(*parts, strict=True))[1:])
    )


def _judge(later: Columns, lift: Lift, success: Array, client: Client) -> Judged:
    chance = probability_of_profit(terms_of(later, client), later["expected_quantity"], lift.chance_above)
    bounds = [(np.log1p(lift.quantile((1 - w) / 2)), np.log1p(lift.quantile((1 + w) / 2))) for w in WIDTHS]
    return Judged(
        rows=later,
        point=lift.point,
        expected=lift.expected,
        low=np.stack([low for low, _ in bounds]),
        high=np.stack([high for _, high in bounds]),
        success=np.asarray(success, dtype=np.float64),
        profit=np.asarray(chance, dtype=np.float64),
    )


def _rule_success(_: Fitted, later: Columns) -> Array:
    return later["simple_rule_success"]


def _placebo(rows: Columns, client: Client, say: Say) -> Skill:
    """Do everything again with promotions that never happened; what skill is left is an artefact of the baseline."""
    say("Testing on placebo promotions")
    try:
        fitted = [(fold, fit(take(rows, fold.train), client.training)) for fold in _placebo_folds(rows, client)]
    except NothingToWorkOn:  # hardly a day without a promotion: that is no reason not to train
        fitted = []
    if not fitted:
        return Skill(*[NAN] * len(Skill._fields))
    return skill(_judged(rows, fitted, lambda f, later: f.lift.predict(later), None, client), client)


def _placebo_folds(rows: Columns, client: Client) -> list[Fold]:
    return tested_folds(rows, client)[:1] if length(rows) else []


def _random_split(rows: Columns, client: Client) -> Skill:
    """Split by chance, as notebooks do: rows of one event stand on both sides, which flatters. Shown only as a warning."""
    order = np.random.default_rng(client.training.seed).permutation(length(rows))
    cut = int(0.8 * length(rows))
    fold = Fold(np.datetime64("1970-01-01"), order[:cut], order[cut:])
    fitted = [(fold, fit(take(rows, fold.train), client.training))]
    return skill(_judged(rows, fitted, lambda f, later: f.lift.predict(later), None, client), client)


def _r2_interval(ours: Judged, client: Client) -> tuple[float, float]:
    actual = ours.rows["log_lift"]
    mean = np.full(len(actual), actual.mean())
    return metrics.interval(_samples(ours, ours.point, mean, client))


def _samples(ours: Judged, predicted: Array, reference: Array, client: Client) -> Floats:
    settings = client.training
    return metrics.skill_samples(
        ours.rows["log_lift"], predicted, reference, ours.rows["event_key"], settings.bootstrap, settings.seed
    )


def no_promotion_forecast(real: Columns, fold: Fold, placebo: Columns, seed: int) -> Floats:
    """Forecast the tested promotions without knowing anything about promotions: what a model has to beat.

    The mean lift so far, plus what the same trees, grown on placebo promotions, foresee of the baseline's own errors
    (a level that was high by chance falls back, a season is lagged behind). A model that knows only that has no skill.
    """
    past, later = take(real, fold.train), take(real, fold.test)
    calm = np.flatnonzero(placebo["end_date"] < fold.origin)
    if len(calm) < LEAST_PLACEBO:
        return np.full(length(later), past["log_lift"].mean())
    trees = promotion_lift.grow(take(placebo, calm), PROMOTION_LIFT.features, PROMOTION_LIFT.target, seed)
    return np.asarray(np.mean(past["log_lift"] - trees.centre(past)) + trees.centre(later))


def _evidence(ours: Judged, rule: Judged, nothing: Floats, events: int, client: Client) -> Evidence:
    over_rule = metrics.interval(_samples(ours, ours.point, rule.point, client))
    over_nothing = metrics.interval(_samples(ours, ours.point, nothing, client))
    least = client.training.minimum_events
    if events < least:
        why = f"{_NO_EVIDENCE}: {events} independent promotions are fewer than the {least} needed to show skill."
    elif over_rule[0] <= 0:
        why = (
            f"{_NO_EVIDENCE}: on later promotions the model is not clearly better than the simple rule ({_span(over_rule)})."
        )
    elif over_nothing[0] <= 0:
        why = (
            f"{_NO_EVIDENCE}: on later promotions the model is not clearly better than one average for all, "
            f"corrected for the baseline's own errors ({_span(over_nothing)})."
        )
    else:
        why = (
            f"On later promotions the model leaves {_span(over_rule)} less squared error than the simple rule and "
            f"{_span(over_nothing)} less than one average for all (95 % intervals over whole events)."
        )
        return Evidence(True, events, over_rule, over_nothing, why)
    return Evidence(False, events, over_rule, over_nothing, why)


def _span(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.0%} to {interval[1]:.0%}"


def _groups(ours: Judged, rule: Judged) -> list[Group]:
    rows = ours.rows
    kinds = {"category": rows["product_category"], "type": rows["promotion_type"]}
    masks = [("discount", words, inside) for words, inside in _depths(rows["discount_percentage"])]
    for by, values in kinds.items():
        labels = np.array(["not given" if v is None else str(v) for v in values])
        masks += [(by, str(value), labels == value) for value in sorted(set(labels))]
    return [_group(by, value, inside, ours, rule) for by, value, inside in masks if inside.any()]


def _depths(discount: Array) -> list[tuple[str, Array]]:
    edges = (0.0, 0.1, 0.2, 0.3, 1.01)
    names = ("under 10 %", "10 to 20 %", "20 to 30 %", "30 % and more")
    return [(name, (discount >= low) & (discount < high)) for name, low, high in zip(names, edges, edges[1:], strict=False)]


def _group(by: str, value: str, inside: Array, ours: Judged, rule: Judged) -> Group:
    actual = ours.rows["log_lift"][inside]
    return Group(
        by,
        value,
        int(inside.sum()),
        metrics.coverage(actual, ours.low[1][inside], ours.high[1][inside]),
        metrics.mean_absolute_error(actual, ours.point[inside]),
        metrics.mean_absolute_error(actual, rule.point[inside]),
    )
