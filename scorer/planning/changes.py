"""Changes of planned promotions: any input set to a value, moved by an amount or scaled, and what follows from it.

An input is a column of the plan contract, or ``margin``: the unit cost that leaves it. A change of a promotion is a plan
row like any other; it is answered by ``scorer.scoring``, never here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from scorer.answer import baseline_of
from scorer.assumptions import assumptions_of
from scorer.columns import DAY, Array, Columns, length
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Column, Kind
from scorer.errors import BadQuestion
from scorer.features import with_features
from scorer.lake.headers import key
from scorer.model import PromotionModel
from scorer.settings import Client

How: TypeAlias = Literal["set", "add", "scale"]
MARGIN = "margin"
_MARGIN = Column(MARGIN, Kind.SHARE, "(price - cost) / price: sets the unit cost", "fraction of list price", -10, 1)
# What a promotion is called does not change what it earns; its last day follows from the first and the length.
INPUTS: dict[str, Column] = {
    **{column.name: column for column in PLAN.columns if column.name not in ("promotion_id", "end_date")},
    MARGIN: _MARGIN,
}
LABELS = {
    "discount_percentage": "discount",
    "duration_days": "days",
    "start_date": "start",
    "promotion_type": "type",
    "product_category": "category",
    "product_subcategory": "subcategory",
    "num_overlapping_campaigns": "campaigns",
    "baseline_override": "baseline per day",
    "funding_share": "partner's share",
    "redemption_share": "redemption",
    "cannibalised_share": "cannibalised",
    "pulled_forward_share": "bought early",
    "halo_share": "halo",
}
_SHARES = ("cannibalised_share", "pulled_forward_share", "halo_share")
_WHOLE = ("duration_days", "num_overlapping_campaigns")
_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_MOVED = re.compile(rf"([+-])\s*{_NUMBER}\s*(%|pp|points?|days?|weeks?|)$")
_PLAIN = re.compile(rf"(-?{_NUMBER})\s*(%|days?|)$")


class Move(NamedTuple):
    """One change of one input: set to ``value``, or ``value`` added to it, or multiplied by ``value``.

    Shares are fractions, dates ``datetime64[D]`` (moved by days), text is text. words: as it was written.
    """

    name: str
    how: How
    value: Any
    words: str


class Moved(NamedTuple):
    """New values of one input, and for which rows they hold."""

    values: Array
    where: Array


def label(name: str) -> str:
    """Return what people call an input.

    >>> label("discount_percentage"), label("list_price")
    ('discount', 'list price')
    """
    return LABELS.get(name, name.replace("_", " "))


def input_named(asked: str, where: object = "What is to change") -> str:
    """Return the input that goes by a name: its column, an alias of the list's headers, or what people call it.

    Raises BadQuestion, naming the nearest.

    >>> input_named("Discount"), input_named("price")
    ('discount_percentage', 'list_price')
    """
    known = {key(alias): name for name, column in INPUTS.items() for alias in (*column.aliases, label(name), name)}
    known |= {"baseline": "baseline_override", "length": "duration_days"}
    if key(asked) not in known:
        raise BadQuestion.unknown_input(asked, INPUTS, where)
    return known[key(asked)]


def read_move(asked: str, given: Any, where: object = "What is to change") -> Move:
    """Read one change: a number, date or text to set; '+10 %' scales, '+5 pp' adds points, '+7 days' or '-0.5' adds.

    A share is written 20% or 0.2. Raises BadQuestion for an unknown input or a value it cannot have.

    >>> read_move("discount", "20%").value, read_move("price", "+10%")[1:3], read_move("discount", "-5 pp")[1:3]
    (0.2, ('scale', 1.1), ('add', -0.05))
    """
    name = input_named(asked, where)
    column, words = INPUTS[name], str(given).strip()
    if isinstance(given, bool) or given is None or not words:
        raise BadQuestion.bad_value(name, given, "there is nothing to set it to", where)
    if column.kind is Kind.TEXT:
        return Move(name, "set", words, words)
    if column.kind is Kind.DATE:
        return _date(name, given, words, where)
    if isinstance(given, int | float):
        return _set(column, float(given), words, where)
    if found := _MOVED.match(words):
        return _relative(column, found, words, where)
    if found := _PLAIN.match(words):
        value = float(found[1]) / (100 if found[3] == "%" else 1)
        return _set(column, value, words, where, percent=found[3] == "%")
    raise BadQuestion.bad_value(name, given, "write a number such as 9.99, 20%, +10% or +5pp", where)


def _date(name: str, given: Any, words: str, where: object) -> Move:
    if isinstance(given, datetime | date | np.datetime64):
        return Move(name, "set", np.datetime64(words[:10], "D"), words[:10])
    found = _MOVED.match(words)
    if found and found[3] in ("", "day", "days", "week", "weeks"):
        days = float(found[1] + found[2]) * (7 if found[3].startswith("week") else 1)
        return Move(name, "add", days, words)
    try:
        return Move(name, "set", np.datetime64(date.fromisoformat(words), "D"), words)
    except ValueError:
        raise BadQuestion.bad_value(name, given, "write a date such as 2026-07-06, or +7 days", where) from None


def _set(column: Column, value: float, words: str, where: object, *, percent: bool = False) -> Move:
    if percent and column.kind not in (Kind.SHARE, Kind.RATIO):
        raise BadQuestion.bad_value(column.name, words, f"it is in {column.unit}; +10% makes it a tenth more", where)
    if column.kind is Kind.SHARE and value > 1 and (column.high or 1) <= 1:
        raise BadQuestion.bad_value(column.name, words, f"it is a share; write {value:g}% or {value / 100:g}", where)
    low, high = _limits(column)
    if not low <= value <= high:
        raise BadQuestion.bad_value(column.name, words, f"it must lie between {low:g} and {high:g} ({column.unit})", where)
    if column.name in _WHOLE and value != np.floor(value):
        raise BadQuestion.bad_value(column.name, words, "it must be a whole number", where)
    return Move(column.name, "set", value, words)


def _relative(column: Column, found: re.Match[str], words: str, where: object) -> Move:
    size, unit = float(found[1] + found[2]), found[3]
    is_share = column.kind in (Kind.SHARE, Kind.RATIO)
    if unit == "%":
        return Move(column.name, "scale", 1 + size / 100, words)
    if unit.startswith(("pp", "point")):
        if not is_share:
            raise BadQuestion.bad_value(column.name, words, f"only shares move by points; it is in {column.unit}", where)
        return Move(column.name, "add", size / 100, words)
    if unit and column.name != "duration_days":
        raise BadQuestion.bad_value(column.name, words, f"it is in {column.unit or 'words'}, not in days", where)
    return Move(column.name, "add", size * (7 if unit.startswith("week") else 1), words)


def _limits(column: Column) -> tuple[float, float]:
    low = -np.inf if column.low is None else column.low
    return (0.01 if column.name == "list_price" else low), (np.inf if column.high is None else column.high)


def moved(move: Move, now: Array) -> Array:
    """Return the values of an input after a change; what is added or scaled stops at the limits of the input.

    >>> moved(Move("discount_percentage", "add", 0.9, "+90 pp"), np.array([0.05, 0.2])).tolist()
    [0.95, 1.0]
    """
    column = INPUTS[move.name]
    if move.how == "set":
        values: Array = np.full(len(now), move.value, dtype=now.dtype if now.dtype.kind != "O" else object)
        return values
    if column.kind is Kind.DATE:
        return np.asarray(now + np.round(move.value).astype(np.int64) * DAY)
    low, high = _limits(column)
    values = np.clip(now + move.value if move.how == "add" else now * move.value, low, high)
    values = np.round(values, 12)  # 0.2 and 5 points are 0.25
    return np.rint(values) if move.name in _WHOLE else values


def in_use(plan: Columns, model: PromotionModel, client: Client) -> tuple[Columns, Array]:
    """Return every input of each plan row with the value its figures rest on, and the positions of these rows in ``plan``.

    Rows whose days lie outside the model's calendar are left out. Prices, costs and shares that the list does not state
    are looked up as scoring does; no forecast is made.
    """
    rows, position = with_features({**plan, "given_campaigns": plan["num_overlapping_campaigns"]}, model)
    terms = assumptions_of(rows, client, model.in_units).terms
    now: Columns = {name: rows[name] for name in INPUTS if name in rows}
    for name in ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share"):
        now[name] = np.broadcast_to(np.asarray(getattr(terms, name), dtype=np.float64), len(position)).copy()
    for name in _SHARES:
        given = np.where(np.isnan(rows[name]), rows[f"master_{name}"], rows[name])
        now[name] = np.where(np.isnan(given), getattr(client.money, name), given)
    now["baseline_override"] = baseline_of(rows) / rows["duration_days"]
    with np.errstate(divide="ignore", invalid="ignore"):
        now[MARGIN] = (now["list_price"] - now["unit_cost"]) / now["list_price"]
    return now, position


def with_changes(plan: Columns, now: Columns, changes: Mapping[str, Moved]) -> Columns:
    """Return plan rows with new values of some inputs, and what follows from them.

    The last day follows from the first and the length. A new list price leaves the unit cost what it was; a new margin
    sets it. now: what ``in_use`` gave for the same rows.
    """
    made = dict(plan)
    for name, (values, where) in changes.items():
        if name != MARGIN:
            made[name] = np.where(where, values, made[name])
    nowhere = np.zeros(length(plan), dtype=bool)
    priced, costed, margined = (
        changes[name].where if name in changes else nowhere for name in ("list_price", "unit_cost", MARGIN)
    )
    made["unit_cost"] = np.where(priced & ~costed, now["unit_cost"], made["unit_cost"])
    if margined.any():
        price = np.where(priced, made["list_price"], now["list_price"])
        made["list_price"] = np.where(margined, price, made["list_price"])
        made["unit_cost"] = np.where(margined, price * (1 - changes[MARGIN].values), made["unit_cost"])
    if {"start_date", "duration_days"} & changes.keys():
        made["end_date"] = made["start_date"] + (made["duration_days"].astype(np.int64) - 1) * DAY
    return made


def refuse_prices_without_units(names: Mapping[str, Any] | set[str], model: PromotionModel) -> None:
    """Raise BadQuestion where a price or cost is to change and sales are known in currency only."""
    asked = sorted({"list_price", "unit_cost"} & set(names))
    if asked and not model.in_units:
        raise BadQuestion.because(
            f"{label(asked[0])} cannot be changed: the sales of this client are known in currency, not in units",
            "Change the margin instead, for example margin=30%.",
        )


def shown(name: str, value: Any) -> str:
    """Write a value of an input for people.

    >>> shown("discount_percentage", 0.125), shown("list_price", 9.5), shown("duration_days", 14.0)
    ('12.5 %', '9.50', '14')
    """
    if value is None or value != value:
        return "not given"
    kind = INPUTS[name].kind
    if kind in (Kind.SHARE, Kind.RATIO):
        return f"{100 * value:.4g} %"
    if name in ("list_price", "unit_cost", "cannibalised_margin", "halo_margin"):
        return f"{value:,.2f}"
    if kind in (Kind.TEXT, Kind.DATE):
        return str(value)
    return f"{value:,.0f}" if value == np.floor(value) or abs(value) >= 100 else f"{value:,.1f}"
