"""A range as a plan: whether it has a header, what its columns are called, and on which line each row stands."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from addin.cells import Block, block_of
from addin.planning_rows import names_of, planning_labels, template_columns
from addin.plans import asked_of, in_contract_names, plan_of
from scorer.contracts.exports import PLAN
from scorer.errors import ColumnMissing, NothingToWorkOn
from scorer.plan import matched_headers
from scorer.settings import Client, Export, Exports, Matching

CLIENT = Client(client="x")
HEADERS = ["Category", "Discount", "First day", "Last day"]
ROW = ["Tea", 0.2, "2026-07-06", "2026-07-12"]
WORDS = {"Last day": "end_date", "Erster Tag": "start_date", "Rabatt": "discount_percentage", "Premier jour": "start_date"}
STAMP = "0123456789ab"


def laid_out(left_out: set[str], **cells: Any) -> list[Any]:
    """Return a row of the planning workbook without some of its optional columns."""
    plain = {"discount_percentage": 0.2, "start_date": date(2026, 7, 6), "end_date": date(2026, 7, 12), "input_hash": STAMP} | cells
    return [plain.get(name) for name, _ in template_columns() if name not in left_out]


def test_a_header_is_recognised_and_lines_are_those_of_the_sheet() -> None:
    asked = asked_of(block_of([HEADERS, ROW, [None] * 4, ROW], first_row=7, place="Plan!B7:E10"), CLIENT)
    assert asked.has_header
    assert list(asked.lines) == [8, 9, 10]
    assert asked.headers == ("Category", "Discount", "start_date", "end_date")
    plan = plan_of(asked, CLIENT)
    assert plan is not None
    assert (plan.lines.tolist(), plan.name, plan.blank) == ([8, 10], "Plan!B7:E10", 1)


def test_a_plan_of_blank_rows_is_none() -> None:
    assert plan_of(asked_of(block_of([HEADERS, [None] * 4]), CLIENT), CLIENT) is None
    assert plan_of(asked_of(block_of([HEADERS]), CLIENT), CLIENT) is None
    assert asked_of(block_of([[None, " "]] * 2, first_row=3), CLIENT).lines == range(3, 5)


def test_the_words_of_the_workbook_are_known_in_three_languages() -> None:
    for header, name in WORDS.items():
        assert matched_headers(in_contract_names((header,), CLIENT), CLIENT).found == {name: 0}
    assert set(planning_labels().values()) <= set(PLAN.names)
    # a header that is known already is not given away to another column
    assert in_contract_names(("discount", "Discount"), CLIENT) == ("discount", "Discount")
    assert in_contract_names(("first day", "start_date"), CLIENT) == ("first day", "start_date")


def test_the_client_s_own_headers_count() -> None:
    own = Client(client="x", exports=Exports(promotions=Export(files=("p",), columns={"discount_percentage": "Off", "start_date": "Go"})))
    asked = asked_of(block_of([["Off", "Go", "days"], [0.2, "2026-07-06", 7]]), own)
    assert asked.has_header
    assert plan_of(asked, own) is not None


def test_a_header_that_lacks_something_is_told_by_the_scorer() -> None:
    asked = asked_of(block_of([["Category", "Discount"], ["Tea", 0.2]], place="Sheet1!A1:B2"), CLIENT)
    with pytest.raises(ColumnMissing, match=r"Sheet1!A1:B2 has no column 'start_date'"):
        plan_of(asked, CLIENT)


@pytest.mark.parametrize("rows", [[ROW], [["a", "b"]], [[1, 2, 3]], [["Discount"], [0.2]]])
def test_rows_without_a_header_are_not_guessed_at(rows: list[list[Any]]) -> None:
    with pytest.raises(NothingToWorkOn, match="has no header row with names such as discount"):
        asked_of(block_of(rows), CLIENT)


def test_whole_rows_of_the_planning_workbook_name_themselves() -> None:
    optional = {"product_category", "product_subcategory", "product", "region", "store", "promotion_type"}
    keyed = Client(client="x", matching=Matching(keys=("region", "product_category")))
    own = optional - {"region", "product_category", "promotion_type"}
    for client, out in ((CLIENT, set()), (CLIENT, {"num_overlapping_campaigns"}), (keyed, own), (keyed, own | {"num_overlapping_campaigns"})):  # fmt: skip
        row = (*laid_out(out, list_price=2.5), "week 28")
        names = names_of([row, (None,) * len(row)], client)
        assert names is not None
        assert names[-1] == f"column {len(row)}"
        found = dict(zip(names, row, strict=True))
        assert (found["list_price"], found["start_date"], found["input_hash"]) == (2.5, date(2026, 7, 6), STAMP)
        assert asked_of(block_of([row], first_row=9), client).lines == range(9, 10)


@pytest.mark.parametrize(
    ("left_out", "cells"),
    [
        ({"region"}, {}),  # which of the five texts is which cannot be told
        (set(), {"input_hash": None}),  # not scored yet
        (set(), {"input_hash": "soon"}),
        (set(), {"start_date": "soon"}),
        (set(), {"discount_percentage": date(2026, 7, 6)}),
    ],
)
def test_a_row_that_might_mean_something_else_is_not_read(left_out: set[str], cells: dict[str, Any]) -> None:
    assert names_of([tuple(laid_out(left_out, **cells))], CLIENT) is None
    assert names_of([tuple(laid_out(set())[:-3])], CLIENT) is None
    assert names_of([], CLIENT) is None


def test_dates_from_the_clock_are_refused_and_their_rows_handed_on_as_blank() -> None:
    formulas = [[""] * 4, ["", "", "=TODAY()", ""], [], ["", "", "", "=A1"]]
    asked = asked_of(Block((tuple(HEADERS), tuple(ROW), tuple(ROW), tuple(ROW)), formulas=lambda: formulas, first_row=3), CLIENT)
    assert list(asked.refused) == [4]
    assert asked.rows[0] == (None,) * 4
    assert asked.rows[1][2] == "2026-07-06"
    # a formula that asks the clock elsewhere than in a date changes no figure
    notes = Block((("discount", "start_date", "days", "note"), (0.2, "2026-07-06", 7, 1)), formulas=lambda: [[], ["", "", "", "=NOW()"]])
    assert asked_of(notes, CLIENT).refused == {}
