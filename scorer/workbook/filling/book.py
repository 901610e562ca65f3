"""What a workbook says of itself: its sheets, its calendar, and when its formulas are worked out."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from scorer.errors import OutputRefused
from scorer.workbook.filling.markup import Element, child, elements, replaced, with_attribute
from scorer.workbook.filling.package import CONTENT_TYPES, Package

# What stands before calcPr in a workbook part, by the schema of ECMA-376 (CT_Workbook).
_BEFORE_CALCULATION = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath", "workbookProtection",
    "bookViews", "sheets", "functionGroups", "externalReferences", "definedNames",
)  # fmt: skip
_TOP = ("workbook",)


class Sheet(NamedTuple):
    """A worksheet: the name on its tab, its part, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


class Book(NamedTuple):
    """The workbook part, and what it names. ``since_1904``: days are counted from 1904-01-01, not from 1899-12-30."""

    part: str
    sheets: tuple[Sheet, ...]
    since_1904: bool
    strings: str | None
    styles: str | None
    calculation_chain: str | None
    has_pivots: bool
    by_hand: bool


def read_book(package: Package) -> Book:
    """Read what a workbook says of itself. Raises OutputRefused when it names no workbook part or no sheet."""
    roots = [relation.target for relation in package.relations("").values() if relation.kind == "officeDocument"]
    if not roots or package.known(roots[0]) is None:
        raise OutputRefused.because(package.path, "it is a zip archive, but no workbook", "Check the name behind --into.")
    part = package.known(roots[0]) or roots[0]
    found = elements(package.read(part), package.path, part)
    if found[0].name != "workbook":
        raise OutputRefused.because(package.path, "it holds a document of another program", "Check the name behind --into.")
    relations = package.relations(part)
    by_kind = {relation.kind: relation.target for relation in relations.values()}
    settings, calculation = child(found, "workbookPr", _TOP), child(found, "calcPr", _TOP)
    sheets = tuple(
        Sheet(told["name"], package.known(tie.target) or tie.target, told.get("state", "visible") != "visible")
        for told in (element.attributes for element in found if element.name == "sheet" and element.parents == (*_TOP, "sheets"))
        if (tie := relations.get(told.get("id", ""))) is not None and tie.kind == "worksheet"
    )
    return Book(
        part,
        sheets,
        settings is not None and settings.attributes.get("date1904", "0") in ("1", "true", "on"),
        by_kind.get("sharedStrings"),
        by_kind.get("styles"),
        by_kind.get("calcChain"),
        "pivotCacheDefinition" in by_kind,
        calculation is not None and calculation.attributes.get("calcMode") == "manual",
    )


def serial(day: date, since_1904: bool) -> int:
    """Return the number a workbook knows a day by.

    >>> serial(date(2026, 3, 1), False), serial(date(2026, 3, 1), True)
    (46082, 44620)
    """
    return (day - (date(1904, 1, 1) if since_1904 else date(1899, 12, 30))).days


def calculated_on_load(xml: bytes, where: object, part: str) -> bytes:
    """Return the workbook part saying that every formula is to be worked out anew when the workbook is opened."""
    found = elements(xml, where, part)
    told = child(found, "calcPr", _TOP)
    if told is not None:
        if told.attributes.get("fullCalcOnLoad") in ("1", "true"):
            return xml
        return replaced(xml, [(told.start, told.inside, with_attribute(xml[told.start : told.inside], "fullCalcOnLoad", 1))])
    root = found[0]
    prefix = xml[root.start + 1 : xml.index(b"workbook", root.start)]
    ahead = [one for one in found if one.parents == _TOP and one.name in _BEFORE_CALCULATION]
    place = ahead[-1].end if ahead else root.inside
    return replaced(xml, [(place, place, b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>')])


def without_calculation_chain(package: Package, book: Book) -> dict[str, bytes]:
    """Return the parts that must forget the calculation chain when it goes; a host makes a new one by itself.

    The chain lists cells with formulas: one that names a cell without a formula makes the workbook a broken one.
    """
    if book.calculation_chain is None:
        return {}
    chain = f"/{book.calculation_chain}".lower()
    folder, _, name = book.part.rpartition("/")
    ties = package.known(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels") or ""
    changed = {}
    for part, key in ((CONTENT_TYPES, "PartName"), (ties, "Type")):
        xml = package.read(part)
        gone = [
            (one.start, one.end, b"")
            for one in elements(xml, package.path, part)
            if _names_chain(one, key, chain)
        ]
        changed[package.known(part) or part] = replaced(xml, gone)
    return changed


def _names_chain(element: Element, key: str, chain: str) -> bool:
    told = element.attributes.get(key, "").lower()
    return told.endswith("/calcchain") if key == "Type" else told == chain
