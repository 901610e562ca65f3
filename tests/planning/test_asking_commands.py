"""promo what-if, target and scenarios from the outside: what they print, write and refuse."""

from __future__ import annotations

import json

import pytest

from tests.promo_command import promo

SCENARIOS = '["Shorter"]\nduration_days = 7\n["Partners"]\nfunding_share = "+10 pp"\n'


def test_what_if_shows_a_grid_and_a_tornado_and_writes_the_steps(demo_run, tmp_path):
    out = tmp_path / "steps.csv"
    asked = ("what-if", "upcoming.csv", "--promotion", "U0005", "--discounts", "10,20", "--days", "7,14", "--change", "price=+5%")
    ended = promo(demo_run, *asked, "--grid", "discount,days", "--tornado", "--out", str(out))
    assert (ended.code, ended.err) == (0, "")
    for words in ("discount down, days across", "What profit hangs on", "lift (80% interval)", "Less │ more profit", "list price"):
        assert words in ended.out
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("list_price,discount_percentage,duration_days,") and len(lines) == 5
    answer = json.loads(promo(demo_run, *asked, "--tornado", "--json").out)
    assert answer["planned"]["duration_days"] > 0 and answer["tornado"][0]["swing"] >= answer["tornado"][-1]["swing"]
    assert {step["list_price"] for step in answer["ladder"]} != {None}


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (("what-if", "--change", "discuont=20%"), 2, "Did you mean 'discount_percentage'"),
        (("what-if", "--change", "price"), 2, "write price=9.49,9.99"),
        (("what-if", "--grid", "discount"), 2, "is not two inputs"),
        (("target", "--profit", "1", "--roi", "2"), 2, "Name one of them"),
        (("scenarios", "--file", "nowhere.toml"), 3, "there is no such file"),
        (("workbook", "--scenarios", "nowhere.toml", "--into", "mine.xlsx"), 2, "leave --into out"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(demo_run, asked, code, told):
    verb, *more = asked
    ended = promo(demo_run, verb, "upcoming.csv", *more)
    words = " ".join(ended.err.replace("│", " ").split())
    assert ended.code == code and told in words, words


def test_target_tells_what_is_needed_and_what_stands_in_the_way(demo_run):
    asked = ("target", "upcoming.csv", "--promotion", "U0005", "--profit", "1000000")
    spoken = promo(demo_run, *asked)
    assert spoken.code == 0 and "what would a profit of 1,000,000 take?" in spoken.out and "not possible (" in spoken.out
    answer = json.loads(promo(demo_run, *asked, "--json", "--by", "discount,fixed_cost").out)
    assert [found["lever"] for found in answer["found"]] == ["discount", "fixed_cost"]
    assert not any(found["reached"] for found in answer["found"]) and all(found["bound"] for found in answer["found"])


def test_scenarios_stand_side_by_side_and_in_the_workbook(demo_workspace):
    (demo_workspace / "scenarios.toml").write_text(SCENARIOS, encoding="utf-8")
    asked = ("scenarios", "upcoming.csv", "--file", "scenarios.toml")
    spoken = promo(demo_workspace, *asked, "--out", "differences.xlsx")
    assert (spoken.code, spoken.err) == (0, "") and (demo_workspace / "differences.xlsx").is_file()
    for words in ("As planned", "Shorter", "Partners", "all low", "vs plan", "Written to differences.xlsx"):
        assert words in spoken.out
    answer = json.loads(promo(demo_workspace, *asked, "--json").out)
    assert [found["scenario"] for found in answer["scenarios"]] == ["As planned", "Shorter", "Partners"]
    assert len(answer["differences"]) == 2 * answer["promotions"]
    ended = promo(demo_workspace, "workbook", "upcoming.csv", "--scenarios", "scenarios.toml", "--out", "book.xlsx")
    assert ended.code == 5, ended.err  # the demo plants refused rows
    assert (demo_workspace / "book.xlsx").is_file()
