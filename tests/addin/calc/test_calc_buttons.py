"""Every button through the real chain: the macro a menu runs, our process, the public verb, the sheet."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from addin.catalog import buttons
from addin.hosts.libreoffice import profile, uno_bridge
from addin.hosts.libreoffice.basic import BRIDGE
from scorer import verbs

LIST = 14


def sheets_of(document: Any) -> list[str]:
    return list(document.Sheets.ElementNames)


def cells_of(document: Any, sheet: str | int = 0) -> list[list[Any]]:
    """Return all cells in use of a sheet, from A1 on."""
    every = document.Sheets.getByName(sheet) if isinstance(sheet, str) else document.Sheets.getByIndex(sheet)
    cursor = every.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.getRangeAddress()
    return [list(row) for row in every.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).getDataArray()]


def saved(document: Any, path: Path) -> Path:
    document.storeAsURL(path.as_uri(), uno_bridge.properties(FilterName="Calc MS Excel 2007 XML"))
    return path


@pytest.fixture
def answered(demo_home, rows, tmp_path):
    """The scored list of the first rows, from a file, by line."""
    path = tmp_path / "first.csv"
    path.write_text("\n".join(",".join(cell or "" for cell in row) for row in rows[:LIST]), encoding="utf-8")
    return verbs.answer_list(demo_home.workspace, path)


def test_score_list_fills_what_the_command_line_scores(own_calc, rows, answered):
    document = own_calc.new(rows[:LIST])
    told = own_calc.press(document, "score_list")
    shown = cells_of(document)
    assert f"{len(answered.lines)}" in told
    at = shown[0].index("lift_expected")
    lines = answered.lines.tolist()
    assert [shown[line - 1][at] for line in lines] == answered.answer["lift_expected"].tolist()
    verdicts = shown[0].index("verdict")
    assert [shown[line - 1][verdicts] for line in lines] == answered.answer["verdict"].tolist()
    flags = shown[0].index("flags")
    refused = {int(line): reason for line, reason in zip(answered.rejects["line"], answered.rejects["reason"], strict=True)}
    assert all(reason in shown[line - 1][flags] for line, reason in refused.items())
    assert "Promo log" in sheets_of(document)


def test_restore_brings_the_sheet_back(own_calc, rows):
    document = own_calc.new(rows[:LIST])
    before = cells_of(document)
    own_calc.press(document, "score_list")
    assert cells_of(document) != before
    own_calc.press(document, "restore")
    assert cells_of(document) == before


def test_cells_that_hold_something_are_not_written_over_unasked(own_calc, rows):
    cells = [[*row, head] for row, head in zip(rows[:4], ["verdict", "mine", None, None], strict=True)]
    document = own_calc.new(cells)
    own_calc.press(document, "score_list")
    assert cells_of(document)[1][9] == "mine"


def test_with_a_yes_they_are(obliging, rows):
    cells = [[*row, head] for row, head in zip(rows[:4], ["verdict", "mine", None, None], strict=True)]
    document = obliging.new(cells)
    obliging.press(document, "score_list")
    assert cells_of(document)[1][9] in {"GO", "OPTIMISE", "DON'T LAUNCH", "NOT ENOUGH EVIDENCE"}


@pytest.mark.parametrize("name", ["check_data", "what_if", "optimise", "calendar", "model_card", "diagnose", "help"])
def test_a_button_that_adds_sheets_leaves_the_plan_alone(calc, rows, name):
    document = calc.new(rows[:LIST])
    before = cells_of(document)
    told = calc.press(document, name)
    assert told
    added = [sheet for sheet in sheets_of(document)[1:] if sheet != "Promo log"]
    assert added, told
    assert cells_of(document) == before
    assert any(isinstance(cell, str) and cell for row in cells_of(document, added[0]) for cell in row)
    document.close(True)


def test_reload_says_which_model_answers(calc, rows, demo_home):
    document = calc.new(rows[:3])
    assert demo_home.trained.version in calc.press(document, "reload")
    document.close(True)


def test_finance_gets_a_workbook_of_formulas_beside_the_plan(own_calc, rows, tmp_path):
    document = own_calc.new(rows[:LIST])
    saved(document, tmp_path / "autumn.xlsx")
    told = own_calc.press(document, "roi_sheet")
    (made,) = tmp_path.glob("autumn ROI *.xlsx")
    assert made.name in told
    opened = [one for one in own_calc.office.documents() if made.name.replace(" ", "%20") in one.URL]
    assert len(opened) == 1
    assert "ROI" in sheets_of(opened[0])


def test_commit_decide_and_post_event(obliging, rows, workspace, tmp_path):
    document = obliging.new(rows[:6])
    saved(document, tmp_path / "autumn.xlsx")
    told = obliging.press(document, "commit")
    from scorer.workspace import Workspace

    planned = verbs.plans(Workspace(workspace))
    assert len(planned) == 5, told
    names = [one.promotion_id for one in planned]
    for step in ("approve", "commit"):
        verbs.decide(Workspace(workspace), step, names, "leaflet printed")
    told = obliging.press(document, "post_event")
    assert len(list(tmp_path.glob("autumn*ost-event*.xlsx"))) == 1, told


def test_pdf_prints_what_can_be_seen(own_calc, rows, tmp_path):
    document = own_calc.new(rows[:LIST])
    saved(document, tmp_path / "autumn.xlsx")
    told = own_calc.press(document, "pdf")
    (made,) = tmp_path.glob("*.pdf")
    assert made.read_bytes().startswith(b"%PDF")
    assert made.name in told


def test_every_button_is_clicked_here():
    clicked = {"score_list", "restore", "check_data", "what_if", "optimise", "calendar", "model_card", "diagnose", "help", "reload"}
    assert clicked | {"roi_sheet", "commit", "post_event", "pdf"} == set(buttons())


def test_a_long_list_can_be_stopped_and_the_sheet_is_as_before(own_calc, rows):
    usable = [row for row in rows[1:] if row[5] and row[6]][:5]
    cells = [rows[0], *([f"L{at}", *usable[at % 5][1:]] for at in range(50_000))]
    document = own_calc.new(cells)
    own_calc.click(document, "score_list")
    own_calc.macro(BRIDGE, "PromoStop")
    told = own_calc.said()
    assert told.startswith("Stopped")
    assert cells_of(document)[0] == rows[0]
    assert own_calc.cell(document, "=PROMO_MULTIPLE(0.2;0.15)", "Z1") > 0


def test_fifty_thousand_rows(own_calc, rows):
    usable = [row for row in rows[1:] if row[0] in {"U0001", "U0002", "U0003", "U0004", "U0005"}]
    cells = [rows[0], *([f"L{at}", *usable[at % len(usable)][1:]] for at in range(50_000))]
    document = own_calc.new(cells)
    own_calc.click(document, "score_list")
    # the office answers while the button is at work
    assert own_calc.cell(document, "=PROMO_COST(10;0.2;5000;0.15)", "AC1") == 11_500
    assert own_calc.state()[0] == "working"
    told = own_calc.said()
    assert "50,000" in told
    shown = cells_of(document)
    at = shown[0].index("lift_expected")
    assert len(shown) == 50_001
    assert [row[at] for row in shown[1 : len(usable) + 1]] == [row[at] for row in shown[-len(usable) :]]


def test_a_second_click_waits_for_the_first(own_calc, rows):
    cells = [rows[0], *([f"L{at}", *rows[2][1:]] for at in range(20_000))]
    document = own_calc.new(cells)
    own_calc.click(document, "score_list")
    own_calc.click(document, "check_data")
    assert "Check data" not in own_calc.said()
    assert sheets_of(document)[:1] == [sheets_of(document)[0]]
    assert not any(sheet.startswith("Check") for sheet in sheets_of(document))


def test_a_crash_of_python_in_the_middle_of_a_button(own_calc, rows):
    cells = [rows[0], *([f"L{at}", *rows[2][1:]] for at in range(30_000))]
    document = own_calc.new(cells)
    own_calc.click(document, "score_list")
    own_calc.kill_servers()
    given_up = time.monotonic() + 60
    while own_calc.servers():
        assert time.monotonic() < given_up
        time.sleep(0.1)
    assert own_calc.office.is_alive()
    assert own_calc.state() == ("idle", "", "")  # a new process, which knows nothing of the old one
    small = own_calc.new(rows[:4])
    assert "scored" in own_calc.press(small, "score_list")


def test_two_workbooks_each_button_writes_its_own(own_calc, rows):
    first, second = own_calc.new(rows[:4]), own_calc.new(rows[:5])
    own_calc.press(first, "score_list")
    assert len(cells_of(second)[0]) == len(rows[0])
    assert "verdict" in cells_of(first)[0]
    own_calc.press(second, "score_list")
    assert "verdict" in cells_of(second)[0]


def test_nobody_else_can_have_python_run(own_calc, tmp_path):
    victim = tmp_path / "victim"
    victim.touch()
    document = own_calc.new()
    provider = own_calc.office.service("script.provider.MasterScriptProviderFactory").createScriptProvider("")
    run = provider.getScript(profile.macro(BRIDGE, "RunPython"))
    for command in (f"import os; os.remove('{victim}')", f"import addin.hosts.excel as host; host.click('help'); open('{victim}', 'w')"):
        run.invoke((command,), (), ())
        assert own_calc.state() == ("idle", "", "")
    assert victim.exists()
    assert sheets_of(document) == sheets_of(own_calc.new())
