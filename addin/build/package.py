"""promo.xlam, made without Excel: xlwings' empty add-in with our macros, ribbon and properties. Same input, same bytes."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable
from hashlib import sha256
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from addin.build import ribbon_xml, vba_functions, vba_ribbon, vba_words
from scorer import __version__, atomic
from scorer.errors import ExtraMissing, OutputRefused

PROJECT = "promo"
"""The name of the settings that xlwings' macros read: promo.conf of the user."""
RIBBON_PART = "customUI/customUI14.xml"
_TEMPLATE = "quickstart_addin_ribbon.xlam"
_RIBBON_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can hold; any other would make each build another file."""

# What differs from the template: (part, what is found, what stands there instead).
_CHANGES = (
    ("_rels/.rels", r'<Relationship [^>]*relationships/ui/extensibility"[^>]*/>',
     f'<Relationship Id="rId4" Type="{_RIBBON_TYPE}" Target="{RIBBON_PART}"/>'),
    # where the template was made
    ("xl/workbook.xml", r"<mc:AlternateContent.*?</mc:AlternateContent>", ""),
    # a sheet of settings whose name is not the one that the macros look for
    ("xl/workbook.xml", r'name="_myaddin\.conf"', f'name="_{PROJECT}.conf"'),
    # opening the add-in is no reason to work out every open workbook
    ("xl/workbook.xml", r' fullCalcOnLoad="1"', ""),
)  # fmt: skip

# What differs from the template's own macros: a workbook that somebody sends never says which program runs here.
_MACRO_CHANGES = (
    (r'Public Const PROJECT_NAME As String = "myaddin"', f'Public Const PROJECT_NAME As String = "{PROJECT}"'),
    (r'If SheetExists\(ActiveWorkbook, PROJECT_NAME & "\.conf"\) = True Then',
     "If False Then 'no settings from the workbook in front"),
    (r'If source = "" Or source = "directory" Then', "If False Then 'no settings from the folder it lies in"),
    (r"(?m)^ +uses_embedded_code = True$", "                uses_embedded_code = False 'no code from its sheets"),
)  # fmt: skip

_CORE = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>Promo Planner</dc:title>\
<dc:creator>Promo Planner</dc:creator><dc:description>{description}</dc:description>\
<dcterms:created xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:created></cp:coreProperties>"""
_DESCRIPTION = f"Which promotions are worth running? Version {__version__}. Questions and help: Promo, Help."


class Built(NamedTuple):
    """An add-in that was written: where, its fingerprint (SHA-256), its macros by module, and the parts of its package."""

    path: Path
    fingerprint: str
    modules: dict[str, str]
    parts: tuple[str, ...]


def build(out: Path) -> Built:
    """Write the add-in.

    Raises ExtraMissing without the packages of the add-in, OutputRefused where the file cannot be written or the template
    is not the one this version knows.
    """
    modules = macros()
    parts = _parts(_with_macros(_template(), modules, out), out)
    content = _packed(parts)
    atomic.write_bytes(out, content)
    return Built(out, sha256(content).hexdigest(), modules, tuple(_in_order(parts)))


def macros() -> dict[str, str]:
    """Return the source of our own modules by name; xlwings' own and the dictionary it uses come with the template."""
    return {
        vba_functions.MODULE: vba_functions.functions_module(),
        vba_words.MODULE: vba_words.words_module(),
        vba_ribbon.MODULE: vba_ribbon.ribbon_module(),
    }


def _template() -> bytes:
    # found without loading xlwings, which takes seconds
    spec = find_spec("xlwings")
    homes = [] if spec is None else list(spec.submodule_search_locations or ())
    found = next((path for home in homes if (path := Path(home, _TEMPLATE)).is_file()), None)
    if found is None:
        raise ExtraMissing.named("addin", "Building the add-in")
    return found.read_bytes()


def _with_macros(template: bytes, modules: dict[str, str], out: Path) -> bytes:
    """Put our modules in the place of the template's example."""
    try:
        from pyopenvba import ExcelFile
    except ImportError as why:
        raise ExtraMissing.named("addin", "Building the add-in") from why

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, _TEMPLATE)
        path.write_bytes(template)
        with ExcelFile(path) as book:
            project = book.vba_project()
            project.delete_module("RibbonMyAddin")
            xlwings = project.get_module("xlwings")
            body = xlwings.body
            for what, instead in _MACRO_CHANGES:
                body = _changed(body, what, instead, out)
            xlwings.body = body
            for name, text in modules.items():
                project.add_module(name, text)
            book.save()
        with ExcelFile(path) as book:
            # a library of dialogue forms that nothing uses; its entry says where the template was made
            book.remove_reference("MSForms")
            book.save()
        return path.read_bytes()


def _parts(package: bytes, out: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    del parts["customUI/customUI.xml"]
    for name, what, instead in _CHANGES:
        parts[name] = _changed(parts[name].decode("utf-8"), what, instead, out).encode("utf-8")
    parts["docProps/core.xml"] = _CORE.format(description=escape(_DESCRIPTION)).encode("utf-8")
    parts[RIBBON_PART] = ribbon_xml.ribbon_xml()
    return parts


def _changed(text: str, what: str, instead: str, out: Path) -> str:
    found, times = re.subn(what, lambda _: instead, text, flags=re.DOTALL)
    if times != 1:
        why = f"the template of the installed xlwings has {times} of what was to be replaced: {what}"
        raise OutputRefused.because(out, why, "Install the version of xlwings that this version is made for.")
    return found


def _packed(parts: dict[str, bytes]) -> bytes:
    """Pack the parts, the list of contents first as readers expect it, with nothing that tells when or where."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _in_order(parts):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system, entry.compress_type = 0, zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts[name])
    return held.getvalue()


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", not name.startswith("_rels/"), name))
