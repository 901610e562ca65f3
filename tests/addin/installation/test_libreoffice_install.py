"""LibreOffice gets the small Python as Excel does, real office and real environment: installed, asked, examined, left."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from addin.configuration import FILE_NAMED
from addin.hosts.libreoffice.bridge import PRESENCE
from addin.hosts.libreoffice.installing import PROFILE
from addin.hosts.libreoffice.office import Office
from tests.addin.calc.conftest import Calc
from tests.promo_command import PROMO, promo

PATIENCE = 60
INSTALL = ("addin", "install", "--host", "libreoffice", "--json")


class User(NamedTuple):
    """Somebody who has installed the add-in, and what the installation said."""

    settings: Path
    profile: Path
    done: dict[str, object]

    def open(self) -> Calc:
        pipe = tomllib.loads(self.settings.read_text(encoding="utf-8"))["pipe"]
        return Calc(Office.start(self.profile), self.settings, pipe)


@pytest.fixture(scope="module")
def user(uno, made, demo_home, tmp_path_factory):
    """A user whose IT department has made the environment."""
    home = tmp_path_factory.mktemp("user")
    where = {FILE_NAMED: home / "addin.toml", PROFILE: home / "profile", "XDG_DATA_HOME": home / "data"}
    with pytest.MonkeyPatch.context() as patch:
        for name, path in where.items():
            patch.setenv(name, str(path))
        ended = promo(home, *INSTALL, "--workspace", str(demo_home.workspace.root), "--environment", str(made.folder))
        assert ended.code == 0, ended.err
        yield User(home / "addin.toml", home / "profile", json.loads(ended.out))


def test_the_environment_that_was_named_answers_a_cell(user, made, rows_of_plan):
    assert user.done["python"] == str(made.interpreter)
    assert user.done["notes"] == []
    calc = user.open()
    with calc.office:
        document = calc.new(rows_of_plan)
        assert all(isinstance(lift, float) for (lift,) in calc.array(document, "=PROMO_LIFT(A1:I3)", 3)[1:])
        (server,) = calc.servers()
        command = Path(f"/proc/{server}/cmdline").read_text(encoding="utf-8").split("\0")
        assert command[:2] == [str(made.interpreter), "-P"]


def test_the_doctor_finds_everything_in_place_while_nothing_runs(user, made):
    found = {one["name"]: one for one in json.loads(promo(user.profile, "addin", "doctor", "--json").out)}
    for name in ("LibreOffice", "UNO", "Add-in in LibreOffice", "Pipe of LibreOffice", "Python for LibreOffice"):
        assert found[name]["state"] == "ok", found[name]
    assert str(made.interpreter) in found["Python for LibreOffice"]["words"]


@pytest.mark.parametrize("answer", [(), ("--yes",)])
def test_serve_answers_questions_with_yes_only_when_told_to(user, rows_of_plan, answer):
    calc = user.open()
    with calc.office, subprocess.Popen([sys.executable, "-c", PROMO, "addin", "serve", *answer]) as server:
        wait_for_somebody(calc.office)
        document = calc.new(rows_of_plan)
        first = calc.press(document, "score_list")
        again = calc.press(document, "score_list")
        assert calc.servers() == []
        assert ("rows scored" in again) == bool(answer), (first, again)
        calc.office.close()
        assert server.wait(PATIENCE) == 0


def test_without_packages_this_python_itself_answers_and_nothing_is_left_after_it(uno, own_folders, demo_home, monkeypatch):
    for index in ("UV_DEFAULT_INDEX", "PIP_INDEX_URL"):
        monkeypatch.setenv(index, "http://127.0.0.1:9/simple/")  # nobody listens there
    monkeypatch.setenv("UV_CACHE_DIR", str(own_folders / "nothing"))
    for patience in ("UV_HTTP_RETRIES", "PIP_RETRIES"):
        monkeypatch.setenv(patience, "0")
    before = folders(own_folders)
    done = json.loads(promo(own_folders, *INSTALL, "--workspace", str(demo_home.workspace.root)).out)
    assert done["python"] == sys.executable
    (note,) = done["notes"]
    assert "answered by the Python that promo itself runs in" in note
    assert "connection to the package index" in note
    assert not (own_folders / "data" / "promo-planner" / "environment").exists()
    configured = (own_folders / "config" / "addin.toml").read_text(encoding="utf-8")
    again = json.loads(promo(own_folders, *INSTALL).out)
    assert str(own_folders / "config" / "addin.toml") in again["unchanged"]
    assert (own_folders / "config" / "addin.toml").read_text(encoding="utf-8") == configured
    assert promo(own_folders, "addin", "doctor").code == 0
    assert promo(own_folders, "addin", "uninstall", "--host", "libreoffice").code == 0
    assert folders(own_folders) - before <= {"office", "nothing"}


def test_an_open_office_is_refused_before_an_environment_is_made(uno, own_folders):
    (own_folders / "office").mkdir()
    (own_folders / "office" / ".lock").touch()
    ended = promo(own_folders, *INSTALL)
    assert ended.code == 3
    assert "LibreOffice is open" in ended.err
    assert folders(own_folders) == {"office"}


@pytest.fixture(scope="module")
def rows_of_plan(demo_home):
    import csv

    with demo_home.upcoming.open(encoding="utf-8", newline="") as file:
        return [[cell or None for cell in row] for row in csv.reader(file)][:3]


def wait_for_somebody(office: Office) -> None:
    """Wait until a process answers the office, without asking it anything: a cell that asks would start another one."""
    given_up = time.monotonic() + PATIENCE
    while office.context.ServiceManager.createInstanceWithContext(f"{PRESENCE}.0", office.context) is None:
        assert time.monotonic() < given_up
        time.sleep(0.1)


def folders(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()}
