"""The habits professionals expect of a workbook, checked on every workbook the product writes.

Each check of the list is a test here over the whole gallery, unless another file is named:

- E1 purpose, owner, date, version, use, colours on About: ``test_about_...``
- E2 typed sheets from left to right: ``test_sheets_are_typed_...``
- E3, E5 one meaning and one formula per column: ``test_a_column_holds_one_formula``
- E4 no number but 0 and 1 in formulas: ``test_formulas_hold_no_number_...``
- E6 each quantity once: ``test_no_two_columns_...``
- E7 short, no IF in an IF: ``test_formulas_are_short_...``
- E8 plain functions, no circle: ``test_only_functions_...``, ``test_no_formula_reads_itself``
- E9 nothing hidden; E10 label, unit, ISO currency; E11 entries: tests of those words
- E12 Checks: ``test_checks_are_0_or_1...``; what each check finds: test_workbook_ties.py, test_workbook_files.py
- E13 limits, E14 audit, E15 explains itself, E22 signs: tests of those words
- E16 print, E17 panes, merged cells, links, E18 tables, E20 protection, E21 formats: tests of those words
- E19 every figure comes from inputs in the file: ``test_every_profit_and_return_traces_...``
- E23 a copy before a user's workbook is filled: the tests of filling
- E24 one cell for the scenario: ``test_the_scenario_is_one_cell_...``
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import workbook_contents as contents
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from workbook_formulas import CONSTANT, Graph, bare, deepest_if, formulas, is_formula, relative, terms
from workbook_gallery import BOOKS, Gallery

from scorer.workbook.every_template import TEMPLATES
from scorer.workbook.languages import catalogue
from scorer.workbook.post_event.words import read_post_event
from scorer.workbook.template import About, Template, read_template
from scorer.workbook.template_files import as_written

PLAIN = (
    "ABS AND CHOOSE COUNT COUNTIF FIXED IF IFERROR INDEX ISERROR ISNUMBER ISTEXT LEFT LEN LN MATCH MAX MIN N NOT OR REPT ROUND ROW"
    " ROWS SUM SUMIF SUMIFS SUMPRODUCT SQRT TEXT TRIM"
)
LOOKED_AT = tuple(name for name in BOOKS if not name.endswith("-fr"))
"""French differs from German in nothing but words, which test_workbook_languages.py looks at."""
FILLED = tuple(name for name in LOOKED_AT if name != "planning-empty")
PLANS = tuple(name for name in LOOKED_AT if not name.startswith("post_event"))
SIGNS = {"en": "Signs:", "de": "Vorzeichen:", "fr": "Signes\u00a0:"}
TYPES = ("Guide", "Inputs", "Outputs", "Control")
MOST_LETTERS = 260
ERRORS = ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!")


class Opened:
    """One workbook of the gallery with the template of its language."""

    def __init__(self, gallery: Gallery, name: str) -> None:
        self.name = name
        self.book: Workbook = gallery.book(name)
        self.path = gallery.path(name)
        self.values: Workbook = gallery.values(name)
        self.language = gallery.language(name)
        self.template: Template = read_template(language=self.language, currency="EUR")

    @property
    def tables(self) -> Iterator[tuple[Worksheet, str, list[list[Cell]]]]:
        """Every table with its sheet, name and rows of cells, the headers first."""
        for sheet in self.book:
            for table in sheet.tables.values():
                yield sheet, table.displayName, [list(row) for row in sheet[table.ref]]

    @property
    def about(self) -> About:
        """The words of its first sheet."""
        if self.name.startswith("post_event"):
            return read_post_event({"language": self.language, "currency": "EUR", "interval": "80%"}).about
        return read_template(language=self.language, currency="EUR", interval="80%").about

    def words(self, english: str) -> str:
        return catalogue(self.language).word(english)

    def sheet(self, english: str) -> Worksheet:
        return self.book[self.words(english)]

    def type_of(self, sheet: Worksheet) -> str:
        colours = {colour.lstrip("#"): kind for kind, colour in self.template.look.tabs.items()}
        return colours[sheet.sheet_properties.tabColor.rgb[-6:]]

    def text(self, sheet: str) -> str:
        return " ".join(str(cell.value) for row in self.values[self.words(sheet)].iter_rows() for cell in row if cell.value is not None)


@pytest.fixture(scope="module", params=LOOKED_AT)
def one(request: pytest.FixtureRequest, gallery: Gallery) -> Opened:
    return Opened(gallery, request.param)


@pytest.fixture(scope="module", params=PLANS)
def plan(request: pytest.FixtureRequest, gallery: Gallery) -> Opened:
    return Opened(gallery, request.param)


@pytest.fixture(scope="module", params=FILLED)
def filled(request: pytest.FixtureRequest, gallery: Gallery) -> Opened:
    return Opened(gallery, request.param)


@pytest.fixture(scope="module")
def missing(gallery: Gallery) -> Opened:
    return Opened(gallery, "planning-missing")


def test_every_sheet_there_is_stands_in_the_gallery(gallery: Gallery) -> None:
    shown = {title for name in LOOKED_AT if gallery.language(name) == "en" for title in gallery.book(name).sheetnames}
    described = {title for template in TEMPLATES for title in titles(as_written(template))}
    assert described - shown == set(), "add what writes it to workbook_gallery.py"


def titles(template: object) -> Iterator[str]:
    """The titles of the sheets in a template."""
    return (part["sheet"] for part in parts(template) if "sheet" in part)


def parts(template: object) -> Iterator[dict[str, Any]]:
    """Every table of a template, however deep it stands."""
    if isinstance(template, dict):
        yield template
    for value in template.values() if isinstance(template, dict) else template if isinstance(template, list) else ():
        yield from parts(value)


# ---------------------------------------------------------------------------------------------- what it says
def test_about_names_purpose_owner_date_version_use_and_colours(filled: Opened) -> None:
    said, about = filled.text("About"), filled.about
    named = {line.name for line in about.facts_rows}
    assert {"owner", "made_at", "version", "currency", "checks"} <= named
    assert all(line.label in said for line in about.facts_rows)
    assert all(row.label in said and row.meaning in said for row in about.key_rows)
    assert all(line in said for line in (about.purpose, *about.how))
    assert all(sheet in said for sheet in filled.book.sheetnames)
    if filled.name in PLANS:
        assert all(verdict.words in said and verdict.advice in said for verdict in filled.template.verdicts)


def test_sheets_are_typed_and_stand_from_left_to_right(one: Opened) -> None:
    types = [one.type_of(sheet) for sheet in one.book]
    assert types == sorted(types, key=TYPES.index)
    assert set(types) == set(TYPES)


def test_the_planning_workbook_has_its_sheets_in_the_order_of_its_template(missing: Opened) -> None:
    assert missing.book.sheetnames == [spec.sheet for spec in missing.template.sheets.values()]


def test_limits_of_the_model_are_stated(missing: Opened) -> None:
    said = missing.text("Model")
    assert all(limit in said for limit in contents.card().limits)
    assert contents.card().evidence_sentence in said


def test_the_audit_names_run_model_data_and_inputs_and_has_room_for_a_log(missing: Opened) -> None:
    said, run = missing.text("Audit"), contents.content().run
    assert all(word in said for word in (run.run_id, run.made_by, run.input_hash, run.source, contents.card().model_version))
    entries = [cell for row in missing.sheet("Audit").iter_rows() for cell in row if cell.style.startswith("Input ")]
    rows = Counter(cell.row for cell in entries)
    assert len(rows) == missing.template.audit.log_empty_rows and set(rows.values()) == {len(missing.template.audit.log_headers)}


def test_the_workbook_says_its_sign_convention_once_and_explains_itself(filled: Opened) -> None:
    said, conventions = filled.text("About"), filled.about.conventions
    assert conventions[0].startswith(SIGNS[filled.language])
    assert all(said.count(line) == 1 for line in conventions)


def test_the_scenario_is_one_cell_and_names_its_base_case(plan: Opened) -> None:
    inputs, names = plan.sheet("Inputs"), plan.template.inputs.lists.scenario_names
    cell = inputs[plan.book.defined_names["promo_scenario"].attr_text.split("!")[1].replace("$", "")]
    assert cell.value == names[1]
    if plan.language == "en":
        assert "base case" in cell.value
    rules = [rule for rule in inputs.data_validations.dataValidation if cell.coordinate in rule.sqref]
    assert [rule.type for rule in rules] == ["list"]


# ---------------------------------------------------------------------------------------------- formulas
def test_formulas_hold_no_number_but_0_and_1(one: Opened) -> None:
    for cell in formulas(one.book):
        rest = re.sub(r"\$?[A-Z]{1,3}\$?\d+", "", bare(cell.value))
        assert set(re.findall(r"\d+\.?\d*", rest)) <= {"0", "1"}, (cell.parent.title, cell.coordinate, cell.value)


def test_a_column_holds_one_formula(one: Opened) -> None:
    for _, name, (heads, *rows) in one.tables:
        for at, head in enumerate(heads):
            shapes = {relative(row[at]) for row in rows}
            assert len(shapes) == 1, (name, head.value, shapes)


def test_no_two_columns_of_a_sheet_calculate_the_same(one: Opened) -> None:
    for _, name, (heads, first, *_) in one.tables:
        calculated = {head.value: cell.value for head, cell in zip(heads, first, strict=True) if is_formula(cell)}
        twice = [formula for formula, times in Counter(calculated.values()).items() if times > 1]
        assert not twice, (name, {head: formula for head, formula in calculated.items() if formula in twice})


def test_formulas_are_short_and_no_if_stands_inside_an_if(one: Opened) -> None:
    for cell in formulas(one.book):
        formula = bare(cell.value)
        assert len(max(terms(formula), key=len)) <= MOST_LETTERS, (cell.parent.title, cell.coordinate, formula)
        assert deepest_if(formula) <= 1, (cell.parent.title, cell.coordinate, formula)


def test_only_functions_every_spreadsheet_has(one: Opened) -> None:
    used = {name for cell in formulas(one.book) for name in re.findall(r"([A-Z][A-Z.]*)\(", bare(cell.value))}
    assert used <= {*PLAIN.split()}


def test_no_formula_writes_a_date_in_words(one: Opened) -> None:
    """Letters of dates in TEXT belong to the reader's language: yyyy in English is jjjj in German."""
    shown = {found for cell in formulas(one.book) for found in re.findall(r'TEXT\([^"]*,"([^"]*)"\)', cell.value)}
    assert not [pattern for pattern in shown if re.search("[a-zA-Z]", pattern)]


