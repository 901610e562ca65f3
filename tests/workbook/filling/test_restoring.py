"""A workbook that was filled is brought back, and what it was until then is not lost."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from scorer import verbs
from scorer.errors import FileUnreadable, NothingToWorkOn, OutputRefused, TooManyRejects
from scorer.workbook.filling.safety import back_up
from tests.conftest import Home
from tests.promo_command import promo

EARLY, LATE = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(b"first")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_newest_backup_comes_back(book: Path) -> None:
    early = back_up(book, EARLY)
    book.write_bytes(b"second")
    late = back_up(book, LATE)
    os.utime(late, (0, 0))  # the time in the name counts, not the one of the file system
    book.write_bytes(b"third")
    done = verbs.restore(book)
    assert (done.book, done.backup) == (book, late)
    assert done.kept is not None
    assert contents(book.parent) == {"mine.xlsx": b"second", early.name: b"first", late.name: b"second", done.kept.name: b"third"}


def test_the_last_of_several_backups_of_a_second_comes_back(book: Path) -> None:
    for content in (b"a", b"b", *(b"%d" % number for number in range(9)), b"newest"):
        book.write_bytes(content)
        back_up(book, EARLY)
    book.write_bytes(b"now")
    verbs.restore(book)
    assert book.read_bytes() == b"newest"


def test_restoring_again_undoes_it(book: Path) -> None:
    back_up(book)
    book.write_bytes(b"second")
    for expected in (b"first", b"second", b"first"):
        verbs.restore(book)
        assert book.read_bytes() == expected


def test_a_clock_that_was_set_back_does_not_matter(book: Path) -> None:
    back_up(book, datetime(2150, 1, 1, tzinfo=UTC))
    book.write_bytes(b"second")
    verbs.restore(book)
    verbs.restore(book)
    assert book.read_bytes() == b"second"


def test_a_workbook_that_is_gone_comes_back(book: Path) -> None:
    back_up(book)
    book.unlink()
    done = verbs.restore(book)
    assert (book.read_bytes(), done.kept) == (b"first", None)


def test_backups_of_others_are_left_alone(book: Path) -> None:
    for name in (
        "other.backup-20260301T120000Z.xlsx", "mine.backup-20260301T120000Z.xlsm", "mine.backup-20261301T120000Z.xlsx",
        "mine.backup-20260301.xlsx", "mine.backup-20260301T120000Z-x.xlsx",
    ):  # fmt: skip
        (book.parent / name).write_bytes(b"other")
    with pytest.raises(NothingToWorkOn, match=r"mine\.xlsx has no backup beside it.*promo workbook --into"):
        verbs.restore(book)
    assert book.read_bytes() == b"first"


def test_what_is_not_there_is_asked_for(book: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"There is no file .*mime\.xlsx\. Did you mean 'mine\.xlsx'"):
        verbs.restore(book.with_name("mime.xlsx"))
    with pytest.raises(FileUnreadable, match="There is no file"):
        verbs.restore(book.parent / "nowhere" / "mine.xlsx")


def test_an_open_workbook_is_left_alone(book: Path) -> None:
    back_up(book)
    book.write_bytes(b"second")
    (book.parent / "~$mine.xlsx").touch()
    before = contents(book.parent)
    with pytest.raises(OutputRefused, match="it is open in Excel"):
        verbs.restore(book)
    assert contents(book.parent) == before


def test_a_run_that_is_stopped_leaves_no_backup_of_its_own(book: Path) -> None:
    back_up(book)
    book.write_bytes(b"second")
    before = contents(book.parent)

    def saved_meanwhile(sentence: str) -> None:
        if sentence.startswith("Restoring"):
            book.write_bytes(b"saved by someone else")

    with pytest.raises(OutputRefused, match="saved by someone else"):
        verbs.restore(book, saved_meanwhile)
    assert contents(book.parent) == {**before, "mine.xlsx": b"saved by someone else"}


def test_a_link_stays_a_link(book: Path) -> None:
    folder = book.parent / "links"
    folder.mkdir()
    link = folder / "link.xlsx"
    link.symlink_to(book)
    back_up(book)
    book.write_bytes(b"second")
    verbs.restore(link)
    assert link.is_symlink()
    assert book.read_bytes() == b"first"


def test_what_filling_left_is_found(demo_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("Mine")
    for row, cells in enumerate([["promotion_id", "verdict"], ["U0003"], ["U0001"]]):
        sheet.write_row(row, 0, cells)
    made.close()
    empty = path.read_bytes()
    with pytest.raises(TooManyRejects):
        verbs.fill(demo_home.workspace, demo_home.upcoming, path)
    filled = path.read_bytes()
    ended = promo(tmp_path, "restore", "mine.xlsx")
    assert ended.code == 0, ended.err
    assert "mine.xlsx is again as mine.backup-" in ended.out
    assert path.read_bytes() == empty != filled
    told = json.loads(promo(tmp_path, "restore", "mine.xlsx", "--json").out)
    assert (tmp_path / told["kept"]).read_bytes() == empty
    assert path.read_bytes() == filled
    assert promo(tmp_path, "restore", "yours.xlsx").code == 3
