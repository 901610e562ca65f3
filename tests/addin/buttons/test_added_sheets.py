"""Buttons that add a sheet: what it says is what the verb says, stamped with the run, named so that it can be found."""

from __future__ import annotations

import shutil
from datetime import datetime

import pytest

from addin.buttons import asking
from addin.catalog import buttons, functions
from addin.configuration import Configuration
from addin.look import paint
from addin.press import press
from addin.session import Caller, Session
from scorer import verbs
from scorer.plan import Cells
from tests.addin.buttons.conftest import Person, column

ADDING = ("check_data", "what_if", "optimise", "calendar", "model_card", "diagnose", "help")


def words(sheet):
    return "\n".join(str(cell) for row in sheet.used_range.options(ndim=2).value for cell in row if cell is not None)


def cells_of(rows):
    return Cells(rows[0], rows[1:], "Plan!A1:I62")


@pytest.mark.parametrize("name", ADDING)
def test_a_button_adds_one_sheet_with_the_run_on_it(plan_book, push, name):
    before = plan_book.sheets["Plan"].used_range.value
    pressed = push(name, plan_book)
    assert pressed.done, pressed.words
    (added,) = pressed.sheets
    sheet = plan_book.sheets[added]
    log = plan_book.sheets["Promo log"].used_range.value
    assert log[-1][6] in sheet["A2"].value
    assert sheet["A1"].font.bold and sheet["A1"].font.size == 16
    assert plan_book.sheets["Plan"].used_range.value == before


def test_a_second_sheet_gets_a_number(plan_book, push):
    names = []
    for _ in range(2):
        plan_book.sheets["Plan"].activate()
        names += push("what_if", plan_book).sheets
    assert names == ["What-if U0001", "What-if U0001 (2)"]


def test_check_data_lists_what_the_command_refuses(plan_book, push, demo_home, rows):
    found = verbs.check_list(demo_home.workspace, cells_of(rows))
    pressed = push("check_data", plan_book)
    told = words(plan_book.sheets[pressed.sheets[0]])
    assert all(reason in told for reason in found.rejects["reason"].tolist())
    assert "57 rows can be used, 4 cannot, 0 are blank" in pressed.words


def test_check_data_marks_rows_that_changed_since_they_were_scored(plan_book, push):
    push("score_list", plan_book)
    sheet = plan_book.sheets["Plan"]
    sheet["F2"].value, sheet["F4"].value = "0.15", "0.10"
    pressed = push("check_data", plan_book)
    assert "2 of 57 scored rows have changed since" in pressed.words
    added = plan_book.sheets[pressed.sheets[0]].used_range.value
    at = next(place for place, row in enumerate(added) if str(row[0]).startswith("Rows that have changed"))
    assert [row[0] for row in added[at + 2 : at + 4]] == [2, 4]


def test_what_if_is_asked_for_the_selected_row_and_marks_the_best_step(plan_book, push, demo_home, rows):
    plan_book.sheets["Plan"]["C8"].select()
    expected = verbs.what_if(demo_home.workspace, cells_of(rows), "U0007")
    pressed = push("what_if", plan_book)
    assert pressed.sheets == ("What-if U0007",)
    sheet = plan_book.sheets["What-if U0007"]
    table = sheet.used_range.value
    head = next(at for at, row in enumerate(table) if row[0] == "Discount")
    steps = table[head + 1 : head + 1 + len(expected.ladder["verdict"])]
    assert [row[0] for row in steps] == expected.ladder["discount_percentage"].tolist()
    assert [row[7] for row in steps] == expected.ladder["incremental_profit_expected"].tolist()
    assert [row[12] == asking.BEST for row in steps] == [at == expected.best for at in range(len(steps))]
    assert expected.sentence in pressed.words and sheet["A3"].value == expected.sentence


def test_optimise_keeps_the_rules_beside_the_workbook(plan_book, push, demo_home, rows, tmp_path):
    from scorer.planning.optimise.rules import read_rules

    rules = tmp_path / "rules.toml"
    rules.write_text("most_promotions = 3\n", encoding="utf-8")
    expected = verbs.optimise(demo_home.workspace, cells_of(rows), read_rules(rules)).portfolio
    pressed = push("optimise", plan_book)
    table = plan_book.sheets[pressed.sheets[0]].used_range.value
    head = next(at for at, row in enumerate(table) if row[0] == "Promotion")
    chosen = {row[0] for row in table[head + 1 :] if row[1] == "▲ run"}
    assert chosen == set(expected.chosen["promotion_id"].tolist())
    assert len(chosen) == 3 and len(table[head + 1 :]) == 57
    assert str(rules) in pressed.words


