"""What a run found out about itself that somebody should look at."""

from __future__ import annotations

from scorer.running.alerts import Alert
from scorer.running.journal import Journal, Listed


def findings(journal: Journal) -> list[Alert]:
    """Return what the stages and lists of a run have to tell.

    >>> late = Listed("a.csv", "", 0, "a", "scored", 5, scored=6, rejected=4)
    >>> [str(alert.sentence) for alert in findings(Journal("r", "acme", "", "", "", lists=(late,)))]
    ['4 of 10 rows were refused, more than limits.rejected_share allows']
    """
    stages = journal.stages
    failed = [Alert("alarm", stage.name, stage.why) for stage in stages if stage.state == "failed"]
    kept = [Alert("warning", one.name, one.counts["decision"]) for one in stages if one.counts.get("promoted") is False]
    refusing = [Alert("alarm", one.name, _refusals(one)) for one in journal.lists if one.state == "scored" and one.code]
    notes = [Alert("note", listed.name, note) for listed in journal.lists for note in listed.notes]
    return [*failed, *_blocked(journal.lists), *refusing, *kept, *notes]


def _blocked(lists: tuple[Listed, ...]) -> list[Alert]:
    """What stands in the way of several lists, such as a model that is missing, is said once."""
    by_reason: dict[str, list[str]] = {}
    for listed in lists:
        if listed.state in ("failed", "stays"):
            by_reason.setdefault(listed.why, []).append(listed.name)
    return [Alert("alarm", ", ".join(names), why) for why, names in by_reason.items()]


def _refusals(listed: Listed) -> str:
    rows = listed.scored + listed.rejected
    return f"{listed.rejected:,} of {rows:,} rows were refused, more than limits.rejected_share allows"
