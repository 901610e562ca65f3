"""What the exported calendar knows of the weeks in which planned promotions run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, fetch, length, register
from scorer.features import with_features
from scorer.lake.matching import keyed_sql
from scorer.model import PromotionModel
from scorer.settings import MATCHING_KEYS


class KnownOverlap(NamedTuple):
    """One entry per plan row; promotions overlap that share ``place`` and a week.

    place: place and category in one text; item: what sales are matched by. first_week, last_week: numbers of the weeks of
    the first and last day, -1 outside the calendar of the model. promotions: how many other products of the category are
    promoted there in the first week, what the model looks up unless told. exported: the calendar that was exported
    reaches that week; else ``promotions`` is what is usual there. listed: the item itself stands in that calendar then.
    promotions is NaN where the days lie outside the calendar of the model.
    """

    place: Array
    item: Array
    first_week: Array
    last_week: Array
    promotions: Floats
    exported: Array
    listed: Array


def known_overlap(plan: Columns, model: PromotionModel) -> KnownOverlap:
    """Look up, for each plan row, what else is promoted in its place and category when it begins; no forecast is made."""
    con = model.history
    names = (*MATCHING_KEYS, "start_date", "end_date")
    register(con, "overlap_given", {"n": np.arange(length(plan)), **{name: plan[name] for name in names}})
    found = fetch(
        con,
        "SELECT p.place_key || '|' || p.category_key AS place, p.item_key AS item, "
        "COALESCE(b.week_index, -1) AS first_week, COALESCE(e.week_index, -1) AS last_week, "
        "o.products IS NOT NULL AS exported, w.item_key IS NOT NULL AS listed "
        f"FROM ({keyed_sql('overlap_given', model.matching)}) AS p "
        "LEFT JOIN date_table AS b ON p.start_date = b.day LEFT JOIN date_table AS e ON p.end_date = e.day "
        "LEFT JOIN overlap_calendar AS o ON p.place_key = o.place_key AND p.category_key = o.category_key "
        "AND b.week_index = o.week_index "
        "LEFT JOIN promoted_weeks AS w ON p.item_key = w.item_key AND b.week_index = w.week_index ORDER BY p.n",
    )
    features, position = with_features(plan, model)
    promotions = np.full(length(plan), np.nan)
    promotions[position] = features["num_overlapping_promotions"]
    return KnownOverlap(promotions=promotions, **found)
