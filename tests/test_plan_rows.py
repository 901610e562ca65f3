"""A plan from cells: every row is used, refused with a reason, or blank; no row changes another."""

from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.errors import ColumnMissing, FileUnreadable, NothingToWorkOn
from scorer.plan import plan_from_cells
from scorer.settings import Client, parse_client

CLIENT = Client(client="x")
HEADERS = ["promotion_id", "discount", "start_date", "end_date"]


def plan(*rows, headers=HEADERS, client=CLIENT):
    return plan_from_cells(headers, rows, client)


def reasons(found):
    return dict(zip(found.rejects["promotion_id"], found.rejects["reason"], strict=True))


def test_cells_of_every_type():
    found = plan(
        ["A", 0.2, datetime(2025, 3, 31), date(2025, 4, 6)],
        [7.0, "20%", "31/03/2025", 45753.0],
        headers=["Promo ID", "DISCOUNT", "Start", "End"],
    )
    assert found.columns["promotion_id"].tolist() == ["A", "7"]
    assert found.columns["discount_percentage"].tolist() == [0.2, 0.2]
    assert found.columns["start_date"].tolist() == [date(2025, 3, 31)] * 2
    assert found.columns["end_date"].tolist() == [date(2025, 4, 6)] * 2
    assert found.columns["duration_days"].tolist() == [7, 7]
    assert found.columns["region"].tolist() == [None, None]
    assert np.isnan(found.columns["list_price"]).all()
    assert found.lines.tolist() == [2, 3]


def test_given_columns_pass_through_as_they_came():
    found = plan(["A", 0.2, "2025-03-31", None, " keep me ", True], ["bad", "x", None, None, "", False],
                 headers=[*HEADERS, "Memo", "memo"])  # fmt: skip
    assert list(found.given) == [*HEADERS, "Memo", "memo"]
    assert reasons(found).keys() == {"A", "bad"}  # no end and no duration
    found = plan(["A", 0.2, "2025-03-31", "2025-04-01", " keep me ", 5], headers=[*HEADERS, "Memo", ""])
    assert found.given["Memo"].tolist() == [" keep me "]
    assert found.given["column 6"].tolist() == [5.0]


def test_end_and_duration_complete_each_other():
    found = plan(
        ["a", 0.1, "2025-01-01", None, 7], ["b", 0.1, "2025-01-01", "2025-01-07", None], ["c", 0.1, "2025-01-01", "2025-01-07", 6],
        ["d", 0.1, "2025-01-01", None, None], ["e", 0.1, "2025-01-01", "2024-12-31", None], ["f", 0.1, "2025-01-01", None, 2.5],
        ["g", 0.1, "2025-01-01", "2035-01-01", None], ["h", 0.1, "2025-01-01", None, 0],
        headers=[*HEADERS, "days"],
    )  # fmt: skip
    assert found.columns["promotion_id"].tolist() == ["a", "b"]
    assert found.columns["end_date"].tolist() == [date(2025, 1, 7)] * 2
    assert found.columns["duration_days"].tolist() == [7, 7]
    why = reasons(found)
    assert "make 7 days" in why["c"]
    assert "both empty" in why["d"]
    assert "before start_date" in why["e"]
    assert "whole number" in why["f"]
    assert "between 1 and 366" in why["g"]
    assert "between 1 and 366" in why["h"]


@pytest.mark.parametrize(
    ("given_", "used", "said"),
    [
        ([0.1, 0.25, 1], [0.1, 0.25, 1], None),
        ([10, 25, 1], [0.1, 0.25, 0.01], "0 to 100"),
        ([0.1, 0.25, 20], [0.1, 0.25, 0.2], "mixes"),
        ([10, 25, 1, 0.3], [0.1, 0.25, 0.01, 0.3], "mixes"),
        (["10%", "1 %", 0.3], [0.1, 0.01, 0.3], None),
        (["1%", 20], [0.01, 0.2], "0 to 100"),
        ([0, 100], [0, 1], "0 to 100"),
    ],
)
def test_scale_of_the_discount_is_found_and_said(given_, used, said):
    found = plan(*([f"p{i}", value, "2025-01-01", "2025-01-07"] for i, value in enumerate(given_)))
    assert found.columns["discount_percentage"].tolist() == pytest.approx(used)
    notes = [note for note in found.notes if "discount" in note]
    assert said in notes[0] if said else notes == []


