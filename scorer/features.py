"""Plan rows → the same rows with everything the model may know about them: the SQL of training, run on the snapshot."""

from __future__ import annotations

import numpy as np

from scorer.columns import DAY, Array, Columns, fetch, length, register, take
from scorer.contracts.exports import COSTS
from scorer.lake import history
from scorer.lake.engines.duckdb import make_table, sql_of
from scorer.lake.matching import cost_key_sql, keyed_sql
from scorer.lookups import (
    NAMED,
    OF_DAYS,
    OF_ITEM_AND_DAYS,
    OUTSIDE,
    Asked,
    Days,
    Found,
    Look,
    Planned,
    look_up,
    names_of,
    numbers,
)
from scorer.model import PromotionModel
from scorer.settings import MATCHING_KEYS

NO_TYPE = "unknown"  # what silver calls a promotion whose type is empty
TERM_NAMES = tuple(column.name for column in COSTS.columns if column.name not in MATCHING_KEYS)
_PLAN_NAMES = (*NAMED, "discount_percentage", "start_date", "end_date", "num_overlapping_campaigns")
# Of what is looked up, this follows the length of a promotion.
OF_LENGTH = (
    "holidays", "has_campaign_overlap", "num_overlapping_campaigns", "baseline_units", "baseline_units_per_day", "log_baseline",
    "level_in_product", "level_in_category", "season_factor",
)  # fmt: skip


def with_features(plan: Columns, model: PromotionModel) -> tuple[Columns, Array]:
    """Look up the features of each plan row.

    Parameters
    ----------
    plan : the columns of the plan contract; further ones pass through. Where ``given_overlapping`` stands among them and is
        known, it is the number of promotions that run at the same time, instead of what the exported calendar says.

    Returns
    -------
    The plan's columns, the features, and the cost master's terms as ``master_<term>``, for the rows whose days lie
    within the model's calendar; and the positions of those rows in ``plan``.
    """
    kind = plan["promotion_type"]
    named = {**plan, "promotion_type": np.where(kind == None, NO_TYPE, kind)}  # compares cell by cell
    if length(plan) > history.SHORT_PLAN:
        names = names_of(named)
        named |= numbers(names)
        days = Days(plan["start_date"], plan["end_date"], plan["duration_days"], _numbers(plan["num_overlapping_campaigns"]))
        found, position = look_up(names, np.arange(length(plan)), days, _look(model), _planned(model), model.memory)
    else:
        found, position = _looked_up(named, model)
    asked = named if len(position) == length(plan) else take(named, position)
    if "given_overlapping" in asked:
        given = asked["given_overlapping"]
        found["num_overlapping_promotions"] = np.where(np.isnan(given), found["num_overlapping_promotions"], given)
    return {**asked, **found}, position


def of_other_length(rows: Columns, row: Array, days: Array, model: PromotionModel) -> Found:
    """Look up what the features ``OF_LENGTH`` of some rows would be, were they so many days long.

    rows: with their features. row: positions among them, any number of times; days: as many lengths. The positions of what
    is found are those in ``row``. Campaigns that overlap are counted anew, unless the plan itself gave their number.
    """
    start, given = rows["start_date"][row], _numbers(rows["given_campaigns"])[row]
    asked = Days(start, start + (days.astype(np.int64) - 1) * DAY, days, given)
    if len(row) > history.SHORT_PLAN:
        found, position = look_up(names_of(rows), row, asked, _look(model), None, model.memory)
    else:
        plan = {name: rows[name][row] for name in (*NAMED, "discount_percentage")}
        plan |= {"start_date": start, "end_date": asked.end, "duration_days": days, "num_overlapping_campaigns": given}
        found, position = _looked_up(plan, model)
    return Found({name: found[name] for name in OF_LENGTH}, position)


def _looked_up(plan: Columns, model: PromotionModel) -> Found:
    """Look up every row by itself."""
    asked = {"plan_row": np.arange(length(plan)), **{name: plan[name] for name in _PLAN_NAMES}}
    register(model.history, "plan_given", {**asked, "duration_days": plan["duration_days"].astype(np.int64)})
    keyed = keyed_sql("(SELECT g.*, 'real' AS cohort FROM plan_given AS g)", model.matching)
    found = _fetched(keyed, length(plan), model, NAMED)
    order = np.argsort(found["plan_row"])  # sorting one column here is quicker than sorting wide rows in the database
    found = take(found, order)
    return Found(found, found.pop("plan_row"))


def _look(model: PromotionModel) -> Look:
    apart = (*NAMED, *OF_DAYS, *OF_ITEM_AND_DAYS, "discount_percentage", "duration_days")

    def look(asked: Asked, wanted: tuple[str, ...]) -> Columns:
        register(model.history, "plan_numbers", asked.rows)
        register(model.history, "plan_names", {"named": np.arange(length(asked.names)), **asked.names})
        # keys are made once for each name, not for each row
        keyed = (
            "SELECT g.* EXCLUDE (named), k.* EXCLUDE (named), 'real' AS cohort "
            f"FROM plan_numbers AS g JOIN ({keyed_sql('plan_names', model.matching)}) AS k ON g.named = k.named"
        )
        if not wanted:
            return _fetched(keyed, length(asked.rows), model, apart)
        make_table(model.history, "plan", keyed, temporary=True)
        step = "plan_days" if wanted == OF_DAYS else "plan_levels"
        with history.looked_up(model.history, step, length(asked.rows)):
            return fetch(model.history, f"SELECT plan_row, {', '.join(wanted)} FROM {step}")

    return look


def _planned(model: PromotionModel) -> Planned:
    def planned(starts: Array) -> Array:
        con = model.history
        one_day = np.ones(len(starts), dtype=np.int64)
        asked: Columns = {"plan_row": np.arange(len(starts)), "start_date": starts, "duration_days": one_day}
        register(con, "plan_given", asked)
        make_table(con, "plan", "SELECT * FROM plan_given", temporary=True)
        found = fetch(con, f"SELECT plan_row, asof_day FROM ({sql_of('gold', 'plan_asof')})")
        day = np.full(len(starts), OUTSIDE)
        day[found["plan_row"]] = found["asof_day"].astype(np.int64)
        return day

    return planned


def _fetched(keyed: str, rows: int, model: PromotionModel, without: tuple[str, ...]) -> Columns:
    """Look up all features of a plan of so many rows, which ``keyed`` selects, and the terms of the cost master."""
    con = model.history
    make_table(con, "plan", keyed, temporary=True)
    with history.looked_up(con, "features", rows):
        master = ", ".join(f"c.{name} AS master_{name}" for name in TERM_NAMES)
        return fetch(
            con,
            f"SELECT f.* EXCLUDE ({', '.join(without)}), {master} FROM features AS f JOIN plan AS p ON f.plan_row = p.plan_row "
            f"LEFT JOIN costs AS c ON {cost_key_sql('p', model.matching)} = c.cost_key",
        )


def _numbers(values: Array) -> Array:
    return values if values.dtype.kind == "f" else values.astype(np.float64)
