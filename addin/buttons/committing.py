"""Commit: the forecasts of the plan into the plan log, after a question that says how many."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from addin.buttons.lists import hear, input_of, notes_in_words, plan_of_run, reasons_by_line, reasons_in_words, tolerant
from addin.run import Finished, Run
from scorer.results import Committed

if TYPE_CHECKING:
    from scorer.results import CheckedList

NOT_COMMITTED = "Nothing was committed."


def commit_plan(run: Run) -> Finished:
    """Ask, then freeze the forecasts of the plan of the active sheet in the plan log."""
    from scorer import verbs

    plan, desk = plan_of_run(run), run.desk
    seen = verbs.check_list(desk.workspace, plan.cells, desk.client.client, hear(run))
    refused = len(plan.asked.refused)
    if seen.usable and not run.talk.ask("Commit", _question(seen, plan.body.rows, refused)):
        return Finished(NOT_COMMITTED, done=False)
    done, complaints = tolerant(
        lambda: verbs.commit(desk.workspace, plan.cells, client=desk.client.client, say=hear(run)), Committed
    )
    reasons = {**plan.asked.refused, **reasons_by_line(done.rejects)}
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in Counter(one.outcome for one in done.filed).items())
    told = [f"{len(done.filed):,} promotions are in the plan log ({outcomes}): {done.log}", *reasons_in_words(reasons)]
    return Finished(
        words="\n".join(told) + notes_in_words([*complaints, *done.notes]),
        model=done.model_version,
        data_cut=str(desk.served.model.data_cut),
        input_hash=input_of(plan),
        rows_in=plan.body.rows,
        scored=len(done.filed),
        rejected=len(reasons),
    )


def _question(seen: CheckedList, rows: int, refused: int) -> str:
    left_out = seen.refused + refused
    blank = rows - seen.usable - left_out
    return (
        f"Freeze the forecasts of {seen.usable:,} promotions in the plan log? "
        f"{left_out:,} rows are refused and {blank:,} are blank: they are left out."
    )
