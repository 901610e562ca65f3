"""Several books, the state of the program, and files."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import zlib

import openpyxl
import pytest
import xlsxwriter
import xlwings as xw

from addin.hosts.libreoffice.engine import activate, book_of
from scorer.errors import FileUnreadable, OutputRefused


@pytest.fixture
def plan_file(tmp_path):
    path = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for name in ("Plan", "Control", "#internal"):
            workbook.add_worksheet(name).write_row("A1", [name, f"page of {name.strip('#')}"])
        workbook.get_worksheet_by_name("Control").print_area("A1:B2")
    return path


def test_books_are_found_by_place_name_and_path(app, open_book, plan_file):
    new = app.books.add()
    plan = open_book(plan_file)
    assert len(app.books) == 2 and [book.name for book in app.books] == [new.name, "plan.xlsx"]
    assert app.books["PLAN.xlsx"] == plan == app.books[1] == app.books[str(plan_file)]
    assert plan.fullname == str(plan_file) and plan.app == app
    assert open_book(plan_file).api == plan.api and len(app.books) == 2
    new.activate()
    assert app.books.active == new == xw.books.active
    plan.activate()
    assert app.books.active == plan
    plan.close()
    assert list(app.books) == [new]
    with pytest.raises(KeyError):
        app.books["plan.xlsx"]


def test_a_book_that_is_locked_elsewhere_is_read_only(open_book, plan_file):
    lock = plan_file.parent / f".~lock.{plan_file.name}#"
    lock.write_text(",someone,elsewhere,01.01.2020 00:00,file:///gone;", encoding="utf-8")
    book = open_book(plan_file)
    assert book.sheets["Plan"]["A1"].value == "Plan"
    with pytest.raises(OutputRefused, match=r"open for reading only.*\.~lock\."):
        book.sheets["Plan"]["A2"].value = 1
    book.close()
    lock.unlink()
    book = open_book(plan_file)
    book.sheets["Plan"]["A2"].value = 1
    book.save()
    assert openpyxl.load_workbook(plan_file)["Plan"]["A2"].value == 1


def test_a_file_that_is_not_there_or_no_workbook(open_book, tmp_path):
    with pytest.raises(FileNotFoundError):
        open_book(tmp_path / "absent.xlsx")
    (tmp_path / "text.xlsx").write_text("not a workbook", encoding="utf-8")
    with pytest.raises(FileUnreadable, match="no spreadsheet"):
        open_book(tmp_path / "text.xlsx")


def test_two_books_of_one_name_are_told_apart_by_their_documents(office, app, open_book, plan_file):
    elsewhere = plan_file.parent / "elsewhere" / plan_file.name
    elsewhere.parent.mkdir()
    shutil.copy(plan_file, elsewhere)
    first = open_book(plan_file)
    # as the user would open it in the window; xlwings itself refuses a second book of a name, as Excel does
    second = book_of(app, office.open(elsewhere))
    second.sheets["Plan"]["A1"].value = "second"
    assert first.sheets["Plan"]["A1"].value == "Plan"
    assert {app.books[str(plan_file)].fullname, app.books[str(elsewhere)].fullname} == {str(plan_file), str(elsewhere)}
    second.set_mock_caller()
    assert xw.Book.caller().fullname == str(elsewhere)
    first.activate()
    assert xw.Book.caller().sheets["Plan"]["A1"].value == "second"
    with pytest.raises(ValueError, match="two workbooks named"):
        first.close()
        app.books.open(plan_file)


def test_a_range_of_another_book_is_refused(app):
    first, second = app.books.add(), app.books.add()
    with pytest.raises(ValueError, match="First range is not on this sheet"):
        first.sheets[0].range(second.sheets[0]["A1"], second.sheets[0]["B2"])


def test_the_caller(book):
    book.set_mock_caller()
    assert xw.Book.caller() == book
    xw.Book.caller().sheets[0]["A1"].value = "called"
    assert book.sheets[0]["A1"].value == "called"


def test_the_app(app, office):
    assert app.engine.name == "libreoffice" == xw.engines.active.name
    assert app.version.major >= 7 and app.pid == office.pid and app == xw.apps.active == xw.apps[office.pid]
    assert activate(office) == app and xw.apps.count == 1
    app.activate()
    assert app.selection is None or app.selection.sheet.book in list(app.books)


def test_two_offices_are_two_apps(app, german_app):
    assert xw.apps.active == german_app != app
    book = german_app.books.add()
    assert list(app.books) == [] and xw.books.active == book
    app.activate()
    assert xw.apps.active == app


def test_state_is_put_back_even_after_an_error(app, sheet):
    sheet["A1:B1"].value = [[1, "=A1*2"]]
    with pytest.raises(ZeroDivisionError), app.properties(screen_updating=False, calculation="manual", status_bar="Scoring 1 of 2"):
        assert (app.screen_updating, app.calculation, app.status_bar) == (False, "manual", "Scoring 1 of 2")
        assert sheet.book.api.hasControllersLocked() and not sheet.book.api.isAutomaticCalculationEnabled()
        sheet["A1"].value = 5
        assert sheet["B1"].value == 2
        app.calculate()
        assert sheet["B1"].value == 10
        sheet["A1"].value = 6
        raise ZeroDivisionError
    assert (app.screen_updating, app.calculation, app.status_bar) == (True, "automatic", False)
    assert sheet["B1"].value == 12 and not sheet.book.api.hasControllersLocked()
    with pytest.raises(ValueError, match="'semiautomatic'"):
        app.calculation = "semiautomatic"


def test_the_status_bar_outlives_a_closed_book(app, book):
    other = app.books.add()
    app.status_bar = "1,200 of 50,000, 00:14 left"
    app.status_bar = "2,400 of 50,000, 00:12 left"
    other.close()
    assert app.status_bar == "2,400 of 50,000, 00:12 left"
    app.status_bar = "3,600 of 50,000, 00:10 left"
    app.books.add()
    app.status_bar = "4,800 of 50,000, 00:08 left"
    app.status_bar = False
    assert app.status_bar is False


def test_flags_that_libreoffice_does_not_have_are_remembered(app):
    with app.properties(display_alerts=False, enable_events=False, interactive=False):
        assert (app.display_alerts, app.enable_events, app.interactive) == (False, False, False)
    assert (app.display_alerts, app.enable_events, app.interactive) == (True, True, True)


def test_the_selection_is_that_of_the_book_in_front(app, book):
    other = app.books.add()
    other.sheets.add("Second", after=other.sheets[0])["B2:C3"].select()
    book.sheets[0]["D4"].select()
    book.activate()
    assert app.selection == book.sheets[0]["D4"] and book.selection.address == "$D$4"
    other.activate()
    assert app.selection.address == "$B$2:$C$3" and app.selection.sheet.name == "Second"


def test_without_a_screen_a_question_is_not_answered_with_yes(app, book):
    assert app.alert("Done.") == "ok"
    assert app.alert("Overwrite?", "Promo Planner", "yes_no") == "no"
    assert app.alert("Overwrite?", buttons="ok_cancel", mode="critical") == "cancel"


def test_a_saved_workbook_holds_what_was_written(app, book, tmp_path):
    sheet = book.sheets[0]
    sheet.name = "Jo's plan"
    sheet["A1"].value = [["sku", "day", "ok", "price"], ["007", dt.date(2026, 3, 1), True, 1.5], ["=b", None, False, "=D2*2"]]
    sheet["A3"].number_format = "@"
    sheet["A3"].value = "=b"
    sheet["D2:D3"].number_format = "#,##0.00"
    sheet["A1:D1"].font.bold = True
    sheet["A1:D1"].color = "#1f4e79"
    sheet.tables.add(sheet["A1:D3"], name="tblPlan")
    sheet["D2:D3"].name = "prices"
    path = tmp_path / "out.xlsx"
    book.save(path)
    assert (book.name, book.fullname) == ("out.xlsx", str(path))
    found = openpyxl.load_workbook(path)
    cells = found["Jo's plan"]
    assert [[cell.value for cell in row] for row in cells["A1:D3"]] == [
        ["sku", "day", "ok", "price"],
        ["007", dt.datetime(2026, 3, 1), True, 1.5],
        ["=b", None, False, "=D2*2"],
    ]
    assert cells["A3"].data_type == "s" and cells["D2"].number_format == "#,##0.00"
    assert cells["A1"].font.bold and cells["A1"].fill.fgColor.rgb == "FF1F4E79"
    assert cells.tables["tblPlan"].ref == "A1:D3" and found.defined_names["prices"].attr_text == "'Jo''s plan'!$D$2:$D$3"
    assert openpyxl.load_workbook(path, data_only=True)["Jo's plan"]["D3"].value == 3


def test_a_new_book_is_saved_under_its_title(book, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    title = book.name
    book.save()
    assert (tmp_path / f"{title}.xlsx").is_file() and book.name == f"{title}.xlsx"


def test_what_cannot_be_written_is_told(book, tmp_path):
    with pytest.raises(OutputRefused, match=r"'\.docx' is no ending of a workbook"):
        book.save(tmp_path / "plan.docx")
    with pytest.raises(OutputRefused, match="there is no folder"):
        book.save(tmp_path / "absent" / "plan.xlsx")
    with pytest.raises(OutputRefused, match="could not write"):
        (tmp_path / "taken.xlsx").mkdir()
        book.save(tmp_path / "taken.xlsx")
    assert not (tmp_path / "absent").exists()


def text_of(pdf):
    if shutil.which("pdftotext"):
        return subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    # how many pages, where no program reads them
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf.read_bytes(), re.DOTALL)
    return " page of" * sum(b"BT" in zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x")


def test_chosen_sheets_are_printed_and_all_are_as_before(open_book, plan_file, tmp_path):
    book = open_book(plan_file)
    book.to_pdf(tmp_path / "one.pdf", include="Plan")
    # a sheet with # is left out as xlwings has it
    book.to_pdf(tmp_path / "most.pdf")
    book.to_pdf(tmp_path / "rest.pdf", exclude=["Plan"], quality="minimum")
    assert [text_of(tmp_path / name).count("page of") for name in ("one.pdf", "most.pdf", "rest.pdf")] == [1, 2, 1]
    assert all(sheet.visible for sheet in book.sheets)
    assert book.sheets["Control"].page_setup.print_area == "$A$1:$B$2"


def test_a_book_is_closed_without_a_question(app, book):
    book.sheets[0]["A1"].value = "unsaved"
    book.close()
    assert len(app.books) == 0
