"""Score a list into a workbook of the user's own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from scorer.errors import ColumnMissing, OutputRefused, TooManyRejects, listed
from scorer.plan import Listing, Plan, matched_headers, read_plan
from scorer.saying import Say, quiet
from scorer.scoring import Scored
from scorer.scoring import score as score_plan
from scorer.settings import Client
from scorer.verbs.scoring import doubts, summary
from scorer.verbs.serving import load
from scorer.workbook.filling.outcome import FilledBook, RowOfBook
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from scorer.workbook.filling.decisions import Answers
    from scorer.workbook.filling.fill import Opened


def fill(
    workspace: Workspace,
    plan: Listing,
    into: Path,
    client: str | None = None,
    say: Say = quiet,
    sheet: str | None = None,
    overwrite: bool = False,
) -> FilledBook:
    """Score a list and write the figures into a workbook that is there already; nothing else in it changes.

    ``plan`` may be the workbook itself: then its own rows are scored. Rows of another list find their row by
    promotion_id. ``sheet`` names the sheet or table to fill. Cells that are not empty stay unless ``overwrite``.
    Raises OutputRefused where the workbook cannot be filled without loss, and whatever ``score`` raises.
    """
    from scorer.workbook.filling.fill import fill as write
    from scorer.workbook.filling.fill import open_to_fill
    from scorer.workbook.filling.own_rows import own_plan

    own = isinstance(plan, Path) and plan.exists() and into.exists() and plan.samefile(into)
    say("Loading the model")
    model, chosen = load(workspace, client)
    say(f"Looking at {into}")
    target = open_to_fill(into, chosen, sheet, own=own)
    say(f"Reading {plan}")
    read = own_plan(target.path, target.place, chosen) if own else _with_keys(read_plan(plan, chosen), plan, chosen)
    say(f"Scoring {read.rows:,} promotions")
    scored = score_plan(read, model, chosen, explain="reasons" in target.place.targets)
    answers, done = _by_row(read, scored) if own else _by_key(target, scored)
    say(f"Writing {into}")
    written = write(target, answers, overwrite=overwrite)
    told = summary(model, read, scored, into)
    notes = [*told.notes, *written.notes, *doubts(model)]
    done = done._replace(
        into=into, place=target.place.name, backup=_as_named(into, written.backup),
        columns=written.counts, added=list(written.added), scored=told.scored, rejected=told.rejected,
        model_version=told.model_version, verdicts=told.verdicts, notes=notes,
    )  # fmt: skip
    _complain(done, chosen)
    return done


def _as_named(into: Path, backup: Path | None) -> Path | None:
    """Name the copy as the workbook was named; beside what a link leads to, by its own name."""
    return into.with_name(backup.name) if backup and not into.is_symlink() else backup


def _with_keys(read: Plan, source: Listing, client: Client) -> Plan:
    """Raise when rows of a list could only be told by their place: a place is no key."""
    headers = list(read.given)
    if "promotion_id" not in matched_headers(headers, client).found:
        raise ColumnMissing.named("promotion_id", source, headers)
    return read


def _by_row(read: Plan, scored: Scored) -> tuple[Answers, FilledBook]:
    """Tie the answers to the rows of the workbook that were read from it."""
    from scorer.workbook.filling.decisions import Answers

    lines = dict(zip(read.columns["promotion_id"].tolist(), read.lines.tolist(), strict=True))
    rows = {lines[name]: at for at, name in enumerate(scored.plan["promotion_id"].tolist())}
    told = (scored.rejects[part].tolist() for part in ("line", "promotion_id", "reason"))
    refused = [RowOfBook(*row) for row in zip(*told, strict=True)]
    reasons = {row.row: row.reason for row in refused}
    done = _nothing()._replace(rows=len(rows) + len(reasons), matched=len(rows), refused=refused)
    return Answers(scored.answer, rows, reasons), done


def _by_key(target: Opened, scored: Scored) -> tuple[Answers, FilledBook]:
    """Tie the answers to the rows of the workbook that have the same promotion_id. One that stands there twice gets none."""
    from scorer.workbook.filling.decisions import Answers

    looked = target.looked
    found = {name: at for at, name in enumerate(scored.plan["promotion_id"].tolist())}
    why = dict(zip(scored.rejects["promotion_id"].tolist(), scored.rejects["reason"].tolist(), strict=True))
    every = enumerate(zip(looked.numbers, looked.keys, strict=True))
    keys = [(row, key) for at, (row, key) in every if key and at not in looked.is_header]
    often = Counter(key for _, key in keys)
    done = _nothing()
    rows: dict[int, int] = {}
    for row, key in keys:
        if often[key] > 1:
            done.repeated.append(RowOfBook(row, key, f"promotion_id '{key}' stands on {often[key]} rows"))
        elif key in found:
            rows[row] = found[key]
        elif key in why:
            done.refused.append(RowOfBook(row, key, why[key]))
        else:
            done.without_answer.append(RowOfBook(row, key, "not in the list"))
    if not rows and not done.refused:
        _none_fits(target, list(often), [*found, *why])
    absent = [name for name in dict.fromkeys([*found, *why]) if name not in often]
    reasons = {row.row: row.reason for row in done.refused}
    return Answers(scored.answer, rows, reasons), done._replace(rows=len(keys), matched=len(rows), not_in_workbook=absent)


def _none_fits(target: Opened, there: list[str], asked: list[str]) -> None:
    column = target.place.headers[target.place.known["promotion_id"]]
    raise OutputRefused.because(
        target.path,
        f"column '{column}' of {target.place.name} has none of the promotions of the list ({listed(asked, 3)})",
        f"It has: {listed(there, 3) or 'nothing'}. If another sheet or table is meant, name it with --sheet.",
    )


def _nothing() -> FilledBook:
    return FilledBook(Path(), "", None, 0, 0, {}, [], 0, 0, [], [], [], [], "", {}, [])


def _complain(done: FilledBook, client: Client) -> None:
    rows = done.scored + done.rejected
    if rows and done.rejected / rows > client.limits.rejected_share:
        flags = done.columns.get("flags") or done.columns.get("reason")
        where = f"column '{flags.header}' of {done.into}" if flags else "the answer above"
        raise TooManyRejects.above(done.rejected, rows, client.limits.rejected_share, where, done)


