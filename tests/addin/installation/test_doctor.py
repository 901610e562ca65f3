"""The doctor says that all is well where it is, finds each planted fault, and claims nothing about what it did not see."""

from __future__ import annotations

import shutil
import zipfile

import pytest

from addin.configuration import configuration_file
from addin.doctor import examine, not_looked_at, worst
from addin.installation import excel
from addin.installation.configuring import settled
from addin.installation.places import excel_places
from tests.addin.installation.machine import XLWINGS, Machine

EXCEL = "HKCU\\Software\\Microsoft\\Office\\16.0\\Excel"
POLICY = "HKCU\\Software\\Policies\\Microsoft\\Office\\16.0\\Excel\\Security"
CLICK_TO_RUN = "HKLM\\SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration"


@pytest.fixture
def well(tmp_path, demo_home):
    """A Windows machine on which everything is in order."""
    machine = Machine(tmp_path, "windows")
    machine.keys[CLICK_TO_RUN] = {"Platform": "x64"}
    excel.install(settled(machine.environment, demo_home.workspace.root), machine)
    return machine


@pytest.fixture
def windows(tmp_path):
    """The same with a workspace that is still empty: no model takes its time to load."""
    machine = Machine(tmp_path, "windows")
    machine.keys[CLICK_TO_RUN] = {"Platform": "x64"}
    (tmp_path / "empty").mkdir()
    excel.install(settled(machine.environment, tmp_path / "empty"), machine)
    return machine


@pytest.fixture
def mac(tmp_path):
    machine = Machine(tmp_path, "macos")
    (tmp_path / "empty").mkdir()
    excel.install(settled(machine.environment, tmp_path / "empty"), machine)
    return machine


def states(machine):
    return {one.name: one.state for one in examine(machine)}


def said(machine, name):
    (found,) = [one for one in examine(machine) if one.name == name]
    return found


def test_all_is_well(well):
    found = {name: state for name, state in states(well).items() if name not in {"LibreOffice", "UNO"}}
    assert set(found.values()) == {"ok"}
    assert {"Settings for Excel", "Python", "xlwings", "Library for Excel", "Add-in file", "Disabled add-ins", "Macros"} <= set(found)
    assert {"Configuration", "Workspace", "Client", "Model", "Evidence"} <= set(found)
    assert not_looked_at(well) is None


def test_all_is_well_on_macos_but_for_the_empty_workspace(mac):
    found = {name: state for name, state in states(mac).items() if name not in {"LibreOffice", "UNO", "Client"}}
    assert set(found.values()) == {"ok"}
    assert "Script that starts Python" in found
    assert "Macros" not in found
    assert "buttons only" in not_looked_at(mac)


def test_nothing_is_installed(tmp_path):
    machine = Machine(tmp_path, "windows")
    found = states(machine)
    assert (found["Settings for Excel"], found["Add-in file"], found["Configuration"]) == ("trouble", "trouble", "warning")
    assert "xlwings" not in found


def test_linux_says_nothing_of_excel(tmp_path):
    found = states(Machine(tmp_path, "linux"))
    assert not {"Settings for Excel", "Add-in file", "Macros"} & set(found)
    assert "Excel was not looked at" in not_looked_at(Machine(tmp_path / "other", "linux"))


def no_python(machine):
    (machine.home / "AppData/Local/promo-planner/environment/Scripts/python.exe").unlink()


def no_interpreter_named(machine):
    excel_places(machine).settings.write_bytes(b'"UDF MODULES","addin.hosts.excel"\r\n')


def no_library(machine):
    (machine.home / f"AppData/Local/promo-planner/environment/xlwings64-{XLWINGS}.dll").unlink()


def other_xlwings(machine):
    machine.holds = {**machine.holds, "xlwings": "0.30.0"}


def other_promo(machine):
    machine.holds = {**machine.holds, "promo": "0.0.1"}


def no_addin(machine):
    excel_places(machine).addin.unlink()


def broken_addin(machine):
    excel_places(machine).addin.write_bytes(b"not a workbook")


def older_addin(machine):
    with zipfile.ZipFile(excel_places(machine).addin, "a") as package:
        package.writestr("docProps/more.xml", "<more/>")


def from_the_internet(machine):
    path = excel_places(machine).addin
    path.with_name(f"{path.name}:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n", encoding="ascii")


def disabled(machine):
    path = str(excel_places(machine).addin).lower().encode("utf-16-le")
    machine.keys[f"{EXCEL}\\Resiliency\\DisabledItems"] = {"4F2A": bytes(12) + path + b"\0\0"}


def ticked_too(machine):
    machine.keys[f"{EXCEL}\\Options"] = {"OPEN": '/R "other.xlam"', "OPEN1": '/R "C:\\x\\promo.xlam"', "Font": "Calibri"}


def policy(machine):
    machine.keys[POLICY] = {"VBAWarnings": 4, "blockcontentexecutionfrominternet": 1}
    machine.keys[f"{POLICY}\\Trusted Locations"] = {"AllLocationsDisabled": 1}


def no_child_processes(machine):
    rules = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\ASR\\Rules"
    machine.keys[rules] = {"d4f940ab-401b-4efc-aadc-ad5f3c50688a": "1", "92E97FA1-2EDF-4476-BDD6-9DD0B4DDDC7B": "2"}


