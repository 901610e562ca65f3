"""A long list is scored in pieces: the cuts leave no trace in any file, count or sum."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from scorer import scoring, verbs
from scorer.columns import Columns, length, text
from scorer.errors import TooManyRejects
from scorer.lake.writing import write_table
from scorer.plan import read_plan
from scorer.results import ScoredList
from scorer.verbs import scoring as score_verb
from tests.conftest import Home

ROWS = 400


def _list_of(home: Home, rows: int) -> Columns:
    """Many promotions with gaps, flaws, own columns and days beyond the calendar, cut from the list of the example."""
    plan = home.plan().columns
    at = np.arange(rows) % length(plan)
    start = plan["start_date"][at] + np.where(np.arange(rows) == 310, 20_000, 0)
    return {
        "promotion_id": text(f"N{row}" for row in range(rows)),
        **{name: plan[name][at] for name in ("region", "product_category", "product_subcategory", "promotion_type")},
        "discount": np.where(np.arange(rows) % 50 == 7, -0.5, plan["discount_percentage"][at]),
        "start": start,
        "days": plan["duration_days"][at],
        "note": text("=1+1" if row == 333 else None for row in range(rows)),
        "budget": np.where(np.arange(rows) > ROWS // 2, np.nan, 1.0 * np.arange(rows)),
    }


def _score(home: Home, plan: Path, out: Path, **asked: object) -> ScoredList:
    try:
        return verbs.score(home.workspace, plan, out, home.client.client, **asked)  # type: ignore[arg-type]
    except TooManyRejects as told:
        done = told.done
    assert isinstance(done, ScoredList)
    return done


def _counts(done: ScoredList) -> tuple[object, ...]:
    return done.rows_in, done.scored, done.rejected, done.blank, done.verdicts, done.notes


@pytest.mark.parametrize(("form", "out"), [("csv", "csv"), ("csv", "xlsx"), ("parquet", "parquet")])
def test_files_in_pieces_are_the_files_in_one(
    demo_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, out: str
) -> None:
    plan, whole, cut = (tmp_path / name for name in (f"plan.{form}", f"whole.{out}", f"cut.{out}"))
    write_table(plan, _list_of(demo_home, ROWS))
    one = _score(demo_home, plan, whole)
    monkeypatch.setattr(score_verb, "BATCH", 90)
    many = _score(demo_home, plan, cut)
    assert cut.read_bytes() == whole.read_bytes()
    assert (tmp_path / "cut_rejects.csv").read_bytes() == (tmp_path / "whole_rejects.csv").read_bytes()
    assert _counts(many) == _counts(one)
    assert many.totals == pytest.approx(one.totals)
    assert one.rejected == ROWS // 50 + 1 == one.rows_in - one.scored


def test_rows_in_memory_do_not_notice_the_cuts(demo_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_table(tmp_path / "plan.csv", _list_of(demo_home, ROWS))
    plan = read_plan(tmp_path / "plan.csv", demo_home.client)
    whole = scoring.score(plan, demo_home.model, demo_home.client)
    monkeypatch.setattr(scoring, "PIECE", 90)
    cut = scoring.score(plan, demo_home.model, demo_home.client)
    for name in ("plan", "given", "answer", "rejects"):
        one, other = getattr(whole, name), getattr(cut, name)
        assert list(one) == list(other)
        for column in one:
            np.testing.assert_array_equal(one[column], other[column], err_msg=f"{name}.{column}")


def test_reasons_are_left_out_of_long_lists_and_this_is_said(
    demo_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_verb, "BATCH", 40)
    monkeypatch.setattr(score_verb, "LONG_LIST", 100)
    write_table(tmp_path / "long.csv", _list_of(demo_home, 130))
    write_table(tmp_path / "short.csv", _list_of(demo_home, 90))
    long = _score(demo_home, tmp_path / "long.csv", tmp_path / "long.parquet")
    short = _score(demo_home, tmp_path / "short.csv", tmp_path / "short.parquet")
    asked = _score(demo_home, tmp_path / "long.csv", tmp_path / "asked.parquet", reasons=True)
    assert any("Reasons were left out" in note for note in long.notes)
    assert not any("Reasons" in note for note in (*short.notes, *asked.notes))


def test_a_list_without_refused_rows_leaves_no_file_of_them(demo_home: Home, tmp_path: Path) -> None:
    clean = {name: column[:5] for name, column in _list_of(demo_home, 5).items()}
    write_table(tmp_path / "plan.csv", clean)
    (tmp_path / "out_rejects.csv").write_text("of an earlier run", encoding="utf-8")
    done = _score(demo_home, tmp_path / "plan.csv", tmp_path / "out.csv")
    assert done.rejects is None
    assert not (tmp_path / "out_rejects.csv").exists()


def test_long_plans_are_looked_up_as_short_ones_are(demo_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = demo_home.plan()
    short = scoring.score(plan, demo_home.model, demo_home.client)
    monkeypatch.setattr("scorer.lake.history.SHORT_PLAN", 0)
    long = scoring.score(plan, demo_home.model, demo_home.client)
    for column in short.answer:
        np.testing.assert_array_equal(long.answer[column], short.answer[column], err_msg=column)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_columns_that_are_nearly_empty_are_written(tmp_path: Path, form: str) -> None:
    rows = 5_000
    late = text("x" if row == rows - 1 else None for row in range(rows))
    flag = np.array([None, True] * (rows // 2), dtype=object)
    path = tmp_path / f"gaps.{form}"
    write_table(path, {"number": np.arange(rows), "never": text([None] * rows), "late": late, "flag": flag})
    with duckdb.connect() as con:
        found = con.execute(f"SELECT count(never), count(late), count(flag), max(CAST(flag AS VARCHAR)) FROM '{path}'").fetchall()
    assert found == [(0, 1, rows // 2, "true")]
