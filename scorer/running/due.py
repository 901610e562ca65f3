"""When a model is trained again: it is old, or there is much more to learn from; and never where nothing changed."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from scorer.settings import Runs


class Material(NamedTuple):
    """What there is to learn from: usable promotions and sales rows, the last day of sales, and where it came from."""

    promotions: int
    sales: int
    data_cut: date
    made_from: str


class Learnt(NamedTuple):
    """What the last model learnt from, and when; sales and made_from are None where it was not trained by a run."""

    on: date
    promotions: int
    data_cut: date
    sales: int | None = None
    made_from: str | None = None


class Due(NamedTuple):
    """Whether it is time, and why."""

    now: bool
    why: str


def training_due(before: Learnt | None, there_is: Material, today: date, settings: Runs) -> Due:
    """Say whether it is time to train.

    >>> before = Learnt(date(2026, 10, 1), 200, date(2026, 9, 30))
    >>> more = Material(204, 9_000, date(2026, 11, 25), "b")
    >>> training_due(before, more, date(2026, 11, 26), Runs())
    Due(now=True, why='the last training is 56 days ago')
    >>> training_due(before, more, date(2026, 10, 15), Runs())
    Due(now=False, why='2.0% is new since the last training, 14 days ago')
    >>> training_due(before, Material(200, 9_000, date(2026, 9, 30), "a"), date(2026, 11, 26), Runs()).why
    'nothing is new since the last training'
    """
    if before is None:
        return Due(True, "there is no model yet")
    if _same(before, there_is):
        return Due(False, "nothing is new since the last training")
    days, share = (today - before.on).days, _new_share(before, there_is)
    if days >= settings.train_every_days:
        return Due(True, f"the last training is {days} days ago")
    if share >= settings.train_on_new_share:
        return Due(True, f"{share:.1%} is new since the last training")
    return Due(False, f"{share:.1%} is new since the last training, {days} days ago")


def _same(before: Learnt, there_is: Material) -> bool:
    if before.made_from is not None:
        return before.made_from == there_is.made_from
    return (before.promotions, before.data_cut) == (there_is.promotions, there_is.data_cut)


def _new_share(before: Learnt, there_is: Material) -> float:
    shares = [_growth(before.promotions, there_is.promotions)]
    if before.sales is not None:
        shares.append(_growth(before.sales, there_is.sales))
    return max(shares)


def _growth(before: int, now: int) -> float:
    return max(0.0, now / before - 1) if before else float(now > 0)
