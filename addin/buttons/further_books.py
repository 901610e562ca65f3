"""Buttons that make a file of its own: the planning workbook, the post-event workbook, and the PDF of this one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from addin.books import companion
from addin.buttons.lists import hear, input_of, notes_in_words, plan_of_run, rows_in_words, tolerant, verdicts_in_words
from addin.run import Finished, Run
from scorer.errors import OutputRefused
from scorer.results import ScoredList


def roi_book(run: Run) -> Finished:
    """Write the planning workbook of the plan beside this workbook, and open it."""
    from scorer import verbs

    plan, desk = plan_of_run(run), run.desk
    out = companion(run.book, desk, "ROI", ".xlsx", datetime.now(UTC))
    done, complaints = tolerant(
        lambda: verbs.workbook(desk.workspace, plan.cells, out, desk.client.client, hear(run)), ScoredList
    )
    _open(run, out)
    refused = done.rejected + len(plan.asked.refused)
    rows = rows_in_words(done.scored, refused, plan.body.rows - done.scored - refused)
    told = f"{rows}.\n{verdicts_in_words(done.verdicts)}\nThe ROI workbook is open, and lies at {out}"
    return Finished(
        words=told + notes_in_words([*complaints, *done.notes]),
        model=done.model_version,
        data_cut=str(desk.served.model.data_cut),
        input_hash=input_of(plan),
        rows_in=plan.body.rows,
        scored=done.scored,
        rejected=refused,
    )


def post_event_book(run: Run) -> Finished:
    """Write the post-event workbook beside this workbook, and open it."""
    from scorer import verbs

    desk = run.desk
    out = companion(run.book, desk, "post-event", ".xlsx", datetime.now(UTC))
    done = verbs.post_event(desk.workspace, out=out, client=desk.client.client, say=hear(run))
    _open(run, out)
    rows = len(done.compared.rows["promotion_id"])
    told = f"{rows:,} committed promotions were looked at, {done.newly_measured:,} of them newly measured."
    return Finished(
        words=f"{told}\nThe post-event workbook is open, and lies at {out}{notes_in_words(done.notes)}", rows_in=rows
    )


def print_book(run: Run) -> Finished:
    """Print the sheets that can be seen into a PDF beside this workbook."""
    out = companion(run.book, run.desk, "", ".pdf")
    if out.exists() and not run.talk.ask("PDF", f"{out} is there already: write it anew?"):
        return Finished("No PDF was written.", done=False)
    hear(run)(f"Printing {out.name}")
    try:
        run.book.to_pdf(str(out))
    except OutputRefused:
        raise
    except Exception as why:
        told = f"the spreadsheet program could not print there ({why})"
        raise OutputRefused.because(out, told, "Close the file if it is open; an empty workbook has no pages.") from why
    return Finished(f"The PDF lies at {out}", logged=False)


def _open(run: Run, path: Path) -> None:
    hear(run)(f"Opening {path.name}")
    run.book.app.books.open(str(path))
