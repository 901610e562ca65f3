"""The SQL of silver and gold as other engines spell it: made from the DuckDB files, committed, read like any other text.

Nobody edits these files. ``python -m scorer.lake.dialects`` makes them anew after a change in silver/ or gold/.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal, TypeAlias, get_args

Dialect: TypeAlias = Literal["spark", "databricks", "snowflake"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
LAYERS = ("silver", "gold")


def text_of(dialect: Dialect, layer: str, step: str) -> str:
    """Return the text of one step for an engine.

    >>> text_of("spark", "silver", "sales").splitlines()[-1].strip()
    "j.reason IS NULL AND j.kind = 'sale'"
    """
    return files("scorer.lake.dialects").joinpath(dialect, layer, f"{step}.sql").read_text(encoding="utf-8")
