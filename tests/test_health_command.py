"""``promo health`` says how the lake is, to people and to programs, and ends with 3 when there is trouble."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from scorer import verbs
from scorer.errors import NothingToWorkOn
from scorer.workspace import Workspace
from tests.promo_command import promo
from tests.small_lakes import daily_sales, write_exports

PROMOTIONS = ["promotion_id,region,product_category,discount_percentage,start_date,end_date"]


def made(root: Path, last: date) -> Workspace:
    home, first = Workspace(root), last - timedelta(days=59)
    verbs.init(home, "x")
    day = first + timedelta(days=40)
    sales = ["date,region,product_category,units,revenue", *daily_sales(first.isoformat(), [9.0] * 60)]
    write_exports(home.exports("x"), promotions=[*PROMOTIONS, f"P1,North,Tea,0.2,{day},{day}"], sales=sales)
    verbs.refresh(home)
    return home


def test_a_lake_in_order_ends_with_nothing(tmp_path):
    made(tmp_path, date.today())  # noqa: DTZ011 - the command counts to the day of this machine
    ended = promo(tmp_path, "health", "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["client"], told["state"]) == (0, "x", "ok")
    assert set(told["findings"][0]) == {"name", "measured", "threshold", "state", "words", "remedy"}


def test_trouble_ends_with_three_and_says_what_to_do(tmp_path):
    made(tmp_path, date(2024, 3, 31))
    ended = promo(tmp_path, "health")
    assert ended.code == 3
    assert "freshness: Export newer sales, then run promo refresh." in ended.out
    assert "trouble" in ended.out


def test_a_full_refresh_is_one_even_when_nothing_has_changed(tmp_path):
    home = made(tmp_path, date(2024, 3, 31))
    assert verbs.refresh(home).unchanged
    ended = promo(tmp_path, "refresh", "--full", "--json")
    assert json.loads(ended.out)["unchanged"] is False


def test_without_a_lake_there_is_nothing_to_examine(tmp_path):
    verbs.init(Workspace(tmp_path), "x")
    with pytest.raises(NothingToWorkOn, match="promo refresh --client x"):
        verbs.health(Workspace(tmp_path))
