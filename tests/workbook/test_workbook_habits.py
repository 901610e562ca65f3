"""The habits professionals expect of a workbook, checked on the file."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import workbook_contents as contents
from openpyxl.cell.cell import Cell
from openpyxl.utils import column_index_from_string
from openpyxl.workbook import Workbook
from workbook_office import values
from workbook_reading import TABLES, TEMPLATE, beside, columns_in, input_cell, opened

from scorer.workbook import write_workbook
from scorer.workbook.write import build_template

OUTPUTS = ("Plan", "ROI", "What-if", "Ladder", "Model")
STRINGS = re.compile(r'"(?:[^"]|"")*"')
REFERENCE = re.compile(r"(?<![A-Za-z_])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(])")
SHEET = re.compile(r"'[^']+'!")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("habits") / "plan.xlsx"
    write_workbook(path, contents.with_missing_cost(24))
    return path


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("habits") / "planning.xlsx"
    build_template(path)
    return path


@pytest.fixture(scope="module", params=["filled", "empty"])
def book(request: pytest.FixtureRequest, path: Path, empty: Path) -> Workbook:
    return opened(path if request.param == "filled" else empty)


def formulas(book: Workbook) -> Iterator[Cell]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if isinstance(cell.value, str) and cell.value.startswith("="))


def bare(formula: str) -> str:
    """A formula without its words and sheet names."""
    return SHEET.sub("", STRINGS.sub('""', formula))


def test_e1_about_names_purpose_owner_version_and_how_to_use(path: Path) -> None:
    words = " ".join(str(value) for value in values(path)["About"].values())
    for wanted in ("Owner", "Commercial planning", "Version", "How to use it", "Colours", "Yours to change"):
        assert wanted in words


def test_e2_sheets_are_typed_and_ordered(book: Workbook) -> None:
    assert book.sheetnames == [spec.sheet for spec in TEMPLATE.sheets.values()]
    order = ["Guide", "Inputs", "Outputs", "Control"]
    types = [order.index(spec.type) for spec in TEMPLATE.sheets.values()]
    assert types == sorted(types)
    for spec in TEMPLATE.sheets.values():
        assert book[spec.sheet].sheet_properties.tabColor is not None


def test_e4_formulas_hold_no_number_but_0_and_1(book: Workbook) -> None:
    for cell in formulas(book):
        rest = REFERENCE.sub("", bare(cell.value))
        assert set(re.findall(r"\d+\.?\d*", rest)) <= {"0", "1"}, (cell.coordinate, cell.value)


def test_e5_one_formula_per_column(book: Workbook) -> None:
    for title in ("Plan", "ROI", "What-if", "Ladder"):
        sheet = book[title]
        for name, (at, first, last) in columns_in(sheet).items():
            cells = [sheet.cell(row, at) for row in range(first, last + 1)]
            shapes = {relative(cell) for cell in cells}
            assert len(shapes) == 1 or not any(shape.startswith("=") for shape in shapes), (title, name)


def relative(cell: Cell) -> str:
    """A formula with every reference counted from its own cell (R1C1); anything else as nothing."""
    if not isinstance(cell.value, str) or not cell.value.startswith("="):
        return ""

    def shift(found: re.Match[str]) -> str:
        fixed_column, column, fixed_row, row = found.groups()
        at = column_index_from_string(column)
        across = f"C{at}" if fixed_column else f"C[{at - cell.column}]"
        down = f"R{row}" if fixed_row else f"R[{int(row) - cell.row}]"
        return down + across

    return REFERENCE.sub(shift, cell.value)


def test_e7_formulas_are_short_and_no_if_stands_inside_an_if(book: Workbook) -> None:
    for cell in formulas(book):
        formula = bare(cell.value)
        assert len(formula) <= 260, (cell.coordinate, formula)
        assert deepest_if(formula) <= 1, (cell.coordinate, formula)


def deepest_if(formula: str) -> int:
    """How deep IFs stand inside one another."""
    open_ifs, depth, deepest = [], 0, 0
    for at, sign in enumerate(formula):
        if sign == "(":
            is_if = re.search(r"(?<![A-Z])IF$", formula[:at]) is not None
            open_ifs.append(is_if)
            depth += is_if
            deepest = max(deepest, depth)
        elif sign == ")":
            depth -= open_ifs.pop()
    return deepest


def test_e8_and_e17_only_functions_every_spreadsheet_has(book: Workbook) -> None:
    plain = "ABS CHOOSE COUNTIF FIXED IF IFERROR INDEX ISERROR ISNUMBER LEN MATCH MAX MIN N ROW SUM SUMIF SUMPRODUCT TEXT"
    used = {name for cell in formulas(book) for name in re.findall(r"([A-Z][A-Z.]*)\(", bare(cell.value))}
    assert used <= {*plain.split(" ")}


def test_e9_nothing_is_hidden(book: Workbook) -> None:
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert not any(dimension.hidden for dimension in sheet.column_dimensions.values())
        assert not any(dimension.hidden for dimension in sheet.row_dimensions.values())


def test_e10_every_column_has_a_label_and_a_unit_in_iso_currency(book: Workbook) -> None:
    for title, bands in TABLES.items():
        sheet = book[title]
        kinds = {column.name: column.kind for band in bands for column in band.columns}
        for name, (at, first, _) in columns_in(sheet).items():
            unit = sheet.cell(first - 2, at).value
            assert sheet.cell(first - 1, at).value and unit, (title, name)
            if kinds[name] in ("money", "price"):
                assert "EUR" in unit, (title, name)


def test_e11_entries_are_unlocked_styled_and_checked_and_nothing_else_is(book: Workbook) -> None:
    for sheet in book:
        checked = sheet.data_validations
        for row in sheet.iter_rows():
            for cell in row:
                is_entry = cell.style.startswith("Input ")
                assert cell.protection.locked != is_entry, (sheet.title, cell.coordinate, cell.style)
                if is_entry and sheet.title in ("Inputs", "What-if"):
                    assert any(cell.coordinate in rule.sqref for rule in checked.dataValidation), cell.coordinate
    for rule in book["Plan"].data_validations.dataValidation:
        assert rule.showErrorMessage and rule.showInputMessage and rule.prompt and rule.error


def test_e11_every_entry_of_the_plan_is_checked(path: Path) -> None:
    sheet = opened(path)["Plan"]
    rules = sheet.data_validations.dataValidation
    for name, (at, first, last) in columns_in(sheet).items():
        if sheet.cell(first, at).style.startswith("Input "):
            for row in (first, last):
                place = sheet.cell(row, at).coordinate
                assert any(place in rule.sqref for rule in rules), (name, place)


def test_e11_formulas_are_locked_and_every_cell_has_a_named_style(book: Workbook) -> None:
    for cell in formulas(book):
        assert cell.protection.locked, (cell.parent.title, cell.coordinate)
    styled = {cell.style for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "Normal" not in styled
    assert len(book.named_styles) > 20


def test_e12_checks_are_0_or_1_and_every_output_shows_the_master_check(book: Workbook) -> None:
    checks = book["Checks"]
    for title, _ in TEMPLATE.checks.rows.values():
        assert beside(checks, title).value.startswith("=IF(ISNUMBER(")
    master = beside(checks, TEMPLATE.checks.master).coordinate.replace("C", "$C$")
    for title in (*OUTPUTS, "Inputs", "Rejects", "Audit"):
        assert book[title]["B3"].value == f"=Checks!{master}"


def test_e12_checks_pass_where_they_should(path: Path) -> None:
    book, found = opened(path), values(path)
    passes = {
        name: found["Checks"][beside(book["Checks"], title).coordinate] for name, (title, _) in TEMPLATE.checks.rows.items()
    }
    assert set(passes.values()) <= {0, 1}
    assert {name for name, passed in passes.items() if not passed} == {"money_known", "below_margin"}


def test_e13_limits_of_the_model_are_stated(path: Path) -> None:
    words = " ".join(str(value) for value in values(path)["Model"].values())
    assert all(limit in words for limit in contents.card().limits)
    assert contents.card().evidence_sentence in words


def test_e14_the_audit_names_run_model_and_inputs(path: Path) -> None:
    words = {str(value) for value in values(path)["Audit"].values()}
    run = contents.content().run
    assert {run.run_id, run.made_by, run.input_hash, run.source, contents.card().model_version} <= words


def test_e16_every_sheet_prints_one_page_wide_in_landscape(book: Workbook) -> None:
    for sheet in book:
        assert sheet.print_area, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.oddHeader.left.text and sheet.oddFooter.right.text
    for title in ("Plan", "ROI", "Ladder", "Rejects"):
        assert book[title].print_title_rows, title


def test_e17_panes_are_frozen_and_no_cell_is_merged(book: Workbook) -> None:
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert not sheet.sheet_view.showGridLines
        assert sheet.title == "About" or sheet.freeze_panes, sheet.title


@pytest.mark.parametrize("which", ["path", "empty"])
def test_e17_no_macro_no_link_no_calculation_chain(which: str, request: pytest.FixtureRequest) -> None:
    with zipfile.ZipFile(request.getfixturevalue(which)) as package:
        names = package.namelist()
        assert not [name for name in names if "vba" in name.lower() or "externalLink" in name]
        assert not [name for name in names if b"_xlfn" in package.read(name)]


def test_e18_tables_have_the_headers_their_cells_show(book: Workbook) -> None:
    found = {}
    for sheet in book:
        for table in sheet.tables.values():
            heads = [cell.value for cell in sheet[table.ref][0]]
            assert heads == [column.name for column in table.tableColumns]
            assert len({head.casefold() for head in heads}) == len(heads)
            found[table.displayName] = sheet.title
    assert found == {"tblPlan": "Plan", "tblROI": "ROI", "tblWhatIf": "What-if", "tblLadder": "Ladder",
                     "tblRejects": "Rejects"}  # fmt: skip


def test_e19_names_are_anchors_and_stand_in_no_formula(book: Workbook) -> None:
    names = set(book.defined_names)
    assert {"promo_scenario", "promo_hurdle_roi", "promo_chosen", "promo_checks"} <= names
    assert not [cell.value for cell in formulas(book) if any(name in cell.value for name in names)]


def test_e20_every_sheet_is_protected_without_a_password(book: Workbook) -> None:
    for sheet in book:
        assert sheet.protection.sheet
        assert not sheet.protection.password


def test_e21_money_without_and_percent_with_one_decimal(book: Workbook) -> None:
    numbers = TEMPLATE.look.numbers
    assert numbers["money"].split(";")[:2] == ["#,##0", "-#,##0"]
    assert numbers["percent"].split(";")[:2] == ["0.0%", "-0.0%"]
    for title, bands in TABLES.items():
        kinds = {column.name: column.kind for band in bands for column in band.columns}
        for name, (at, first, _) in columns_in(book[title]).items():
            if kinds[name] in ("money", "percent"):
                assert book[title].cell(first, at).number_format == numbers[kinds[name]]


def test_e22_and_e15_the_workbook_explains_signs_and_itself(path: Path) -> None:
    words = " ".join(str(value) for value in values(path)["About"].values())
    assert words.count("Signs:") == 1
    assert "No macro, link or add-in is needed" in words


def test_e24_the_scenario_is_one_cell_and_names_its_base_case(book: Workbook) -> None:
    cell = input_cell(book, "scenario")
    assert "base case" in cell.value
    lists = [
        rule.sqref
        for rule in book["Inputs"].data_validations.dataValidation
        if rule.type == "list" and cell.coordinate in rule.sqref
    ]
    assert len(lists) == 1


def test_the_chart_has_a_finding_for_a_title_and_words_for_those_who_cannot_see_it(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        chart = package.read("xl/charts/chart1.xml").decode()
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    title = chart.split("<c:title>")[1].split("</c:title>")[0]
    assert "&#39;What-if&#39;!$B$2" in title or "'What-if'!$B$2" in title
    assert "earns most" in title or "profitable" in title
    assert TEMPLATE.what_if.chart_alt in drawing


def test_letters_stand_out_from_their_background() -> None:
    look = TEMPLATE.look
    pairs = [
        (look.ink, "#FFFFFF"),
        (look.quiet, "#FFFFFF"),
        (look.accent, look.input_fill),
        ("#FFFFFF", look.band),
    ]
    pairs += [(look.ink, look.model_fill), (look.ink, look.head), (look.negative, look.model_fill)]
    pairs += [(ink, fill) for fill, ink in look.marks.values()]
    for ink, fill in pairs:
        assert contrast(ink, fill) >= 4.5, (ink, fill)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_file_opens_with_every_style_in_place(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert book["ROI"]["B1"].style == "Title"
    assert input_cell(book, "hurdle_roi").style == "Input percent"