def test_one_impossible_discount_leaves_the_others_alone():
    found = plan(*([f"p{i}", value, "2025-01-01", "2025-01-07"] for i, value in enumerate([20, 30, 150, -5, None, "abc"])))
    assert found.columns["discount_percentage"].tolist() == [0.2, 0.3]
    why = reasons(found)
    assert "between 0 and 1" in why["p2"]
    assert "between 0 and 1" in why["p3"]
    assert "is empty" in why["p4"]
    assert "cannot be read as a number" in why["p5"]
    assert found.rejects["text"].tolist() == ["150", "-5", None, "abc"]


def test_ids_missing_and_repeated():
    found = plan(
        [None, 0.1, "2025-01-01", "2025-01-07"], ["a", 0.1, "2025-01-01", "2025-01-07"], ["", None, None, None],
        ["a", 0.1, "2025-01-01", "2025-01-07"], [None, 0.1, "2025-01-01", "2025-01-07"],
    )  # fmt: skip
    assert found.columns["promotion_id"].tolist() == ["row-2", "a", "row-6"]
    assert found.blank == 1
    assert "line 3 already" in reasons(found)["a"]


def test_several_reasons_are_all_given():
    found = plan(["a", "x", "2025-02-30", "2025-01-07", -1, "7%"], headers=[*HEADERS, "list_price", "unit_cost"])
    assert found.rejects["column"].tolist() == ["discount_percentage; start_date; unit_cost; list_price"]
    assert found.rejects["line"].tolist() == [2]
    assert found.rejects["text"].tolist() == ["x; 2025-02-30; 7%; -1"]


def test_a_price_of_nothing_is_no_price():
    found = plan(*([name, 0.1, "2025-01-01", "2025-01-07", price, 0] for name, price in (("a", 0), ("b", None), ("c", 0.01))),
                 headers=[*HEADERS, "list_price", "unit_cost"])  # fmt: skip
    assert found.columns["promotion_id"].tolist() == ["b", "c"]
    assert "above 0" in reasons(found)["a"]


def test_text_in_another_convention_beside_number_cells():
    found = plan(["a", 0.25, "2025-01-01", "2025-01-07", 1234.5], ["b", "0,3", "2025-01-01", "2025-01-07", "1.234,5"],
                 headers=[*HEADERS, "list_price"])  # fmt: skip
    assert found.columns["list_price"].tolist() == [1234.5, 1234.5]
    assert found.columns["discount_percentage"].tolist() == [0.25, 0.3]


def test_headers_that_are_not_there():
    with pytest.raises(ColumnMissing, match="discount_percentage"):
        plan(["a"], headers=["promotion_id"])
    with pytest.raises(ColumnMissing, match="end_date"):
        plan(["a", 0.1, "2025-01-01"], headers=HEADERS[:3])
    with pytest.raises(FileUnreadable, match="several columns"):
        plan(["a", 0.1, 0.2, "2025-01-01", "2025-01-02"], headers=["id", "discount", "Discount", "start", "end"])
    with pytest.raises(NothingToWorkOn):
        plan()


def test_the_clients_own_headers_count_where_they_occur():
    client = parse_client(
        {"client": "x", "exports": {"promotions": {"files": ["p"], "columns": {"start_date": "Beginn", "region": "Land"}}}}
    )
    found = plan(["a", 0.1, "2025-01-01", "2025-01-07"], headers=["id", "discount", "Beginn", "end"], client=client)
    assert found.columns["start_date"].tolist() == [date(2025, 1, 1)]


cell = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.sampled_from(["20%", "0,3", "2025-01-01", "31/01/2025", 0.2, 7]),
)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.lists(cell, min_size=0, max_size=6), min_size=1, max_size=6))
def test_rows_in_are_rows_used_refused_or_blank(rows):
    sound = ["sound", 0.2, "2025-01-01", "2025-01-07", 3]
    found = plan(sound, *rows, headers=[*HEADERS, "list_price"])
    assert found.rows + len(found.rejects["line"]) + found.blank == 1 + len(rows)
    assert found.columns["promotion_id"][0] == "sound"
    assert found.columns["discount_percentage"][0] == 0.2
    assert all(found.rejects["reason"] != None)
    assert all(len(values) == found.rows for values in [*found.columns.values(), *found.given.values()])


def test_a_long_list_with_a_column_of_gaps():
    rows = [["20%", "2025-03-31", 7.0, "South" if at == 1 else None] for at in range(10_000)]
    found = plan(*rows, headers=["Discount", "Start", "Days", "Region"])
    assert found.columns["region"].tolist() == [row[-1] for row in rows]
