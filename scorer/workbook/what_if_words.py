"""The sentences above the ladder, the grid and the tornado of What-if: their words now, and the formulas that keep them true."""

from __future__ import annotations

from typing import Any

import numpy as np

from scorer.workbook.chosen import Chosen
from scorer.workbook.layout import quoted, sentence
from scorer.workbook.page import Page
from scorer.workbook.sheets_out import fixed
from scorer.workbook.template import WhatIf

SENTENCES = (
    "sentence_unknown",
    "sentence_none",
    "sentence_best",
    "grid_unknown",
    "grid_none",
    "grid_best_words",
    "tornado_unknown",
    "tornado_words",
)


def sentences(page: Page, spec: WhatIf, chosen: Chosen, values: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Each sentence of a title: its words now, and the formula that keeps them true."""
    factors = chosen.factors()
    first = int(np.flatnonzero(factors["rank"] == 1)[0])
    ends = [0.0, *(float(factors[side][first]) for side in ("down", "up"))]
    ends = [end for end in ends if end == end]
    currency = {"currency": "{inputs.currency}"}
    blanks = {
        "sentence": currency | {"discount": 'TEXT({best_discount},"0%")', "profit": "FIXED(N({best_profit}),0)"},
        "grid": currency
        | {
            "discount": 'TEXT(INDEX({depths.discount:all},{grid_line}),"0%")',
            "days": "INDEX({lengths.days:all},{grid_column})",
            "profit": "FIXED(N({grid_best}),0)",
        },
        "tornado": currency
        | {
            "what": "{tornado.what_0}",
            "low": "FIXED(MIN(N({tornado.down_0}),N({tornado.up_0}),0),0)",
            "high": "FIXED(MAX(N({tornado.down_0}),N({tornado.up_0}),0),0)",
        },
    }
    depth = float(chosen.depths["discount"][values["grid_line"] - 1])
    now = {
        "sentence": {"discount": _percent(values["best_discount"]), "profit": fixed(_number(values["best_profit"]))},
        "grid": {
            "discount": _percent(depth),
            "days": f"{chosen.lengths['days'][values['grid_column'] - 1]:.0f}",
            "profit": fixed(_number(values["grid_best"])),
        },
        "tornado": {"what": factors["what"][first], "low": fixed(min(ends)), "high": fixed(max(ends))},
    }
    patterns = dict(zip(SENTENCES, (
        spec.sentence_unknown, spec.sentence_none, spec.sentence_best, spec.grid_unknown, spec.grid_none, spec.grid_best,
        spec.tornado_unknown, spec.tornado_sentence,
    ), strict=True))  # fmt: skip
    found = {}
    for name, pattern in patterns.items():
        kind = name.split("_")[0]
        said = pattern.format(currency=page.currency, **now[kind])
        found[name] = said, sentence(pattern, **blanks[kind]) if "{" in pattern else quoted(pattern)
    return found


def _number(value: float) -> float:
    return 0.0 if value != value else value


def _percent(value: float) -> str:
    return f"{np.floor(value * 100 + 0.5 + 1e-9):.0f}%"
