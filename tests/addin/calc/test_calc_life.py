"""What happens to the office, and to our process, when one of them or the model is suddenly gone."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from addin.hosts.libreoffice import installing, profile
from addin.hosts.libreoffice.basic import LIBRARY, MODULES
from addin.hosts.libreoffice.office import Office
from scorer.errors import OutputRefused

PATIENCE = 60


def until(holds: Callable[[], Any]) -> None:
    given_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < given_up
        time.sleep(0.1)


def test_a_deleted_model_is_missed_in_words(own_calc, rows, workspace):
    document = own_calc.new(rows[:3])
    assert isinstance(own_calc.array(document, "=PROMO_LIFT(A1:I3)", 3)[1][0], float)
    shutil.rmtree(workspace / "models" / "demo")
    told = own_calc.cell(document, "=PROMO_LIFT(A1:I3)", "AB1")
    assert told.startswith("#N/A")
    assert "promo train" in told


def test_after_a_crash_of_python_the_next_cell_is_answered(own_calc, rows):
    document = own_calc.new(rows[:3])
    expected = own_calc.array(document, "=PROMO_LIFT(A1:I3)", 3)
    (first,) = own_calc.servers()
    own_calc.kill_servers()
    until(lambda: not own_calc.servers())
    assert own_calc.array(document, "=PROMO_LIFT(A1:I3)", 3, first="AB1") == expected
    (second,) = own_calc.servers()
    assert second != first
    # and once more: what died left its place behind twice
    own_calc.kill_servers()
    until(lambda: not own_calc.servers())
    assert own_calc.array(document, "=PROMO_LIFT(A1:I3)", 3, first="AD1") == expected


def test_a_crash_in_the_middle_of_a_call_says_so_in_the_cell(own_calc, rows):
    many = [rows[0], *([f"L{at}", *rows[2][1:]] for at in range(20_000))]
    document = own_calc.new(many)
    own_calc.cell(document, "=PROMO_MULTIPLE(0.2;0.15)")  # somebody answers
    shown: list[Any] = []
    asking = threading.Thread(target=lambda: shown.append(own_calc.cell(document, f"=PROMO_LIFT(A1:I{len(many)})", "AB1")))
    asking.start()
    time.sleep(0.7)
    own_calc.kill_servers()
    asking.join(PATIENCE)
    assert not asking.is_alive()
    assert isinstance(shown[0], str)
    assert own_calc.office.is_alive()
    assert own_calc.cell(document, "=PROMO_COST(10;0.2;5000;0.15)", "AC1") == 11_500


def test_our_process_ends_with_its_office_and_the_file_is_whole(own_calc, rows, tmp_path):
    from addin.hosts.libreoffice import uno_bridge

    path = tmp_path / "plan.ods"
    document = own_calc.new(rows[:3])
    own_calc.array(document, "=PROMO_LIFT(A1:I3)", 3)
    document.storeAsURL(path.as_uri(), uno_bridge.properties(FilterName="calc8"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    document.Sheets.getByIndex(0).getCellRangeByName("A9").setString("not saved")
    own_calc.click(document, "check_data")
    os.killpg(own_calc.office.pid, signal.SIGKILL)
    until(lambda: not own_calc.servers())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_installing_twice_is_installing_once_and_uninstalling_leaves_nothing(begin, workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("PROMO_ADDIN_FILE", str(tmp_path / "addin.toml"))
    from addin.configuration import Configuration

    folder = tmp_path / "profile"
    with Office.start(folder) as office:
        libraries = office.service("script.ApplicationScriptLibraryContainer")
        libraries.getByName(LIBRARY).insertByName("Mine", "Sub Mine\nEnd Sub")
        libraries.storeLibraries()
    for _ in range(2):
        installing.install(Configuration(workspace=workspace), folder)
    written = sorted(path.name for path in (folder / "user" / "basic" / LIBRARY).glob("*.xba"))
    assert {f"{name}.xba" for name in (*MODULES, "Mine")} <= set(written)
    assert "org.promoplanner" in (folder / "user" / "registrymodifications.xcu").read_text(encoding="utf-8")
    installing.uninstall(folder)
    left = {path.name for path in (folder / "user" / "basic" / LIBRARY).glob("*.xba")}
    assert left == set(written) - {f"{name}.xba" for name in MODULES}
    registry = (folder / "user" / "registrymodifications.xcu").read_text(encoding="utf-8")
    # the office itself keeps a note of what was removed; nothing of it is shown, run or waited for
    assert "PromoButtons" not in registry
    assert "pipe,name=promo" not in registry
    assert 'node oor:name="org.promoplanner.menu" oor:op="remove"' in registry


def test_an_open_office_is_not_touched(begin, workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("PROMO_ADDIN_FILE", str(tmp_path / "addin.toml"))
    from addin.configuration import Configuration

    folder = tmp_path / "profile"
    with Office.start(folder), pytest.raises(OutputRefused, match="LibreOffice is open"):
        installing.install(Configuration(workspace=workspace), folder)
    assert not (tmp_path / "addin.toml").exists()


def test_an_office_that_waits_for_somebody_else_is_left_alone(begin, workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("PROMO_ADDIN_FILE", str(tmp_path / "addin.toml"))
    from addin.configuration import Configuration

    folder = tmp_path / "profile"
    with Office.start(folder) as office:
        profile.listen_on(office, "theirs")
    with pytest.raises(OutputRefused, match="theirs"):
        installing.install(Configuration(workspace=workspace), folder)