def broken_configuration(machine):
    configuration_file(machine.environment).write_text("workspace = [", encoding="utf-8")


def no_workspace(machine):
    configuration_file(machine.environment).write_text("workspace = '/no/such/folder'\n", encoding="utf-8")


def unknown_client(machine):
    file = configuration_file(machine.environment)
    file.write_text(file.read_text(encoding="utf-8") + "client = 'acme'\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("plant", "name", "state", "words"),
    [
        (no_python, "Python", "trouble", "is not there"),
        (no_interpreter_named, "Settings for Excel", "trouble", "names no Python"),
        (no_library, "Library for Excel", "trouble", f"xlwings64-{XLWINGS}.dll"),
        (other_xlwings, "xlwings", "trouble", f"0.30.0, {XLWINGS} is needed"),
        (other_promo, "Promo Planner in it", "trouble", "0.0.1"),
        (no_addin, "Add-in file", "trouble", "is not there"),
        (broken_addin, "Add-in file", "trouble", "cannot be read"),
        (older_addin, "Add-in file", "warning", "not the one that this version builds"),
        (from_the_internet, "Mark of a download", "warning", "downloaded"),
        (disabled, "Disabled add-ins", "trouble", "switched the add-in off"),
        (ticked_too, "Add-ins that Excel opens", "warning", "(OPEN1)"),
        (policy, "Macros", "trouble", "no macros run"),
        (no_child_processes, "Rules of Defender", "trouble", "Office may start no other program"),
        (broken_configuration, "Configuration", "trouble", "addin.toml"),
        (no_workspace, "Workspace", "trouble", "/no/such/folder"),
        (unknown_client, "Client", "trouble", "acme"),
    ],
)
def test_a_planted_fault_is_found_with_its_remedy(windows, plant, name, state, words):
    plant(windows)
    found = said(windows, name)
    assert found.state == state
    assert words in found.words
    assert found.remedy


def test_macros_that_need_a_signature_run_from_the_trusted_folder(windows):
    windows.keys[POLICY] = {"VBAWarnings": 3}
    assert said(windows, "Macros") == ("Macros", "ok", "only signed macros run; the start folder is trusted, so those of the add-in run", "")


def test_a_registry_that_does_not_answer_is_no_all_clear(windows):
    windows.broken = True
    found = {one.name: one for one in examine(windows)}
    for name in ("Disabled add-ins", "Add-ins that Excel opens", "Macros", "Rules of Defender"):
        assert found[name].state == "warning"
        assert found[name].words.startswith("not looked at")
    assert "could not be told" in found["Library for Excel"].words


def test_excel_of_32_bit_needs_its_own_library(windows):
    windows.keys[CLICK_TO_RUN] = {"Platform": "x86"}
    assert said(windows, "Library for Excel").state == "ok"
    (windows.home / f"AppData/Local/promo-planner/environment/xlwings32-{XLWINGS}.dll").unlink()
    assert said(windows, "Library for Excel").state == "trouble"


def test_a_signed_add_in_is_not_called_foreign(windows):
    with zipfile.ZipFile(excel_places(windows).addin, "a") as package:
        package.writestr("xl/vbaProjectSignature.bin", b"signed")
    assert said(windows, "Add-in file").state == "ok"
    assert "not looked at" in said(windows, "Add-in file").words


def test_a_python_that_does_not_run_is_trouble(windows):
    windows.refuses = "-B"
    assert said(windows, "Python").state == "trouble"


def test_macos_faults(mac):
    script = excel_places(mac).scripts / f"xlwings-{XLWINGS}.applescript"
    script.write_text("on VbaHandler()", encoding="utf-8")
    mac.quarantined = True
    assert states(mac)["Script that starts Python"] == "warning"
    assert "xattr -d" in said(mac, "Mark of a download").remedy
    script.unlink()
    assert states(mac)["Script that starts Python"] == "trouble"


def test_a_client_without_a_model(tmp_path, windows):
    assert "promo init" in said(windows, "Client").words
    (tmp_path / "empty" / "clients").mkdir()
    (tmp_path / "empty" / "clients" / "acme.toml").write_text('name = "Acme"\n', encoding="utf-8")
    found = said(windows, "Model")
    assert (found.state, found.remedy) == ("trouble", "promo train --client acme")
    assert "Evidence" not in states(windows)


def test_a_model_whose_file_was_changed_is_not_trusted(tmp_path, windows, demo_home):
    shutil.copytree(demo_home.workspace.root / "clients", tmp_path / "empty" / "clients")
    shutil.copytree(demo_home.workspace.root / "models", tmp_path / "empty" / "models")
    assert said(windows, "Model").state == "ok"
    for file in (tmp_path / "empty" / "models").rglob("*.ubj"):
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert said(windows, "Model").state == "trouble"


def test_a_model_without_evidence_is_a_warning(windows, noise_home):
    file = configuration_file(windows.environment)
    file.write_text(f"workspace = '{noise_home.workspace.root}'\n", encoding="utf-8")
    assert states(windows)["Evidence"] == "warning"


def test_the_gravest_state_counts(windows):
    found = examine(windows)
    assert worst(found) == "trouble"
    assert worst([one for one in found if one.state != "trouble"]) in {"ok", "warning"}
    assert worst([]) == "ok"
