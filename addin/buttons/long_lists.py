"""Lists that are too long for figures in a sheet: they go into a Parquet file, with a sample of the first rows in a sheet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from addin import blocks
from addin.books import companion
from addin.buttons.lists import hear, input_of, notes_in_words, reasons_by_line, rows_in_words, source_of, verdicts_in_words
from addin.new_sheets import Column, Page, Table, add_sheet, with_mark
from addin.plan_sheets import PlanOnSheet
from addin.run import Finished, Run
from scorer.columns import Columns, text
from scorer.contracts.scored import SCORED
from scorer.contracts.table import Kind
from scorer.results import AnsweredList

LONG = 100_000
"""Longer lists go into a file."""
SAMPLE = 1_000
_LEADING = ("line", "promotion_id")


def score_into_file(run: Run, plan: PlanOnSheet) -> Finished:
    """Score a long plan into a file beside the workbook, and show its first rows on a new sheet."""
    from scorer import verbs
    from scorer.lake.writing import write_table

    client = run.desk.client
    found = verbs.answer_list(run.desk.workspace, plan.cells, client.client, hear(run), piece_rows=10_000)
    reasons = {**plan.asked.refused, **reasons_by_line(found.rejects)}
    now = datetime.now(UTC)
    out = companion(run.book, run.desk, "scored", ".parquet", now)
    hear(run)(f"Writing {out.name}")
    scored: Columns = {"line": found.lines, "promotion_id": found.promotion_ids, **found.answer}
    write_table(out, scored, {"line": Kind.COUNT, "promotion_id": Kind.TEXT} | SCORED.kinds)
    rejects = companion(run.book, run.desk, "rejects", ".csv", now) if reasons else None
    if rejects is not None:
        refused = sorted(reasons.items())
        lines, why = np.array([line for line, _ in refused]), text(reason for _, reason in refused)
        write_table(rejects, {"line": lines, "reason": why}, {"line": Kind.COUNT})
    blank = plan.body.rows - len(found.lines) - len(reasons)
    words = _words(plan, found, rows_in_words(len(found.lines), len(reasons), blank), out, rejects)
    add_sheet(run, _page(scored, out), source_of(run.desk.served, run))
    return Finished(
        words=words,
        model=found.done.model_version,
        data_cut=str(run.desk.served.model.data_cut),
        input_hash=input_of(plan),
        rows_in=plan.body.rows,
        scored=len(found.lines),
        rejected=len(reasons),
    )


def _page(scored: Columns, out: Path) -> Page:
    kinds = {"line": Kind.NUMBER, "promotion_id": Kind.TEXT} | SCORED.kinds
    columns = []
    for name, values in scored.items():
        cells = values[:SAMPLE].tolist()
        shown = [with_mark(cell) for cell in cells] if name == "verdict" else cells
        columns.append(Column(name, Kind.COUNT if name == "line" else kinds[name], shown))
    rows = len(scored["line"])
    return Page(
        name="Scored, first rows",
        title="Scored list: the first rows",
        finding=f"The first {min(SAMPLE, rows):,} of {rows:,} scored rows; all of them are in {out.name}.",
        notes=[f"The file lies in {out.parent}. Its column 'line' says on which row of the sheet a promotion stands."],
        parts=[Table("", tuple(columns))],
    )


def _words(plan: PlanOnSheet, found: AnsweredList, rows: str, out: Path, rejects: Path | None) -> str:
    told = [
        f"{rows}. A list above {LONG:,} rows goes into a file: {out}",
        f"The first {SAMPLE:,} rows are on a sheet of their own.",
        *([f"The refused rows are in {rejects}"] if rejects is not None else []),
        verdicts_in_words(found.done.verdicts),
    ]
    full = [f"The sheet is full ({blocks.LAST_ROW:,} rows): what did not fit is in no figure."] if plan.is_full else []
    return "\n".join(told) + notes_in_words([*full, *found.done.notes])
