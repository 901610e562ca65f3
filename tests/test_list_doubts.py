"""What a list leaves unsaid is told: headers nobody recognises, promotions without a type, units that cost nothing."""

from __future__ import annotations

import csv

import pytest

from scorer import verbs
from scorer.errors import TooManyRejects
from scorer.plan import plan_from_cells
from scorer.scoring import score


@pytest.fixture
def notes(demo_home, tmp_path):
    """Score the demo's list with some headers changed, and return what was noted."""

    def noted(**renamed: str) -> str:
        with demo_home.upcoming.open(newline="") as file:
            header, *rows = csv.reader(file)
        path = tmp_path / "list.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([[renamed.get(name, name) for name in header], *rows])
        with pytest.raises(TooManyRejects) as told:  # the demo plants rows to be refused
            verbs.score(demo_home.workspace, path)
        return "\n".join(told.value.done.notes)

    return noted


def test_a_key_under_a_header_nobody_knows_is_named_once(notes):
    said = notes(product_subcategory="Warengruppe")
    assert said.count("no column product_subcategory") == 1
    assert "'Warengruppe'" in said
    assert "[exports.promotions.columns]" in said


def test_a_list_whose_columns_are_all_known_is_not_complained_about(notes):
    assert "no column" not in notes()


def flags(home, **changed):
    """Score the first row of the demo's list with some cells changed, and return its flags."""
    plan = home.plan()
    names = ("region", "product_category", "product_subcategory", "promotion_type", "discount_percentage", "start_date", "end_date")
    row = {name: plan.columns[name][0] for name in names} | changed
    found = score(plan_from_cells(list(row), [list(row.values())], home.client), home.model, home.client)
    return found.answer["flags"][0] or ""


def test_a_promotion_without_a_type_is_flagged(demo_home):
    assert "no promotion type is given" not in flags(demo_home)
    assert "no promotion type is given" in flags(demo_home, promotion_type=None)


def test_a_unit_that_costs_nothing_is_flagged(demo_home):
    assert "unit cost is 0" not in flags(demo_home, unit_cost=1.5)
    assert "unit cost is 0" in flags(demo_home, unit_cost=0.0)
