"""Plan rows → the same rows with everything the model may know about them: the SQL of training, run on the snapshot."""

from __future__ import annotations

import numpy as np

from scorer.columns import Columns, fetch, length, register
from scorer.contracts.exports import COSTS
from scorer.lake.engines.duckdb import make_table
from scorer.lake.history import build_features
from scorer.lake.matching import cost_key_sql, keyed_sql
from scorer.model import PromotionModel
from scorer.settings import MATCHING_KEYS

TERM_NAMES = tuple(column.name for column in COSTS.columns if column.name not in MATCHING_KEYS)
_PLAN_NAMES = (*MATCHING_KEYS, "promotion_type", "discount_percentage", "start_date", "end_date", "num_overlapping_campaigns")


def with_features(plan: Columns, model: PromotionModel) -> tuple[Columns, np.ndarray]:
    """Look up the features of each plan row.

    Parameters
    ----------
    plan : the columns of the plan contract.

    Returns
    -------
    The plan's columns, the features, and the cost master's terms as ``master_<term>``, for the rows whose days lie
    within the model's calendar; and the positions of those rows in ``plan``.
    """
    con = model.history
    _make_plan(plan, model)
    build_features(con)
    found = fetch(con, "SELECT * FROM features ORDER BY plan_row")
    position = found.pop("plan_row")
    master = fetch(
        con,
        f"SELECT {', '.join(f'c.{name} AS master_{name}' for name in TERM_NAMES)} FROM plan AS p "
        f"LEFT JOIN costs AS c ON {cost_key_sql('p', model.matching)} = c.cost_key "
        "JOIN features AS f ON p.plan_row = f.plan_row ORDER BY p.plan_row",
    )
    return {**{name: column[position] for name, column in plan.items()}, **found, **master}, position


def _make_plan(plan: Columns, model: PromotionModel) -> None:
    con = model.history
    asked = {name: plan[name] for name in _PLAN_NAMES}
    register(
        con, "plan_given", {"plan_row": np.arange(length(plan)), **asked, "duration_days": plan["duration_days"].astype(np.int64)}
    )
    typed = (
        "(SELECT g.* REPLACE (COALESCE(g.promotion_type, 'unknown') AS promotion_type), 'real' AS cohort FROM plan_given AS g)"
    )
    make_table(con, "plan", keyed_sql(typed, model.matching), temporary=True)
