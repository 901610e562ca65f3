"""One small Python for both hosts: who needs it is on record, and it goes with the last of them."""

from __future__ import annotations

import pytest

from addin.installation import excel, libreoffice
from addin.installation.configuring import settled
from addin.installation.ledger import Ledger
from addin.installation.places import environment_folder, python_of, record_file
from addin.installation.undoing import undo
from scorer.errors import HostMissing, OutputRefused
from tests.addin.installation.machine import Machine


@pytest.fixture
def windows(tmp_path):
    return Machine(tmp_path, "windows")


@pytest.fixture
def linux(tmp_path):
    return Machine(tmp_path, "linux")


def answering(machine, environment=None):
    return libreoffice.answering(environment, Ledger(record_file(machine)), machine)


def into_excel(machine, tmp_path):
    excel.install(settled(machine.environment, tmp_path), machine)


def made(machine):
    return sum("venv" in command for command in machine.commands)


def test_libreoffice_gets_its_own_python(linux):
    assert answering(linux) == (python_of(environment_folder(linux), linux), ())
    assert any("compileall" in command for command in linux.commands)


@pytest.mark.parametrize("excel_first", [True, False])
def test_uninstalling_one_host_leaves_the_python_of_the_other(windows, tmp_path, excel_first):
    first, second = (into_excel, lambda machine, _: answering(machine))[:: 1 if excel_first else -1]
    first(windows, tmp_path)
    second(windows, tmp_path)
    assert made(windows) == 1
    python = python_of(environment_folder(windows), windows)
    undone = excel.uninstall(windows)
    assert python.is_file()
    assert environment_folder(windows) not in undone.removed
    assert environment_folder(windows) in undo("libreoffice", "LibreOffice", windows).removed
    assert not record_file(windows).parent.exists()


def test_the_python_goes_with_excel_where_libreoffice_went_first(windows, tmp_path):
    into_excel(windows, tmp_path)
    answering(windows)
    undo("libreoffice", "LibreOffice", windows)
    assert environment_folder(windows).is_dir()
    excel.uninstall(windows)
    assert not environment_folder(windows).exists()


def test_an_environment_that_somebody_made_is_used_and_left(linux, tmp_path):
    linux.make_environment(tmp_path / "mine")
    assert answering(linux, tmp_path / "mine").python == python_of(tmp_path / "mine", linux)
    undo("libreoffice", "LibreOffice", linux)
    assert python_of(tmp_path / "mine", linux).is_file()


def test_without_packages_this_python_itself_answers(linux):
    linux.refuses = "install"
    python, (note,) = answering(linux)
    assert python == linux.python
    assert "install went wrong" in note
    assert not environment_folder(linux).exists()


def test_what_is_made_by_hand_after_a_failure_is_not_ours(linux, tmp_path):
    linux.refuses = "install"
    with pytest.raises(OutputRefused, match="install went wrong"):
        answering(linux, tmp_path / "mine")
    linux.refuses = ""
    linux.make_environment(tmp_path / "mine")
    answering(linux, tmp_path / "mine")
    undo("libreoffice", "LibreOffice", linux)
    assert python_of(tmp_path / "mine", linux).is_file()


def test_a_python_that_cannot_talk_to_libreoffice_is_not_taken(linux):
    linux.talks = False
    python, (note,) = answering(linux)
    assert python == linux.python
    assert "cannot talk to LibreOffice" in note
    assert "--environment FOLDER" in note


def test_one_that_was_named_and_cannot_talk_is_refused_with_what_to_do(linux, tmp_path):
    linux.make_environment(tmp_path / "mine")
    linux.talks = False
    with pytest.raises(HostMissing, match="make an environment with it"):
        answering(linux, tmp_path / "mine")


def test_one_of_another_python_is_made_anew(linux):
    linux.release = "3.9.2"
    answering(linux)
    answering(linux)
    assert made(linux) == 2


def test_one_that_no_longer_runs_is_made_anew(windows, tmp_path):
    into_excel(windows, tmp_path)
    python = python_of(environment_folder(windows), windows)
    python.unlink()
    into_excel(windows, tmp_path)
    assert python.is_file()
    assert made(windows) == 2
