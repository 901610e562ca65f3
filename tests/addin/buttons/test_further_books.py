"""Buttons that leave a file, or a line in the plan log."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from addin.configuration import Configuration
from addin.press import press
from addin.session import Session
from scorer import verbs
from scorer.workspace import Workspace
from tests.addin.buttons.conftest import Person, book_with, content


def test_the_roi_workbook_lies_beside_the_workbook_and_is_open(app, plan_book, push, tmp_path):
    before = content(plan_book)
    pressed = push("roi_sheet", plan_book)
    (out,) = tmp_path.glob("plan ROI *.xlsx")
    assert pressed.done and str(out) in pressed.words
    assert out.name in [book.name for book in app.books]
    assert "Plan" in openpyxl.load_workbook(out, read_only=True).sheetnames
    assert content(plan_book) == before
    assert "57 rows scored, 4 refused, 0 blank" in pressed.words


def test_files_of_a_book_that_was_never_saved_go_into_the_outputs(app, rows, push, workspace):
    book = app.books.add()
    book.sheets[0]["A1"].value = rows[:4]
    assert push("roi_sheet", book).done
    assert len(list((workspace / "outputs" / "demo" / "addin").glob("* ROI *.xlsx"))) == 1


def test_commit_asks_with_counts_and_no_means_no(plan_book, push, workspace):
    person = Person(says_yes=False)
    assert not push("commit", plan_book, person).done
    assert "57 promotions" in person.asked[0] and "4 rows are refused" in person.asked[0]
    assert not (workspace / "log").exists()
    assert push("commit", plan_book).done
    assert len(verbs.plans(Workspace(workspace))) == 57


@pytest.fixture
def committed(demo_workspace: Path) -> Session:
    """A workspace in which one promotion is committed."""
    workspace = Workspace(demo_workspace)
    ids = ("U0001",)
    verbs.commit(workspace, demo_workspace / "upcoming.csv", status="committed", promotions=ids, why="agreed")
    return Session(Configuration(workspace=demo_workspace))


def test_post_event_writes_and_opens_its_workbook(app, plan_book, committed, tmp_path):
    pressed = press("post_event", plan_book, Person(), committed)
    assert pressed.done, pressed.words
    (out,) = tmp_path.glob("plan post-event *.xlsx")
    assert out.name in [book.name for book in app.books]


def test_post_event_without_a_log_is_told(plan_book, push):
    pressed = push("post_event", plan_book)
    assert not pressed.done and "no plan log yet" in pressed.words


def test_the_pdf_lies_beside_the_workbook_and_is_not_written_over_unasked(plan_book, push, tmp_path):
    assert push("pdf", plan_book).done
    out = tmp_path / "plan.pdf"
    assert out.read_bytes().startswith(b"%PDF")
    out.write_bytes(b"mine")
    person = Person(says_yes=False)
    assert not push("pdf", plan_book, person).done
    assert str(out) in person.asked[0]
    assert out.read_bytes() == b"mine"
    assert "Promo log" not in [sheet.name for sheet in plan_book.sheets], "a print changes nothing in the workbook"


def test_two_runs_leave_two_workbooks(app, rows, push, tmp_path):
    book = book_with(app, rows[:4], tmp_path / "plan.xlsx")
    first = push("roi_sheet", book).words
    book.activate()
    assert push("roi_sheet", book).words != first
    assert len(list(tmp_path.glob("plan ROI *.xlsx"))) == 2
