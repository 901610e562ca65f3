"""The calendar of a scored list as sheets of its workbook, where the list is short enough to be read as one."""

from __future__ import annotations

import numpy as np

from scorer.columns import length
from scorer.errors import InputRefused
from scorer.model import PromotionModel
from scorer.planning.calendar import WEEK, calendar_of, weeks_of
from scorer.scoring import Scored
from scorer.settings import Client
from scorer.workbook.content import Content
from scorer.workbook.extra import ExtraSheet
from scorer.workbook.sheet_calendar import PAGE_WEEKS, CalendarSheet
from scorer.workbook.sheet_clashes import ClashesSheet

MOST_ROWS = 1_000
"""Every promotion is compared with every other one, by formulas: with more of them a spreadsheet becomes slow."""
LEFT_OUT = "The workbook has no calendar: {why}. 'promo calendar' shows a part of the list."


def calendar_sheets(
    content: Content, scored: Scored, model: PromotionModel, client: Client
) -> tuple[list[ExtraSheet], list[str]]:
    """Return the sheets Calendar and Clashes, or none and why."""
    rows = length(scored.answer)
    if rows > MOST_ROWS:
        return [], [LEFT_OUT.format(why=f"{rows:,} promotions are too many to compare by formulas")]
    try:
        made = calendar_of(scored, model, client)
    except InputRefused as why:
        return [], [LEFT_OUT.format(why=str(why).split(". ", 1)[0])]
    start, end = scored.plan["start_date"], scored.plan["end_date"]
    # room for dates that move: a calendar of a few weeks shows a whole page of them
    room = np.maximum(end, start.min() + (PAGE_WEEKS - 2) * WEEK)
    weeks = weeks_of(start, room, model)
    return [CalendarSheet(content, made, weeks, model.matching), ClashesSheet(made.clashes)], []
