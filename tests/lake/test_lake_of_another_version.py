"""A lake that another version made lacks tables or columns: who reads it says so, and a refresh makes it anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from scorer import verbs
from scorer.errors import FileUnreadable
from scorer.lake.engines.duckdb import connect, read_lake
from scorer.verbs.examining import health_beside
from scorer.workspace import Workspace
from tests import factories
from tests.promo_command import promo

CLIENT = "small"
# tables and columns of every layer; some are taken over by the next refresh, some say whether it has anything to do
LACKING = (
    "TABLE training_rows",
    "TABLE about",
    "TABLE refreshes",
    "TABLE drifts",
    "about.rules",
    "refreshes.files",
    "exports.rules",
    "bronze_sales.stock_out",
    "bronze_rejects.reason",
    "ml_promo_effectiveness.roi_proxy",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    factories.small_client(root, client=CLIENT)
    verbs.refresh(Workspace(root), CLIENT)
    return root


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(made, tmp_path / "home")))


def take_away(home: Workspace, what: str) -> None:
    with closing(duckdb.connect(str(home.lake(CLIENT)))) as con:
        # the views on a table of exported rows would keep it from being changed
        for view in ("keyed_sales", "sales", "sales_judged", "sales_read") if what.startswith("bronze_sales") else ():
            con.execute(f"DROP VIEW {view}")
        table, _, column = what.partition(".")
        con.execute(f"ALTER TABLE {table} DROP COLUMN {column}" if column else f"DROP {table}")


def told(verb: Callable[..., object], home: Workspace) -> str:
    with pytest.raises(FileUnreadable) as refused:
        verb(home, CLIENT)
    return str(refused.value)


@pytest.mark.parametrize(
    ("verb", "what"),
    [
        (verbs.health, "TABLE refreshes"),
        (verbs.health, "TABLE drifts"),
        (verbs.health, "about.data_cut"),
        (verbs.health, "training_rows.price_position"),
        (verbs.train, "TABLE training_rows"),
        (verbs.train, "TABLE promoted_weeks"),
        (verbs.train, "training_rows.cohort"),
    ],
)
def test_a_verb_that_lacks_something_says_what_to_do(home, verb, what):
    take_away(home, what)
    assert told(verb, home).endswith("another version made it. Make it anew from the exports: promo refresh --full.")


def test_the_command_ends_as_one_that_cannot_use_a_file(home):
    take_away(home, "TABLE refreshes")
    ended = promo(home.root, "health", "--client", CLIENT)
    assert ended.code == FileUnreadable.exit_code
    assert "promo refresh --full" in ended.err


def test_figures_do_not_hang_on_it_and_a_run_says_it(home):
    take_away(home, "TABLE drifts")
    assert health_beside(home, home.choose(CLIENT)) is None
    (ran,) = verbs.run(home, CLIENT)
    (alert,) = (alert for alert in ran.alerts if alert.about == "health")
    assert alert.level == "warning"
    assert "promo refresh --full" in alert.sentence


@pytest.mark.parametrize("what", LACKING)
def test_a_refresh_makes_it_anew(home, what):
    whole = verbs.refresh(home, CLIENT)
    if not what.startswith(("TABLE about", "about")):
        with closing(duckdb.connect(str(home.lake(CLIENT)))) as con:
            con.execute("UPDATE about SET rules = 'those of another version'")
    take_away(home, what)
    done = verbs.refresh(home, CLIENT)
    assert not done.unchanged
    assert (done.counts, done.promotions, done.learnable) == (whole.counts, whole.promotions, whole.learnable)
    assert verbs.health(home, CLIENT).findings


@pytest.mark.parametrize("what", ["TABLE drifts", "TABLE about", "bronze_sales.stock_out"])
def test_a_full_refresh_makes_it_anew_whatever_it_says_of_itself(home, what):
    take_away(home, what)
    assert not verbs.refresh(home, CLIENT, full=True).unchanged
    assert verbs.health(home, CLIENT).findings


def test_what_is_wrong_with_a_question_is_no_fault_of_the_lake(home):
    with pytest.raises(duckdb.ParserException), read_lake(home.lake(CLIENT)) as con:
        con.execute("SELECT FROM WHERE")
    with closing(connect()) as con, pytest.raises(duckdb.CatalogException):
        con.execute("SELECT * FROM nowhere")
