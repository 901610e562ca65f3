"""LibreOffice is started, joined and ended; what is missing is told."""

from __future__ import annotations

import builtins
import os
import signal
import subprocess
import sys

import pytest

from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.engine import activate
from addin.hosts.libreoffice.office import Office
from scorer.errors import FileUnreadable, HostMissing
from tests.architecture.source_tree import ROOT


def _is_running(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_version_is_that_of_the_program(office):
    told = subprocess.run([uno_bridge.program(), "--version"], capture_output=True, text=True, check=True).stdout
    assert office.version() in told


def test_an_office_ends_with_its_process_and_its_profile(uno):
    office = Office.start()
    profile = office._own._temporary
    assert profile.is_dir() and office.is_alive()
    office.close()
    assert not _is_running(office.pid) and not profile.exists() and not office.is_alive()
    office.close()


def test_a_profile_that_was_given_stays(uno, tmp_path):
    with Office.start(tmp_path / "profile"):
        pass
    assert (tmp_path / "profile" / "user").is_dir()


def test_one_who_joined_does_not_end_the_office(office):
    joined = Office.attach(office.pipe, pid=office.pid)
    document = joined.new()
    assert [one.RuntimeUID for one in office.documents()] == [document.RuntimeUID]
    document.close(True)
    joined.close()
    assert office.is_alive()


def test_two_offices_do_not_meet(office, german_office):
    document = office.new()
    assert list(german_office.documents()) == []
    assert office.pipe != german_office.pipe
    document.close(True)


def test_a_dead_office_can_be_closed(uno):
    office = Office.start()
    profile = office._own._temporary
    os.killpg(office.pid, signal.SIGKILL)
    office._own.process.wait()
    assert not office.is_alive()
    office.close()
    assert not profile.exists()


def test_quitting_the_app_ends_an_office_that_was_started(uno):
    office = Office.start()
    app = activate(office)
    app.quit()
    assert not _is_running(office.pid)
    assert app.impl not in list(app.impl.engine.apps)


def test_a_pipe_that_nobody_listens_on_is_told(uno):
    with pytest.raises(HostMissing, match="No LibreOffice answers on the pipe 'promo-nobody'"):
        Office.attach("promo-nobody")


def test_an_office_that_cannot_start_is_told(uno, tmp_path):
    (tmp_path / "file").write_text("a profile needs a folder", encoding="utf-8")
    with pytest.raises(HostMissing, match="did not start"):
        Office.start(tmp_path / "file" / "profile", seconds=3)


def test_files_that_are_no_workbook_are_told(office, tmp_path):
    text = tmp_path / "note.xlsx"
    text.write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(FileUnreadable, match="no spreadsheet"):
        office.open(text)
    with pytest.raises(FileUnreadable, match="There is no file"):
        office.open(tmp_path / "absent.xlsx")
    assert list(office.documents()) == []


def test_loading_uno_leaves_python_as_it_was():
    program = (
        "import builtins, sys\n"
        "path, importer = list(sys.path), builtins.__import__\n"
        "from addin.hosts.libreoffice import uno_bridge\n"
        "uno_bridge.load()\n"
        "assert sys.path == path, sys.path\n"
        "assert builtins.__import__ is importer\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    if "HostMissing" in ended.stderr:
        pytest.skip("LibreOffice or UNO is not installed")
    assert ended.returncode == 0, ended.stderr


def test_no_import_hook_is_left(uno):
    assert builtins.__import__.__module__ == "builtins"


def test_missing_uno_is_told_with_the_places(uno, monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, "uno")
    with pytest.raises(HostMissing, match=rf"not found in {tmp_path}.*apt install python3-uno"):
        uno_bridge.load([tmp_path])


def test_uno_of_another_python_is_told(uno, monkeypatch, tmp_path):
    for name in ("uno", "unohelper", "pyuno"):
        monkeypatch.delitem(sys.modules, name)
        (tmp_path / f"{name}.py").write_text("raise ImportError('built for Python 2.4')", encoding="utf-8")
    with pytest.raises(HostMissing, match=r"do not load in Python 3.*built for Python 2\.4"):
        uno_bridge.load([tmp_path])
    assert "pyuno" not in sys.modules


def test_a_missing_program_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("scorer.workbook.pdf.USUAL_PLACES", ())
    with pytest.raises(HostMissing, match="LibreOffice was not found"):
        uno_bridge.program()


@pytest.mark.parametrize(("runs_macros", "mode"), [(False, 0), (True, 4)])
def test_macros_of_a_workbook_run_only_when_asked_for(office, runs_macros, mode):
    # com.sun.star.document.MacroExecMode: never, and always without a question
    joined = Office.attach(office.pipe, pid=office.pid, runs_macros=runs_macros)
    document = joined.new()
    assert {each.Name: each.Value for each in document.getArgs()}["MacroExecutionMode"] == mode
    document.close(True)
