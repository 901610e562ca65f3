"""Figures that do not tie are an error, and nothing of the list is kept."""

from __future__ import annotations

import numpy as np
import pytest

from scorer import verbs
from scorer.columns import text
from scorer.errors import OutputRefused
from scorer.lake.writing import write_table
from scorer.running.course import Setting
from scorer.running.log import untold
from scorer.running.places import Places
from scorer.running.run import run_all
from scorer.running.totals import Totals, found_in, must_tie, rows_of
from scorer.running.work import Work
from scorer.saying import quiet
from tests.running.conftest import CLIENT, DAY, Night

TABLE = {"name": text(["=1+1", "a,b", 'quo"ted', None]), "units": np.array([1.5, np.nan, -2.0, 1e15])}


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_every_form_is_counted_and_added_up(tmp_path, ending):
    path = tmp_path / f"t.{ending}"
    write_table(path, TABLE)
    assert found_in(path, ["units"]) == Totals(4, {"units": 1.5 - 2.0 + 1e15})
    must_tie(Totals(4, {"units": 1e15 - 0.5}), path)
    with pytest.raises(OutputRefused, match="5 rows were counted and 4 stand there"):
        must_tie(Totals(5, {}), path)
    with pytest.raises(OutputRefused, match=r"units add up to 7\.0"):
        must_tie(Totals(4, {"units": 7.0}), path)


def test_a_parquet_list_is_counted_by_itself(tmp_path):
    write_table(tmp_path / "t.parquet", TABLE)
    assert rows_of(tmp_path / "t.parquet") == 4
    assert rows_of(tmp_path / "t.csv") is None


def dishonest(night: Night, **wrong: object) -> Setting:
    """Return a run whose scoring tells other figures than it writes."""
    client = night.workspace.choose(CLIENT)

    def score(path, out):
        return verbs.score(night.workspace, path, out, CLIENT)._replace(**wrong)

    def unasked(*_):
        raise AssertionError("nothing of this is due")

    work = Work(unasked, unasked, score, unasked, list, verbs.signature.product())
    return Setting(Places(night.workspace, CLIENT), client, work, DAY, quiet, untold)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"totals": {"sales_units_expected": 1.0}}, "sales_units_expected add up to 1.0"),
        ({"scored": 7, "rows_in": 7}, "7 rows were counted and 6 stand there"),
        ({"rows_in": 9}, "9 rows; 6 scored, 0 refused and 0 blank are not as many"),
    ],
)
def test_a_mismatch_is_an_error_and_nothing_is_kept(night: Night, wrong, words):
    night.drop("a.csv")
    (ran,) = run_all(dishonest(night, **wrong))
    (one,) = ran.lists
    assert (ran.code, one.state) == (3, "failed")
    assert words in one.why
    assert [path.name for path in (night.outputs / ran.run).iterdir()] == ["manifest.json"]


def test_a_list_that_changes_while_it_is_read_stays(night: Night):
    path = night.drop("a.csv")
    setting = dishonest(night)

    def score(given, out):
        done = setting.work.score(given, out)
        night.drop("a.csv", first=6)
        return done

    (ran,) = run_all(setting._replace(work=setting.work._replace(score=score)))
    assert (ran.code, [one.state for one in ran.lists], path.exists()) == (3, ["stays"], True)
    assert not (night.outputs / ran.run / "a").exists()
    assert [one.state for one in night.run().lists] == ["scored"]


def test_a_bug_in_one_list_is_told_and_the_others_go_on(night: Night):
    night.drop("a.csv")
    night.drop("b.csv", first=6)
    setting = dishonest(night)

    def score(given, out):
        if given.name == "a.csv":
            raise ZeroDivisionError("planted")
        return setting.work.score(given, out)

    (ran,) = run_all(setting._replace(work=setting.work._replace(score=score)))
    assert (ran.code, [one.state for one in ran.lists]) == (1, ["failed", "scored"])
    (trace,) = (night.root / "runs" / CLIENT).glob("*.trace.txt")
    assert "ZeroDivisionError: planted" in trace.read_text(encoding="utf-8")
    assert "bug in promo" in (night.inbox / "failed" / ran.run / "a.csv.reason.txt").read_text(encoding="utf-8")
