"""What is removed is old, was made by a run, and is never the newest that is good."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scorer.running.journal import Journal, runs, write
from scorer.running.places import Places
from scorer.running.retention import Past, outdated, retain
from scorer.settings import Runs
from scorer.workspace import Workspace

TODAY = date(2026, 12, 1)


def past_runs(root, ages: dict[int, int], client: str = "acme") -> Places:
    """Write the traces of runs of so many days ago, each with its exit code; oldest first."""
    places = Places(Workspace(root), client)
    for age, code in ages.items():
        day = TODAY - timedelta(days=age)
        run = f"{day:%Y%m%d}-001"
        for folder in (places.output(run) / "a", places.done(run)):
            folder.mkdir(parents=True)
            (folder / "a.csv").write_text("x")
        write(places, Journal(run, client, day.isoformat(), "", "", ended="then", code=code))
    return places


def left(places: Places) -> list[str]:
    return sorted(path.name for path in places.outputs.iterdir())


def test_old_outputs_go_and_their_lists_stay(tmp_path):
    places = past_runs(tmp_path, {200: 0, 100: 0, 50: 0, 1: 0})
    gone = retain(places, TODAY, Runs(keep_days=90, keep_runs=1))
    assert gone == ["20260515-001", "20260823-001"]
    assert left(places) == runs(places) == ["20261012-001", "20261130-001"]
    assert (places.done("20260515-001") / "a.csv").exists()


def test_lists_go_too_where_the_settings_say_so(tmp_path):
    places = past_runs(tmp_path, {200: 0, 1: 0})
    retain(places, TODAY, Runs(keep_runs=1, keep_lists=False))
    assert [path.name for path in places.done("x").parent.iterdir()] == ["20261130-001"]


def test_the_newest_good_run_stays_however_old(tmp_path):
    places = past_runs(tmp_path, {400: 0, 300: 0, 200: 3, 100: 4})
    retain(places, TODAY, Runs(keep_days=1, keep_runs=1))
    assert left(places) == ["20260204-001", "20260823-001"]


def test_what_no_run_made_is_left_alone(tmp_path):
    places = past_runs(tmp_path, {200: 0, 1: 0})
    mine = places.outputs / "demo"
    mine.mkdir()
    strange = places.outputs / "20260101-001"  # called like a run, but no run remembers it
    strange.mkdir()
    retain(places, TODAY, Runs(keep_runs=1))
    assert left(places) == ["20260101-001", "20261130-001", "demo"]


def test_a_run_that_is_not_over_is_left_alone(tmp_path):
    places = past_runs(tmp_path, {1: 0})
    write(places, Journal("20260101-001", "acme", "2026-01-01", "", ""))
    assert retain(places, TODAY, Runs(keep_runs=1)) == []


def test_another_clients_runs_are_left_alone(tmp_path):
    ours, theirs = (past_runs(tmp_path, {200: 0, 1: 0}, client) for client in ("acme", "other"))
    retain(ours, TODAY, Runs(keep_runs=1))
    assert len(left(theirs)) == 2


def test_removing_that_was_cut_short_is_finished(tmp_path):
    places = past_runs(tmp_path, {200: 0, 1: 0})
    places.output("20260515-001").rename(places.outputs / ".removing-20260515-001")
    assert retain(places, TODAY, Runs(keep_runs=1)) == ["20260515-001"]
    assert left(places) == runs(places) == ["20261130-001"]


@given(
    st.lists(st.tuples(st.integers(0, 500), st.booleans()), max_size=12),
    st.integers(0, 400),
    st.integers(1, 5),
)
def test_the_law_of_retention(ages, keep_days, keep_runs):
    ordered = sorted(ages, reverse=True)
    past = [Past(f"{at:08d}-001", TODAY - timedelta(days=age), good) for at, (age, good) in enumerate(ordered)]
    going = set(outdated(past, TODAY, Runs(keep_days=keep_days, keep_runs=keep_runs)))
    staying = [one for one in past if one.run not in going]
    assert staying[-keep_runs:] == past[-keep_runs:]
    assert any(one.good for one in past) == any(one.good for one in staying)
    assert all((TODAY - one.day).days > keep_days for one in past if one.run in going)
    settled = {one.run for one in past[-keep_runs:]} | {one.run for one in [one for one in past if one.good][-1:]}
    assert all((TODAY - one.day).days <= keep_days or one.run in settled for one in staying)
