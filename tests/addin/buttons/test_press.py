"""A press leaves the spreadsheet program as it was, whatever happens, and writes the workbook it was pressed on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from addin.catalog import buttons
from addin.configuration import Configuration
from addin.press import STOPPED, press
from addin.session import Caller, Session
from tests.addin.buttons.conftest import Person, book_with, content


class Stumbling(Person):
    """Somebody whose window breaks when it is to show how far the work is."""

    def progress(self, words: str) -> None:
        super().progress(words)
        if words.startswith("Writing"):
            raise ZeroDivisionError("the window broke")


def settings(app):
    return app.calculation, app.screen_updating, app.status_bar, app.enable_events


@pytest.mark.parametrize("calculation", ["manual", "automatic"])
def test_settings_are_as_before_after_a_run_and_after_a_crash(app, plan_book, push, calculation):
    app.calculation = calculation
    before = settings(app)
    assert push("check_data", plan_book).done
    assert settings(app) == before
    assert not push("score_list", plan_book, Stumbling()).done
    assert settings(app) == before


def test_a_bug_is_confessed_and_leaves_the_workbook_as_it_was(plan_book, push):
    before = content(plan_book)
    pressed = push("score_list", plan_book, Stumbling())
    file = re.search(r"details are in (\S+\.txt)", pressed.words)
    assert "this is a bug in promo planner" in pressed.words.casefold()
    assert file and "the window broke" in Path(file[1]).read_text(encoding="utf-8")
    assert content(plan_book) == before
    assert [sheet.name for sheet in plan_book.sheets] == ["Plan"]


@pytest.mark.parametrize("patience", [1, 3, 5])
def test_a_stopped_run_leaves_the_workbook_as_it_was(plan_book, push, patience):
    before = content(plan_book)
    person = Person(stop_after=patience)
    pressed = push("score_list", plan_book, person)
    assert (pressed.done, pressed.words, person.told) == (False, STOPPED, [STOPPED])
    assert content(plan_book) == before
    assert len(plan_book.sheets) == 1


def test_a_run_that_is_stopped_while_it_writes_takes_back_what_it_wrote(app, rows, tmp_path, push):
    lines = [[*row, *(("verdict", "my notes", "roi_expected") if at == 0 else (None, "mine", None))] for at, row in enumerate(rows)]
    book = book_with(app, lines, tmp_path / "plan.xlsx")
    before, person = content(book), Person(stop_after=6)
    assert push("score_list", book, person).words == STOPPED
    assert person.seen[-1].startswith("Writing verdict")
    assert content(book) == before


def test_progress_counts_and_tells_the_time_left(plan_book, push):
    person = Person()
    push("score_list", plan_book, person)
    assert any(re.fullmatch(r"Scored 57 of 57 promotions, \d\d:\d\d left", words) for words in person.seen)


def test_the_workbook_that_was_passed_is_written_whichever_is_in_front(app, rows, tmp_path, push):
    first = book_with(app, rows, tmp_path / "first.xlsx")
    second = book_with(app, rows[:5], tmp_path / "second.xlsx")
    second.activate()
    untouched = content(second)
    assert push("score_list", first).done
    assert content(second) == untouched
    assert first.sheets["Plan"]["J1"].value == "success_probability"
    assert "Promo log" not in [sheet.name for sheet in second.sheets]


def test_an_unknown_client_of_the_workbook_is_told(plan_book, push):
    plan_book.names.add("PromoClient", '="nobody"')
    pressed = push("check_data", plan_book)
    assert not pressed.done
    assert "nobody" in pressed.words


def test_an_unknown_button_is_told_with_the_nearest(plan_book, push):
    pressed = push("score_lst", plan_book)
    assert not pressed.done
    assert "score_list" in pressed.words


def test_a_workspace_without_anything_is_told_in_words(plan_book, tmp_path):
    person = Person()
    pressed = press("score_list", plan_book, person, Session(Configuration(workspace=tmp_path / "empty")))
    assert not pressed.done
    assert "bug" not in pressed.words
    assert person.told == [pressed.words]


def test_every_run_is_in_the_log(plan_book, push, served):
    push("check_data", plan_book)
    plan_book.sheets["Plan"].activate()
    push("score_list", plan_book)
    log = plan_book.sheets["Promo log"].used_range.value
    model = served.desk(Caller()).served.model
    assert [row[2] for row in log[1:]] == ["Check data", "Score list"]
    scored = dict(zip(log[0], log[2], strict=True))
    assert (scored["Model"], scored["Data cut"][:10]) == (model.version, str(model.data_cut))
    assert (scored["Rows in"], scored["Scored"], scored["Rejected"], scored["Restored"]) == (61, 57, 4, "no")
    assert len(scored["Input"]) == 12 and scored["Run"] and scored["Who"] and scored["UTC time"].endswith("Z")


def test_keytips_are_unique_and_the_first_letters_of_nothing_longer():
    tips = [one.keytip for one in buttons().values()]
    assert len(set(tips)) == len(tips) == 14
    assert not [(one, other) for one in tips for other in tips if one != other and other.startswith(one)]
