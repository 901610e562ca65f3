"""Payback and Paybacks: the weeks by formulas come to what the engine says, and add up to ROI's profit."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import workbook_contents as contents
from workbook_office import Office, values

from scorer.columns import length
from scorer.economics.payback import payback, weekly_profile
from scorer.workbook import write_workbook
from scorer.workbook.content import Content
from scorer.workbook.sheet_payback import PaybackSheet
from scorer.workbook.sheet_paybacks import PaybacksSheet


def with_pull_forward(content: Content) -> Content:
    """Every second promotion has a fifth of its extra units pulled forward, out of its side effects."""
    scored = dict(content.scored)
    scored["used_pulled_forward_share"] = np.where(np.arange(length(scored)) % 2 == 0, 0.2, 0.0)
    return content._replace(scored=scored)


def written(path: Path, content: Content) -> Path:
    write_workbook(path, content, (PaybackSheet(content), PaybacksSheet(content)))
    return path


@pytest.fixture(scope="module")
def content() -> Content:
    return with_pull_forward(contents.with_missing_cost(24))


@pytest.fixture(scope="module")
def book(tmp_path_factory, content) -> Path:
    return written(tmp_path_factory.mktemp("payback") / "plan.xlsx", content)


def table(found: dict, sheet: openpyxl.worksheet.worksheet.Worksheet) -> dict[str, list]:
    (spot,) = sheet.tables.values()
    cells = sheet[spot.ref]
    return {head.value: [found[sheet.title].get(row[at].coordinate) for row in cells[1:]] for at, head in enumerate(cells[0])}


def differences(fresh: dict, worked: dict) -> list[tuple]:
    """The cells in which two readings of a workbook differ by more than rounding."""
    found = []
    for sheet, cells in fresh.items():
        for cell, value in cells.items():
            other = worked[sheet].get(cell)
            same = other == pytest.approx(value, rel=1e-9, abs=1e-6) if isinstance(value, int | float) else other == value
            if not same and (value or other):
                found.append((sheet, cell, value, other))
    return found


def test_what_is_written_is_what_the_formulas_come_to(book, office: Office):
    fresh, worked = values(book), office.values(book)
    assert differences({name: fresh[name] for name in ("Payback", "Paybacks", "Checks")}, worked) == []


def test_every_promotion_pays_back_when_the_engine_says(book, content):
    found = table(values(book), openpyxl.load_workbook(book)["Paybacks"])
    terms, scored = contents.terms_of(content), content.scored
    days = (scored["end_date"] - scored["start_date"]).astype(float) + 1
    profile = weekly_profile(
        terms, scored["baseline_units"], scored["lift_expected"], days, scored["used_pulled_forward_share"], dip_weeks=4
    )
    first, lasting = payback(profile.contribution), payback(profile.contribution, lasting=True)
    for row, missing in enumerate(np.isnan(scored["incremental_profit_expected"])):
        for name, weeks in (("Pays back in", first), ("For good in", lasting)):
            wanted = "not available" if missing else "never" if np.isnan(weeks[row]) else weeks[row]
            assert found[name][row] == wanted, (row, name)
        if not missing:
            assert profile.contribution[row].sum() == pytest.approx(found["Profit"][row])
    assert {"never", "not available"} < set(found["Pays back in"])


def test_another_promotion_another_dip_and_another_price_are_followed(tmp_path, content, office: Office):
    """Choose the fifth promotion, stretch its dip, halve its margin: the sheet says what the engine says of that."""
    path = written(tmp_path / "plan.xlsx", content)
    book = openpyxl.load_workbook(path)
    name = content.scored["promotion_id"][4]
    book["What-if"]["C5"] = name
    book["Payback"]["C6"] = 7
    plan = book["Plan"]
    (spot,) = plan.tables.values()
    heads = {cell.value: cell.column for cell in plan[spot.ref][0]}
    row = plan[spot.ref][0][0].row + 5
    cost = content.scored["used_unit_cost"][4] + 0.5
    plan.cell(row, heads["Unit cost"]).value = cost
    book.save(path)
    worked = office.values(path)
    found = table(worked, book["Payback"])
    scored, terms = content.scored, contents.row_terms(content, 4)
    days = float((scored["end_date"][4] - scored["start_date"][4]).astype(float) + 1)
    profile = weekly_profile(
        terms._replace(unit_cost=cost), scored["baseline_units"][4], scored["lift_expected"][4], days,
        scored["used_pulled_forward_share"][4], dip_weeks=7, weeks=len(found["Week"]),
    )  # fmt: skip
    assert found["Contribution"] == pytest.approx(profile.contribution[0].tolist(), abs=1e-6)
    assert found["Cumulative"] == pytest.approx(profile.cumulative[0].tolist(), abs=1e-6)
    assert found["Days so far"][-1] >= days + 7 * 7
    line = {cell.value: cell.row for cell in openpyxl.load_workbook(path)["Checks"]["B"] if cell.value}
    assert worked["Checks"][f"C{line['The weeks of every promotion add up to its profit']}"] == 1
    assert worked["Payback"]["B2"].startswith(("Pays back in week", "Never pays back"))


def test_the_weeks_of_a_promotion_add_up_to_the_profit_on_roi(book):
    found = values(book)
    sheet = openpyxl.load_workbook(book)["Payback"]
    weeks = table(found, sheet)
    labels = {cell.value: cell.row for cell in sheet["F"] if cell.value}
    profit, total = (found["Payback"][f"H{labels[name]}"] for name in ("Profit", "Sum of the weeks"))
    assert profit == pytest.approx(total) == pytest.approx(sum(weeks["Contribution"]))
    roi = table(found, openpyxl.load_workbook(book)["ROI"])
    chosen = roi["Promotion"].index(found["Payback"]["C5"])
    assert profit == pytest.approx(roi["Profit"][chosen])


def test_formulas_keep_the_habits(book):
    """No number but 0 and 1, no IF inside an IF, nothing a spreadsheet of 2016 does not know."""
    sheets = openpyxl.load_workbook(book)
    for name in ("Payback", "Paybacks"):
        sheet = sheets[name]
        assert sheet.freeze_panes and sheet.print_area and not sheet.merged_cells.ranges
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    bare = re.sub(r"'[^']+'!", "", re.sub(r'"(?:[^"]|"")*"', '""', cell.value))
                    rest = re.sub(r"\$?[A-Z]{1,3}\$?\d+", "", bare)
                    assert set(re.findall(r"\d+\.?\d*", rest)) <= {"0", "1"}, (cell.coordinate, cell.value)
                    assert bare.count("IF(") <= 1 and len(bare) <= 260, (cell.coordinate, bare)
                    assert cell.protection.locked
                assert cell.value is None or cell.style != "Normal", cell.coordinate
    entry = sheets["Payback"]["C6"]
    assert not entry.protection.locked and entry.style.startswith("Input ")
    (rule,) = sheets["Payback"].data_validations.dataValidation
    assert "C6" in rule.sqref and rule.type == "whole" and rule.error


def test_without_any_profit_the_sheet_says_so(tmp_path, office: Office):
    bare = contents.content(3)
    nothing = bare.scored | {"list_price": np.full(3, np.nan), "used_list_price": np.full(3, np.nan)}
    nothing |= {name: np.full(3, np.nan) for name in nothing if name.startswith(("incremental_profit", "roi", "promotion_cost"))}
    path = written(tmp_path / "plan.xlsx", bare._replace(scored=nothing))
    worked = office.values(path)
    assert worked["Payback"]["B2"].startswith("The weeks of this promotion cannot be worked out")
    assert worked["Paybacks"]["B2"].startswith("0 of 3 promotions")
    assert differences({"Payback": values(path)["Payback"]}, worked) == []
