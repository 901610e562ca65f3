"""Answers that come back in memory are those that score writes, however they are cut; and a run may be stopped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from scorer import verbs
from scorer.columns import Columns, length
from scorer.errors import FileUnreadable, NothingToWorkOn, TooManyRejects, UsageError
from scorer.plan import Cells, read_plan
from scorer.results import AnsweredList, ScoredList
from scorer.scoring import score
from scorer.verbs import scoring as score_verb
from tests.conftest import Home

HEADERS = ["promotion_id", "category", "discount", "start_date", "days"]


def same(left: Columns, right: Columns) -> None:
    assert list(left) == list(right)
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


def scored(home: Home, out: Path) -> ScoredList:
    with pytest.raises(TooManyRejects) as told:
        verbs.score(home.workspace, home.upcoming, out)
    return cast("ScoredList", told.value.done)


@pytest.fixture(scope="module")
def whole(demo_home: Home) -> AnsweredList:
    return verbs.answer_list(demo_home.workspace, demo_home.upcoming)


def test_the_answers_are_those_of_score(whole: AnsweredList, demo_home: Home, tmp_path: Path) -> None:
    plan = demo_home.plan()
    expected = score(plan, demo_home.model, demo_home.client)
    same(whole.answer, expected.answer)
    same(whole.rejects, expected.rejects)
    assert whole.promotion_ids.tolist() == expected.plan["promotion_id"].tolist()
    line_of = dict(zip(plan.columns["promotion_id"], plan.lines, strict=True))
    assert whole.lines.tolist() == [line_of[name] for name in whole.promotion_ids]
    written = scored(demo_home, tmp_path / "scores.csv")
    told = written._replace(out=None, rejects=None, notes=[*written.notes, whole.done.notes[-1]])
    assert whole.done == told
    assert "4 of 61 rows were refused (6.6%; the client allows 5.0%)" in whole.done.notes[-1]


@pytest.mark.parametrize("piece_rows", [1, 13, 56, 57, 58])
def test_the_cuts_leave_no_trace(whole: AnsweredList, demo_home: Home, piece_rows: int) -> None:
    heard: list[str] = []
    found = verbs.answer_list(demo_home.workspace, demo_home.upcoming, say=heard.append, piece_rows=piece_rows)
    same(found.answer, whole.answer)
    same(found.rejects, whole.rejects)
    assert (found.lines.tolist(), found.promotion_ids.tolist()) == (whole.lines.tolist(), whole.promotion_ids.tolist())
    assert found.done == whole.done
    counts = [int(told[1]) for said in heard if (told := re.fullmatch(r"Scored (\d+) of 57 promotions", said))]
    assert counts == [*range(piece_rows, 57, piece_rows), 57]


def test_a_row_the_model_cannot_place_is_refused_with_its_line(demo_home: Home) -> None:
    rows = [["A", "Tea", 0.1, "2026-08-03", 7], ["B", "Tea", 0.1, "2199-01-01", 7], ["C", "Tea", "cheap", "2026-08-03", 7],
            [None] * 5, ["D", "Tea", 0.1, "2026-08-03", 7]]  # fmt: skip
    found = verbs.answer_list(demo_home.workspace, Cells(HEADERS, rows, "Sheet1", first_line=9), piece_rows=1)
    assert (found.lines.tolist(), found.promotion_ids.tolist()) == ([9, 13], ["A", "D"])
    assert found.rejects["line"].tolist() == [11, 10]
    assert "lies outside" in found.rejects["reason"][1]
    assert (found.done.rows_in, found.done.scored, found.done.rejected, found.done.blank) == (5, 2, 2, 1)


def test_a_name_that_two_rows_bear_keeps_its_own_line(demo_home: Home) -> None:
    rows = [["row-3", "Tea", 0.1, "2026-08-03", 7], [None, "Tea", 0.3, "2026-08-03", 7]]
    found = verbs.answer_list(demo_home.workspace, Cells(HEADERS, rows))
    assert (found.lines.tolist(), found.promotion_ids.tolist()) == ([2, 3], ["row-3", "row-3"])


def test_a_list_of_refused_rows_alone_has_no_answers(demo_home: Home) -> None:
    found = verbs.answer_list(demo_home.workspace, Cells(HEADERS, [["A", "Tea", "cheap", "2026-08-03", 7]]))
    assert (length(found.answer), found.lines.tolist(), found.done.rejected) == (0, [], 1)
    assert "verdict" in found.answer
    assert "1 of 1 rows were refused" in found.done.notes[-1]


def test_reasons_are_given_as_score_gives_them(demo_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_verb, "LONG_LIST", 20)
    long = verbs.answer_list(demo_home.workspace, demo_home.upcoming)
    asked = verbs.answer_list(demo_home.workspace, demo_home.upcoming, reasons=True)
    refused = verbs.answer_list(demo_home.workspace, demo_home.upcoming, reasons=False)
    assert set(long.answer["reasons"]) == set(refused.answer["reasons"]) == {None}
    assert None not in set(asked.answer["reasons"])
    told = ["Reasons were left out, because the list is longer than 20 rows."]
    assert [[note for note in one.done.notes if "Reasons" in note] for one in (long, asked, refused)] == [told, [], []]


def test_whoever_listens_may_stop_the_run(demo_home: Home, whole: AnsweredList) -> None:
    class Stopped(Exception):
        pass

    heard: list[str] = []

    def say(sentence: str) -> None:
        heard.append(sentence)
        if sentence.startswith("Scored 20"):
            raise Stopped

    before = sorted(path.as_posix() for path in demo_home.workspace.root.rglob("*"))
    with pytest.raises(Stopped):
        verbs.answer_list(demo_home.workspace, demo_home.upcoming, say=say, piece_rows=10)
    assert heard[-1] == "Scored 20 of 57 promotions"
    assert sorted(path.as_posix() for path in demo_home.workspace.root.rglob("*")) == before
    same(verbs.answer_list(demo_home.workspace, demo_home.upcoming).answer, whole.answer)


def test_what_cannot_be_answered_is_said(demo_home: Home, tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"absent\.csv"):
        verbs.answer_list(demo_home.workspace, tmp_path / "absent.csv")
    with pytest.raises(NothingToWorkOn, match="Sheet1 holds a header and no rows"):
        verbs.answer_list(demo_home.workspace, Cells(HEADERS, [], "Sheet1"))
    with pytest.raises(UsageError, match="at least 1 row"):
        verbs.answer_list(demo_home.workspace, demo_home.upcoming, piece_rows=0)


def test_a_plan_keeps_only_the_rows_asked_for(demo_home: Home) -> None:
    plan = read_plan(demo_home.upcoming, demo_home.client)
    part = plan.only(np.array([2, 0]))
    assert part.lines.tolist() == [plan.lines[2], plan.lines[0]]
    assert part.given["promotion_id"].tolist() == ["U0003", "U0001"]
    assert length(part.rejects) == 0 < length(plan.rejects)
