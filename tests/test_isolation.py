"""Two clients in one workspace never see each other: what is planted with one is in no byte that the other gets."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from scorer import verbs
from scorer.demo import original
from scorer.errors import BundleRefused, PromoError
from scorer.lake.engines.duckdb import connect
from scorer.model import BUNDLE_TASK
from scorer.workspace import Workspace
from tests.promo_command import promo

CANARY = "Kanarienvogel"
SECRET = 7_919_331  # a number that stands in no other file


@pytest.fixture(scope="module")
def two(original_home, tmp_path_factory):
    """A client with canaries in its exports, settings, lake, models and log, and the client of the others' tests beside it."""
    root = tmp_path_factory.mktemp("two")
    for part in ("clients", "models", "lake", "exports"):
        shutil.copytree(original_home.workspace.root / part, root / part)
    workspace = Workspace(root)
    original(workspace, seed=9, client="rival")
    folder = workspace.exports("rival")
    for path in folder.iterdir():  # a region and a category become canaries
        text = path.read_text(encoding="utf-8").replace("North", f"{CANARY}-Nord").replace("Snacks", f"{CANARY}-Snacks")
        path.write_text(text.replace("PR000", f"{CANARY}-PR"), encoding="utf-8")
    settings = workspace.client_file("rival")
    told = settings.read_text(encoding="utf-8")
    settings.write_text(f"{told}\n[money]\nfixed_cost = {SECRET}\n".replace("Transactions by region", f"{CANARY} Ltd"), encoding="utf-8")
    verbs.refresh(workspace, "rival")
    verbs.train(workspace, "rival")
    plan = root / "rivals-list.csv"
    text = original_home.upcoming.read_text(encoding="utf-8").replace("North", f"{CANARY}-Nord").replace("PL0", f"{CANARY}-PL0")
    plan.write_text(text, encoding="utf-8")
    verbs.commit(workspace, plan, client="rival")
    return workspace


def readable(path: Path) -> Iterator[bytes]:
    """Yield what a file holds, packed parts unpacked: members of archives, tables of databases, cells of columns."""
    content = path.read_bytes()
    yield content
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as opened:
            yield from (opened.read(name) for name in opened.namelist())
    if path.suffix == ".parquet":
        with connect() as con:
            yield repr(con.execute(f"SELECT * FROM '{path}'").fetchall()).encode()
    if path.suffix == ".duckdb":
        with connect(path, read_only=True) as con:
            for schema, table in con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall():
                yield repr(con.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()).encode()
    if content.startswith(b"SQLite format 3"):
        with sqlite3.connect(path) as log:
            for (table,) in log.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                yield repr(log.execute(f'SELECT * FROM "{table}"').fetchall()).encode()
        log.close()


def betrayed(path: Path) -> bool:
    marks = (CANARY.encode(), CANARY.lower().encode(), str(SECRET).encode())
    return any(mark in piece for piece in readable(path) for mark in marks)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_canaries_can_be_found_where_they_were_planted(two):
    """Otherwise the test below would find nothing anywhere."""
    model = files(two.models("rival"))
    assert betrayed(two.lake("rival")) and betrayed(two.log("rival")) and betrayed(two.client_file("rival"))
    assert {"lift.json", "about.json", "item_asof.parquet", "past.parquet"} <= {path.name for path in model if betrayed(path)}
    assert any(betrayed(path) for path in files(two.exports("rival")))


COMMANDS = [
    ("check",),
    ("check", "{list}"),
    ("refresh",),
    ("train",),
    ("train", "--promote"),
    ("score", "{list}", "--out", "mine/scores.csv"),
    ("score", "{list}", "--out", "mine/scores.parquet"),
    ("score", "{list}", "--out", "mine/scores.xlsx"),
    ("workbook", "{list}", "--out", "mine/plan.xlsx"),
    ("what-if", "{list}", "--tornado"),
    ("target", "{list}", "--roi", "10"),
    ("scenarios", "{list}", "--file", "scenarios.toml", "--out", "mine/differences.csv"),
    ("calendar", "{list}", "--out", "mine/calendar.xlsx"),
    ("optimise", "{list}", "--time-limit", "5", "--out", "mine/best.xlsx"),
    ("commit", "{list}"),
    ("plans", "list"),
    ("plans", "tracking"),
    ("post-event", "--out", "mine/post_event.xlsx"),
    ("decide", "reject", "PL001", "--why", "too dear"),
    ("workbook", "mine/own.xlsx", "--into", "mine/own.xlsx"),
    ("restore", "mine/own.xlsx"),
    ("pdf", "mine/plan.xlsx", "--sheets", "ROI", "--out", "mine/roi.pdf"),
    ("health",),
    ("verify", "--engine", "duckdb"),
    ("run",),
    ("models", "list"),
    ("models", "show"),
    ("models", "rollback"),
]


