"""What installing leaves on a Windows and on a macOS machine, and that uninstalling leaves what was there before."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from addin.configuration import configuration_file
from addin.installation import excel, vba_settings
from addin.installation.configuring import settled
from addin.installation.places import excel_places, python_of, record_file
from scorer.errors import BadArgument, HostMissing, OutputRefused
from tests.addin.installation.machine import XLWINGS, Machine

ODD_USERS = ["jo", "Jörg Müller", "Zoë O'Neill & Co"]


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "work space" / "clients").mkdir(parents=True)
    return tmp_path / "work space"


@pytest.fixture
def windows(tmp_path):
    return Machine(tmp_path, "windows")


@pytest.fixture
def macos(tmp_path):
    return Machine(tmp_path, "macos")


def installed(machine, workspace, environment=None, **options):
    return excel.install(settled(machine.environment, workspace, **options), machine, environment)


@pytest.mark.parametrize("user", ODD_USERS)
def test_windows_gets_its_files_where_excel_looks(tmp_path, workspace, user):
    machine = Machine(tmp_path, "windows", user)
    done = installed(machine, workspace, language="de")
    start = machine.home / "AppData" / "Roaming" / "Microsoft" / "Excel" / "XLSTART"
    assert (start / "promo.xlam").read_bytes() == excel.built()
    settings = machine.home / ".promo" / "promo.conf"
    python = machine.home / "AppData" / "Local" / "promo-planner" / "environment" / "Scripts" / "python.exe"
    assert vba_settings.read(settings, machine)["INTERPRETER_WIN"] == str(python) == str(done.python)
    assert vba_settings.read(settings, machine)["PROMO_LANGUAGE"] == "de"
    configured = tomllib.loads(configuration_file(machine.environment).read_text(encoding="utf-8"))
    assert configured == {"workspace": str(workspace), "language": "de"}
    assert set(done.written) == {start / "promo.xlam", settings, configuration_file(machine.environment)}


def test_macos_gets_the_script_that_starts_python(macos, workspace):
    done = installed(macos, workspace)
    library = macos.home / "Library"
    assert {path.relative_to(library).parts[0] for path in done.written if library in path.parents} == {
        "Group Containers",
        "Containers",
        "Application Scripts",
    }
    script = library / "Application Scripts" / "com.microsoft.Excel" / f"xlwings-{XLWINGS}.applescript"
    assert "VbaHandler" in script.read_text(encoding="utf-8")
    assert " " not in str(done.python.relative_to(macos.home))


@pytest.mark.parametrize("platform", ["windows", "macos"])
def test_twice_is_the_same_as_once(tmp_path, workspace, platform):
    machine = Machine(tmp_path, platform)
    first = installed(machine, workspace)
    before = machine.files()
    second = installed(machine, workspace)
    assert machine.files() == before
    assert (second.written, set(second.unchanged)) == ((), set(first.written))


@pytest.mark.parametrize("platform", ["windows", "macos"])
@pytest.mark.parametrize("user", ["jo", "jo_2"])
def test_uninstalling_leaves_the_machine_as_it_was(tmp_path, workspace, platform, user):
    machine = Machine(tmp_path, platform, user)
    places = excel_places(machine)
    places.addin.parent.mkdir(parents=True)
    (places.addin.parent / "Personal.xlsb").write_bytes(b"macros of the user")
    places.settings.parent.mkdir(parents=True)
    places.settings.write_bytes(b'"LANGUAGE","of another promo"\n')
    before = machine.files()
    installed(machine, workspace)
    installed(machine, workspace)
    assert machine.files() != before
    undone = excel.uninstall(machine)
    assert machine.files() == before
    assert undone.restored == (places.settings,)
    assert excel.uninstall(machine) == ((), (), ())


def test_an_applescript_of_another_xlwings_user_stays(macos, workspace):
    place = excel_places(macos).scripts / f"xlwings-{XLWINGS}.applescript"
    place.parent.mkdir(parents=True)
    place.write_bytes(excel.starting_script().read_bytes())
    installed(macos, workspace)
    excel.uninstall(macos)
    assert place.is_file()


def test_a_configuration_edited_by_hand_survives(windows, workspace):
    installed(windows, workspace)
    file = configuration_file(windows.environment)
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert excel.uninstall(windows).kept == (file,)
    assert file.is_file()


def test_installing_again_keeps_what_is_not_said_anew(windows, workspace):
    (workspace / "clients" / "acme.toml").write_text('name = "Acme"\n', encoding="utf-8")
    installed(windows, workspace, client="acme", language="fr")
    excel.install(settled(windows.environment), windows)
    configured = tomllib.loads(configuration_file(windows.environment).read_text(encoding="utf-8"))
    assert configured == {"workspace": str(workspace), "client": "acme", "language": "fr"}


def test_what_holds_for_one_process_is_not_written_down(windows, workspace):
    passing = {**windows.environment, "PROMO_CLIENT": "acme", "PROMO_WORKSPACE": "/elsewhere"}
    assert settled(passing, workspace).client is None


def test_a_workspace_that_is_not_there_is_refused(windows, tmp_path):
    with pytest.raises(BadArgument, match="there is no folder"):
        settled(windows.environment, tmp_path / "nowhere")


def test_an_environment_that_holds_this_version_is_used_as_it_is(windows, workspace, tmp_path):
    mine = tmp_path / "mine"
    windows.make_environment(mine)
    done = installed(windows, workspace, mine)
    assert done.python == python_of(mine, windows)
    assert not any("install" in command for command in windows.commands)
    excel.uninstall(windows)
    assert done.python.is_file()


@pytest.mark.parametrize("holds", [{"promo": "0.0.1", "xlwings": XLWINGS}, {"promo": None, "xlwings": None}])
def test_an_environment_of_somebody_with_something_else_is_not_touched(windows, workspace, tmp_path, holds):
    windows.make_environment(tmp_path / "mine")
    windows.holds = holds
    with pytest.raises(OutputRefused, match="-m pip install"):
        installed(windows, workspace, tmp_path / "mine")
    assert not any("install" in command for command in windows.commands)
    assert not excel_places(windows).addin.exists()


def test_a_folder_with_other_things_is_not_touched(windows, workspace, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.docx").touch()
    with pytest.raises(OutputRefused, match="other things"):
        installed(windows, workspace, tmp_path / "mine")


@pytest.mark.parametrize("has_uv", [True, False])
def test_an_installer_that_fails_leaves_no_half_environment(windows, workspace, has_uv):
    if not has_uv:
        windows.programs.clear()
    windows.refuses = "install"
    with pytest.raises(OutputRefused, match="install went wrong"):
        installed(windows, workspace)
    assert not (record_file(windows).parent / "environment").exists()
    excel.uninstall(windows)
    assert not record_file(windows).parent.exists()


def test_a_name_that_vba_cannot_read_is_refused_before_anything_is_written(tmp_path, workspace):
    machine = Machine(tmp_path, "windows", "Łukasz")
    before = machine.files()
    with pytest.raises(OutputRefused, match="--environment"):
        installed(machine, workspace)
    assert machine.files() == before
    elsewhere = tmp_path / "promo"
    assert installed(machine, workspace, elsewhere).python == python_of(elsewhere, machine)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write everywhere")
def test_no_right_to_write_is_said(windows, workspace):
    start = excel_places(windows).addin.parent
    start.mkdir(parents=True)
    start.chmod(0o500)
    with pytest.raises(OutputRefused, match="check that you may write"):
        installed(windows, workspace)


def test_a_file_in_the_way_is_said(windows, workspace):
    # what Excel holds open cannot be replaced; a folder of that name neither, on every system and for everyone
    (excel_places(windows).addin / "busy").mkdir(parents=True)
    with pytest.raises((OutputRefused, IsADirectoryError)) as refused:
        installed(windows, workspace)
    assert "promo.xlam" in str(refused.value)


def test_linux_has_no_excel(tmp_path, workspace):
    with pytest.raises(HostMissing, match="--host libreoffice"):
        installed(Machine(tmp_path, "linux"), workspace)


def test_the_registry_is_not_even_asked(windows, workspace):
    windows.broken = True
    windows.keys["HKCU\\Software\\Microsoft\\Office\\16.0\\Excel\\Options"] = {"OPEN": '/R "other.xlam"'}
    installed(windows, workspace)
    excel.uninstall(windows)
    assert windows.keys["HKCU\\Software\\Microsoft\\Office\\16.0\\Excel\\Options"] == {"OPEN": '/R "other.xlam"'}


def test_every_python_is_the_one_of_the_environment(windows, workspace):
    done = installed(windows, workspace)
    compiling = [command for command in windows.commands if "compileall" in command]
    assert [Path(command[0]) for command in compiling] == [done.python]
