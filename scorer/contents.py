"""What the parts of a model must hold before it is built: names, kinds and ranges of everything that is read from them.

The audit of ``scorer.artifacts`` knows files: that JSON is JSON, that trees are trees. Here stands what this model makes
of them. Column names among them end up in SQL, so a name that is not one of ours goes no further.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import duckdb
import numpy as np

from scorer.artifacts.bundle import Parts, refusal
from scorer.artifacts.limits import Flaw
from scorer.columns import Array, Columns, length
from scorer.contracts.exports import PLAN
from scorer.contracts.gold import FEATURES
from scorer.contracts.snapshot import KEYS, SNAPSHOT, Type
from scorer.contracts.table import Kind
from scorer.settings import MATCHING_KEYS, EventKey

BASES = ("units", "net value")
LARGEST = 1e15  # of any number in a table: more than any currency needs, and far from where sums lose their cents
LARGEST_WHOLE = 10**12
LARGEST_CODE = 1e6
LARGEST_ERROR = 1e4  # of a scaled error
LARGEST_LOG = 50.0
LONGEST_TEXT = 4_000
MOST_KNOTS = 10_000
MOST_LEVELS = 1_000_000
MOST_GOLDEN = 5_000
GOLDEN = ("golden_centre", "golden_scale", "golden_success")
SINCE = "golden_score"  # models of the first versions do not have it
_EVENT_KEYS = get_args(EventKey)
_TEXT_FEATURES = {column.name for column in FEATURES.columns if column.kind == Kind.TEXT}
# The figures of an evaluation; a test holds them against ``scorer.evaluation``, which is too heavy to load for a cell.
SKILL_NAMES = (
    "r2_log_lift", "mae_log_lift", "wape_sales", "auc_success", "brier_success", "brier_constant", "auc_profit",
    "coverage_50", "coverage_80", "coverage_95",
)  # fmt: skip
_SKILLS = ("out_of_time", "simple_rule", "classifier", "placebo", "random_split")


def check(parts: Parts, scale_terms: int) -> None:
    """Check the documents of a model, whose scale has so many terms.

    Raises BundleRefused, naming the part and what is wrong in it.
    """
    _named(parts, "about.json", _check_about)
    _named(parts, "lift.json", lambda found: _check_lift(found, parts.columns_of("lift.ubj"), scale_terms))
    _named(parts, "success.json", lambda found: _check_success(found, parts.columns_of("success.ubj")))


def past(parts: Parts, names: Sequence[str]) -> Columns:
    """Return the past promotions. Raises BundleRefused when they have other columns than these names, or odd cells."""
    return _table(parts, "past.parquet", names)


def check_table(con: duckdb.DuckDBPyConnection, name: str, parts: Parts) -> None:
    """Check a table of the history after it was loaded: columns and types, ranges, and keys that stand once only.

    Raises BundleRefused.
    """
    try:
        _check_table(con, name)
    except Flaw as why:
        raise refusal(parts.folder, why.of(f"{name}.parquet")) from why


def golden(parts: Parts, name: str) -> Columns:
    """Return the golden rows. Raises BundleRefused when they are not plan rows with their forecasts."""
    found = _table(parts, name, (*PLAN.names, *GOLDEN), SINCE)
    if not 0 < length(found) <= MOST_GOLDEN:
        raise refusal(parts.folder, Flaw(f"{name}: it has {length(found):,} rows; between 1 and {MOST_GOLDEN:,} is allowed"))
    dates = [found[column.name] for column in PLAN.columns if column.kind == Kind.DATE]
    forecasts = [column for name, column in found.items() if name in (*GOLDEN, SINCE)]
    needed = [*dates, found["duration_days"], found["discount_percentage"], *forecasts]
    if any(np.isnan(column).any() if column.dtype.kind == "f" else np.isnat(column).any() for column in needed):
        raise refusal(parts.folder, Flaw(f"{name}: a date, length, discount or forecast is missing in it"))
    return found


def _named(parts: Parts, name: str, examine: Any) -> None:
    try:
        examine(parts.json(name))
    except Flaw as why:
        raise refusal(parts.folder, why.of(name)) from why


# --- documents ----------------------------------------------------------------------------------------------------------------


def _check_about(found: Any) -> None:
    about = _object(found, "it", "basis", "period_days", "matching", "support", "evidence", "evidence_sentence", "evaluation")
    _need(about["basis"] in BASES, f"'basis' is none of {', '.join(BASES)}")
    _need(type(about["period_days"]) is int and 1 <= about["period_days"] <= 366, "'period_days' is no number of days")
    _need(type(about["evidence"]) is bool, "'evidence' is neither true nor false")
    _need(_is_text(about["evidence_sentence"]), "'evidence_sentence' is not a text")
    _check_matching(about["matching"])
    _check_support(about["support"])
    _check_evaluation(about["evaluation"])


def _check_matching(found: Any) -> None:
    matching = _object(found, "'matching'", "keys", "event", "sales_have_category", "cost_keys")
    for name, known in (("keys", MATCHING_KEYS), ("cost_keys", MATCHING_KEYS), ("event", _EVENT_KEYS)):
        keys = matching[name]
        _need(isinstance(keys, list) and all(isinstance(key, str) and key in known for key in keys), f"'{name}' names no keys")
        _need(len(set(keys)) == len(keys), f"'{name}' names a key twice")
    _need(type(matching["sales_have_category"]) is bool, "'sales_have_category' is neither true nor false")


def _check_support(found: Any) -> None:
    support = _object(found, "'support'", "discount", "duration", "levels")
    for name in ("discount", "duration"):
        ends = _numbers(support[name], f"'{name}'", LARGEST, 2)
        _need(len(ends) == 2 and ends[0] <= ends[1], f"'{name}' is not a range")
    levels = support["levels"]
    _need(isinstance(levels, dict) and set(levels) <= _TEXT_FEATURES, "'levels' names columns that hold no names")
    for name, values in levels.items():
        good = isinstance(values, list) and len(values) <= MOST_LEVELS and all(_is_text(value) for value in values)
        _need(good, f"the levels of '{name}' are not texts")


def _check_evaluation(found: Any) -> None:
    _need(isinstance(found, dict), "'evaluation' is not an object")
    for name in (name for name in _SKILLS if found):
        skill = _object(found.get(name), f"'{name}'", *SKILL_NAMES)
        good = all(value is None or (_is_number(value) and abs(value) <= LARGEST) for value in skill.values())
        _need(good, f"'{name}' holds what is no figure")
    for name in (name for name in ("rows", "events", "tested_rows", "tested_events") if found):
        _need(type(found.get(name)) is int and 0 <= found[name] <= LARGEST_WHOLE, f"'{name}' is not a count")


def _check_lift(found: Any, columns: tuple[str, ...], scale_terms: int) -> None:
    form = _object(found, "it", "encoding", "scale", "shape")
    _check_encoding(form["encoding"], columns)
    scale = _numbers(form["scale"], "'scale'", LARGEST_CODE, scale_terms)
    _need(len(scale) == scale_terms, f"'scale' has {len(scale)} terms instead of {scale_terms}")
    low, high = scale[-2:]
    _need(-LARGEST_LOG <= low <= high <= LARGEST_LOG, "'scale' does not end with the range it is held in")
    shape = _object(form["shape"], "'shape'", "p", "z")
    p, z = (np.array(_numbers(shape[name], f"'{name}'", LARGEST_ERROR, MOST_KNOTS)) for name in ("p", "z"))
    _need(len(p) == len(z) > 0, "'p' and 'z' are not of one length")
    _need(bool((np.diff(p) > 0).all() and p[0] >= 0 and p[-1] <= 1), "'p' are no rising probabilities")
    _need(bool((np.diff(z) > 0).all()), "'z' does not rise")


def _check_success(found: Any, columns: tuple[str, ...]) -> None:
    form = _object(found, "it", "encoding", "score", "probability")
    _check_encoding(form["encoding"], columns)
    score, chance = (np.array(_numbers(form[name], f"'{name}'", 1.0, MOST_KNOTS)) for name in ("score", "probability"))
    _need(len(score) == len(chance) > 0, "'score' and 'probability' are not of one length")
    _need(bool((np.diff(score) > 0).all()), "'score' does not rise")
    _need(bool((np.diff(chance) >= 0).all() and chance[0] >= 0), "'probability' falls somewhere, or below 0")


def _check_encoding(found: Any, columns: tuple[str, ...]) -> None:
    encoding = _object(found, "'encoding'", "features", "levels")
    _need(encoding["features"] == list(columns), "its features are not those of the contract, or stand in another order")
    known = {*FEATURES.names, *PLAN.names}
    _need(set(columns) <= known, "it reads features that are not known here")
    levels = encoding["levels"]
    wanted = _TEXT_FEATURES & set(columns)
    _need(isinstance(levels, dict) and set(levels) == wanted, "'levels' does not code the features that are texts")
    for name, codes in levels.items():
        good = isinstance(codes, dict) and len(codes) <= MOST_LEVELS
        _need(good and all(_is_number(code) and abs(code) <= LARGEST_CODE for code in codes.values()), f"'{name}' has no codes")


# --- tables -------------------------------------------------------------------------------------------------------------------


def _check_table(con: duckdb.DuckDBPyConnection, name: str) -> None:
    wanted = SNAPSHOT[name]
    found = {row[0]: row[1] for row in con.execute(f'DESCRIBE "{name}"').fetchall()}
    if found != {column: str(kind) for column, kind in wanted.items()}:
        odd = sorted({f"{column} {kind}" for column, kind in found.items()} ^ {f"{c} {k}" for c, k in wanted.items()})
        raise Flaw(f"its columns are not those of the history ({ascii(odd[0][:80]) if odd else 'they stand in another order'})")
    tests = [test for column, kind in wanted.items() for test in _beyond(column, kind)]
    keys = ", ".join(KEYS.get(name, ()))
    once = f"COUNT(*) - COUNT(DISTINCT ({keys}))" if keys else "0"
    beyond, doubled, rows = con.execute(
        f'SELECT BOOL_OR({" OR ".join(tests) or "FALSE"}), {once}, COUNT(*) FROM "{name}"'
    ).fetchall()[0]
    _need(not beyond, "a number or day in it lies beyond anything that can be")
    _need(not doubled, f"{keys} stand in it more than once")
    _need(name != "settings" or rows == 1, f"it has {rows:,} rows instead of one")


def _beyond(column: str, kind: Type) -> list[str]:
    """Return SQL that is true where a cell is out of range; missing cells are nobody's concern."""
    if kind == Type.NUMBER:
        return [f'COALESCE(ABS("{column}") > {LARGEST} AND NOT ISNAN("{column}"), FALSE)']
    if kind == Type.WHOLE:  # not ABS: there is no positive twin of the smallest number
        return [f'COALESCE("{column}" NOT BETWEEN -{LARGEST_WHOLE} AND {LARGEST_WHOLE}, FALSE)']
    if kind == Type.DAY:
        return [f"COALESCE(\"{column}\" NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31', FALSE)"]
    return []


