"""Champion and challenger: is a new model better, in money, than the one in use? Asked of promotions neither learnt from.

The champion is the model in use as it lies there: its own trees, its own history. It is asked about promotions that started
after the last day of sales it knew. The challenger cannot be asked itself, because it has learnt from just these; so it is
refitted, as in every look back, on what had ended before, and asked about what came next. That shows what retraining is
worth. Of the day of planning it knows everything, as if it had been refreshed that day, which flatters it a little.

Both count on the measured baseline, and the discount is the only cost, as in ``scorer.evaluation``: what is compared is what
a promotion earned with what was foretold.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, Floats, length, stack, take
from scorer.economics.promotion import outcome
from scorer.errors import NothingToWorkOn
from scorer.estimators.folds import origins_from, rolling_origins
from scorer.estimators.metrics import interval, resampled_events
from scorer.evaluation import profit_made, terms_of
from scorer.features import with_features
from scorer.golden import as_plan
from scorer.model import PromotionModel
from scorer.saying import Say, quiet
from scorer.settings import Client, Promote
from scorer.training import fit

LEAST_EVENTS = 10
NAN = float("nan")
KEPT = "kept, not promoted"


class Result(StrEnum):
    """How a contest ended."""

    FIRST = "first"
    BETTER = "better"
    NOT_BETTER = "not better"
    TOO_LITTLE = "too little"
    NOT_ALIKE = "not alike"
    CHAMPION_UNUSABLE = "champion unusable"


class Contest(NamedTuple):
    """Champion and challenger on later promotions, and what was decided.

    Errors are mean absolute errors of incremental profit, or of incremental sales where no costs are known, in currency per
    promotion; ``saved`` is the champion's less the challenger's, with its 95 % interval over whole events. NaN where nothing
    was compared.
    """

    result: Result
    champion: str
    promoted: bool
    words: str
    measure: str = ""
    tested_from: str = ""
    promotions: int = 0
    events: int = 0
    champion_error: float = NAN
    challenger_error: float = NAN
    saved: float = NAN
    interval: tuple[float, float] = (NAN, NAN)


class Missed(NamedTuple):
    """By how much two forecasters missed the same promotions, in currency, and to which event each belongs."""

    measure: str
    champion: Floats
    challenger: Floats
    events: Array


def first() -> Contest:
    """Return the contest of a model that has no other to beat."""
    return Contest(Result.FIRST, "", promoted=False, words="No model was in use before")


def against_none(champion: str, why: str) -> Contest:
    """Return the contest with a champion that cannot be asked any more."""
    return Contest(Result.CHAMPION_UNUSABLE, champion, promoted=False, words=f"The model in use ({champion}) was refused: {why}")


def hold(rows: Columns, champion: PromotionModel, basis: str, client: Client, say: Say = quiet) -> Contest:
    """Compare the model in use with one that is refitted on these rows (past promotions with what became of them)."""
    since = champion.data_cut.isoformat()
    if champion.basis != basis:
        words = f"The model in use ({champion.version}) forecasts {champion.basis}, the new one {basis}: they cannot be compared"
        return Contest(Result.NOT_ALIKE, champion.version, promoted=False, words=words)
    missed = _missed(rows, champion, client, say)
    events = len(set(missed.events)) if missed else 0
    if missed is None or events < LEAST_EVENTS:
        words = (
            f"Not enough later promotions to compare it with the model in use ({champion.version}): {events} events since "
            f"{since}, {LEAST_EVENTS} are the least"
        )
        return Contest(Result.TOO_LITTLE, champion.version, promoted=False, words=words, events=events)
    return _compared(missed, champion, client)


def decided(contest: Contest, rule: Promote, asked: bool | None) -> Contest:
    """Return the contest with its decision: what was asked for, else what the client's rule makes of it.

    >>> decided(first(), "better", None).words
    'No model was in use before: promoted.'
    >>> decided(first(), "better", False).words
    'No model was in use before: kept, not promoted, as asked for.'
    """
    good = contest.result in (Result.FIRST, Result.BETTER, Result.CHAMPION_UNUSABLE)
    promoted = {"always": True, "never": False, "better": good}[rule] if asked is None else asked
    reason = ", as asked for" if asked is not None else "" if rule == "better" else f' (training.promote = "{rule}")'
    return contest._replace(promoted=promoted, words=f"{contest.words}: {'promoted' if promoted else KEPT}{reason}.")


def kept_unsigned(contest: Contest, version: str) -> Contest:
    """Return the contest of a model that has to be signed elsewhere before it can be used."""
    words = f"It has to be signed before it can be used: 'promo models sign {version}', then 'promo models promote {version}'."
    return contest._replace(promoted=False, words=f"{contest.words} {words}")


def saved_by(missed: Missed, times: int, seed: int) -> tuple[float, tuple[float, float]]:
    """Return by how much less the challenger missed, on average, and the 95 % interval over whole events.

    >>> same = Missed("profit", np.full(4, 2.0), np.full(4, 1.5), np.array(["a", "a", "b", "c"]))
    >>> saved_by(same, 100, 7)
    (0.5, (0.5, 0.5))
    """
    code, weight = resampled_events(missed.events, times, seed)
    saved = missed.champion - missed.challenger
    many = weight.shape[1]
    samples = (weight @ np.bincount(code, saved, many)) / (weight @ np.bincount(code, minlength=many))
    return float(saved.mean()), interval(samples)


def _compared(missed: Missed, champion: PromotionModel, client: Client) -> Contest:
    settings = client.training
    saved, between = saved_by(missed, settings.bootstrap, settings.seed)
    result = Result.BETTER if between[0] > 0 else Result.NOT_BETTER
    errors = float(missed.champion.mean()), float(missed.challenger.mean())
    events, first_day = len(set(missed.events)), str(np.datetime64(champion.data_cut, "D") + DAY)
    off = [f"{error:,.2f} {client.currency}" for error in errors]
    words = (
        f"On {len(missed.events):,} promotions of {events:,} events from {first_day} on, which neither had learnt from, it "
        f"foretold {missed.measure} with an error of {off[1]} a promotion, the model in use ({champion.version}) of {off[0]}. "
        f"The 95 % interval of the gain is {between[0]:,.2f} to {between[1]:,.2f}, "
        f"{'' if between[0] > 0 else 'not '}clearly better"
    )
    return Contest(
        result, champion.version, False, words, missed.measure, first_day, len(missed.events), events, *errors, saved, between
    )


def _missed(rows: Columns, champion: PromotionModel, client: Client, say: Say) -> Missed | None:
    """Ask both about what started after the champion's last day; None where hardly anything did."""
    first_day = np.datetime64(champion.data_cut, "D") + DAY
    if len(set(rows["event_key"][rows["start_date"] >= first_day])) < LEAST_EVENTS:
        return None
    say(f"Comparing with the model in use on promotions from {first_day} on")
    asked, ours, theirs = [], [], []
    for fold in rolling_origins(rows, origins_from(rows, first_day, client.training.origins)):
        later = take(rows, fold.test)
        known, answered = with_features(as_plan(later), champion)
        later = take(later, answered)
        try:
            challenger = fit(take(rows, fold.train), client.training).lift.predict(later).expected
        except NothingToWorkOn:  # too little had ended by then to learn from
            continue
        asked.append(later)
        ours.append(champion.lift.predict(known).expected)
        theirs.append(challenger)
    if not asked:
        return None
    return _in_money(stack(asked), np.concatenate(ours), np.concatenate(theirs), champion.in_units, client)


def _in_money(rows: Columns, champion: Floats, challenger: Floats, in_units: bool, client: Client) -> Missed | None:
    """Turn forecasts of lift into money and hold them against what was earned."""
    terms, expected = terms_of(rows, client), rows["expected_quantity"]
    made = profit_made(rows, client)
    foretold = [np.asarray(outcome(terms, expected, lift).profit) for lift in (champion, challenger)]
    measure = "profit"
    if np.isnan(made).mean() > 0.5:
        price = np.asarray(terms.list_price) if in_units else np.ones(length(rows))
        made = (rows["quantity"] - expected) * price
        foretold = [expected * lift * price for lift in (champion, challenger)]
        measure = "extra sales"
    known = ~np.isnan(made) & ~np.isnan(foretold[0]) & ~np.isnan(foretold[1])
    if not known.any():
        return None
    off = [np.abs(one - made)[known] for one in foretold]
    return Missed(measure, off[0], off[1], rows["event_key"][known])

