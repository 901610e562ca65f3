"""Launch it or not: four words a planner can act on, from profit, its probability and the evidence.

The order of the questions is the policy:

1. Is there something to judge by? No skill over the simple rule, inputs outside what was learnt, or money
   that cannot be computed: NOT ENOUGH EVIDENCE.
2. Is profit expected, likely enough, and a high enough return? GO.
3. Would a change the planner can make reach GO? OPTIMISE.
4. Otherwise: DON'T LAUNCH.
"""

from enum import Enum
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scorer.economics.amounts import Amount, known
from scorer.economics.cases import Labels, first_that_holds

__all__ = ["SeedVerdict", "Thresholds", "Verdict", "Words", "explain", "is_go", "judge", "seed_verdict"]

Flag: TypeAlias = bool | NDArray[np.bool_]


class Words(NamedTuple):
    """How a verdict is shown: the label, a mark that survives black-and-white print, and plain advice."""

    label: str
    mark: str
    advice: str


class Verdict(Enum):
    """The verdict of the product. `Verdict("GO")` finds a member by its label."""

    GO = Words("GO", "▲", "Run it: profit is likely enough and the return meets the hurdle.")
    OPTIMISE = Words("OPTIMISE", "●", "Change it first: a change within reach would make it a GO.")
    NOT_ENOUGH_EVIDENCE = Words(
        "NOT ENOUGH EVIDENCE", "?", "Do not decide on these figures: complete the inputs or test it small."
    )
    DONT_LAUNCH = Words(
        "DON'T LAUNCH",
        "▼",
        "Leave it: it is not likely enough to earn its cost, and no change at hand helps.",
    )

    @classmethod
    def _missing_(cls, value: object) -> "Verdict | None":
        return next((verdict for verdict in cls if verdict.label == value), None)

    @property
    def label(self) -> str:
        return self.value.label

    @property
    def mark(self) -> str:
        return self.value.mark

    @property
    def advice(self) -> str:
        return self.value.advice


class SeedVerdict(Enum):
    """The older rule's own three words; it counts sales, not profit, and may praise a loss."""

    STRONG_GO = "STRONG GO"
    OPTIMIZE = "OPTIMIZE"
    DONT_LAUNCH = "DON'T LAUNCH"


class Thresholds(NamedTuple):
    """Where the lines are drawn. Fractions, except the two sales multiples."""

    probability_of_profit: float = 0.80
    hurdle_roi: float = 0.0
    seed_strong_probability: float = 0.70
    seed_strong_multiple: float = 2.0
    seed_probability: float = 0.50
    seed_multiple: float = 1.5


DEFAULTS = Thresholds()


def judge(
    probability_of_profit: Amount,
    expected_profit: Amount,
    roi: Amount,
    evidence: Flag,
    in_support: Flag,
    remedy_exists: Flag,
    thresholds: Thresholds = DEFAULTS,
    *,
    costs_nothing: Flag = False,
) -> Labels:
    """The verdict's label for one promotion (str) or many (object array).

    probability_of_profit, roi: fractions; expected_profit: currency. evidence: the model beats the simple
    rule here; in_support: the inputs lie within what it learnt from; remedy_exists: some change of discount,
    duration or funding would reach GO. costs_nothing: the promotion cost is known to be zero (a partner pays
    all), where ROI does not exist and any profit meets the hurdle. Flags that are missing count as no.

    Never GO unless expected profit is above zero; missing, infinite or impossible figures are no evidence.

    >>> judge(0.90, 4_000, 0.29, evidence=True, in_support=True, remedy_exists=False)
    'GO'
    >>> judge(0.90, -4_000, 0.29, evidence=True, in_support=True, remedy_exists=False)
    "DON'T LAUNCH"
    >>> judge(float("nan"), float("nan"), float("nan"), True, True, True)
    'NOT ENOUGH EVIDENCE'
    """
    chance, profit, rate = known(probability_of_profit), known(expected_profit), known(roi)
    free = _yes(costs_nothing)
    judgeable = _yes(evidence) & _yes(in_support) & _money_known(chance, profit, rate, free)
    label: Labels = first_that_holds(
        (~judgeable, Verdict.NOT_ENOUGH_EVIDENCE.label),
        (is_go(chance, profit, rate, thresholds, costs_nothing=free), Verdict.GO.label),
        (_yes(remedy_exists), Verdict.OPTIMISE.label),
        otherwise=Verdict.DONT_LAUNCH.label,
    )
    return label