def test_no_formula_reads_itself(one: Opened) -> None:
    graph = Graph(one.book)
    for cell in formulas(one.book):
        graph.origins(cell)


def test_every_profit_and_return_traces_to_inputs_and_figures_of_the_model_in_the_file(filled: Opened) -> None:
    graph, traced = Graph(filled.book), 0
    for cell in formulas(filled.book):
        if filled.type_of(cell.parent) == "Outputs" and re.match("(Calculated|Total) (money|percent)", cell.style):
            origins = graph.origins(cell) - {CONSTANT}
            if not origins:
                continue  # where a running total begins
            loose = [style for style in origins if not style.startswith(("Input ", "Model ", "Key ", "Fact ")) and style not in WORDS]
            assert not loose, (cell.parent.title, cell.coordinate, loose)
            assert any(style.startswith(("Input ", "Model ")) for style in origins), (cell.parent.title, cell.coordinate)
            traced += 1
    assert traced > 50


WORDS = ("Header", "Header left", "Note", "Label")
"""Cells of words that formulas may point at: a row is counted from its header, a sentence is looked up."""


def test_names_are_anchors_and_stand_in_no_formula(plan: Opened) -> None:
    names = set(plan.book.defined_names)
    assert {"promo_scenario", "promo_hurdle_roi", "promo_chosen", "promo_checks"} <= names
    assert not [cell.value for cell in formulas(plan.book) if any(name in cell.value for name in names)]


