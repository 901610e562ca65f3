"""Check data: which rows of the plan cannot be used and why, and whose figures are no longer those of their cells."""

from __future__ import annotations

from typing import Any, NamedTuple

from addin.buttons.lists import hear, input_of, notes_in_words, plan_of_run
from addin.buttons.target_cells import HASH
from addin.cells import cell_words, is_empty
from addin.new_sheets import Column, Page, Table, add_sheet
from addin.plan_sheets import PlanOnSheet
from addin.run import Finished, Run
from scorer.contracts.table import Kind
from scorer.errors import listed
from scorer.results import CheckedList


class Stale(NamedTuple):
    """Lines that have changed since they were scored, with their fingerprints then and now; and how many were compared."""

    lines: list[int]
    then: list[str]
    now: list[str]
    compared: int


def check(run: Run) -> Finished:
    """Check the plan of the active sheet and add a sheet with what was found."""
    from scorer import verbs

    plan = plan_of_run(run)
    found = verbs.check_list(run.desk.workspace, plan.cells, run.desk.client.client, hear(run))
    stale = _stale(run, plan)
    refused = found.refused + len(plan.asked.refused)
    blank = plan.body.rows - found.usable - refused
    counts = f"{found.usable:,} rows can be used, {refused:,} cannot, {blank:,} are blank."
    changed = _changed(stale)
    finding = f"{'▼' if refused or (stale and stale.lines) else '▲'} {counts} {changed}".strip()
    notes = [*_headers(plan, found), *found.notes]
    page = Page(f"Check {plan.sheet.name}", f"Check of {plan.place.name}", finding, notes, _tables(plan, found, stale))
    add_sheet(run, page, f"Read as a plan of {run.desk.client.title}; dates outside the model's calendar show when it is scored")
    limit = f"More rows are refused than the client allows ({found.limit:.0%})." if found.too_many else ""
    words = f"{counts} {changed}".strip() + notes_in_words([note for note in (limit, *notes) if note])
    return Finished(words, input_hash=input_of(plan), rows_in=plan.body.rows, rejected=refused)


def _headers(plan: PlanOnSheet, found: CheckedList) -> list[str]:
    from scorer.workbook.filling.places import columns_to_fill

    figures = columns_to_fill(dict(enumerate(plan.place.headers)), ()).values()
    unknown = [header for header in found.unknown if header not in [plan.place.headers[at] for at in figures]]
    taken = [f"'{header}' is read as {name}" for name, header in found.recognised.items() if header.strip().casefold() != name]
    return [
        *([f"Headers: {listed(taken, 12)}."] if taken else []),
        *([f"Not recognised, and not used: {listed(unknown, 12)}."] if unknown else []),
    ]


def _tables(plan: PlanOnSheet, found: CheckedList, stale: Stale | None) -> list[Table]:
    clocked = sorted(plan.asked.refused.items())
    rejects = found.rejects
    lines = [*(line for line, _ in clocked), *(int(line) for line in rejects["line"].tolist())]
    columns = (
        Column("Row", Kind.COUNT, lines),
        Column("Promotion", Kind.TEXT, [*(None for _ in clocked), *rejects["promotion_id"].tolist()]),
        Column("Column", Kind.TEXT, [*("a date" for _ in clocked), *rejects["column"].tolist()]),
        Column("Reason", Kind.TEXT, [*(reason for _, reason in clocked), *rejects["reason"].tolist()]),
        Column("What stands there", Kind.TEXT, [*(None for _ in clocked), *rejects["text"].tolist()]),
    )
    tables = [Table("Rows that cannot be used", columns)] if lines else []
    if stale is not None and stale.lines:
        changed = (
            Column("Row", Kind.COUNT, stale.lines),
            Column("Fingerprint then", Kind.TEXT, stale.then),
            Column("Fingerprint now", Kind.TEXT, stale.now),
        )
        tables.append(Table("Rows that have changed since they were scored: score them again", changed))
    return tables


def _changed(stale: Stale | None) -> str:
    if stale is None:
        return ""
    if not stale.lines:
        return f"The figures of {stale.compared:,} rows belong to what their cells say."
    rows = f"{len(stale.lines):,} of {stale.compared:,} scored rows {'has' if len(stale.lines) == 1 else 'have'}"
    return f"{rows} changed since: their figures are stale."


def _stale(run: Run, plan: PlanOnSheet) -> Stale | None:
    """Compare the fingerprints in the column input_hash with those of the rows as they are; None without such a column."""
    from scorer import verbs
    from scorer.lake.headers import key

    at = next((at for at, header in enumerate(plan.place.headers) if key(header) == key(HASH)), None)
    if at is None:
        return None
    found = verbs.answer_list(run.desk.workspace, plan.cells, run.desk.client.client, hear(run), reasons=False)
    now = dict(zip(found.lines.tolist(), found.answer[HASH].tolist(), strict=True))
    kept: dict[int, Any] = {line: cell_words(row[at]) for line, row in zip(plan.asked.lines, plan.asked.rows, strict=True)}
    then = {line: said for line, said in kept.items() if not is_empty(said) and line in now}
    lines = [line for line, said in then.items() if said != now[line]]
    return Stale(lines, [then[line] for line in lines], [now[line] for line in lines], len(then))