OF_NO_CLIENT = ("restore", "pdf")


def _as_workbook(listed: Path, book: Path) -> None:
    own = openpyxl.Workbook()
    with listed.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            own.active.append(row)
    own.save(book)


def test_no_verb_for_one_client_tells_anything_of_the_other(original_home, two):
    root = two.root
    (root / "mine").mkdir()
    _as_workbook(original_home.upcoming, root / "mine" / "own.xlsx")
    for client, listed in (("original", original_home.upcoming), ("rival", root / "rivals-list.csv")):
        two.inbox(client).mkdir(parents=True)
        shutil.copy(listed, two.inbox(client) / "tonight.csv")
    (root / "scenarios.toml").write_text('["Cheaper"]\nfixed_cost = 5\n', encoding="utf-8")
    parts = (two.models("rival"), two.exports("rival"), two.inbox("rival"))
    before = {path: path.read_bytes() for part in parts for path in files(part)} | {two.log("rival"): two.log("rival").read_bytes()}
    said, ended = [], {}
    for words in COMMANDS:
        asked = [word.format(list=original_home.upcoming) for word in words]
        done = promo(root, *asked, *(() if words[0] in OF_NO_CLIENT else ("--client", "original")))
        said += [done.out, done.err]
        ended[" ".join(words)] = done.code
    assert {command: code for command, code in ended.items() if code not in (0, 3, 4, 5)} == {}
    assert sum(code == 0 for code in ended.values()) > len(COMMANDS) - 5, ended
    assert [text for text in said if CANARY.lower() in text.lower() or str(SECRET) in text] == []
    mine = [*files(root / "mine"), *files(two.models("original")), two.lake("original"), two.log("original")]
    mine += [*files(root / "outputs" / "original"), *(path for path in files(root / "logs") if "original" in path.name)]
    assert {"own.xlsx", "roi.pdf", "original.jsonl"} <= {path.name for path in mine}
    assert [path for path in mine if betrayed(path)] == []
    assert {path: path.read_bytes() for path in before} == before  # and nothing of the other's was touched


@pytest.mark.parametrize("words", [("score", "{list}", "--model", "{version}"), ("models", "promote", "{version}"), ("models", "show", "{version}")])
def test_the_others_model_is_no_model_of_ours_and_is_not_named(original_home, two, words):
    version = verbs.store_of(two, "rival").current(BUNDLE_TASK)
    asked = [word.format(list=original_home.upcoming, version=version) for word in words]
    done = promo(two.root, *asked, "--client", "original")
    assert done.code == 4 and "no model version" in done.err
    assert CANARY not in done.err + done.out


def test_a_plan_of_the_other_is_none_that_can_be_decided_on(original_home, two):
    if not two.log("original").exists():
        verbs.commit(two, original_home.upcoming, client="original")
    asked, before = f"{CANARY}-PL001", two.log("rival").read_bytes()
    assert asked.encode() in before
    done = promo(two.root, "decide", "reject", asked, "--why", "not ours", "--client", "original")
    assert done.code == 3 and f"no promotion '{asked}'" in done.err
    assert CANARY not in (done.out + done.err).replace(asked, "")
    assert two.log("rival").read_bytes() == before


def test_a_model_put_into_the_wrong_folder_is_refused_without_telling_what_is_in_it(original_home, two, tmp_path):
    for part in ("clients", "models"):
        shutil.copytree(two.root / part, tmp_path / part)
    workspace = Workspace(tmp_path)
    shutil.rmtree(workspace.models("original"))
    shutil.copytree(workspace.models("rival"), workspace.models("original"))
    with pytest.raises(BundleRefused, match="model of client 'rival'") as told:
        verbs.score(workspace, original_home.upcoming, client="original")
    assert CANARY not in str(told.value)


@pytest.mark.parametrize("name", ["../rival", "rival/../original", "/etc", "original\x00", "..", "rival.toml", "RIVAL/"])
def test_a_client_is_a_name_and_never_a_way_through_folders(two, name):
    with pytest.raises(PromoError) as told:
        verbs.load(two, name)
    assert CANARY not in str(told.value)
