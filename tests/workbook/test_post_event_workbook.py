"""The post-event workbook: a spreadsheet recalculates every figure to the engine's cent, and the habits of a workbook hold."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils import column_index_from_string
from openpyxl.workbook import Workbook
from workbook_office import Office, values
from workbook_post_events import CLIENT, MADE, content

from scorer.planning.post_event import EFFECTS, PostEvent
from scorer.planning.tracking import Tracking
from scorer.workbook.layout import columns_of
from scorer.workbook.post_event.formulas import ATTENTION, INTEGRITY
from scorer.workbook.post_event.words import read_post_event
from scorer.workbook.post_event.write import post_event_bytes, write_post_event

WORDS = read_post_event({"currency": "EUR", "client": "Demo retailer", "interval": "80%", "run": MADE.run_id})
CENT = 0.005
STRINGS = re.compile(r'"(?:[^"]|"")*"')
SHEET = re.compile(r"'[^']+'!")
REFERENCE = re.compile(r"(?<![A-Za-z_])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(])")


Cells = dict[str, dict[str, Any]]


class Written(NamedTuple):
    """What a workbook was made from, and where it lies."""

    found: PostEvent
    counted: Tracking
    path: Path


@pytest.fixture(scope="module", params=[40, 0])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    found, counted = content(request.param)
    path = tmp_path_factory.mktemp("post_event") / "post_event.xlsx"
    write_post_event(path, CLIENT, found, counted, MADE)
    return Written(found, counted, path)


@pytest.fixture(scope="module")
def worked_out(made: Written, office: Office) -> Cells:
    """Every cell as LibreOffice works it out."""
    return office.values(made.path)


@pytest.fixture(scope="module")
def book(made: Written) -> Workbook:
    return openpyxl.load_workbook(made.path)


def table(book: Workbook, found: Cells, title: str) -> dict[str, list[Any]]:
    """The values of a table by the names of its columns in the template."""
    sheet = book[title]
    (only,) = sheet.tables.values()
    cells = sheet[only.ref]
    spec = next(spec for spec in WORDS.sheets.values() if spec.sheet == title)
    names = [column.name for column in columns_of(spec.bands)]  # type: ignore[attr-defined]
    return {
        name: [found[title].get(row[at].coordinate) for row in cells[1:]] for at, name in enumerate(names)
    }


def line(book: Workbook, found: Cells, title: str, label: str) -> Any:
    """The figure beside a label."""
    for row in book[title].iter_rows(min_col=2, max_col=2):
        if row[0].value == label:
            return found[title].get(f"C{row[0].row}")
    raise AssertionError(label)


def formulas(book: Workbook) -> Iterator[Cell]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if isinstance(cell.value, str) and cell.value.startswith("="))


def bare(formula: str) -> str:
    return SHEET.sub("", STRINGS.sub('""', formula))


# ---------------------------------------------------------------------------------------------- figures
def test_a_spreadsheet_works_out_what_the_file_carries(made: Written, worked_out: Cells) -> None:
    for title, cells in values(made.path).items():
        for place, value in cells.items():
            other = worked_out[title].get(place)
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert other == pytest.approx(value, rel=1e-9, abs=1e-6), (title, place)
            else:
                assert other == value or (value == "" and other is None), (title, place)


def test_every_amount_ties_to_the_engine_to_the_cent(made: Written, book: Workbook, worked_out: Cells) -> None:
    rows, sheet = made.found.rows, table(book, worked_out, "Post-event")
    names = {"planned_profit": "planned_profit", "actual_profit": "actual_profit", "variance": "variance"}
    names |= {f"effect_{name}": f"effect_{name}" for name in EFFECTS}
    known = ~np.isnan(rows["variance"])
    for ours, theirs in names.items():
        for at, value in enumerate(rows[theirs].tolist()):
            if known[at]:
                assert sheet[ours][at] == pytest.approx(value, abs=CENT), (ours, at)
    for at in np.flatnonzero(~known).tolist():
        assert sheet["variance"][at] == "not available"
        assert sheet["reason"][at] == "A price, cost, baseline or sales figure is missing."


def test_totals_bridge_tracking_and_accuracy_are_the_engines(made: Written, book: Workbook, worked_out: Cells) -> None:
    found = made.found
    bridge = table(book, worked_out, "Bridge")
    steps = ["planned_profit", *(f"effect_{name}" for name in EFFECTS), "actual_profit"]
    assert bridge["amount"] == pytest.approx([found.totals[step] for step in steps], abs=CENT)
    assert bridge["to"][-1] == pytest.approx(found.totals["actual_profit"], abs=CENT)
    tracked = made.counted
    for label, value in (
        ("Plans in the log", tracked.made), ("Plans a week", tracked.plans_a_week), ("Success rate", tracked.success_rate),
        ("ROI of measured promotions", tracked.average_roi), ("Profit of measured promotions", tracked.actual_profit),
    ):  # fmt: skip
        shown = line(book, worked_out, "Tracking", label)
        assert shown == ("not available" if np.isnan(value) else pytest.approx(value, abs=1e-6)), label
    accuracy = table(book, worked_out, "Accuracy")
    assert accuracy["promotions"] == [int(n) for one in found.accuracy for n in one.table["promotions"]]
    assert accuracy["closer"] == [words for one in found.accuracy for words in one.table["closer"]]
    errors = [error for one in found.accuracy for error in one.table["model_error"]]
    assert accuracy["model_error"] == [("not available" if error != error else pytest.approx(error)) for error in errors]
    low = line(book, worked_out, "Accuracy", "That share, low")
    assert low == ("not available" if np.isnan(found.coverage.low) else pytest.approx(found.coverage.low))


def test_the_checks_hold_and_a_changed_figure_is_caught(
    made: Written, book: Workbook, worked_out: Cells, office: Office, tmp_path: Path
) -> None:
    for name in INTEGRITY:
        assert line(book, worked_out, "Checks", WORDS.checks.rows[name][0]) == 1, name
    rows = len(made.found.rows["promotion_id"])
    waiting = len(made.found.waiting["why"])
    wanted = {
        "variance_known": made.found.totals["left_out"] == 0,
        "all_foretold": bool(made.found.rows["foretold"].all()),
        "all_measured": not waiting,
    }
    assert {name: line(book, worked_out, "Checks", WORDS.checks.rows[name][0]) == 1 for name in ATTENTION} == wanted
    known = np.flatnonzero(~np.isnan(made.found.rows["variance"]))
    if not rows or not len(known):
        return
    edited = openpyxl.load_workbook(made.path)
    sheet = edited["Post-event"]
    (only,) = sheet.tables.values()
    names = [column.name for column in columns_of(WORDS.post_event.bands)]
    cell = sheet[only.ref][1 + int(known[0])][names.index("actual_unit_cost")]
    cell.value = float(cell.value) + 1
    path = tmp_path / "edited.xlsx"
    edited.save(path)
    found = office.values(path)
    assert line(book, found, "Checks", WORDS.checks.rows["profits_tie"][0]) == 0
    assert line(book, found, "Checks", WORDS.checks.rows["effects_tie"][0]) == 0
    assert line(book, found, "Checks", WORDS.checks.rows["effects_sum"][0]) == 1
    assert found["Bridge"]["B3"].startswith("▼ Checks that fail: 2")


def test_the_same_content_gives_the_same_bytes() -> None:
    found, counted = content(12)
    one, other = (post_event_bytes(CLIENT, found, counted, MADE) for _ in range(2))
    assert one == other


# ---------------------------------------------------------------------------------------------- habits
def test_sheets_are_typed_and_ordered(book: Workbook) -> None:
    assert book.sheetnames == ["About", "Inputs", "Bridge", "Post-event", "Tracking", "Accuracy", "Waiting", "Checks", "Audit"]
    order = ["Guide", "Inputs", "Outputs", "Control"]
    types = [order.index(spec.type) for spec in WORDS.sheets.values()]
    assert types == sorted(types)


def test_formulas_hold_no_number_but_0_and_1_and_stay_short(book: Workbook) -> None:
    for cell in formulas(book):
        rest = REFERENCE.sub("", bare(cell.value))
        assert set(re.findall(r"\d+\.?\d*", rest)) <= {"0", "1"}, (cell.parent.title, cell.coordinate, cell.value)
        assert len(bare(cell.value)) <= 260, (cell.parent.title, cell.coordinate, cell.value)
        assert not re.search(r"(?<![A-Z])IF\((?:[^()]|\([^()]*\))*(?<![A-Z])IF\(", bare(cell.value)), cell.value


def test_one_formula_per_column(book: Workbook) -> None:
    def relative(cell: Cell) -> str:
        def shift(found: re.Match[str]) -> str:
            fixed_column, column, fixed_row, row = found.groups()
            at = column_index_from_string(column)
            return f"C{at if fixed_column else at - cell.column}R{row if fixed_row else int(row) - cell.row}"

        return REFERENCE.sub(shift, cell.value) if isinstance(cell.value, str) and cell.value.startswith("=") else ""

    for sheet in book:
        for only in sheet.tables.values():
            for column in zip(*sheet[only.ref][1:], strict=True):
                shapes = {relative(cell) for cell in column}
                assert len(shapes) == 1, (sheet.title, column[0].coordinate)


def test_only_plain_functions(book: Workbook) -> None:
    plain = {
        "ABS", "CHOOSE", "FIXED", "IF", "INDEX", "ISERROR", "ISNUMBER", "MATCH", "MAX", "MIN", "ROW", "SUM", "SUMIF", "SUMPRODUCT",
        "TEXT",
    }  # fmt: skip
    used = {name for cell in formulas(book) for name in re.findall(r"([A-Z][A-Z.]*)\(", bare(cell.value))}
    assert used <= plain


def test_every_column_has_a_label_and_a_unit_and_money_its_currency(book: Workbook) -> None:
    for spec in WORDS.sheets.values():
        for column in columns_of(getattr(spec, "bands", ())):
            assert column.label and column.unit, (spec.sheet, column.name)
            assert "EUR" in column.unit or column.kind not in ("money", "price"), (spec.sheet, column.name)
    for sheet in book:
        for only in sheet.tables.values():
            heads = [cell.value for cell in sheet[only.ref][0]]
            assert heads == [column.name for column in only.tableColumns]
            assert len({head.casefold() for head in heads}) == len(heads)


def test_print_panes_protection_and_styles(book: Workbook) -> None:
    for sheet in book:
        assert sheet.print_area and sheet.page_setup.orientation == "landscape", sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.title == "About" or sheet.freeze_panes, sheet.title
        assert not sheet.merged_cells.ranges
        assert sheet.protection.sheet and not sheet.protection.password
        assert sheet.sheet_state == "visible"
        if sheet.title not in ("About", "Checks"):
            assert str(sheet["B3"].value).startswith("=Checks!"), sheet.title
    styled = {cell.style for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "Normal" not in styled
    for cell in formulas(book):
        assert cell.protection.locked


def test_the_bridge_says_its_finding_and_has_words_for_those_who_cannot_see_it(made: Written) -> None:
    with zipfile.ZipFile(made.path) as package:
        chart = package.read("xl/charts/chart1.xml").decode()
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    assert "Bridge!$B$2" in chart.split("</c:title>")[0]
    assert WORDS.bridge.chart_alt in drawing
    said = values(made.path)["Bridge"]["B2"]
    known = (~np.isnan(made.found.rows["variance"])).any()
    assert ("plan; the largest effect is that of" in said) == bool(known)


def test_about_and_audit_say_where_figures_come_from(made: Written) -> None:
    found = values(made.path)
    about = " ".join(str(value) for value in found["About"].values())
    for wanted in ("Owner", "Commercial planning", "How to read it", "Colours", "Signs:", "Shapley", "as in training", "log/demo.db"):
        assert wanted in about
    audit = {str(value) for value in found["Audit"].values()}
    assert {MADE.run_id, MADE.made_by, MADE.log, MADE.actuals} <= audit
