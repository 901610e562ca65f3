"""Answers for people: short tables and sentences on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scorer.cli.figures import figure, words

if TYPE_CHECKING:
    from scorer.artifacts.bundle import Parts
    from scorer.artifacts.store import Decision, VersionInfo
    from scorer.lake.bronze import TableRead
    from scorer.lake.refresh import Checked, Refreshed, TableCount
    from scorer.results import Demonstrated, ScoredList, Trained

MOST_REASONS = 12
PIPED_WIDTH = 120


def started(client_file: Path, exports: Path) -> None:
    out = _out()
    _say(out, f"Wrote {client_file}. Open it and change what differs; every line is explained.")
    _say(out, f"Then put the exports into {exports} and run: promo check --client {client_file.stem}")


def checked(done: Checked) -> None:
    out = _out()
    for read in done.reads:
        _headers(out, read)
    _control_totals(out, done.counts, done.rejects_by_reason)
    _basis(out, done)
    _say(out, "Nothing was written. Next: promo refresh")


def refreshed(done: Refreshed) -> None:
    out = _out()
    _control_totals(out, done.counts, done.rejects_by_reason)
    _say(out, f"{done.promotions:,} past promotions measured, {done.learnable:,} of them to learn from.")
    _basis(out, done)
    _say(out, "Next: promo train")


def trained(done: Trained) -> None:
    from scorer.card import MEANINGS

    out, found = _out(), done.evaluation
    table = _table("Tested on promotions that came later", "Model", "Simple rule", "Placebo", "What it means")
    for name, meaning in MEANINGS.items():
        skills = (found.out_of_time, found.simple_rule, found.placebo)
        _row(table, name, *(figure(getattr(skill, name)) for skill in skills), meaning)
    out.print(table)
    _say(
        out,
        f"{found.tested_rows:,} promotions of {found.tested_events:,} events from {found.test_from} on, none seen before.",
    )
    _say(out, "Simple rule: the mean lift of past promotions of the same kind. Placebo: promotions that never happened.")
    _say(out, f"A random split would have shown r2_log_lift {figure(found.random_split.r2_log_lift)}; that figure misleads.")
    _say(out, found.evidence.sentence, "bold")
    _say(out, f"Model {done.version} {'is in use' if done.promoted else 'is kept but not in use'}. Its card: {done.card}")


def scored(done: ScoredList) -> None:
    out = _out()
    _verdicts(out, done)
    for name, value in done.totals.items():
        _say(out, f"{name.replace('_', ' ').capitalize()}: {figure(value)}")
    _notes(out, done.notes)
    _say(out, f"Scored by model {done.model_version}.")
    _say(out, f"Written to {done.out}" if done.out else "Nothing was written: --out FILE keeps the scored list.", "bold")
    if done.rejected and done.rejects:
        _say(out, f"Refused rows and their reasons: {done.rejects}")


def model_list(client: str, versions: Mapping[str, Sequence[VersionInfo]]) -> None:
    out = _out()
    if not any(versions.values()):
        _say(out, f"Client '{client}' has no model yet. 'promo train' makes one.")
    for task, known in versions.items():
        table = _table(task, "In use", "Data up to", "r2_log_lift", "auc_success", "Trouble")
        for info in known:
            skill = [figure(info.metrics.get(name)) for name in ("r2_log_lift", "auc_success")]
            _row(table, info.version, "yes" if info.current else "", str(info.data_cut or ""), *skill, info.trouble)
        out.print(table)


def one_model(found: Parts, decisions: Iterable[Decision], in_use: bool) -> None:
    from scorer.card import MEANINGS

    out, facts = _out(), found.facts
    _say(out, f"{found.version}: {facts.task} of client {facts.client}, {'in use' if in_use else 'not in use'}", "bold")
    _say(out, f"Sales known up to {facts.data_cut}; made by version {facts.product}; files in {found.folder}")
    table = _table("Figure", "Value", "What it means")
    for name, value in facts.metrics.items():
        if not isinstance(value, Mapping):
            _row(table, name, figure(value), MEANINGS.get(name, ""))
    out.print(table)
    for decision in decisions:
        _say(out, f"{decision.at}: {decision.action} by {decision.who or 'unknown'} ({decision.why})")


def demonstrated(done: Demonstrated) -> None:
    """Tell the whole story short; each verb on its own tells its part at length."""
    out, found, listed = _out(), done.trained.evaluation, done.scored
    rows, refused = (sum(getattr(count, name) for count in done.refreshed.counts) for name in ("rows", "rejected"))
    _say(out, f"Read {rows:,} rows of exports; {refused:,} were refused, each with its reason.")
    _say(out, f"Learnt from {done.refreshed.learnable:,} past promotions; sales are known up to {done.refreshed.data_cut}.")
    ours, rule = (figure(skill.r2_log_lift) for skill in (found.out_of_time, found.simple_rule))
    _say(
        out, f"Tested on {found.tested_rows:,} later ones: {ours} of the ups and downs of lift foretold, the simple rule {rule}."
    )
    _say(out, found.evidence.sentence)
    _verdicts(out, listed)
    places = {
        "Planning workbook": done.workbook,
        "Scored list": listed.out,
        "Refused rows": listed.rejects,
        "Model card": done.trained.card,
        "Exports and client file": done.exports,
    }
    where = _table("Where to look", "")
    for label, place in places.items():
        _row(where, label, str(place or "none"))
    out.print(where)
    _say(out, "Open the planning workbook and read the sheet ROI first.", "bold")


def _verdicts(out: Console, done: ScoredList) -> None:
    _say(out, f"{done.rows_in:,} rows: {done.scored:,} scored, {done.rejected:,} refused, {done.blank:,} blank.")
    if done.verdicts:
        table = _table("Verdict", "Promotions")
        for verdict, count in done.verdicts.items():
            _row(table, verdict, f"{count:,}")
        out.print(table)


def _headers(out: Console, read: TableRead) -> None:
    if not read.files:
        _say(out, f"{read.table}: no file; it is optional.")
        return
    for file in read.files:
        habits = [f"{file.encoding}" if file.encoding else "", f"columns end at '{file.delimiter}'" if file.delimiter else ""]
        habits += [f"decimal '{file.decimal}'" if file.decimal else "", f"dates {file.date_order}" if file.date_order else ""]
        _say(out, f"{read.table}: {file.file}, {file.rows:,} rows ({words(filter(None, habits)) or 'no conventions needed'})")
    renamed = [f"{name} = '{header}'" for name, header in read.found.items() if name != header]
    for label, names in (("read as", renamed), ("not found", read.missing), ("not used", read.ignored)):
        if names:
            _say(out, f"  {label}: {words(names)}")


def _basis(out: Console, done: Checked | Refreshed) -> None:
    _say(out, f"Sales are known up to {done.data_cut}, and matched to promotions by {words(done.matching.keys)}.")
    _say(out, f"Lift is measured in {done.basis}.")
    _notes(out, [*(note for read in done.reads for note in read.notes), *done.notes])


def _control_totals(out: Console, counts: Iterable[TableCount], reasons: Mapping[str, int]) -> None:
    table = _table("Export", "Rows", "Used", "Kept apart", "Refused")
    for count in counts:
        _row(table, count.table, *(f"{number:,}" for number in (count.rows, count.used, count.apart, count.rejected)))
    out.print(table)
    if reasons:
        why = _table("Refused because", "Rows")
        for reason, rows in list(reasons.items())[:MOST_REASONS]:
            _row(why, reason, f"{rows:,}")
        out.print(why)


def _notes(out: Console, notes: Iterable[str]) -> None:
    for note in dict.fromkeys(notes):
        _say(out, f"- {note}")


def _out() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console


def _table(*headers: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, header in enumerate(headers):
        is_text = place == 0 or header in ("What it means", "Verdict", "Trouble", "")
        table.add_column(header, justify="left" if is_text else "right", overflow="fold")
    return table


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(escape(cell) for cell in cells))


def _say(out: Console, sentence: str, style: str | None = None) -> None:
    out.print(escape(sentence), style=style, soft_wrap=True)
