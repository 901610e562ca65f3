"""A refresh whose steps run on an engine: the lake is that of a refresh here, and nobody who reads it sees a difference."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from scorer import verbs
from scorer.columns import fetch, length, records
from scorer.errors import EngineUnusable, TooManyRejects
from scorer.lake.engines.duckdb import connect, read_lake
from scorer.lake.engines.embedded import DuckDBEngine
from scorer.lake.refresh import UNCHANGED, Refreshed, refresh
from scorer.lake.snapshot import first_start, snapshot_tables
from scorer.lake.workplace import There
from scorer.planning.actuals import from_lake, known_to_lake
from scorer.planning.log.book import Entry, Event
from scorer.planning.log.life import Status
from scorer.saying import quiet
from scorer.settings import MATCHING_KEYS
from scorer.workspace import Workspace
from tests import factories
from tests.engines.kept_tables import BESIDE, KEPT, faults, shapes, tables
from tests.planning.logged_plans import prediction
from tests.promo_command import promo

CLIENT = "small"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A client whose lake was made here."""
    home = Workspace(tmp_path_factory.mktemp("here"))
    factories.small_client(home.root, client=CLIENT)
    verbs.refresh(home, CLIENT)
    return home


@pytest.fixture
def home(made: Workspace, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(made.root, tmp_path / "there")))


def refreshed_there(home: Workspace, engine: type[DuckDBEngine] = DuckDBEngine, say: Callable[[str], None] = quiet) -> Refreshed:
    client = home.choose(CLIENT)

    @contextmanager
    def opening() -> Iterator[There]:
        with closing(engine()) as there:
            yield There(client, there, say)

    return refresh(client, home.exports(CLIENT), home.lake(CLIENT), say, full=True, opening=opening)


def one_campaign_less(home: Workspace) -> str:
    (campaigns,) = home.exports(CLIENT).glob("campaigns*.csv")
    campaigns.write_bytes(b"".join(campaigns.read_bytes().splitlines(keepends=True)[:-1]))
    return campaigns.name


def test_the_lake_is_that_of_a_refresh_here(made, home):
    said: list[str] = []
    there = refreshed_there(home, say=said.append)
    assert there == verbs.refresh(made, CLIENT)._replace(unchanged=False, notes=there.notes, reads=there.reads)
    names = (*KEPT, *BESIDE)
    assert faults(tables(home.lake(CLIENT), names), tables(made.lake(CLIENT), names)) == []
    here = shapes(made.lake(CLIENT))
    assert all(set(columns) <= set(here[name]) for name, columns in shapes(home.lake(CLIENT)).items())
    assert [name for name, columns in shapes(home.lake(CLIENT)).items() if columns != here[name]] == ["item_periods"]
    assert said[1].startswith("Sending ")
    assert "Measuring past promotions on duckdb" in said


def test_whoever_reads_the_lake_sees_no_difference(made, home):
    refreshed_there(home)
    findings = [verbs.health(place, CLIENT).findings for place in (made, home)]
    assert findings[0] == findings[1]
    assert looked_back(made) == looked_back(home)
    with read_lake(home.lake(CLIENT)) as con:
        assert all(map(length, snapshot_tables(con, first_start(con)).values()))
    unchanged = verbs.refresh(home, CLIENT)
    assert unchanged.notes[0] == UNCHANGED


def looked_back(home: Workspace) -> tuple[str, str]:
    """Return what post-event finds for one past promotion."""
    with read_lake(home.lake(CLIENT)) as con:
        (ran,) = records(fetch(con, "SELECT * FROM promotions ORDER BY start_date DESC, promotion_id LIMIT 1"))
    planned = prediction(ran["promotion_id"], start_date=ran["start_date"])
    planned = planned._replace(inputs={**planned.inputs, **{name: ran[name] for name in MATCHING_KEYS}})
    entry = Entry(1, 1, planned, "", Event(planned.promotion_id, 1, 2, "", "", Status.COMMITTED, "", "", None), None)
    actual = from_lake(entry, known_to_lake(home.lake(CLIENT), [entry])[planned.promotion_id])
    assert actual.measured, actual.why
    return actual.sources, str({name: value and round(value, 9) for name, value in actual.figures.items()})


def test_the_next_refresh_takes_its_rows_over_wherever_it_runs(made, home):
    refreshed_there(home)
    changed = one_campaign_less(home)
    done = verbs.refresh(home, CLIENT)
    assert [file for read in done.reads for file in read.again] == [changed]
    assert len(verbs.health(home, CLIENT).refreshes) == 1 + 1  # a full refresh begins a diary of its own


class Breaking(DuckDBEngine):
    """An engine whose connection goes in the middle of the work."""

    def make(self, name: str, select: str) -> None:
        if name == "features":
            raise EngineUnusable.because("duckdb", "the connection is gone", "Look at what its workers say.")
        super().make(name, select)


def test_an_engine_that_fails_leaves_the_lake_as_it_was(home):
    before = home.lake(CLIENT).read_bytes()
    with pytest.raises(EngineUnusable, match="the connection is gone"):
        refreshed_there(home, Breaking)
    assert home.lake(CLIENT).read_bytes() == before
    assert {path.name for path in home.lake(CLIENT).parent.iterdir()} == {f"{CLIENT}.duckdb", f"{CLIENT}.lock"}


def test_where_the_engine_is_does_not_change_what_the_lake_holds(home):
    """Another address in the client file is no reason to make the lake anew."""
    file = home.client_file(CLIENT)
    file.write_text(f'{file.read_text(encoding="utf-8")}\n[engine]\nmaster = "spark://elsewhere:7077"\n', encoding="utf-8")
    assert verbs.refresh(home, CLIENT).unchanged


def test_a_run_refreshes_on_the_engine_of_the_client_file(home):
    file = home.client_file(CLIENT)
    file.write_text(f'{file.read_text(encoding="utf-8")}\n[engine]\nname = "snowflake"\nconnection = "nowhere"\n', encoding="utf-8")
    one_campaign_less(home)
    (ran,) = verbs.run(home, CLIENT)
    (stage,) = (stage for stage in ran.stages if stage.name == "refresh")
    assert stage.state == "failed"
    assert "snowflake" in stage.why.lower()
    with closing(connect(home.lake(CLIENT), read_only=True)) as con:
        assert con.execute("SELECT COUNT(*) FROM training_rows").fetchall()[0][0] > 0


def test_a_client_whose_lake_is_made_by_snowflake_is_scored_here(demo_workspace):
    file = demo_workspace / "clients" / "demo.toml"
    file.write_text(f'{file.read_text(encoding="utf-8")}\n[engine]\nname = "snowflake"\n', encoding="utf-8")
    home, plan = Workspace(demo_workspace), demo_workspace / "upcoming.csv"
    with pytest.raises(TooManyRejects, match="4 of 61 rows"):  # as on any machine: the others were scored
        verbs.score_elsewhere(home, plan, client="demo")
    with pytest.raises(EngineUnusable, match="no model of ours"):
        verbs.score_elsewhere(home, plan, client="demo", engine="snowflake")


def test_an_engine_that_cannot_be_used_is_told_before_anything_is_read(home):
    ended = promo(home.root, "refresh", "--full", "--engine", "snowflake")
    assert ended.code in {EngineUnusable.exit_code, 4}
    assert "Traceback" not in ended.err
