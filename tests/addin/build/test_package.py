"""promo.xlam: its parts, its macros as another program reads them back, and nothing that tells when or where it was made."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pyopenvba import ExcelFile

from addin.build import build, package
from scorer.errors import OutputRefused
from tests.addin.build.reading_back import bare, macros, runs_by_itself

ROOT = Path(__file__).parents[3]
PARTS = {
    "[Content_Types].xml", "_rels/.rels", "customUI/customUI14.xml", "docProps/app.xml", "docProps/core.xml",
    "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/theme1.xml", "xl/vbaProject.bin",
    "xl/workbook.xml", "xl/worksheets/sheet1.xml",
}  # fmt: skip


@pytest.fixture
def parts(built):
    with zipfile.ZipFile(built.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_parts_are_the_expected_ones(built, parts):
    assert set(parts) == PARTS
    assert built.parts[0] == "[Content_Types].xml"
    assert set(built.parts) == PARTS


def test_every_part_is_listed_once_and_every_relation_leads_to_a_part(parts):
    for name, folder in (("_rels/.rels", ""), ("xl/_rels/workbook.xml.rels", "xl/")):
        relations = ET.fromstring(parts[name])
        assert {folder + one.get("Target") for one in relations} <= set(parts)
        assert len({one.get("Id") for one in relations}) == len(relations)


def test_the_ribbon_is_announced_as_office_2010_expects_it(parts):
    relations = ET.fromstring(parts["_rels/.rels"])
    kinds = {one.get("Target"): one.get("Type") for one in relations}
    assert kinds["customUI/customUI14.xml"] == "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"


def test_another_reader_finds_exactly_our_macros(built):
    found = macros(built.path)
    assert set(found) == {*built.modules, "xlwings", "Dictionary", "ThisWorkbook", "Sheet2"}
    assert {name: found[name] for name in built.modules} == {name: bare(code) for name, code in built.modules.items()}
    assert (found["ThisWorkbook"], found["Sheet2"]) == ("", ""), "nothing runs when a workbook or sheet does something"


def test_of_the_macros_of_xlwings_four_lines_differ(built):
    import xlwings

    template = macros(Path(xlwings.__file__).parent / "quickstart_addin_ribbon.xlam")
    ours = macros(built.path)
    assert ours["Dictionary"] == template["Dictionary"]
    pairs = zip(template["xlwings"].splitlines(), ours["xlwings"].splitlines(), strict=True)
    changed = [(was.strip(), new.strip().partition("'")[0].strip()) for was, new in pairs if was != new]
    assert changed == [
        ('Public Const PROJECT_NAME As String = "myaddin"', 'Public Const PROJECT_NAME As String = "promo"'),
        ("uses_embedded_code = True", "uses_embedded_code = False"),
        ('If SheetExists(ActiveWorkbook, PROJECT_NAME & ".conf") = True Then', "If False Then"),
        ('If source = "" Or source = "directory" Then', "If False Then"),
    ]


def test_the_library_that_the_macros_load_is_that_of_the_installed_xlwings(built):
    named = set(re.findall(r"xlwings(?:32|64)-([\d.]+)\.dll", macros(built.path)["xlwings"]))
    assert named == {version("xlwings")}


def test_nothing_runs_by_itself(built):
    assert runs_by_itself(built.path) == []


def test_the_macros_are_whole_and_rest_on_no_library_that_may_be_missing(built):
    with ExcelFile(built.path) as book:
        assert book.validate() == []
        assert [one.name for one in book.references()] == ["Office"]


def test_no_licence_key_is_set(built, parts):
    assert b"license" not in parts["xl/sharedStrings.xml"].lower()
    assert all("LICENSE" not in code.upper() for code in built.modules.values())


def test_settings_are_read_from_promo_conf_of_the_user_and_not_from_the_add_in(parts):
    sheets = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"].decode())
    assert sheets == ["_promo.conf"]
    assert "promo.conf" not in sheets, "a sheet of that name would go before the user's settings"


def test_opening_it_works_nothing_out(parts):
    assert b"fullCalcOnLoad" not in parts["xl/workbook.xml"]


def test_nothing_tells_who_made_it_when_or_where(built, parts):
    with zipfile.ZipFile(built.path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with ExcelFile(built.path) as book:
        project = book.vba_project()
        told = [*(content for name, content in parts.items() if name != "xl/vbaProject.bin"), bytes(project.dir_raw)]
    for content in told:
        assert re.search(rb"felix|zoomer|[A-Z]:\\+Users|/home/|/tmp/", content, re.IGNORECASE) is None


def test_excel_shows_what_it_is(parts):
    core = parts["docProps/core.xml"].decode()
    assert "<dc:title>Promo Planner</dc:title>" in core
    ET.fromstring(core)


def test_the_same_bytes_come_out_of_another_process_in_another_folder(built, tmp_path):
    program = f"from pathlib import Path; from addin.build import build; build(Path({str(tmp_path / 'again.xlam')!r}))"
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo", "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    again = (tmp_path / "again.xlam").read_bytes()
    assert hashlib.sha256(again).hexdigest() == built.fingerprint
    assert again == built.path.read_bytes()


def test_it_takes_the_place_of_an_older_one_whole(tmp_path):
    old = tmp_path / "promo.xlam"
    old.write_bytes(b"old")
    assert build(old).path.read_bytes()[:2] == b"PK"
    assert [path.name for path in tmp_path.iterdir()] == ["promo.xlam"]


def test_another_template_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "_MACRO_CHANGES", (("Public Const OTHER_NAME", ""),))
    with pytest.raises(OutputRefused, match=r"promo\.xlam was not written: the template of the installed xlwings has 0 of"):
        build(tmp_path / "promo.xlam")
    assert list(tmp_path.iterdir()) == []


def test_libreoffice_opens_it_with_all_its_macros(built, tmp_path):
    from addin.hosts.libreoffice.office import Office
    from scorer.errors import HostMissing

    try:
        office = Office.start(tmp_path / "profile")
    except HostMissing as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why))
        pytest.skip(str(why))
    with office:
        document = office.open(built.path, FilterName="Calc MS Excel 2007 VBA XML")  # it knows no ending .xlam
        libraries = document.BasicLibraries
        names = {name for library in libraries.ElementNames for name in libraries.getByName(library).ElementNames}
        assert names >= {*built.modules, "xlwings", "Dictionary"}
