"""The calendar says how many rows it left out, in a sentence that is right for one and for many."""

from __future__ import annotations

import pytest

from tests.addin.buttons.conftest import book_with


@pytest.mark.parametrize(("rows_of_list", "words"), [(14, "One row was refused and is in no week"), (62, "4 rows were refused and are in no week")])
def test_refused_rows_are_counted_in_words(app, rows, push, tmp_path, rows_of_list, words):
    pressed = push("calendar", book_with(app, rows[:rows_of_list], tmp_path / "plan.xlsx"))
    assert words in pressed.words
