"""A further sheet joins the workbook: it stands where it says, is listed on About, and is checked with the others."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from workbook_contents import content
from workbook_office import Office

from scorer.workbook.extra import Check, in_order
from scorer.workbook.layout import MARGIN
from scorer.workbook.template import Sheet
from scorer.workbook.write import write_workbook


class Note:
    """A sheet with one cell: the total profit of ROI."""

    def __init__(self, name: str, formula: str = "SUM({roi.profit:all})") -> None:
        self.name = name
        self.after = "roi"
        self._formula = formula

    def spec(self, words: Any) -> Sheet:
        return Sheet(sheet=self.name.title(), type="Outputs", title="A note", purpose=f"In {words['currency']}.")

    def place(self, places: Any, result: Any) -> None:
        places.place(self.name, "total", 4, MARGIN)
        places.ranges.setdefault(self.name, {})["whole"] = "$B$5:$B$5"

    def write(self, page: Any, result: Any, state: str) -> None:
        page.frame(self.spec({"currency": page.currency}), state)
        total = float(result.columns["profit"][result.columns["has_profit"] == 1].sum())
        page.formula(4, MARGIN, self._formula, total, page.styles.cell("calc", "money"))

    def checks(self, result: Any) -> tuple[Check, ...]:
        formula = f"(ABS({{{self.name}.total}}-SUM({{roi.profit:all}}))>{{inputs.tolerance}})*1"
        return (Check(f"{self.name}_ties", f"{self.name} ties", "1 if not", formula, 0.0),)


def test_sheets_stand_where_they_say():
    known = dict.fromkeys(("plan", "roi", "model"), Note("x").spec({"currency": ""}))
    extras = {"first": ("roi", known["roi"]), "second": ("roi", known["roi"]), "third": ("plan", known["roi"])}
    assert list(in_order(known, extras)) == ["plan", "third", "roi", "first", "second", "model"]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    path = tmp_path_factory.mktemp("extra") / "plan.xlsx"
    write_workbook(path, content(), (Note("first"), Note("broken", "1/0")))
    return path


def test_further_sheets_are_listed_and_stand_right_of_theirs(workbook):
    book = openpyxl.load_workbook(workbook)
    at = book.sheetnames.index("ROI")
    assert book.sheetnames[at + 1 : at + 3] == ["First", "Broken"]
    about = [cell.value for row in book["About"].iter_rows() for cell in row]
    assert "First" in about


def test_further_checks_are_worked_out_with_the_others(workbook, office: Office):
    checks = office.values(workbook)["Checks"]
    found = {checks[cell]: checks.get(f"C{cell[1:]}") for cell in checks if cell.startswith("B")}
    assert found["first ties"] == 1
    assert found["broken ties"] == 0  # an error is not in order
    assert found["No cell shows an error"] == 0
