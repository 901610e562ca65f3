"""What came of planned promotions: units, baseline, price and cost as they were, from the lake or from a file.

The baseline is measured as in training: what would have sold without the promotion, from the item's own clean days up to
its start (the same SQL). A promotion whose last day is not known yet is too early, never zero.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np

from scorer.columns import Columns, fetch, records, register, text
from scorer.economics.lift_basis import unit_lift_from_net_value_lift
from scorer.lake.engines.duckdb import make_table, read_lake, sql_of
from scorer.lake.history import BASELINE_STEPS
from scorer.lake.matching import Matching, cost_key_sql, keyed_sql
from scorer.planning.log.book import Entry
from scorer.settings import MATCHING_KEYS

LAKE, FILE, AS_PLANNED = "sales history", "file", "as planned"
TERMS = ("list_price", "discount", "unit_cost", "funding_share", "fixed_cost", "redemption_share", "unit_adjustment")
_ODD = 0.15
"""A discount read off the price paid that is further than this from the planned one deserves a word."""


class Actual(NamedTuple):
    """What is known of one promotion afterwards; figures only where ``measured``, else the reason why there are none.

    baseline_units and units over the promotion, lift a ratio of units, terms as in economics; None: not known.
    """

    promotion_id: str
    measured: bool
    why: str
    figures: Mapping[str, float | None] = {}
    sources: str = ""
    origin: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """What is written into the log."""
        return {"figures": dict(self.figures), "sources": self.sources, "note": self.why, "origin": self.origin}


class Known(NamedTuple):
    """What the lake knows of the days of one promotion."""

    last_day: date
    data_cut: date
    method: str
    minimum: int
    figures: Mapping[str, Any]
    in_units: bool


def recorded(promotion_id: str, facts: Mapping[str, Any]) -> Actual:
    """Return what was written into the log before."""
    return Actual(promotion_id, True, facts["note"], facts["figures"], facts["sources"], facts["origin"])


def known_to_lake(lake: Path, entries: Sequence[Entry]) -> dict[str, Known]:
    """Ask the lake about the days of these promotions; a promotion that the exports list under its id is taken as it ran."""
    if not entries or not lake.exists():
        return {}
    with read_lake(lake) as con:
        about = fetch(con, "SELECT * FROM about")
        shape = json.loads(about["shape"][0])
        matching = Matching(**{name: _tuple(value) for name, value in shape["matching"].items()})
        _make_plan(con, matching, entries)
        minimum = int(fetch(con, "SELECT minimum FROM settings")["minimum"][0])
        found = records(fetch(con, _asked(matching)))
        cut = about["data_cut"][0].astype(object)
        in_units = shape["basis"] == "units"
    names = [entry.promotion_id for entry in entries]
    return {
        names[row["plan_row"]]: Known(
            row["ran_end"], cut, row["baseline_method"] or "", minimum, row, in_units
        )
        for row in found
    }


def from_lake(entry: Entry, known: Known | None) -> Actual:
    """Measure one promotion by what the lake knows."""
    name = entry.promotion_id
    if known is None:
        return Actual(name, False, "there is no sales history that covers its days: run promo refresh with newer exports")
    if known.last_day > known.data_cut:
        return Actual(name, False, f"too early: its last day is after {known.data_cut}, up to which sales are known")
    if known.method != "item":
        # a wider group's observations would be counted here otherwise: what it lacks is history of its own
        return Actual(name, False, f"its own baseline cannot be measured: it has fewer than {known.minimum} clean days or weeks")
    row = known.figures
    if row["quantity"] is None or not row["expected_quantity"]:
        return Actual(name, False, "no sales are known for its days")
    return _measured(entry, known, row)


def from_file(entry: Entry, given: Mapping[str, Any], known: Known | None, today: date) -> Actual:
    """Take what a file says of one promotion; a baseline that it does not state is the lake's, else the planned one."""
    name, last = entry.promotion_id, entry.frozen.end_date
    if last >= today:
        return Actual(name, False, f"too early: its last day is {last}, so its sales cannot be complete on {today}")
    planned = _planned(entry)
    measured = known is not None and known.method == "item" and bool(known.figures["baseline_units"])
    baseline, source = given.get("baseline_units"), FILE
    if baseline is None and known is not None and measured:
        baseline, source = known.figures["baseline_units"], LAKE
    if baseline is None:
        baseline, source = planned["baseline_units"], AS_PLANNED
    if not baseline:
        return Actual(name, False, "its baseline is not known, so there is nothing to measure the units against")
    terms, sources = _terms(planned, ((FILE, given),))
    implied = _implied_discount(terms, given["units"], given.get("revenue"), baseline)
    if given.get("discount_percentage") is None and implied is not None:
        terms, sources = terms | {"discount": implied}, sources | {"discount": "price paid"}
    lift = given["units"] / baseline - 1
    figures = {"units": given["units"], "baseline_units": baseline, "lift": lift, **terms}
    return Actual(name, True, _odd(planned, terms), figures, _words({"units": FILE, "baseline": source} | sources), FILE)


