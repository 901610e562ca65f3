"""Names are names, not ways out: nothing is written outside the workspace unless somebody names a place."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from scorer import verbs
from scorer.errors import FileUnreadable, OutputRefused, PromoError, UsageError
from scorer.planning.optimise.rules import Rules
from scorer.settings import parse_client
from scorer.workspace import Workspace
from tests.hostile.lists import cells, sheet
from tests.hostile.tiny import CLIENT, HEADER, row

OUTSIDE = (
    "../x",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "/etc/passwd",
    "C:x",
    "C:\\x",
    "\\\\server\\share",
    "x\0y",
    "x\n",
    "x ",
    " x",
    "x.",
    "con:",
    "x\u202ey",
    "\uff0e\uff0e\uff0fx",
    "\u2025/x",
    "a\u2215b",
    "é",
    "-x",
    "~",
    "$HOME",
    "*",
    "x" * 65,
)


def seen(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return everything in a folder that is not in its workspace."""
    return {
        path.relative_to(folder).as_posix(): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
        if "workspace" not in path.relative_to(folder).parts[:1]
    }


@pytest.mark.parametrize("name", OUTSIDE, ids=repr)
def test_a_client_has_a_plain_name(tmp_path: Path, name: str) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.clients.mkdir(parents=True)
    with pytest.raises(PromoError):
        parse_client({"client": name})
    with pytest.raises(UsageError):
        verbs.init(workspace, name)
    for verb in (verbs.check, verbs.refresh, verbs.train):
        with pytest.raises(UsageError):
            verb(workspace, name)
    assert seen(tmp_path) == {}
    assert [path for path in workspace.root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("pattern", ["../*.csv", "/etc/*", "sub/../../*.csv", "*/../../secret.csv", "sales\0.csv", "C:\\secret.csv", "..\\secret.csv"], ids=repr)
def test_exports_come_from_the_export_folder(tiny: Workspace, pattern: str) -> None:
    (tiny.root / "exports" / "secret.csv").write_text("sale_date,revenue,region\n2026-01-01,1,North\n")
    (tiny.root / "secret.csv").write_text("sale_date,revenue,region\n2026-01-01,1,North\n")
    path = tiny.client_file(CLIENT)
    told = path.read_text(encoding="utf-8").replace('files = ["sales_*.csv"]', f"files = ['{pattern}']".replace("\0", "\\u0000") if "\0" not in pattern else 'files = ["sales\\u0000.csv"]')
    path.unlink()  # it is a link to that of every other test
    path.write_text(told, encoding="utf-8")
    with pytest.raises(PromoError, match=r"outside|No file matches|cannot"):
        verbs.check(tiny)


def test_every_verb_stays_in_its_workspace(tiny: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promotions are called like ways out, and the current folder is another one."""
    names = ["../../out", "/tmp/out", "C:\\out", "..\\..\\out", "a/b", "x" * 300]
    listing = tmp_path / "list.csv"
    listing.write_text("\n".join([HEADER, *[row(name) for name in names]]) + "\n", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    before = seen(tmp_path)
    out = tiny.root / "outputs"
    verbs.check(tiny)
    verbs.score(tiny, listing, out / "scored.csv")
    verbs.workbook(tiny, listing, out / "plan.xlsx")
    verbs.calendar(tiny, listing, out / "calendar.csv")
    verbs.optimise(tiny, listing, Rules(), out / "chosen.csv", out / "list.csv")
    verbs.commit(tiny, listing)
    verbs.decide(tiny, "reject", names[:1], "not wanted")
    assert seen(tmp_path) == before


def test_an_output_that_is_a_link_leads_nowhere_else(tiny: Workspace, tmp_path: Path) -> None:
    """A link under the name of an output is replaced; what it leads to is not written over."""
    listing, outside = tmp_path / "list.csv", tmp_path / "outside.csv"
    listing.write_text("\n".join([HEADER, row("A1")]) + "\n", encoding="utf-8")
    outside.write_text("not ours")
    (tiny.root / "out.csv").symlink_to(outside)
    (tiny.root / "out_rejects.csv").symlink_to(outside)
    verbs.score(tiny, listing, tiny.root / "out.csv")
    assert outside.read_text() == "not ours"
    assert not (tiny.root / "out.csv").is_symlink()


def test_a_list_is_never_written_over_by_way_of_a_link(tiny: Workspace, tmp_path: Path) -> None:
    listing = tmp_path / "list.csv"
    listing.write_text("\n".join([HEADER, row("A1")]) + "\n", encoding="utf-8")
    (tiny.root / "out.csv").symlink_to(listing)
    with pytest.raises(OutputRefused, match="the list itself"):
        verbs.score(tiny, listing, tiny.root / "out.csv")


@pytest.mark.parametrize("name", ["../../evil.xml", "/evil.xml", "C:\\evil.xml", "xl/../../evil.xml", "xl\\..\\..\\evil.xml"])
def test_parts_of_a_workbook_land_nowhere(tiny: Workspace, tmp_path: Path, name: str) -> None:
    """A list is read and never unpacked; a workbook with such a part is not filled."""
    book = tmp_path / "list.xlsx"
    sheet(book, [cells("A1")])
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr(name, "<evil/>")
    before = seen(tmp_path)
    assert verbs.score(tiny, book, tiny.root / "out.csv").scored == 1
    with pytest.raises(OutputRefused, match="outside"):
        verbs.fill(tiny, book, book)
    assert seen(tmp_path) == before


@pytest.mark.parametrize("version", ["../../../secret", "/etc", "..", "20260101T000000Z-00000000/../x", "x\0"])
def test_a_version_is_a_version(tiny: Workspace, tmp_path: Path, version: str) -> None:
    listing = tmp_path / "list.csv"
    listing.write_text("\n".join([HEADER, row("A1")]) + "\n", encoding="utf-8")
    with pytest.raises(PromoError, match="no model version"):
        verbs.score(tiny, listing, version=version)


@pytest.mark.parametrize("name", ["x\0.csv", "x" * 300 + ".csv"], ids=["nul", "too long"])
def test_names_that_no_file_can_have(tiny: Workspace, tmp_path: Path, name: str) -> None:
    listing = tmp_path / "list.csv"
    listing.write_text("\n".join([HEADER, row("A1")]) + "\n", encoding="utf-8")
    with pytest.raises(FileUnreadable):
        verbs.score(tiny, tmp_path / name)
    with pytest.raises(OutputRefused):
        verbs.score(tiny, listing, tiny.root / name)


def test_a_link_in_the_exports_is_read_and_not_followed_in_writing(tiny: Workspace, tmp_path: Path) -> None:
    """Whoever puts a link among the exports means the file it leads to; nothing is ever written there."""
    exports = tiny.exports(CLIENT)
    moved = shutil.move(exports / "campaigns.csv", tmp_path / "campaigns.csv")
    (exports / "campaigns.csv").symlink_to(moved)
    before = Path(moved).read_bytes()
    assert verbs.check(tiny).reads
    assert Path(moved).read_bytes() == before
