"""The rows of the Plan sheet: what the planner may edit, what the model said, and the stamp tying the two."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, Floats, length, text
from scorer.contracts.exports import PLAN
from scorer.contracts.scored import SCORED
from scorer.economics.promotion import Terms
from scorer.planning.ladder import Ladder
from scorer.settings import Client, Money
from scorer.workbook.content import Content

ITEM = ("product_category", "product_subcategory", "product", "region", "store", "promotion_type")


class PlanRows(NamedTuple):
    """Plan columns by their name in the template, and the columns of the list that have no other place."""

    columns: Columns
    item: tuple[str, ...]
    """Which of the columns that say what is promoted have any value."""
    extras: Columns

    @property
    def terms(self) -> Terms:
        used = self.columns
        return Terms(
            used["used_list_price"],
            used["used_unit_cost"],
            used["scored_discount"],
            used["used_funding_share"],
            used["used_fixed_cost"],
            used["used_redemption_share"],
            unit_adjustment=used["used_unit_adjustment"],
        )

    @property
    def point(self) -> Columns:
        """Where each row stands on the ladder, as scored."""
        used = self.columns
        return {
            "place": used["ladder_place"],
            "discount": used["scored_discount"],
            "days": used["scored_days"],
            "redemption_share": used["used_redemption_share"],
            "baseline_units": self.baseline_units,
        }

    @property
    def stamps(self) -> Columns:
        """The forecast of each row as scored, by the names of figures_lift."""
        used = self.columns
        stamps = {name: used[f"forecast_{name}"] for name in ("median", "low", "high", "scale")}
        success = used["success_probability"]
        return stamps | {"forecast": used["forecast"], "per_day": used["baseline_units_per_day"], "success": success}

    @property
    def baseline_units(self) -> Floats:
        product: Floats = self.columns["baseline_units_per_day"] * self.columns["scored_days"]
        return product


def plan_rows(content: Content) -> PlanRows:
    """Lay out the scored list as the Plan sheet shows it."""
    scored = content.scored
    rows = length(scored)
    columns = {name: scored.get(name, _none(rows)) for name in (*ITEM, "num_overlapping_campaigns")}
    item = tuple(name for name in ITEM if any(cell is not None for cell in columns[name].tolist()))
    columns |= _dates(scored, rows) | _model(scored, rows)
    columns["promotion_id"] = _ids(scored["promotion_id"])
    columns["discount_percentage"] = scored["discount_percentage"]
    columns["baseline_override"] = _number(scored, "baseline_override", rows)
    columns |= _stamp(scored, rows) | _forecast(content.ladder)
    columns |= _entries(scored, columns, content.client, rows)
    columns["baseline_units_per_day"] = scored["baseline_units"] / columns["scored_days"]
    columns["scored_item"] = item_words(columns, item, rows)
    return PlanRows(columns, item, _extras(scored))


def item_words(columns: Columns, item: tuple[str, ...], rows: int) -> Array:
    """What a row promotes, in one text: the formula of ROI's item column comes to the same."""
    if not item:
        return text([""] * rows)
    parts = zip(*(columns[name].tolist() for name in item), strict=True)
    return text(" | ".join("" if part is None else str(part) for part in row) for row in parts)


def _ids(ids: Array) -> Array:
    return text(cell or f"Row {row}" for row, cell in enumerate(ids.tolist(), start=1))


def _dates(scored: Columns, rows: int) -> Columns:
    """First and last day; a list that gives a length in days gets its last day from it."""
    start = scored["start_date"].astype("datetime64[D]")
    end = scored.get("end_date", np.full(rows, "NaT", dtype="datetime64[D]")).astype("datetime64[D]")
    days = _number(scored, "duration_days", rows)
    whole = np.where(np.isnan(days), 1, days).astype(np.int64)
    from_length = np.where(np.isnan(days), np.datetime64("NaT", "D"), start + (whole - 1) * DAY)
    end = np.where(np.isnat(end), from_length, end).astype("datetime64[D]")
    missing = np.isnat(start) | np.isnat(end)
    length_in_days = np.where(missing, np.nan, (end - start + DAY).astype("timedelta64[D]").astype(np.float64))
    return {"start_date": start, "end_date": end, "scored_start": start, "scored_days": length_in_days}


def _model(scored: Columns, rows: int) -> Columns:
    numbers = (
        "success_probability",
        "lift_low",
        "lift_expected",
        "lift_high",
        "baseline_observations",
        "probability_of_profit",
        "promotion_cost_expected",
        "incremental_profit_expected",
        "roi_expected",
    )
    words = (
        "baseline_method",
        "remedy",
        "reasons",
        "flags",
        "money_sources",
        "model_version",
        "data_cut",
        "input_hash",
    )
    columns = {name: _number(scored, name, rows) for name in numbers}
    return columns | {name: scored.get(name, _none(rows)) for name in words}


def _stamp(scored: Columns, rows: int) -> Columns:
    used = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share", "unit_adjustment")
    stamps = {f"used_{name}": _number(scored, f"used_{name}", rows) for name in used}
    return stamps | {"scored_discount": scored["discount_percentage"], "verdict_label": scored["verdict"]}


def _forecast(ladder: Ladder) -> Columns:
    """The forecast of each row as scored, in the model's own terms: what every chance follows from."""
    own = ladder.own
    names = {"ladder_place": "place", "forecast": "lift", "can_be_judged": "inside", "forecast_scale": "scale"}
    return {name: own[column] for name, column in names.items()} | {f"forecast_{n}": own[n] for n in ("median", "low", "high")}


def _entries(scored: Columns, stamps: Columns, client: Client, rows: int) -> Columns:
    """The money terms as the planner finds them: empty where the row follows an assumption on Inputs."""
    defaults = _defaults(client.money, stamps)
    entries: Columns = {"unit_adjustment": stamps["used_unit_adjustment"]}
    for name in ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share"):
        used = stamps[f"used_{name}"]
        said = ~np.isnan(_number(scored, name, rows))
        follows = ~said & np.isclose(used, defaults[name], rtol=1e-12, atol=0)
        entries[name] = np.where(follows, np.nan, used)
    return entries


def _defaults(money: Money, stamps: Columns) -> dict[str, Floats | float]:
    margin = np.nan if money.margin_rate is None else money.margin_rate
    return {
        "list_price": np.nan,
        "unit_cost": stamps["used_list_price"] * (1 - margin),
        "funding_share": money.funding_share,
        "fixed_cost": money.fixed_cost,
        "redemption_share": money.redemption_share,
    }


def _extras(scored: Columns) -> Columns:
    placed = {*PLAN.names, *SCORED.names}
    return {name: column for name, column in scored.items() if name not in placed}


def _number(scored: Columns, name: str, rows: int) -> Floats:
    return np.asarray(scored.get(name, np.full(rows, np.nan)), dtype=np.float64)


def _none(rows: int) -> Array:
    return text([None] * rows)