def _measured(entry: Entry, known: Known, row: Mapping[str, Any]) -> Actual:
    planned = _planned(entry)
    # what the plan's own row said was agreed for this promotion: a general figure of the cost master does not undo it
    master = {n: v for n, v in _prefixed(row, "master_").items() if entry.frozen.inputs.get(n) is None}
    places = (("promotions export", _prefixed(row, "ran_")), ("cost master", master))
    terms, sources = _terms(planned, (("sales", {"unit_cost": row["sold_unit_cost"]}), *places))
    quantity, expected = row["quantity"], row["expected_quantity"]
    lift = quantity / expected - 1
    if known.in_units:
        implied = _implied_discount(terms, quantity, row["revenue"], expected)
        if implied is not None:
            terms, sources = terms | {"discount": implied}, sources | {"discount": "price paid"}
    else:
        # sales know no units: a unit is worth one at list price, and its cost is a share of it
        terms |= {"list_price": 1.0, "unit_cost": planned["unit_cost"]}
        sources |= {"list_price": AS_PLANNED, "unit_cost": AS_PLANNED}
        lift = float(unit_lift_from_net_value_lift(lift, _nan(terms["discount"]), _nan(terms["redemption_share"])))
    baseline = row["baseline_units"]
    figures = {"units": baseline * (1 + lift), "baseline_units": baseline, "lift": lift, **terms}
    notes = [_incomplete(row), _odd(planned, terms), _moved(entry, row)]
    words = _words({"units and baseline": LAKE} | sources)
    known_figures = {name: _none(value) for name, value in figures.items()}
    return Actual(entry.promotion_id, True, "; ".join(filter(None, notes)), known_figures, words, LAKE)


def _planned(entry: Entry) -> dict[str, float | None]:
    figures = entry.frozen.figures
    terms = {name: figures.get(f"used_{name}") for name in TERMS}
    return terms | {"discount": entry.frozen.inputs["discount_percentage"], "baseline_units": figures["baseline_units"]}


def _terms(
    planned: Mapping[str, float | None], places: Iterable[tuple[str, Mapping[str, Any]]]
) -> tuple[dict[str, float | None], dict[str, str]]:
    """The terms as they came, each from the first place that knows it; what nobody knows stays as planned."""
    terms: dict[str, float | None] = {name: planned[name] for name in TERMS}
    sources: dict[str, str] = dict.fromkeys(TERMS, AS_PLANNED)
    for place, knows in reversed(list(places)):
        for name in TERMS:
            value = knows.get("discount_percentage" if name == "discount" else name)
            if value is not None:
                terms[name], sources[name] = value, place
    return terms, sources


def _implied_discount(
    terms: Mapping[str, float | None], units: float, revenue: float | None, baseline: float
) -> float | None:
    """The discount that customers had: list sales less what was paid, per discounted unit at list price."""
    price, share = terms["list_price"], terms["redemption_share"]
    if revenue is None or not price or share is None:
        return None
    discounted = share * baseline + units - baseline
    return None if discounted <= 0 else (units * price - revenue) / (price * discounted)


def _odd(planned: Mapping[str, float | None], terms: Mapping[str, float | None]) -> str:
    plan, found = planned["discount"], terms["discount"]
    if plan is None or found is None or abs(found - plan) <= _ODD:
        return ""
    return f"the price paid means a discount of {found:.0%} where {plan:.0%} was planned: check the list price"


def _incomplete(row: Mapping[str, Any]) -> str:
    known, every = row["known_days"], row["all_days"]
    return "" if known >= every else f"measured on {known:.0f} of {every:.0f} days; the rest has no sales row"


def _moved(entry: Entry, row: Mapping[str, Any]) -> str:
    ran = (row["ran_start"], row["ran_end"])
    planned = (entry.frozen.start_date, entry.frozen.end_date)
    return "" if ran == planned else f"it ran from {ran[0]} to {ran[1]}"


