"""``promo addin`` as a user runs it."""

from __future__ import annotations

import json
import zipfile

import pytest

from addin.catalog import functions
from addin.configuration import FILE_NAMED
from tests.promo_command import promo


@pytest.fixture
def own_folders(tmp_path, monkeypatch):
    """Settings and record of a user who has installed nothing."""
    monkeypatch.setenv(FILE_NAMED, str(tmp_path / "config" / "addin.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PROMO_OFFICE_PROFILE", str(tmp_path / "office"))
    return tmp_path


def test_the_group_stands_beside_the_verbs(tmp_path):
    ended = promo(tmp_path, "--help")
    assert ended.code == 0
    assert "addin" in ended.out
    assert "workbook" in ended.out


def test_functions_are_listed_with_their_signature(tmp_path):
    listed = json.loads(promo(tmp_path, "addin", "functions", "--json").out)
    assert [one["signature"] for one in listed] == [one.signature for one in functions().values()]
    assert all(one["help"] and one["gives"] and one["example"].startswith("=") for one in listed)
    shown = promo(tmp_path, "addin", "functions").out
    assert all(name in shown for name in functions())


def test_build_writes_the_add_in_and_says_its_fingerprint(tmp_path):
    one = json.loads(promo(tmp_path, "addin", "build", "--json").out)
    ended = promo(tmp_path, "addin", "build", "--out", "again.xlam")
    assert one["fingerprint"] in ended.out
    assert (tmp_path / "promo.xlam").read_bytes() == (tmp_path / "again.xlam").read_bytes()
    assert "xl/vbaProject.bin" in zipfile.ZipFile(tmp_path / "promo.xlam").namelist()


def test_doctor_of_a_workspace_that_answers(own_folders, demo_home, monkeypatch):
    monkeypatch.setenv("PROMO_WORKSPACE", str(demo_home.workspace.root))
    ended = promo(own_folders, "addin", "doctor", "--json")
    found = {one["name"]: one for one in json.loads(ended.out)}
    assert {found[name]["state"] for name in ("Workspace", "Client", "Model", "Evidence")} == {"ok"}
    assert found["Configuration"]["state"] == "warning"
    assert ended.code == (3 if "trouble" in {one["state"] for one in found.values()} else 0)


def test_doctor_of_an_empty_folder_ends_with_3_and_says_what_to_do(own_folders):
    ended = promo(own_folders, "addin", "doctor")
    assert ended.code == 3
    assert "trouble" in ended.out
    assert "promo addin install" in ended.out


def test_uninstalling_nothing_is_no_error(own_folders):
    ended = promo(own_folders, "addin", "uninstall", "--host", "excel")
    assert (ended.code, ended.out.strip()) == (0, "Nothing was installed.")


def test_installing_into_excel_where_there_is_none(own_folders):
    ended = promo(own_folders, "addin", "install", "--host", "excel")
    assert ended.code == 3
    assert "--host libreoffice" in ended.err
    assert not (own_folders / "data").exists()


def test_an_environment_with_other_things_in_it_is_refused_for_every_host(own_folders):
    (own_folders / "x").mkdir()
    (own_folders / "x" / "letter.odt").touch()
    ended = promo(own_folders, "addin", "install", "--host", "libreoffice", "--environment", "x")
    assert ended.code == 3
    assert "other things" in ended.err or "UNO" in ended.err or "LibreOffice was not found" in ended.err
    assert not (own_folders / "config").exists()


def test_an_unknown_client_is_refused_before_anything_is_written(own_folders, demo_home):
    ended = promo(own_folders, "addin", "install", "--workspace", str(demo_home.workspace.root), "--client", "deno")
    assert ended.code == 2
    assert "Did you mean 'demo'?" in ended.err
    assert not (own_folders / "config").exists()
