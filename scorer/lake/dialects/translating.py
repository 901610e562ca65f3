"""From the one text of a step to the text of an engine. Needs sqlglot, which only those who change SQL have installed.

Two things that DuckDB leaves unsaid are said aloud, because engines fill them in differently: a division is one of
floating-point numbers, and so is a number with a decimal point. Elsewhere both may be decimals that are cut off after
a few digits.
"""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from scorer.lake.dialects import DIALECTS, LAYERS, Dialect

if TYPE_CHECKING:
    from sqlglot import exp

HERE = Path(__file__).parent
LAKE = HERE.parent


def every_text() -> dict[Path, str]:
    """Return what stands in every generated file, by its path below this folder."""
    return {
        Path(dialect, layer, source.name): translated(source.read_text(encoding="utf-8"), dialect, f"{layer}/{source.name}")
        for dialect in DIALECTS
        for layer in LAYERS
        for source in sorted(LAKE.joinpath(layer).glob("*.sql"))
    }


def translated(sql: str, dialect: Dialect, source: str) -> str:
    """Translate one step; its opening comment, which says the grain, stays on top. Raises sqlglot's UnsupportedError.

    >>> print(translated("-- One row per x.\\nSELECT a / 2 AS half FROM x", "snowflake", "gold/x.sql"))
    -- One row per x.
    -- Made from gold/x.sql by python -m scorer.lake.dialects: change that file, not this one.
    SELECT
      CAST(a AS DOUBLE) / 2 AS half
    FROM x
    <BLANKLINE>
    """
    import sqlglot

    comment = list(takewhile(lambda line: line.startswith("--"), sql.splitlines()))
    said = sqlglot.parse_one(sql, read="duckdb").transform(_said_aloud)
    text = said.sql(dialect, pretty=True, comments=False, unsupported_level=sqlglot.ErrorLevel.RAISE)
    origin = f"-- Made from {source} by python -m scorer.lake.dialects: change that file, not this one."
    return "\n".join([*comment, origin, text, ""])


def _said_aloud(node: exp.Expression) -> exp.Expression:
    from sqlglot import exp

    if isinstance(node, exp.Literal) and not node.is_string and not node.is_int and not isinstance(node.parent, exp.Cast):
        return exp.cast(node.copy(), "DOUBLE")
    if isinstance(node, exp.Div) and not isinstance(node.this, exp.Cast):
        node.set("this", exp.cast(node.this.copy(), "DOUBLE"))
    return node


def write_all() -> int:
    """Write every file, remove those whose source is gone, and return how many there are."""
    texts = every_text()
    for dialect in DIALECTS:
        for old in HERE.joinpath(dialect).rglob("*.sql"):
            if old.relative_to(HERE) not in texts:
                old.unlink()
    for name, text in texts.items():
        HERE.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        HERE.joinpath(name).write_text(text, encoding="utf-8", newline="\n")
    return len(texts)
