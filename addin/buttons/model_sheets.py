"""Buttons about the model and the installation: its card, loading it anew, and the self-test."""

from __future__ import annotations

from addin.buttons.card_pages import card_parts
from addin.buttons.lists import hear, source_of
from addin.model_facts import Fact, facts
from addin.new_sheets import Column, Lines, Page, Table, add_sheet
from addin.run import Finished, Run
from addin.session import Served
from scorer.contracts.table import Kind
from scorer.model import BUNDLE_TASK

STATES = {"ok": "▲ in order", "warning": "● look at it", "trouble": "▼ put it right"}


def card(run: Run) -> Finished:
    """Add a sheet with what is to be known of the model in use."""
    served = run.desk.served
    lines = [fact for fact in facts(served) if fact.value != served.model.worth.sentence]  # it is the finding
    file = run.desk.workspace.models(served.client.client) / BUNDLE_TASK / served.model.version / "card.md"
    parts: list[Table | Lines] = [
        Table("In short", (
            Column("Figure", Kind.TEXT, [fact.label for fact in lines]),
            Column("Value", Kind.TEXT, [fact_words(fact) for fact in lines]),
        )),
        *(card_parts(file.read_text(encoding="utf-8")) if file.is_file() else []),
    ]  # fmt: skip
    finding = f"{'▲' if served.model.worth.evidence else '▼'} {served.model.worth.sentence}"
    add_sheet(run, Page("Model card", f"Model of {served.client.title}", finding, [], parts), source_of(served, run))
    return Finished(
        words=f"{_which(served)}\nThe card is on a sheet of its own.",
        model=served.model.version,
        data_cut=str(served.model.data_cut),
    )


def load_anew(run: Run) -> Finished:
    """Let go of everything that is kept, and load the model in use."""
    run.desk.forget()
    hear(run)("Loading the model")
    return Finished(f"Loaded anew. {_which(run.desk.served)}", logged=False)


def examine(run: Run) -> Finished:
    """Add a sheet with what the self-test of this installation found."""
    from addin import doctor

    hear(run)("Looking at this installation")
    found = doctor.examine()
    trouble = sum(one.state == "trouble" for one in found)
    points = f"{len(found):,} points were looked at"
    finding = f"▼ {points}; {trouble:,} must be put right." if trouble else f"▲ {points}; none is in trouble."
    columns = (
        Column("What", Kind.TEXT, [one.name for one in found]),
        Column("State", Kind.TEXT, [STATES.get(one.state, one.state) for one in found], width=15.0),
        Column("Found", Kind.TEXT, [one.words for one in found]),
        Column("What to do", Kind.TEXT, [one.remedy for one in found]),
    )
    not_seen = doctor.not_looked_at()
    notes = [not_seen] if not_seen else []
    sheet = add_sheet(run, Page("Diagnosis", "Self-test of this installation", finding, notes, [Table("", columns)]), "")
    return Finished(f"{finding}\nThe points are on sheet '{sheet.name}'.")


def fact_words(fact: Fact) -> str:
    """Say the value of a fact: shares with a percent sign where they are shares."""
    if isinstance(fact.value, float):
        return f"{fact.value:.1%}" if "interval" in fact.label or "share" in fact.label else f"{fact.value:.3f}"
    return str(fact.value)


def _which(served: Served) -> str:
    model = served.model
    evidence = "with enough evidence for verdicts" if model.worth.evidence else "without enough evidence: every verdict says so"
    return f"Model {model.version} of {served.client.title} answers; it knows sales up to {model.data_cut}, {evidence}."
