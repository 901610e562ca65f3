"""The settings for Excel are read by xlwings' VBA as they were meant, or refused before it could misread them."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin.installation import vba_settings
from scorer.errors import OutputRefused
from tests.addin.installation.machine import Machine
from tests.addin.installation.vba_reader import get_config

WINDOWS_PATHS = [
    r"C:\promo\Scripts\python.exe",
    r"C:\Users\Jörg Müller\AppData\Local\promo planner\Scripts\python.exe",
    r"C:\Users\O'Neill & Söhne, Köln\Scripts\python.exe",
    r"\\server\share$\promo\Scripts\python.exe",
]


def written(interpreter: str, machine: Machine) -> bytes:
    return vba_settings.as_bytes(vba_settings.settings(interpreter, machine), Path("promo.conf"), machine)


@pytest.mark.parametrize("interpreter", WINDOWS_PATHS)
def test_vba_finds_every_setting(tmp_path, interpreter):
    machine = Machine(tmp_path, "windows")
    content = written(interpreter, machine)
    assert get_config(content, "cp1252", "Interpreter_Win") == interpreter
    assert get_config(content, "cp1252", "UDF MODULES") == "addin.hosts.excel"
    assert get_config(content, "cp1252", "USE UDF SERVER") == "True"
    assert get_config(content, "cp1252", "SHOW CONSOLE") == "False"
    assert get_config(content, "cp1252", "PYTHONPATH") == ""
    assert get_config(content, "cp1252", "ADD_WORKBOOK_TO_PYTHONPATH") == "false"


@pytest.mark.parametrize("platform", ["windows", "macos"])
def test_the_language_goes_before_that_of_office_where_one_is_chosen(tmp_path, platform):
    machine = Machine(tmp_path, platform)
    said = vba_settings.settings("/promo/bin/python", machine, "fr")
    content = vba_settings.as_bytes(said, Path("promo.conf"), machine)
    assert get_config(content, machine.code_page, "PROMO_LANGUAGE") == "fr"
    assert b"PROMO_LANGUAGE" not in written("/promo/bin/python", machine)


def test_no_key_of_a_paid_product_is_ever_written(tmp_path):
    for platform in ("windows", "macos"):
        assert b"LICENSE" not in written("/promo/bin/python", Machine(tmp_path / platform, platform)).upper()


def test_we_read_what_we_wrote(tmp_path):
    machine = Machine(tmp_path, "windows")
    file = tmp_path / "promo.conf"
    file.write_bytes(written(WINDOWS_PATHS[2], machine) + b"a line that is none\r\n")
    assert vba_settings.interpreter_in(vba_settings.read(file, machine), machine) == WINDOWS_PATHS[2]


@pytest.mark.parametrize(
    ("platform", "interpreter", "why"),
    [
        ("windows", r"C:\Users\Łukasz\python.exe", "cannot read the sign 'Ł'"),
        ("macos", "/Users/jo/Application Support/bin/python", "spaces"),
        ("macos", "/Users/jo's/bin/python", "special signs"),
        ("macos", "/Users/jörg/bin/python", "the sign 'ö'"),
        ("macos", '/Users/j"o/bin/python', "quotation mark"),
    ],
)
def test_what_vba_would_misread_is_refused_with_a_way_out(tmp_path, platform, interpreter, why):
    with pytest.raises(OutputRefused, match=why) as refused:
        written(interpreter, Machine(tmp_path, platform))
    assert "--environment" in str(refused.value)


def test_on_macos_the_interpreter_is_named_for_macos(tmp_path):
    content = written("/Users/jo/.promo-planner/environment/bin/python", Machine(tmp_path, "macos"))
    assert get_config(content, "ascii", "INTERPRETER_MAC") == "/Users/jo/.promo-planner/environment/bin/python"
    assert get_config(content, "ascii", "INTERPRETER_WIN") is None