# ---------------------------------------------------------------------------------------------- cells
def test_nothing_is_hidden(one: Opened) -> None:
    for sheet in one.book:
        assert sheet.sheet_state == "visible"
        assert not any(dimension.hidden for dimension in sheet.column_dimensions.values())
        assert not any(dimension.hidden for dimension in sheet.row_dimensions.values())


def test_every_column_has_a_label_and_every_figure_a_unit_in_iso_currency(one: Opened) -> None:
    for sheet, name, (heads, first, *_) in one.tables:
        for head, cell in zip(heads, first, strict=True):
            unit, where = sheet.cell(head.row - 1, head.column).value, (name, head.value)
            assert head.value, where
            if kind_of(cell) in ("text", "wrap") or head.value in OWN:
                continue
            assert unit, where
            assert "{" not in unit, where


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_amount_of_a_template_names_its_currency(template: str) -> None:
    shown = [part for part in parts(as_written(template)) if {"label", "kind"} <= part.keys()]
    for part in shown:
        if part["kind"] in ("money", "price"):
            assert "{currency}" in part["unit"], part
        elif part["kind"] not in ("text", "wrap"):
            assert part["unit"], part


def kind_of(cell: Cell) -> str:
    """What a cell's style says it holds: money, percent, date ..."""
    return cell.style.removesuffix(" strong").rpartition(" ")[2]


