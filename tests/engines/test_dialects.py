"""The committed SQL of other engines is what the DuckDB files give when translated now, and nothing else lies there."""

from __future__ import annotations

import logging

import pytest
import sqlglot
from sqlglot import exp

from scorer.lake.dialects import DIALECTS, text_of
from scorer.lake.dialects.translating import HERE, every_text, translated


@pytest.fixture(scope="module")
def texts():
    return every_text()


def test_committed_files_are_the_translation_of_today(texts):
    there = {path.relative_to(HERE): path.read_text(encoding="utf-8") for path in HERE.rglob("*.sql")}
    stale = sorted(str(name) for name in there.keys() | texts.keys() if there.get(name) != texts.get(name))
    assert stale == [], "python -m scorer.lake.dialects writes them anew"


def test_every_engine_has_every_step(texts):
    steps = [{path.relative_to(path.parts[0]) for path in texts if path.parts[0] == dialect} for dialect in DIALECTS]
    assert steps[0] == steps[1] == steps[2]
    assert len(steps[0]) > 30


def test_translation_warns_of_nothing(caplog):
    with caplog.at_level(logging.WARNING, logger="sqlglot"):
        every_text()
    assert caplog.records == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_divisions_and_fractions_are_floating_point_aloud(dialect, texts):
    for path, text in texts.items():
        if path.parts[0] != dialect:
            continue
        for node in sqlglot.parse_one(text, read=dialect).walk():
            if isinstance(node, exp.Div):
                assert isinstance(node.this, exp.Cast), f"{path}: {node.sql()}"
            if isinstance(node, exp.Literal) and not node.is_string and not node.is_int:
                assert isinstance(node.parent, exp.Cast), f"{path}: {node.sql()}"


def test_a_change_of_a_step_would_show():
    before = translated("-- One row per x.\nSELECT a FROM x", "spark", "gold/x.sql")
    assert translated("-- One row per x.\nSELECT a + 1 AS a FROM x", "spark", "gold/x.sql") != before


def test_the_grain_stands_on_top():
    assert text_of("databricks", "gold", "items").startswith("-- One row per item")
