"""The record of an installation: what is ours goes, what was there comes back, what was changed stays."""

from __future__ import annotations

import pytest

from addin.installation.ledger import Ledger
from scorer.errors import FileUnreadable


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def record(home):
    return home / "local" / "share" / "promo" / "installed.json"


def names(home):
    return sorted(str(path.relative_to(home)) for path in home.rglob("*"))


def test_files_and_the_folders_made_for_them_go(home, record):
    Ledger(record).write(home / "a" / "b" / "one.txt", b"1", "excel")
    Ledger(record).claim(home / "local" / "share" / "promo" / "environment", "excel")
    (home / "local" / "share" / "promo" / "environment" / "deep").mkdir(parents=True)
    undone = Ledger(record).undo("excel")
    assert names(home) == []
    assert home / "a" / "b" / "one.txt" in undone.removed
    assert undone.kept == undone.restored == ()


def test_what_was_there_comes_back(home, record):
    file = home / "one.txt"
    file.write_bytes(b"before")
    Ledger(record).write(file, b"ours", "excel")
    Ledger(record).write(file, b"ours, newer", "excel")
    assert Ledger(record).undo("excel").restored == (file,)
    assert file.read_bytes() == b"before"
    assert names(home) == ["one.txt"]


def test_the_same_file_of_somebody_else_is_left_alone(home, record):
    file = home / "one.txt"
    file.write_bytes(b"the same")
    assert Ledger(record).write(file, b"the same", "excel") is False
    Ledger(record).undo("excel")
    assert file.read_bytes() == b"the same"


def test_what_was_changed_since_is_kept(home, record):
    file = home / "one.txt"
    Ledger(record).write(file, b"ours", "excel")
    file.write_bytes(b"edited by hand")
    assert Ledger(record).undo("excel").kept == (file,)
    assert file.read_bytes() == b"edited by hand"


def test_a_folder_with_other_things_stays(home, record):
    Ledger(record).write(home / "start" / "promo.xlam", b"ours", "excel")
    (home / "start" / "other.xlam").touch()
    Ledger(record).undo("excel")
    assert names(home) == ["start", "start/other.xlam"]


def test_what_another_host_needs_stays_until_that_one_goes(home, record):
    file = home / "config" / "addin.toml"
    Ledger(record).write(file, b"for both", "excel")
    Ledger(record).write(file, b"for both", "libreoffice")
    Ledger(record).undo("excel")
    assert file.is_file()
    Ledger(record).undo("libreoffice")
    assert names(home) == []


def test_a_write_that_failed_leaves_nothing_to_undo(home, record):
    with pytest.raises(OSError, match="no space"), Ledger(record).writing(home / "one.txt", "excel"):
        raise OSError("no space")
    Ledger(record).undo("excel")
    assert names(home) == []


def test_a_removal_that_the_system_refuses_stays_on_record(home, record):
    ledger = Ledger(record)
    ledger.write(home / "one.txt", b"1", "excel")
    ledger.write(home / "start" / "two.txt", b"2", "excel")
    (home / "one.txt").unlink()
    (home / "one.txt").mkdir()
    (home / "one.txt" / "busy").touch()
    with pytest.raises(IsADirectoryError):
        Ledger(record).undo("excel")
    assert home / "one.txt" in Ledger(record)
    assert home / "start" / "two.txt" not in Ledger(record)


def test_a_record_that_cannot_be_read_is_said(home, record):
    record.parent.mkdir(parents=True)
    record.write_text('{"written": [{"path": 1}]}', encoding="utf-8")
    with pytest.raises(FileUnreadable, match="by hand"):
        Ledger(record)