def test_a_rules_file_that_cannot_be_read_is_told(plan_book, push, tmp_path):
    (tmp_path / "rules.toml").write_text("most_promotoins = 3\n", encoding="utf-8")
    pressed = push("optimise", plan_book)
    assert not pressed.done
    assert "most_promotoins" in pressed.words


def test_the_calendar_holds_weeks_and_clashes(plan_book, push, demo_home, rows):
    expected = verbs.calendar(demo_home.workspace, cells_of(rows))
    pressed = push("calendar", plan_book)
    table = plan_book.sheets[pressed.sheets[0]].used_range.value
    weeks = [row[0] for row in table if str(row[0]).startswith("2026-W")]
    assert weeks == expected.cells["week"].tolist()
    head = next(at for at, row in enumerate(table) if row[0] == "Promotion")
    assert [row[0] for row in table[head + 1 :]] == expected.clashes.table["first"].tolist()
    assert isinstance(table[head + 1][1], datetime)


def test_the_card_says_what_the_model_is_worth(plan_book, push, served):
    told = words(plan_book.sheets[push("model_card", plan_book).sheets[0]])
    model = served.desk(Caller()).served.model
    assert model.version in told and str(model.data_cut) in told and model.worth.sentence in told
    assert "Skill on later promotions" in told and "**" not in told


def test_help_names_every_button_and_function(plan_book, push):
    told = words(plan_book.sheets[push("help", plan_book).sheets[0]])
    assert [one.label for one in buttons().values() if one.label not in told] == []
    assert [one.name for one in functions().values() if f"{one.name}(" not in told] == []


def test_reload_uses_a_model_that_was_put_back(plan_book, push, workspace, served):
    version = served.desk(Caller()).served.model.version
    shutil.rmtree(workspace / "models")
    pressed = push("reload", plan_book)
    assert not pressed.done and "bug" not in pressed.words
    assert version not in pressed.words


def test_reload_tells_which_model_answers(plan_book, push, served):
    model = served.desk(Caller()).served.model
    words_ = push("reload", plan_book).words
    assert model.version in words_ and str(model.data_cut) in words_ and "evidence" in words_


def test_diagnose_shows_state_and_remedy(plan_book, push):
    from addin import doctor

    told = words(plan_book.sheets[push("diagnose", plan_book).sheets[0]])
    assert [one.name for one in doctor.examine() if one.name not in told] == []


def test_a_row_that_cannot_be_used_is_told_when_it_is_asked_about(plan_book, push):
    plan_book.sheets["Plan"]["A12"].select()
    pressed = push("what_if", plan_book, Person())
    assert not pressed.done and "U0011" in pressed.words


@pytest.mark.parametrize("mark", ["▲", "●", "?", "▼"])
def test_letters_stand_out_from_their_colour(mark):
    fill, letters = paint().marks[mark]
    assert contrast(fill, letters) >= 4.5


@pytest.mark.parametrize("colours", [("#FFFFFF", "ink"), ("#FFFFFF", "quiet"), ("head", "ink")])
def test_words_stand_out_from_the_paper(colours):
    look = paint()._asdict()
    assert contrast(*(look.get(one, one) for one in colours)) >= 4.5


def contrast(one, other):
    """The contrast ratio of WCAG 2.1 between two colours."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_verdicts_carry_marks_and_are_coloured(plan_book, push):
    sheet = plan_book.sheets[push("optimise", plan_book).sheets[0]]
    table = sheet.used_range.value
    head = next(at for at, row in enumerate(table) if row[0] == "Promotion")
    verdicts = [row[13] for row in table[head + 1 :]]
    assert {told[0] for told in verdicts} <= set("▲●▼?")
    assert sheet.range((head + 2, 14)).color is not None
    assert len(column(plan_book.sheets["Plan"], "promotion_id")) == 61


def test_the_help_sheet_speaks_the_language_of_the_buttons(plan_book, demo_home):
    german = Session(Configuration(workspace=demo_home.workspace.root, language="de"))
    (added,) = press("help", plan_book, Person(), served_by=german).sheets
    said = words(plan_book.sheets[added])
    assert "Schaltfläche" in said
    assert "Jede Funktion nimmt Bereiche" in said
    assert "Every function takes" not in said