def _table(parts: Parts, name: str, wanted: Sequence[str], also: str = "") -> Columns:
    """Return a table of these columns, perhaps with one more, after a look at their kinds and ranges."""
    found = parts.parquet(name)
    try:
        _need(list(found) in (list(wanted), [*wanted, also]), "its columns are not those it should have")
        for column, values in found.items():
            _need(values.dtype.kind == _kind_of(column), f"'{column}' is of another kind")
            _need(_in_range(values), f"'{column}' holds what lies beyond anything that can be")
    except Flaw as why:
        raise refusal(parts.folder, why.of(name)) from why
    return found


def _kind_of(column: str) -> str:
    kind = {**FEATURES.kinds, **PLAN.kinds}.get(column, Kind.NUMBER)
    return {Kind.TEXT: "O", Kind.DATE: "M"}.get(kind, "f")


def _in_range(values: Array) -> bool:
    if values.dtype.kind == "f":
        return bool((np.isnan(values) | (np.abs(values) <= LARGEST)).all())
    if values.dtype.kind == "M":
        days = values.astype("datetime64[D]")
        inside = (days >= np.datetime64("0001-01-01")) & (days <= np.datetime64("9999-12-31"))
        return bool((np.isnat(days) | inside).all())
    return True


# --- words of a check ---------------------------------------------------------------------------------------------------------


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Flaw(otherwise)


def _object(found: Any, where: str, *names: str) -> Mapping[str, Any]:
    _need(isinstance(found, dict), f"{where} is not an object")
    missing = [name for name in names if name not in found]
    _need(not missing, f"{where} lacks {', '.join(missing)}")
    return dict(found)


def _numbers(found: Any, where: str, largest: float, most: int) -> list[float]:
    good = isinstance(found, list) and len(found) <= most and all(_is_number(number) for number in found)
    _need(good and all(abs(number) <= largest for number in found), f"{where} is not a list of at most {most:,} plain numbers")
    return list(map(float, found))


def _is_number(found: Any) -> bool:
    return type(found) in (int, float)


def _is_text(found: Any) -> bool:
    return isinstance(found, str) and len(found) <= LONGEST_TEXT
