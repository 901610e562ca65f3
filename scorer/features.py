"""Plan rows → the same rows with everything the model may know about them: the SQL of training, run on the snapshot."""

from __future__ import annotations

import numpy as np

from scorer.columns import Array, Columns, fetch, length, register, take
from scorer.contracts.exports import COSTS
from scorer.lake.engines.duckdb import make_table
from scorer.lake.history import plan_features
from scorer.lake.matching import cost_key_sql, keyed_sql
from scorer.model import PromotionModel
from scorer.settings import MATCHING_KEYS

NO_TYPE = "unknown"  # what silver calls a promotion whose type is empty
TERM_NAMES = tuple(column.name for column in COSTS.columns if column.name not in MATCHING_KEYS)
_TEXTS = (*MATCHING_KEYS, "promotion_type")  # features that are the plan's own words
_PLAN_NAMES = (*_TEXTS, "discount_percentage", "start_date", "end_date", "num_overlapping_campaigns")


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
    con = model.history
    kind = plan["promotion_type"]
    named = {**plan, "promotion_type": np.where(kind == None, NO_TYPE, kind)}  # compares cell by cell
    _make_plan(named, model)
    master = ", ".join(f"c.{name} AS master_{name}" for name in TERM_NAMES)
    with plan_features(con, length(plan)):
        found = fetch(
            con,
            f"SELECT f.* EXCLUDE ({', '.join(_TEXTS)}), {master} FROM features AS f JOIN plan AS p ON f.plan_row = p.plan_row "
            f"LEFT JOIN costs AS c ON {cost_key_sql('p', model.matching)} = c.cost_key",
        )
    order = np.argsort(found["plan_row"])  # sorting one column here is quicker than sorting wide rows in the database
    found = take(found, order)
    position = found.pop("plan_row")
    asked = take(named, position)
    if "given_overlapping" in asked:
        given = asked["given_overlapping"]
        found["num_overlapping_promotions"] = np.where(np.isnan(given), found["num_overlapping_promotions"], given)
    return {**asked, **found}, position


def _make_plan(plan: Columns, model: PromotionModel) -> None:
    con = model.history
    asked = {name: plan[name] for name in _PLAN_NAMES}
    register(
        con, "plan_given", {"plan_row": np.arange(length(plan)), **asked, "duration_days": plan["duration_days"].astype(np.int64)}
    )
    make_table(con, "plan", keyed_sql("(SELECT g.*, 'real' AS cohort FROM plan_given AS g)", model.matching), temporary=True)