OWN = ("leaflet_week",)
"""Columns of the list itself, which has no units."""


def test_entries_are_unlocked_styled_and_checked_and_nothing_else_is(one: Opened) -> None:
    for sheet in one.book:
        rules = sheet.data_validations.dataValidation
        for row in sheet.iter_rows():
            for cell in row:
                is_entry = cell.style.startswith("Input ")
                assert cell.protection.locked != is_entry, (sheet.title, cell.coordinate, cell.style)
                if is_entry and one.type_of(sheet) not in ("Guide", "Control") and not without_list(one, sheet, cell):
                    assert any(cell.coordinate in rule.sqref for rule in rules), (sheet.title, cell.coordinate)
        for rule in rules:
            assert rule.showErrorMessage and rule.showInputMessage, sheet.title
            assert 0 < len(rule.promptTitle) <= 32 and 0 < len(rule.errorTitle) <= 32, rule.promptTitle
            assert 0 < len(rule.prompt) <= 255 and 0 < len(rule.error) <= 255, rule.prompt


def without_list(one: Opened, sheet: Worksheet, cell: Cell) -> bool:
    """A name the model has seen no list of may be any text: such columns of Plan have nothing to check."""
    return one.name != "planning-missing" and sheet.title == one.words("Plan") and cell.style == "Input text"


def test_formulas_are_locked_and_every_cell_has_a_named_style(one: Opened) -> None:
    for cell in formulas(one.book):
        assert cell.protection.locked, (cell.parent.title, cell.coordinate)
    styled = {cell.style for sheet in one.book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "Normal" not in styled
    assert {"Title", "Header", "Label", "State"} <= set(one.book.named_styles) and len(one.book.named_styles) > 20
    assert one.book.worksheets[1]["B1"].style == "Title"


def test_checks_are_0_or_1_and_every_sheet_shows_the_master_check(one: Opened) -> None:
    checks = one.sheet("Checks")
    place = next(row[2] for row in checks.iter_rows() if row[1].value == one.template.checks.master).coordinate
    for sheet in one.book:
        if one.type_of(sheet) != "Guide" and sheet is not checks:
            sheet_name, master = sheet["B3"].value.split("!")
            assert (sheet_name, master.replace("$", "")) == (f"={quoted(checks.title)}", place), sheet.title
    counted = [row for row in checks.iter_rows(min_row=11) if is_formula(row[2])]
    assert len(counted) > 10
    assert {row[2].value.split("(")[0] for row in counted} == {"=IF"}
    values = [one.values[checks.title][row[2].coordinate].value for row in counted]
    assert set(values) <= {0, 1}


def quoted(title: str) -> str:
    return title if title.isascii() and title.isalnum() else f"'{title}'"


def test_figures_tie_in_every_workbook_as_it_is_written(filled: Opened) -> None:
    checks, words = filled.values[filled.words("Checks")], filled.template.checks
    rows = [(row[1].value, row[2].value) for row in checks.iter_rows(min_row=11) if row[1].value]
    titles = [title for title, _ in rows]
    must = rows[titles.index(words.integrity) + 1 : titles.index(words.attention)]
    assert len(must) > 8
    assert [title for title, passed in must if passed != 1] == []


def test_points_of_attention_are_found(missing: Opened) -> None:
    checks, words = missing.values["Checks"], missing.template.checks
    passes = {row[1].value: row[2].value for row in checks.iter_rows(min_row=11)}
    open_points = {name for name, (title, _) in words.rows.items() if passes[title] == 0}
    assert open_points == {"money_known", "below_margin"}


def test_no_cell_carries_an_error(one: Opened) -> None:
    errors = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in one.values
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in ERRORS
    ]
    assert errors == []


def test_tables_have_the_headers_their_cells_show(one: Opened) -> None:
    found = set()
    for sheet, name, (heads, *_) in one.tables:
        shown = [head.value for head in heads]
        assert shown == [column.name for column in sheet.tables[name].tableColumns], name
        assert len({head.casefold() for head in shown}) == len(shown), (name, [h for h, n in Counter(shown).items() if n > 1])
        found.add(name)
    assert len(found) >= 5


