"""The planned promotions week by week and category by category, with what gets in each other's way."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, fetch, length, text
from scorer.economics.verdict import Verdict
from scorer.errors import InputRefused
from scorer.lake.calendar import MONDAY
from scorer.lake.matching import PLACES
from scorer.model import PromotionModel
from scorer.planning.clashes import Clashes, find_clashes
from scorer.scoring import Scored
from scorer.settings import Client

MOST_PROMOTIONS = 5_000
NO_CATEGORY = "(no category)"
WEEK = np.timedelta64(7, "D")
SHORT = {Verdict.GO: "GO", Verdict.OPTIMISE: "OPT", Verdict.DONT_LAUNCH: "NO", Verdict.NOT_ENOUGH_EVIDENCE: "?"}
"""Verdicts as a calendar has room for them."""


class Week(NamedTuple):
    """One ISO week, Monday to Sunday: 2026-W28, its days, the public and own holidays in it, and whether it is holiday season."""

    name: str
    first: np.datetime64
    last: np.datetime64
    holidays: tuple[date, ...]
    season: bool


class Calendar(NamedTuple):
    """The calendar of a list.

    promotions: promotion_id, category, item, place, promotion_type, discount_percentage, start_date, end_date, verdict,
    incremental_profit_expected, clashes (how many it has a part in); sorted by category, first day and id.
    cells: one row per week and category in which something runs: week, first_day, holidays, season, category, promotions
    (how many), clashes (how many pairs share days of that week) and who (id, place, discount and verdict of each).
    """

    weeks: tuple[Week, ...]
    categories: tuple[str, ...]
    promotions: Columns
    cells: Columns
    clashes: Clashes
    refused: int
    """Rows of the list that could not be scored, and are not in the calendar."""
    model_version: str = ""


def calendar_of(scored: Scored, model: PromotionModel, client: Client) -> Calendar:
    """Lay out a scored list by week and category, and price its clashes.

    Raises InputRefused for more promotions, or more overlaps, than a calendar can show.
    """
    rows = length(scored.answer)
    if rows > MOST_PROMOTIONS:
        raise InputRefused(
            f"A calendar of {rows:,} promotions is too long to be read; it holds {MOST_PROMOTIONS:,}. "
            "Cut the list by region, category or quarter."
        )
    clashes = find_clashes(scored, model, client)
    promotions = _promotions(scored, clashes)
    weeks = weeks_of(scored.plan["start_date"], scored.plan["end_date"], model)
    categories = tuple(dict.fromkeys(promotions["category"].tolist()))
    return Calendar(weeks, categories, promotions, _cells(weeks, promotions, clashes), clashes, length(scored.rejects))


def weeks_of(start: Array, end: Array, model: PromotionModel) -> tuple[Week, ...]:
    """Return every ISO week from the first day of a plan to its last, with what the model's date table says of it."""
    if not len(start):
        return ()
    marked = fetch(model.history, "SELECT day, is_holiday, is_holiday_season FROM date_table")
    holidays = set(marked["day"][marked["is_holiday"].astype(bool)].tolist())
    season = set(marked["day"][marked["is_holiday_season"].astype(bool)].tolist())
    found = []
    for monday in np.arange(monday_of(start.min()), end.max() + DAY, WEEK):
        days = [day.astype(object) for day in np.arange(monday, monday + WEEK)]
        found.append(
            Week(
                week_name(monday),
                monday,
                monday + WEEK - DAY,
                tuple(day for day in days if day in holidays),
                any(day in season for day in days),
            )
        )
    return tuple(found)


def monday_of(day: np.datetime64) -> np.datetime64:
    """Return the Monday of a day's week.

    >>> monday_of(np.datetime64("2026-01-01"))
    np.datetime64('2025-12-29')
    """
    return day - (day - MONDAY).astype(np.int64) % 7 * DAY


def week_name(monday: np.datetime64) -> str:
    """Return the ISO 8601 name of a week.

    >>> week_name(np.datetime64("2025-12-29"))
    '2026-W01'
    """
    year, week, _ = monday.astype(object).isocalendar()
    return f"{year}-W{week:02d}"


def _promotions(scored: Scored, clashes: Clashes) -> Columns:
    plan, answer = scored.plan, scored.answer
    category = text(NO_CATEGORY if name is None else name for name in plan["product_category"].tolist())
    taking_part = Counter([*clashes.table["first"].tolist(), *clashes.table["second"].tolist()])
    table = {
        "promotion_id": plan["promotion_id"],
        "category": category,
        "item": _joined(plan, ("product_subcategory", "product")),
        "place": _joined(plan, PLACES),
        "promotion_type": plan["promotion_type"],
        "discount_percentage": plan["discount_percentage"],
        "start_date": plan["start_date"],
        "end_date": plan["end_date"],
        "verdict": answer["verdict"],
        "incremental_profit_expected": answer["incremental_profit_expected"],
        "clashes": np.array([taking_part[name] for name in plan["promotion_id"].tolist()], dtype=np.int64),
    }
    keys = zip(category.tolist(), plan["start_date"].tolist(), plan["promotion_id"].tolist(), strict=True)
    order = np.array([at for _, at in sorted((key, at) for at, key in enumerate(keys))], dtype=np.int64)
    return {name: column[order] for name, column in table.items()}


def _joined(plan: Columns, names: tuple[str, ...]) -> Array:
    parts = zip(*(plan[name].tolist() for name in names), strict=True)
    return text(" ".join(part for part in row if part) for row in parts)


def _cells(weeks: tuple[Week, ...], promotions: Columns, clashes: Clashes) -> Columns:
    table = clashes.table
    category_of = dict(zip(promotions["promotion_id"].tolist(), promotions["category"].tolist(), strict=True))
    clash_category = np.array([category_of[name] for name in table["first"].tolist()], dtype=object)
    found: list[tuple[object, ...]] = []
    for week in weeks:
        here = running(promotions, week)
        clashing = (table["from_day"] <= week.last) & (table["to_day"] >= week.first)
        for category in dict.fromkeys(promotions["category"][here].tolist()):
            rows = here[promotions["category"][here] == category]
            holidays = ", ".join(str(day) for day in week.holidays)
            who = "; ".join(who_runs(promotions, row, where=True) for row in rows.tolist())
            hits = int(np.sum(clashing & (clash_category == category)))
            found.append((week.name, week.first, holidays, week.season, category, len(rows), hits, who))
    week_, first, holiday, season, category_, promoted, hit, who_ = zip(*found, strict=True) if found else ((),) * 8
    return {
        "week": text(week_),
        "first_day": np.array(first, dtype="datetime64[D]"),
        "holidays": text(holiday),
        "season": np.array(season, dtype=bool),
        "category": text(category_),
        "promotions": np.array(promoted, dtype=np.int64),
        "clashes": np.array(hit, dtype=np.int64),
        "who": text(who_),
    }


def running(promotions: Columns, week: Week) -> Array:
    """Return the positions of the promotions that run in a week."""
    return np.flatnonzero((promotions["start_date"] <= week.last) & (promotions["end_date"] >= week.first))


def who_runs(promotions: Columns, row: int, where: bool = False) -> str:
    """Say in a few letters which promotion runs, and where: U0001 South 25% GO."""
    verdict = SHORT[Verdict(promotions["verdict"][row])]
    place = f" {promotions['place'][row]}" if where and promotions["place"][row] else ""
    return f"{promotions['promotion_id'][row]}{place} {promotions['discount_percentage'][row]:.0%} {verdict}"