def is_go(
    probability_of_profit: Amount,
    expected_profit: Amount,
    roi: Amount,
    thresholds: Thresholds = DEFAULTS,
    *,
    costs_nothing: Flag = False,
) -> NDArray[np.bool_]:
    """Whether the figures are those of a GO, given that they can be judged; the arguments of `judge`.

    >>> is_go(np.array([0.90, 0.70]), np.array([4_000, 4_000]), np.array([0.29, 0.29])).tolist()
    [True, False]
    """
    likely = known(probability_of_profit) >= thresholds.probability_of_profit
    worth_it = (known(roi) >= thresholds.hurdle_roi) | _yes(costs_nothing)
    return np.asarray((known(expected_profit) > 0) & likely & worth_it)


def explain(
    probability_of_profit: Amount,
    expected_profit: Amount,
    roi: Amount,
    evidence: Flag,
    in_support: Flag,
    thresholds: Thresholds = DEFAULTS,
    *,
    costs_nothing: Flag = False,
) -> Labels:
    """The first question of the policy that was answered badly, in one sentence; the arguments of `judge`.

    >>> explain(0.61, 4_000, 0.29, evidence=True, in_support=True)
    'The probability of a profit is below 80 %.'
    """
    chance, profit, rate = known(probability_of_profit), known(expected_profit), known(roi)
    free = _yes(costs_nothing)
    sentence: Labels = first_that_holds(
        (~_money_known(chance, profit, rate, free), "Profit cannot be computed: an input is missing."),
        (~_yes(evidence), "The model is no better than the simple rule here."),
        (~_yes(in_support), "The inputs lie outside what the model has learnt from."),
        (~(profit > 0), "The expected result is not a profit."),
        (
            ~(chance >= thresholds.probability_of_profit),
            f"The probability of a profit is below {_percent(thresholds.probability_of_profit)}.",
        ),
        (
            ~((rate >= thresholds.hurdle_roi) | free),
            f"The return is below the hurdle of {_percent(thresholds.hurdle_roi)}.",
        ),
        otherwise="Profit is expected, likely enough, and meets the hurdle.",
    )
    return sentence


def seed_verdict(
    success_probability: Amount, sales_multiple: Amount, thresholds: Thresholds = DEFAULTS
) -> str | None | NDArray[np.object_]:
    """The older compatibility rule, on its own definitions: STRONG GO, OPTIMIZE or DON'T LAUNCH.

    Success is any rise in sales, and the sales multiple is no return: read it beside `judge`, never instead.
    None where either figure is missing.

    >>> seed_verdict(0.72, 0.65)
    'OPTIMIZE'
    """
    chance, multiple = known(success_probability), known(sales_multiple)
    strong = (chance >= thresholds.seed_strong_probability) & (multiple >= thresholds.seed_strong_multiple)
    fair = (chance >= thresholds.seed_probability) | (multiple >= thresholds.seed_multiple)
    label: str | None | NDArray[np.object_] = first_that_holds(
        (np.isnan(chance) | np.isnan(multiple), None),
        (strong, SeedVerdict.STRONG_GO.value),
        (fair, SeedVerdict.OPTIMIZE.value),
        otherwise=SeedVerdict.DONT_LAUNCH.value,
    )
    return label


def _money_known(chance: Any, profit: Any, rate: Any, free: Any) -> Any:
    return (chance >= 0) & (chance <= 1) & ~np.isnan(profit) & (~np.isnan(rate) | free)


def _yes(flag: Any) -> NDArray[np.bool_]:
    """True only where the flag is truly set: NaN and None, which Python may call true, are not."""
    truly: NDArray[np.bool_] = np.equal(np.asarray(flag), True).astype(bool)
    return truly


def _percent(fraction: float) -> str:
    return f"{fraction:.4%}".rstrip("%").rstrip("0").rstrip(".") + " %"