def test_money_has_no_and_percent_one_decimal_and_losses_a_sign(one: Opened) -> None:
    numbers = one.template.look.numbers
    assert numbers["money"].split(";")[:2] == ["#,##0", "-#,##0"]
    assert numbers["percent"].split(";")[:2] == ["0.0%", "-0.0%"]
    for sheet in one.book:
        for row in sheet.iter_rows():
            for cell in row:
                kind = kind_of(cell)
                if kind in ("money", "percent", "price"):
                    assert cell.number_format == numbers[kind], (sheet.title, cell.coordinate)
                elif kind == "date":  # a calendar may leave the year out
                    assert cell.number_format in numbers[kind], (sheet.title, cell.coordinate)


# ---------------------------------------------------------------------------------------------- sheets and file
def test_every_sheet_prints_one_page_wide_in_landscape(one: Opened) -> None:
    for sheet in one.book:
        assert sheet.print_area, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.oddHeader.left.text and sheet.oddFooter.right.text
        last = int(re.findall(r"\d+", sheet.print_area)[-1])
        for table in sheet.tables.values():
            if table.ref.endswith(str(last)) and table.autoFilter is not None:  # a sheet that is one table
                assert sheet.print_title_rows, sheet.title


def test_panes_are_frozen_and_no_cell_is_merged(one: Opened) -> None:
    for sheet in one.book:
        assert not sheet.merged_cells.ranges
        assert not sheet.sheet_view.showGridLines
        assert one.type_of(sheet) == "Guide" or sheet.freeze_panes, sheet.title


def test_no_macro_no_link_no_function_of_recent_excel(one: Opened) -> None:
    with zipfile.ZipFile(one.path) as package:
        names = package.namelist()
        assert not [name for name in names if "vba" in name.lower() or "externalLink" in name]
        assert not [name for name in names if b"_xlfn" in package.read(name)]


def test_every_sheet_is_protected_without_a_password(one: Opened) -> None:
    for sheet in one.book:
        assert sheet.protection.sheet
        assert not sheet.protection.password


# ---------------------------------------------------------------------------------------------- for every reader
def test_every_chart_has_a_finding_for_a_title_and_words_for_those_who_cannot_see_it(one: Opened) -> None:
    with zipfile.ZipFile(one.path) as package:
        charts = [package.read(name).decode() for name in package.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)]
        drawings = [package.read(name).decode() for name in package.namelist() if re.match(r"xl/drawings/drawing\d+\.xml", name)]
    described = [words for drawing in drawings for words in re.findall(r'<xdr:cNvPr [^>]*descr="([^"]+)"', drawing)]
    assert len(charts) == len(described) > 0
    for chart in charts:
        title = chart.split("<c:title>")[1].split("</c:title>")[0]
        assert "<c:f>" in title and "<c:v>" in title  # a formula's words: the finding follows the figures


def test_letters_stand_out_from_their_background(one: Opened) -> None:
    pairs = {
        (colour(cell.font.color) or "000000", colour(cell.fill.fgColor) if cell.fill.fill_type == "solid" else "FFFFFF")
        for sheet in one.book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert len(pairs) >= 5
    for ink, fill in pairs:
        assert contrast(ink, fill) >= 4.5, (ink, fill)


def test_letters_stand_out_where_a_rule_colours_them(one: Opened) -> None:
    look = one.template.look
    for sheet in one.book:
        for rules in sheet.conditional_formatting:
            for rule in rules.rules:
                if rule.colorScale is not None:  # losses are written in their own letters, on any shade of it
                    shades = [colour(shade) for shade in rule.colorScale.color]
                    assert all(contrast(ink, shade or "") >= 4.5 for ink in (look.ink, look.negative) for shade in shades)
                    continue
                fill = colour(rule.dxf.fill.bgColor) if rule.dxf.fill is not None else None
                ink = colour(rule.dxf.font.color) if rule.dxf.font is not None else None
                for ground in [fill] if fill else ["FFFFFF", look.model_fill]:
                    assert contrast(ink or look.ink, ground) >= 4.5, (sheet.title, ink, ground)


def colour(given: object) -> str | None:
    rgb = getattr(given, "rgb", None)
    return rgb[-6:] if isinstance(rgb, str) else None


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(hexadecimal: str) -> float:
    digits = hexadecimal.lstrip("#")
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_measured_as_it_should_be() -> None:
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
