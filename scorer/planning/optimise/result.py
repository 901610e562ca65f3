"""What a choice of promotions comes to: values with names, to be printed, written or compared."""

from __future__ import annotations

from typing import NamedTuple

from scorer.columns import Columns
from scorer.planning.optimise.rules import Rules

NOT_A_RECOMMENDATION = "NOT ENOUGH EVIDENCE: a ranking, not a recommendation."


class Totals(NamedTuple):
    """Sums over promotions, each rounded to the cent before it is added; currency, units are incremental."""

    promotions: int
    cost: float
    profit: float
    profit_low: float
    units: float


class Binding(NamedTuple):
    """A rule that keeps something from running: what is used of it, its limit, and how many promotions it keeps out."""

    kind: str
    words: str
    used: float
    limit: float
    keeps_out: int


class Marginal(NamedTuple):
    """What moving one limit would bring: in currency, found by choosing again, and by the prices of the relaxation.

    change: what was moved, in words. gain: profit that choosing again brought; at_most: no choice brings more. per_unit: profit
    per unit of the limit by the relaxation, in which promotions may run in part; 0 where the limit does not press.
    """

    kind: str
    change: str
    gain: float
    at_most: float
    per_unit: float


class OverlapEffect(NamedTuple):
    """What promotions at the same time cost one another: whether it was counted, what it costs in this choice, in words.

    cost: as counted when choosing. asked_again: as the model answers when asked with the chosen promotions side by side.
    """

    counted: bool
    cost: float
    asked_again: float
    sentence: str


class Portfolio(NamedTuple):
    """A choice of promotions.

    rows: one row per promotion of the list, in its order: what was planned, the step that is chosen or comes closest, its
    money to the cent, and why it is not chosen. chosen: the plan columns of the chosen ones, with their steps, ready to score.
    worth: what was maximised: profit (at the risk quantile where one is asked for) less overlap and missing units.
    bound: no choice is worth more; gap: by which share another might be better at most, 0 where that is proven to the cent.
    proven: the search ended because nothing better is possible, to within a millionth among many steps.
    standing: '' for a recommendation, else why it is none.
    """

    rows: Columns
    chosen: Columns
    planned: Totals
    optimised: Totals
    overlap: OverlapEffect
    missing_units: float
    penalty: float
    worth: float
    bound: float
    gap: float
    proven: bool
    seconds: float
    candidates: int
    binding: tuple[Binding, ...]
    marginals: tuple[Marginal, ...]
    rules: Rules
    currency: str
    standing: str
    objective: str
    notes: tuple[str, ...]
