"""A list is checked before it is scored: what can be used, what is refused and why, what its headers were taken for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from scorer import verbs
from scorer.errors import ColumnMissing
from scorer.plan import Cells, read_plan
from scorer.verbs import checking
from scorer.workspace import Workspace
from tests.conftest import Home
from tests.promo_command import promo

HEADERS = ["Promo ID", "Rabatt", "Start", "Days", "Memo", ""]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A client that has neither lake nor model."""
    verbs.init(Workspace(tmp_path), "acme")
    path = Workspace(tmp_path).client_file("acme")
    renamed = '\n[exports.promotions]\nfiles = ["p*.csv"]\ncolumns = { discount_percentage = "Rabatt" }\n\n[limits]\nrejected_share = 0.25\n'
    path.write_text(f'name = "Acme"\n{renamed}', encoding="utf-8")
    return Workspace(tmp_path)


def rows(bad: int) -> list[list[object]]:
    good: list[list[object]] = [[f"G{at}", 0.2, "2026-08-03", 7, "mine", None] for at in range(3)]
    return [*good, [None] * 6, *([f"B{at}", "cheap", "2026-08-03", 7, None, None] for at in range(bad))]


def test_a_list_is_checked_without_a_model(workspace: Workspace) -> None:
    heard: list[str] = []
    done = verbs.check_list(workspace, Cells(HEADERS, rows(1), "Sheet1", first_line=5), say=heard.append)
    assert (done.name, done.rows_in, done.usable, done.refused, done.blank) == ("Sheet1", 5, 3, 1, 1)
    assert done.recognised == {
        "promotion_id": "Promo ID", "discount_percentage": "Rabatt", "start_date": "Start", "duration_days": "Days"
    }  # fmt: skip
    assert done.unknown == ("Memo",)
    assert "end_date" in done.absent
    assert not set(done.absent) & set(done.recognised)
    told = {name: column.tolist() for name, column in done.rejects.items()}
    assert told == {
        "promotion_id": ["B0"], "file": ["Sheet1"], "line": [9], "column": ["discount_percentage"],
        "reason": ["discount_percentage cannot be read as a number; write it like 12.5"], "text": ["cheap"],
    }  # fmt: skip
    assert heard == ["Reading Sheet1", "Read 5 rows"]


@pytest.mark.parametrize(("bad", "too_many"), [(0, False), (1, False), (2, True)])
def test_what_the_client_allows_is_known(workspace: Workspace, bad: int, too_many: bool) -> None:
    done = verbs.check_list(workspace, Cells(HEADERS, rows(bad)))
    assert (done.refused, done.limit, done.too_many) == (bad, 0.25, too_many)


def test_it_says_what_reading_says(demo_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = read_plan(demo_home.upcoming, demo_home.client)
    monkeypatch.setattr(checking, "BATCH", 9)
    done = verbs.check_list(demo_home.workspace, demo_home.upcoming)
    assert (done.usable, done.blank, done.notes) == (plan.rows, plan.blank, plan.notes)
    for name, column in plan.rejects.items():
        np.testing.assert_array_equal(done.rejects[name], column, err_msg=name)


def test_what_is_no_list_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ColumnMissing, match="Sheet1 has no column 'discount_percentage'"):
        verbs.check_list(workspace, Cells(["a", "b"], [[1, 2]], "Sheet1"))


def test_on_the_command_line(workspace: Workspace) -> None:
    good = ["G1,0.2,2026-08-03,7", "G2,0.2,2026-08-03,7", "G3,0.2,2026-08-03,7"]
    lines = ["promotion_id,Rabatt,start,days,[bold]", *(f"{row},x" for row in good), "", "B1,[cheap],2026-08-03,7,x"]
    (workspace.root / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    done = promo(workspace.root, "check", "list.csv")
    assert done.code == 0, done.err
    for words in ("list.csv: 5 rows: 3 usable, 1 refused, 1 blank.", "discount_percentage = 'Rabatt'", "not recognised: [bold]", "[cheap]"):
        assert words in done.out
    (workspace.root / "list.csv").write_text("\n".join([*lines, "B2,cheap,,,x"]), encoding="utf-8")
    many = promo(workspace.root, "check", "list.csv", "--json")
    assert many.code == 5
    assert "2 of 5 rows were refused (40.0%; the client allows 25.0%)" in many.err
    told = json.loads(many.out)
    assert [reject["line"] for reject in told["rejects"]] == [6, 7]
    assert (told["usable"], told["refused"], told["blank"]) == (3, 2, 1)
    assert promo(workspace.root, "check", "absent.csv").code == 3
    assert sorted(path.name for path in workspace.root.iterdir()) == ["clients", "exports", "inbox", "list.csv"]
