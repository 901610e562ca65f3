"""A spreadsheet program opens filled workbooks: the figures are there, and formulas that depend on them follow."""

from __future__ import annotations

import shutil
import warnings

import openpyxl
import pytest

from tests.workbook.filling.answers import WORDS, fill_all
from tests.workbook.filling.books import by_openpyxl, by_xlsxwriter
from tests.workbook.filling.parts import around, cells, changed, parts, repacked, value

PLAN = "xl/worksheets/sheet1.xml"
LIFTS = [number / 7 for number in range(1, 9)]
ROIS = [number / 3 - 1 for number in range(1, 9)]


@pytest.fixture(scope="module")
def by_office(office, tmp_path_factory):
    """A workbook that LibreOffice wrote."""
    return office.recalculated(by_openpyxl(tmp_path_factory.mktemp("office")))


@pytest.fixture(scope="module")
def recalculated(office, by_office, tmp_path_factory):
    """Three filled workbooks after LibreOffice has opened them and saved what it worked out."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copy(by_office, folder / "office.xlsx")
    shutil.copy(by_xlsxwriter(folder), folder / "macros.xlsm")
    shutil.copy(by_openpyxl(folder), folder / "python.xlsx")
    no_targets = {b"lift_expected": b"own", b"ROI expected": b"more", b"verdict": b"words"}

    def room(name, content):
        for header, other in no_targets.items():
            content = content.replace(header, other)
        return content.replace(b'<c r="K4"><f>SUM(F4:F11)</f><v /></c>', b"").replace(b'<c r="K5"><f>G4*2</f><v /></c>', b"")

    repacked(folder / "python.xlsx", folder / "added.xlsx", room)
    found = {}
    for name in ("office.xlsx", "macros.xlsm", "python.xlsx", "added.xlsx"):
        fill_all(folder / name, "Promos" if name == "macros.xlsm" else None)
    for path, made in office.recalculated_all([folder / n for n in ("office.xlsx", "macros.xlsm", "python.xlsx", "added.xlsx")]).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl does not know every extension
            found[path.name] = openpyxl.load_workbook(made, data_only=True)
    return found


def test_a_workbook_libreoffice_wrote_is_filled_without_loss(by_office, tmp_path):
    book = shutil.copy(by_office, tmp_path / "mine.xlsx")
    fill_all(book)
    assert changed(by_office, book) == {PLAN, "xl/workbook.xml"}
    old, new = parts(by_office)[PLAN], parts(book)[PLAN]
    assert around(new) == around(old)
    before, after = cells(old), cells(new)
    assert {place for place in after if after[place] != before.get(place)} == {f"{column}{row}" for column in "FGH" for row in range(4, 12)}
    assert [value(after[f"F{row}"]) for row in range(4, 12)] == LIFTS


@pytest.mark.parametrize(("name", "first"), [("office.xlsx", 4), ("macros.xlsm", 2), ("python.xlsx", 4)])
def test_the_figures_are_there(recalculated, name, first):
    sheet = recalculated[name]["Plan"]
    found = [[sheet.cell(row, column).value for column in (6, 7, 8)] for row in range(first, first + 8)]
    for row, (lift, roi) in enumerate(zip(LIFTS, ROIS, strict=True)):
        assert found[row] == [pytest.approx(lift, rel=1e-14), pytest.approx(roi, rel=1e-14), WORDS[row % 3]]


@pytest.mark.parametrize("name", ["office.xlsx", "python.xlsx"])
def test_formulas_that_depend_on_them_follow_even_on_other_sheets(recalculated, name):
    book = recalculated[name]
    assert book["Plan"]["K4"].value == pytest.approx(sum(LIFTS))
    assert book["Plan"]["K5"].value == pytest.approx(2 * ROIS[0])
    assert book["Other"]["A1"].value == pytest.approx(sum(LIFTS) + 1)


def test_formulas_over_a_table_follow(recalculated):
    dash = recalculated["macros.xlsm"]["Dash"]
    assert dash["A1"].value == pytest.approx(sum(LIFTS))
    assert dash["A2"].value == 3  # every third verdict of eight is GO
    assert dash["A3"].value == pytest.approx(sum(ROIS))
    assert recalculated["macros.xlsm"]["Plan"]["K1"].value == pytest.approx(sum(LIFTS))


def test_added_columns_are_shown_as_what_they_are(recalculated):
    sheet = recalculated["added.xlsx"]["Plan"]
    headers = {cell.value: cell.column for cell in sheet[3] if cell.value}
    for name, shape in (("success_probability", "0.0%"), ("incremental_profit_expected", "#,##0"), ("verdict", "General")):
        assert sheet.cell(4, headers[name]).number_format.startswith(shape), name
    assert sheet.cell(5, headers["incremental_profit_expected"]).value == 2001.0
