"""Answers to write, made up: filling knows no model."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np

from scorer.columns import text
from scorer.settings import Client
from scorer.workbook.filling.decisions import Answers
from scorer.workbook.filling.fill import Filled, Opened, fill, open_to_fill

CLIENT = Client(client="x")
NOON = datetime(2026, 3, 1, 12, 0, 0)
WORDS = ["GO", "DON'T LAUNCH", "OPTIMISE"]


def made_up(target: Opened, **columns: list[object]) -> Answers:
    """Return figures for every row that has a promotion_id, that are easy to tell apart."""
    rows = [row for row, key in zip(target.looked.numbers, target.looked.keys, strict=True) if key]
    many = len(rows)
    figures = {
        "lift_expected": np.arange(1, many + 1) / 7,
        "roi_expected": np.arange(1, many + 1) / 3 - 1,
        "success_probability": np.arange(1, many + 1) / (many + 1),
        "incremental_profit_expected": np.arange(1, many + 1) * 1000.5,
        "probability_of_profit": np.arange(1, many + 1) / (many + 2),
        "verdict": text(WORDS[number % 3] for number in range(many)),
        "remedy": text([None] * many),
        "flags": text("a; b & <c>" if number == 0 else None for number in range(many)),
        "data_cut": np.full(many, np.datetime64("2026-02-28")),
    }
    figures |= {name: values if isinstance(values, np.ndarray) else text(values) for name, values in columns.items()}
    return Answers(figures, {row: at for at, row in enumerate(rows)}, {})


def fill_all(path: Path, sheet: str | None = None, *, overwrite: bool = False, **columns: list[object]) -> Filled:
    """Fill a workbook with made-up figures, rows found by promotion_id."""
    target = open_to_fill(path, CLIENT, sheet, own=False)
    return fill(target, made_up(target, **columns), overwrite=overwrite, now=NOON)
