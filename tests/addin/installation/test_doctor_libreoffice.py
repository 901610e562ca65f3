"""The doctor reads what LibreOffice's profile holds: macros of this version, the pipe, and the Python they start."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from addin.configuration import FILE_NAMED, Configuration, read_configuration, write_configuration
from addin.hosts.libreoffice import installing
from addin.installation.checks.libreoffice import libreoffice
from addin.installation.checks.libreoffice_profile import kept
from addin.installation.system import ThisSystem

ADDIN, PIPE, PYTHON = "Add-in in LibreOffice", "Pipe of LibreOffice", "Python for LibreOffice"
LIBRARY = Path("user", "basic", "Standard")
REGISTRY = Path("user", "registrymodifications.xcu")


class Copied(ThisSystem):
    """The machine of the test, with settings and a profile in a folder."""

    def __init__(self, root: Path) -> None:
        self.settings, self.profile = root / "addin.toml", root / "profile"

    @property
    def environment(self):
        return {FILE_NAMED: str(self.settings), installing.PROFILE: str(self.profile)}

    def replace(self, file: Path, was: str, now: str) -> None:
        place = self.profile / file
        text = place.read_text(encoding="utf-8")
        assert was in text
        place.write_text(text.replace(was, now), encoding="utf-8")


@pytest.fixture(scope="module")
def as_installed(uno, tmp_path_factory):
    """What LibreOffice itself wrote, and where the settings lay."""
    root = tmp_path_factory.mktemp("installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FILE_NAMED, str(root / "addin.toml"))
        installing.install(Configuration(workspace=root), root / "profile")
    return root


@pytest.fixture
def copied(as_installed, tmp_path):
    system = Copied(tmp_path)
    shutil.copytree(as_installed / "profile", system.profile)
    shutil.copy(as_installed / "addin.toml", system.settings)
    system.replace(LIBRARY / "PromoBridge.xba", str(as_installed / "addin.toml"), str(system.settings))
    return system


def said(system, name):
    return next(one for one in libreoffice(system) if one.name == name)


def test_all_is_well(copied):
    assert {one.state for one in libreoffice(copied)} == {"ok"}
    assert "as this version writes it" in said(copied, ADDIN).words
    assert sys.executable in said(copied, PYTHON).words
    assert "takes longer" in said(copied, PYTHON).words


def not_listed(system):
    system.replace(LIBRARY / "script.xlb", '<library:element library:name="PromoButtons"/>', "")


def no_module(system):
    (system.profile / LIBRARY / "PromoFunctions.xba").write_text("", encoding="utf-8")


def older_function(system):
    system.replace(LIBRARY / "PromoFunctions.xba", "PROMO_LIFT", "PROMO_OLD")


def older_bridge(system):
    system.replace(LIBRARY / "PromoBridge.xba", "-P -m", "-m")


def other_settings(system):
    moved = system.settings.rename(system.settings.with_name("moved.toml"))
    system.settings = moved


def no_pipe(system):
    configured = read_configuration(system.environment)
    write_configuration(system.settings, configured.model_copy(update={"pipe": None}))


def other_pipe(system):
    system.replace(REGISTRY, "pipe,name=promo", "pipe,name=other")


def no_connection(system):
    system.replace(REGISTRY, "ooSetupConnectionURL", "ooSetupSomething")


def broken_registry(system):
    (system.profile / REGISTRY).write_text("<oor:items", encoding="utf-8")


def python_gone(system):
    system.replace(LIBRARY / "PromoBridge.xba", Path(sys.executable).as_uri(), "file:///no/such/python")


def python_of_another(system):
    """A Python that runs, but in which nothing of ours is installed."""
    system.replace(LIBRARY / "PromoBridge.xba", Path(sys.executable).as_uri(), Path(sys.executable).resolve().as_uri())


@pytest.mark.parametrize(
    ("plant", "name", "state", "words"),
    [
        (not_listed, ADDIN, "trouble", "macros PromoButtons are not in the profile"),
        (no_module, ADDIN, "warning", "PromoFunctions.xba cannot be read"),
        (older_function, ADDIN, "warning", "installed by another version"),
        (older_bridge, ADDIN, "warning", "installed by another version"),
        (other_settings, ADDIN, "warning", "installed by another version"),
        (no_pipe, ADDIN, "warning", "not looked at"),
        (no_pipe, PIPE, "trouble", "the configuration names none"),
        (other_pipe, PIPE, "trouble", "waits for something else (pipe,name=other"),
        (no_connection, PIPE, "trouble", "does not wait for Python"),
        (broken_registry, ADDIN, "warning", "registrymodifications.xcu cannot be read"),
        (python_gone, PYTHON, "trouble", "is not there"),
        (python_of_another, "Promo Planner in it", "trouble", "not there"),
        (python_of_another, "UNO in it", "trouble", "No module named"),
    ],
)
def test_a_planted_fault_is_found_with_its_remedy(copied, plant, name, state, words):
    plant(copied)
    found = said(copied, name)
    assert found.state == state
    assert words in found.words
    assert "promo addin install --host libreoffice" in found.remedy


def test_a_profile_in_which_nothing_was_installed(uno, tmp_path):
    assert kept(tmp_path) == ({}, None, None)
    assert said(Copied(tmp_path), ADDIN).words == "it was not installed"


def test_after_uninstalling_the_profile_holds_nothing(copied, monkeypatch):
    monkeypatch.setenv(FILE_NAMED, str(copied.settings))
    installing.uninstall(copied.profile)
    assert kept(copied.profile) == ({}, None, None)
