"""Figures that a planner puts in the place of the model's: read from words, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scorer.columns import Array, Columns
from scorer.errors import UsageError, nearest
from scorer.lake.headers import key

LIST_COLUMNS = {"lift": "lift_override", "baseline": "baseline_override", "why": "override_reason"}
"""The columns of a list that say the same as --override and --why."""
_LOWEST = {"lift": -1.0, "baseline": 0.0}
_UNITS = {"lift": "a lift such as 0.35 or 35%, above -1", "baseline": "units a day such as 12.5, not below 0"}


class Override(NamedTuple):
    """A planner's own lift (ratio) or baseline (units/day), and why; None leaves the model's figure."""

    lift: float | None = None
    baseline: float | None = None
    why: str = ""

    @property
    def figures(self) -> dict[str, float]:
        return {name: value for name in _UNITS if (value := getattr(self, name)) is not None}


def parse(given: Sequence[str]) -> dict[str, float]:
    """Read what follows --override, such as ``lift=0.35``. Raises UsageError for what is no figure of that kind.

    >>> parse(["lift=35%"])
    {'lift': 0.35}
    """
    found = {}
    for word in given:
        name, equals, text = (part.strip() for part in word.partition("="))
        if not equals or name not in _UNITS:
            known = " or ".join(f"{one}={example}" for one, example in (("lift", "0.35"), ("baseline", "12.5")))
            raise UsageError(f"'{word}' is no override.{nearest(name, _UNITS)} Write {known} (units a day).")
        value = as_figure(name, text)
        if value is None:
            raise UsageError(f"'{text}' cannot be a {name}: it must be {_UNITS[name]}.")
        found[name] = value
    return found


def as_figure(name: str, cell: Any) -> float | None:
    """Return a cell as a lift or baseline; None for what is none.

    >>> as_figure("lift", "35 %"), as_figure("lift", "-2"), as_figure("baseline", "12,5")
    (0.35, None, 12.5)
    """
    text = str(cell).strip().replace(" ", "").replace(",", ".")
    percent = text.endswith("%") and name == "lift"
    try:
        value = float(text.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        return None
    lowest = _LOWEST[name]
    inside = lowest < value < float("inf") if name == "lift" else lowest <= value < float("inf")
    return round(value, 12) if inside else None


def in_list(given: Columns, baseline: Array, ids: Sequence[str]) -> tuple[dict[str, Override], dict[str, str]]:
    """Read the override columns of a list: overrides by promotion, and why a row's override cannot be used.

    given: the cells of the list as they came; baseline: units/day of the column the plan itself knows, NaN where empty.
    """
    headers = {key(header): header for header in given}
    lifts, whys = (given.get(headers.get(key(LIST_COLUMNS[name]), "")) for name in ("lift", "why"))
    found: dict[str, Override] = {}
    refused: dict[str, str] = {}
    for row, promotion in enumerate(ids):
        lift, why = _cell(lifts, row), _cell(whys, row)
        own_baseline = None if baseline[row] != baseline[row] else float(baseline[row])
        own = Override(None if lift is None else as_figure("lift", lift), own_baseline, why or "")
        if lift is not None and own.lift is None:
            refused[promotion] = f"lift_override is not {_UNITS['lift']}"
        elif own.figures and not own.why:
            refused[promotion] = "an override needs a reason: fill the column override_reason"
        elif own.figures:
            found[promotion] = own
    return found, refused


def with_given(found: Mapping[str, Override], promotion: str, figures: Mapping[str, float], why: str) -> dict[str, Override]:
    """Put what the command line says over what the list says of a promotion."""
    before = found.get(promotion, Override())
    return {**found, promotion: before._replace(**figures, why=why)}


def _cell(column: Array | None, row: int) -> str | None:
    if column is None:
        return None
    value = column[row]
    if value is None or value != value or not str(value).strip():
        return None
    return str(value).strip()
