"""What the buttons that work on a plan have in common: reading it, asking a verb, and saying whose figures they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from addin.conversation import Heard
from addin.plan_sheets import PlanOnSheet, find_plan
from addin.run import Run
from scorer.columns import Columns
from scorer.errors import NothingToWorkOn, TooManyRejects
from scorer.plan import fingerprint

if TYPE_CHECKING:
    from addin.session import Served

Done = TypeVar("Done")
MOST_REASONS = 5


def plan_of_run(run: Run) -> PlanOnSheet:
    """Read the plan a button was pressed for. Raises NothingToWorkOn where there is none, or none of its rows can be used."""
    hear(run)("Reading the plan")
    plan = find_plan(run.book, run.desk.client)
    refused = plan.asked.refused
    if refused and sum(plan.filled()) == len(refused):
        first = next(iter(refused.values()))
        raise NothingToWorkOn.because(f"No row of {plan.place.name} can be used: {first}", "Correct its rows.")
    return plan


def tolerant(ask: Callable[[], Done], kind: type[Done]) -> tuple[Done, list[str]]:
    """Return what a verb gives, also where it complains of many refused rows after its work; and that complaint."""
    try:
        return ask(), []
    except TooManyRejects as told:
        if not isinstance(told.done, kind):
            raise
        return told.done, [str(told)]


def hear(run: Run) -> Heard:
    """Return what a verb tells its progress to."""
    return Heard(run.talk)


def source_of(served: Served, run: Run) -> str:
    """Say whose figures a sheet shows."""
    return f"Model {served.model.version} · sales up to {served.model.data_cut} · {run.desk.client.title}"


def input_of(plan: PlanOnSheet) -> str:
    """Return what tells the input of a run from another."""
    return fingerprint(plan.cells)


def reasons_by_line(rejects: Columns) -> dict[int, str]:
    """Return why each refused row is refused, by its line."""
    parts = (rejects[name].tolist() for name in ("line", "column", "reason"))
    return {
        int(line): reason if not column or column.split("; ")[0] in reason else f"{column}: {reason}"
        for line, column, reason in zip(*parts, strict=True)
    }


def reasons_in_words(reasons: dict[int, str]) -> list[str]:
    """Say why the first refused rows are refused.

    >>> reasons_in_words({7: "the start date is missing"})
    ['Row 7: the start date is missing']
    """
    told = [f"Row {line}: {reason}" for line, reason in sorted(reasons.items())[:MOST_REASONS]]
    more = len(reasons) - len(told)
    return [*told, f"and {more:,} more rows"] if more > 0 else told


def rows_in_words(scored: int, refused: int, blank: int) -> str:
    """Say what became of the rows.

    >>> rows_in_words(57, 2, 1)
    '57 rows scored, 2 refused, 1 blank'
    """
    return f"{scored:,} rows scored, {refused:,} refused, {blank:,} blank"


def notes_in_words(notes: list[str]) -> str:
    """Put notes under a message, one to a line; each once."""
    return "".join(f"\n• {note}" for note in dict.fromkeys(notes))


def verdicts_in_words(counts: dict[str, int]) -> str:
    """Say how many promotions have which verdict.

    >>> verdicts_in_words({"GO": 30, "OPTIMISE": 5})
    '▲ 30 GO, ● 5 OPTIMISE'
    """
    from addin.look import MARKS

    return ", ".join(f"{MARKS.get(name, '')} {count:,} {name}".strip() for name, count in counts.items())
