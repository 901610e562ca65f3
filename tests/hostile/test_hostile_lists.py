"""Whatever a list is, a verb refuses it in words or answers for every row of it: rows in = scored + rejected + blank."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from scorer import verbs
from scorer.columns import length
from scorer.errors import PromoError, TooManyRejects
from scorer.planning.optimise.rules import Rules
from scorer.workspace import Workspace
from tests.hostile.lists import READABLE, REFUSED, Hostile


class Totals(NamedTuple):
    """What became of the rows of a list."""

    rows_in: int
    scored: int
    rejected: int
    blank: int


def scored(workspace: Workspace, path: Path, ending: str) -> Totals:
    done = verbs.score(workspace, path, workspace.root / f"out{ending}")
    return Totals(done.rows_in, done.scored, done.rejected, done.blank)


def checked(workspace: Workspace, path: Path, _: str) -> Totals:
    done = verbs.check_list(workspace, path)
    return Totals(done.usable + done.refused + done.blank, done.usable, done.refused, done.blank)


def in_a_workbook(workspace: Workspace, path: Path, _: str) -> Totals:
    done = verbs.workbook(workspace, path, workspace.root / "plan.xlsx")
    return Totals(done.rows_in, done.scored, done.rejected, done.blank)


def in_a_calendar(workspace: Workspace, path: Path, ending: str) -> Totals:
    done = verbs.calendar(workspace, path, workspace.root / f"calendar{ending}")
    there = length(done.promotions)
    return Totals(there + done.refused, there, done.refused, -1)


def chosen_from(workspace: Workspace, path: Path, _: str) -> Totals:
    done = verbs.optimise(workspace, path, Rules(), workspace.root / "chosen.csv", workspace.root / "list.csv")
    return Totals(done.rows_in, length(done.portfolio.rows), done.rejected, done.blank)


def committed(workspace: Workspace, path: Path, _: str) -> Totals:
    done = verbs.commit(workspace, path)
    return Totals(done.rows_in, len(done.filed), length(done.rejects), -1)


VERBS = {
    "check": (checked, ""),
    "score csv": (scored, ".csv"),
    "score xlsx": (scored, ".xlsx"),
    "score parquet": (scored, ".parquet"),
    "workbook": (in_a_workbook, ""),
    "calendar": (in_a_calendar, ".csv"),
    "optimise": (chosen_from, ""),
    "commit": (committed, ""),
}


# what a list holds goes through these unchanged, so they are tried on every list; the other verbs on those that have it all
EVERYWHERE = ("check", "score csv", "commit")
HAVE_IT_ALL = {"formulas.csv", "strange-text.csv", "numbers.parquet", "dates-of-infinity.parquet"}


@pytest.mark.parametrize("hostile", READABLE, ids=str)
def test_every_row_is_accounted_for(tiny: Workspace, tmp_path: Path, hostile: Hostile) -> None:
    path = tmp_path / hostile.name
    hostile.make(path)
    expected = Totals(hostile.usable + hostile.refused + hostile.blank, hostile.usable, hostile.refused, hostile.blank)
    found = {}
    wanted = VERBS if hostile.name in HAVE_IT_ALL else EVERYWHERE
    for verb in wanted:
        run, ending = VERBS[verb]
        told = run(tiny, path, ending)
        blank = expected.blank if told.blank == -1 else told.blank
        found[verb] = told._replace(blank=blank, rows_in=told.rows_in + (expected.blank if verb == "calendar" else 0))
    assert found == dict.fromkeys(wanted, expected)


@pytest.mark.parametrize("hostile", REFUSED, ids=str)
def test_what_cannot_be_read_is_refused_in_words(tiny: Workspace, tmp_path: Path, hostile: Hostile) -> None:
    path = tmp_path / hostile.name
    hostile.make(path)
    before = {entry.name for entry in tiny.root.iterdir()}
    for verb, (run, ending) in VERBS.items():
        with pytest.raises(PromoError, match=hostile.words) as refused:
            run(tiny, path, ending)
        assert not isinstance(refused.value, TooManyRejects), verb
        assert hostile.name in str(refused.value), verb
        assert refused.value.exit_code == 3, verb
    assert {entry.name for entry in tiny.root.iterdir()} == before, "nothing is left of what was refused"
