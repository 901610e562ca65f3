"""Answers for people: short tables and sentences on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from scorer.cli.figures import figure, words
from scorer.cli.screen import notes, row, say, screen
from scorer.cli.screen import table as empty_table

if TYPE_CHECKING:
    from scorer.artifacts.bundle import Parts
    from scorer.artifacts.store import Decision, VersionInfo
    from scorer.lake.bronze import TableRead
    from scorer.lake.refresh import Checked, Refreshed, TableCount
    from scorer.results import Demonstrated, ScoredList, Trained

MOST_REASONS = 12
_WORDS = ("What it means", "Verdict", "Trouble", "")


def started(client_file: Path, exports: Path) -> None:
    out = screen()
    say(out, f"Wrote {client_file}. Open it and change what differs; every line is explained.")
    say(out, f"Then put the exports into {exports} and run: promo check --client {client_file.stem}")


def checked(done: Checked) -> None:
    out = screen()
    for read in done.reads:
        _headers(out, read)
    _control_totals(out, done.counts, done.rejects_by_reason)
    _basis(out, done)
    say(out, "Nothing was written. Next: promo refresh")


def refreshed(done: Refreshed) -> None:
    out = screen()
    _control_totals(out, done.counts, done.rejects_by_reason)
    say(out, f"{done.promotions:,} past promotions measured, {done.learnable:,} of them to learn from.")
    _basis(out, done)
    say(out, "Next: promo train")


def trained(done: Trained) -> None:
    from scorer.card import MEANINGS

    out, found = screen(), done.evaluation
    table = empty_table("Tested on promotions that came later", "Model", "Simple rule", "Placebo", "What it means", words=_WORDS)
    for name, meaning in MEANINGS.items():
        skills = (found.out_of_time, found.simple_rule, found.placebo)
        row(table, name, *(figure(getattr(skill, name)) for skill in skills), meaning)
    out.print(table)
    say(
        out,
        f"{found.tested_rows:,} promotions of {found.tested_events:,} events from {found.test_from} on, none seen before.",
    )
    say(out, "Simple rule: the mean lift of past promotions of the same kind. Placebo: promotions that never happened.")
    say(out, f"A random split would have shown r2_log_lift {figure(found.random_split.r2_log_lift)}; that figure misleads.")
    say(out, found.evidence.sentence, "bold")
    say(out, done.contest.words, "bold")
    if not done.promoted:
        say(out, f"To use it all the same: promo models promote {done.version}")
    say(out, f"Model {done.version} {'is in use' if done.promoted else 'is kept but not in use'}. Its card: {done.card}")


def scored(done: ScoredList) -> None:
    out = screen()
    _verdicts(out, done)
    for name, value in done.totals.items():
        say(out, f"{name.replace('_', ' ').capitalize()}: {figure(value)}")
    notes(out, done.notes)
    say(out, f"Scored by model {done.model_version}.")
    say(out, f"Written to {done.out}" if done.out else "Nothing was written: --out FILE keeps the scored list.", "bold")
    if done.rejected and done.rejects:
        say(out, f"Refused rows and their reasons: {done.rejects}")


def model_list(client: str, versions: Mapping[str, Sequence[VersionInfo]]) -> None:
    out = screen()
    if not any(versions.values()):
        say(out, f"Client '{client}' has no model yet. 'promo train' makes one.")
    for task, known in versions.items():
        table = empty_table(task, "In use", "Data up to", "r2_log_lift", "auc_success", "Trouble", words=_WORDS)
        for info in known:
            skill = [figure(info.metrics.get(name)) for name in ("r2_log_lift", "auc_success")]
            row(table, info.version, "yes" if info.current else "", str(info.data_cut or ""), *skill, info.trouble)
        out.print(table)


def one_model(found: Parts, decisions: Iterable[Decision], in_use: bool) -> None:
    from scorer.card import MEANINGS

    out, facts = screen(), found.facts
    say(out, f"{found.version}: {facts.task} of client {facts.client}, {'in use' if in_use else 'not in use'}", "bold")
    say(out, f"Sales known up to {facts.data_cut}; made by version {facts.product}; files in {found.folder}")
    table = empty_table("Figure", "Value", "What it means", words=_WORDS)
    for name, value in facts.metrics.items():
        if not isinstance(value, Mapping):
            row(table, name, figure(value), MEANINGS.get(name, ""))
    out.print(table)
    told = facts.metrics.get("contest")
    if isinstance(told, Mapping) and told.get("words"):
        say(out, f"When it was trained: {told['words']}")
    for decision in decisions:
        say(out, f"{decision.at}: {decision.action} by {decision.who or 'unknown'} ({decision.why})")


def demonstrated(done: Demonstrated) -> None:
    """Tell the whole story short; each verb on its own tells its part at length."""
    out, found, listed = screen(), done.trained.evaluation, done.scored
    rows, refused = (sum(getattr(count, name) for count in done.refreshed.counts) for name in ("rows", "rejected"))
    say(out, f"Read {rows:,} rows of exports; {refused:,} were refused, each with its reason.")
    say(out, f"Learnt from {done.refreshed.learnable:,} past promotions; sales are known up to {done.refreshed.data_cut}.")
    ours, rule = (figure(skill.r2_log_lift) for skill in (found.out_of_time, found.simple_rule))
    say(
        out, f"Tested on {found.tested_rows:,} later ones: {ours} of the ups and downs of lift foretold, the simple rule {rule}."
    )
    say(out, found.evidence.sentence)
    _verdicts(out, listed)
    places = {
        "Planning workbook": done.workbook,
        "Scored list": listed.out,
        "Refused rows": listed.rejects,
        "Model card": done.trained.card,
        "Exports and client file": done.exports,
    }
    where = empty_table("Where to look", "", words=_WORDS)
    for label, place in places.items():
        row(where, label, str(place or "none"))
    out.print(where)
    say(out, "Open the planning workbook and read the sheet ROI first.", "bold")


def _verdicts(out: Console, done: ScoredList) -> None:
    say(out, f"{done.rows_in:,} rows: {done.scored:,} scored, {done.rejected:,} refused, {done.blank:,} blank.")
    if done.verdicts:
        table = empty_table("Verdict", "Promotions", words=_WORDS)
        for verdict, count in done.verdicts.items():
            row(table, verdict, f"{count:,}")
        out.print(table)


def _headers(out: Console, read: TableRead) -> None:
    if not read.files:
        say(out, f"{read.table}: no file; it is optional.")
        return
    for file in read.files:
        habits = [f"{file.encoding}" if file.encoding else "", f"columns end at '{file.delimiter}'" if file.delimiter else ""]
        habits += [f"decimal '{file.decimal}'" if file.decimal else "", f"dates {file.date_order}" if file.date_order else ""]
        say(out, f"{read.table}: {file.file}, {file.rows:,} rows ({words(filter(None, habits)) or 'no conventions needed'})")
    renamed = [f"{name} = '{header}'" for name, header in read.found.items() if name != header]
    for label, names in (("read as", renamed), ("not found", read.missing), ("not used", read.ignored)):
        if names:
            say(out, f"  {label}: {words(names)}")


def _basis(out: Console, done: Checked | Refreshed) -> None:
    say(out, f"Sales are known up to {done.data_cut}, and matched to promotions by {words(done.matching.keys)}.")
    say(out, f"Lift is measured in {done.basis}.")
    notes(out, [*(note for read in done.reads for note in read.notes), *done.notes])


def _control_totals(out: Console, counts: Iterable[TableCount], reasons: Mapping[str, int]) -> None:
    table = empty_table("Export", "Rows", "Used", "Kept apart", "Refused", words=_WORDS)
    for count in counts:
        row(table, count.table, *(f"{number:,}" for number in (count.rows, count.used, count.apart, count.rejected)))
    out.print(table)
    if reasons:
        why = empty_table("Refused because", "Rows", words=_WORDS)
        for reason, rows in list(reasons.items())[:MOST_REASONS]:
            row(why, reason, f"{rows:,}")
        out.print(why)
