"""Scored plan, ladders and model → the content of a planning workbook."""

from __future__ import annotations

import numpy as np

from scorer.card import LIMITS, MEANINGS
from scorer.columns import Columns, text
from scorer.contracts.exports import PLAN
from scorer.contracts.scored import SCORED
from scorer.lake.headers import match
from scorer.model import PromotionModel
from scorer.planning.ladder import Ladder
from scorer.scoring import Scored
from scorer.settings import Client
from scorer.workbook.content import Card, Content, Run


def content_of(client: Client, scored: Scored, ladder: Ladder, model: PromotionModel, run: Run) -> Content:
    """Return what the workbook says about a scored plan."""
    return Content(
        client=client,
        scored={**scored.plan, **scored.answer, **_own_columns(scored)},
        rejects=scored.rejects,
        ladder=ladder,
        card=card_of(model),
        choices={name: list(levels) for name, levels in model.support.levels.items()},
        run=run,
    )


def _own_columns(scored: Scored) -> Columns:
    """Return the columns that only the list itself knows; they pass through under their own header."""
    headers = list(scored.given)
    taken = {headers[position] for position in match(headers, PLAN, {}).found.values()}
    return {header: scored.given[header] for header in headers if header not in taken and header not in SCORED.names}


def card_of(model: PromotionModel) -> Card:
    """Return the model card as the workbook shows it."""
    found = model.evaluation
    skills = [found[who] for who in ("out_of_time", "simple_rule", "placebo")]
    names = list(MEANINGS)
    columns = {
        who: np.array([np.nan if skill[name] is None else skill[name] for name in names], dtype=np.float64)
        for who, skill in zip(("model", "simple_rule", "placebo"), skills, strict=True)
    }
    low, high = (np.array(ends, dtype=np.float64) for ends in zip(model.support.discount, model.support.duration, strict=True))
    return Card(
        model_version=model.version,
        data_cut=np.datetime64(model.data_cut, "D"),
        trained_rows=found["rows"],
        events=found["events"],
        evidence=model.worth.evidence,
        evidence_sentence=model.worth.sentence,
        skill={"measure": text(names), **columns, "meaning": text(MEANINGS.values())},
        support={"what": text(["Discount", "Duration"]), "low": low, "high": high, "unit": text(["fraction", "days"])},
        limits=LIMITS,
    )