def _words(sources: Mapping[str, str]) -> str:
    """Where each figure comes from, those from one place together."""
    places: dict[str, list[str]] = {}
    for name, place in sources.items():
        places.setdefault(place, []).append(name.replace("_", " "))
    return "; ".join(f"{place}: {', '.join(names)}" for place, names in places.items())


def _prefixed(row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}


def _make_plan(con: duckdb.DuckDBPyConnection, matching: Matching, entries: Sequence[Entry]) -> None:
    """Make the plan of these promotions and measure it by the steps of training; nothing of it is kept."""
    inputs = [entry.frozen.inputs for entry in entries]
    asked_days: Columns = {
        "plan_row": np.arange(len(entries)),
        "planned_start": np.array([entry.frozen.start_date for entry in entries], dtype="datetime64[D]"),
        "planned_end": np.array([entry.frozen.end_date for entry in entries], dtype="datetime64[D]"),
    }
    names = ("promotion_id", *MATCHING_KEYS, "promotion_type")
    given = {name: text([row.get(name) for row in inputs]) for name in names}
    register(con, "post_given", {**asked_days, **given, "planned_discount": _floats(inputs, "discount_percentage")})
    asked = "SELECT g.*, 'real' AS cohort, CAST(NULL AS DOUBLE) AS num_overlapping_campaigns FROM post_given AS g"
    keyed = keyed_sql(f"({asked})", matching)
    ran = (
        f"SELECT k.*, COALESCE(r.start_date, k.planned_start) AS start_date, COALESCE(r.end_date, k.planned_end) AS end_date, "
        "COALESCE(r.discount_percentage, k.planned_discount) AS discount_percentage, "
        "r.discount_percentage AS ran_discount_percentage, r.list_price AS ran_list_price, r.unit_cost AS ran_unit_cost, "
        "r.funding_share AS ran_funding_share, r.fixed_cost AS ran_fixed_cost, r.redemption_share AS ran_redemption_share "
        f"FROM ({keyed}) AS k LEFT JOIN keyed_promotions AS r ON k.promotion_id = r.promotion_id AND k.item_key = r.item_key"
    )
    days = "CAST(x.end_date - x.start_date AS BIGINT) + 1 AS duration_days"
    make_table(con, "plan", f"SELECT x.*, {days} FROM ({ran}) AS x", temporary=True)
    for name in (*BASELINE_STEPS, "outcomes"):
        make_table(con, name, sql_of("gold", name), temporary=True)


def _asked(matching: Matching) -> str:
    days = (
        "SELECT p.plan_row, CAST(COUNT(q.quantity) * MAX(s.period_days) AS DOUBLE) AS known_days, "
        "CAST(COUNT(d.day) * MAX(s.period_days) AS DOUBLE) AS all_days FROM plan AS p CROSS JOIN settings AS s "
        "JOIN date_table AS d ON d.day >= p.start_date AND d.day <= p.end_date AND (s.period_days = 1 OR d.day = d.week_start) "
        "LEFT JOIN item_periods AS q ON p.item_key = q.item_key AND d.day = q.period GROUP BY p.plan_row"
    )
    ran = ("discount_percentage", "list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share")
    master = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share")
    return (
        "SELECT p.plan_row, p.start_date AS ran_start, p.end_date AS ran_end, b.baseline_method, b.baseline_units, "
        "o.quantity, o.expected_quantity, o.revenue, "
        "o.cost / NULLIF(o.costed_units, 0) AS sold_unit_cost, COALESCE(n.known_days, 0) AS known_days, "
        "COALESCE(n.all_days, 0) AS all_days, "
        f"{', '.join(f'p.ran_{name}' for name in ran)}, {', '.join(f'c.{name} AS master_{name}' for name in master)} "
        "FROM plan AS p LEFT JOIN plan_baseline AS b ON p.plan_row = b.plan_row "
        "LEFT JOIN outcomes AS o ON p.plan_row = o.plan_row "
        f"LEFT JOIN ({days}) AS n ON p.plan_row = n.plan_row LEFT JOIN costs AS c ON {cost_key_sql('p', matching)} = c.cost_key "
        "ORDER BY p.plan_row"
    )


def _floats(rows: Iterable[Mapping[str, Any]], name: str) -> Any:
    return np.array([_nan(row.get(name)) for row in rows], dtype=np.float64)


def _nan(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _none(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
