"""A list that stands in cells is the list that stands in a file: every verb answers both alike."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import pytest
import python_calamine as calamine

from scorer import verbs
from scorer.columns import Columns, stack
from scorer.errors import ColumnMissing, NothingToWorkOn, PromotionUnknown, TooManyRejects
from scorer.plan import Cells, Listing, Plan, fingerprint, read_plan, stream_plan
from scorer.planning.optimise.rules import Rules
from scorer.settings import Client
from scorer.workspace import Workspace
from tests.conftest import Home

CLIENT = Client(client="x")
HEADERS = ["promotion_id", "discount", "start_date", "days"]
NAME = "list.csv"
Done = TypeVar("Done")


@pytest.fixture
def both(demo_home: Home, tmp_path: Path) -> tuple[Path, Cells]:
    """The first rows of the example's list, two of them refused and one blank, as a file and as cells."""
    with demo_home.upcoming.open(encoding="utf-8", newline="") as file:
        headers, *rows = list(csv.reader(file))
    rows = [*rows[:14], [""] * len(headers), *rows[25:28]]
    path = tmp_path / NAME
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, *rows])
    return path, Cells(headers, [[cell or None for cell in row] for row in rows], NAME)


def tolerant(verb: Callable[[], Done]) -> Done:
    try:
        return verb()
    except TooManyRejects as told:
        return cast("Done", told.done)


def same(left: Columns, right: Columns) -> None:
    assert list(left) == list(right)
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


def same_values(left: Any, right: Any, where: str = "") -> None:
    """Compare results part by part, whatever tables and named values they are made of."""
    if isinstance(left, np.ndarray):
        np.testing.assert_array_equal(left, right, err_msg=where)
    elif isinstance(left, dict):
        assert list(left) == list(right), where
        for name in left:
            same_values(left[name], right[name], f"{where}.{name}")
    elif hasattr(left, "_asdict"):
        same_values(left._asdict(), right._asdict(), f"{where}.{type(left).__name__}")
    elif isinstance(left, list | tuple):
        assert len(left) == len(right), where
        for at, (one, other) in enumerate(zip(left, right, strict=True)):
            same_values(one, other, f"{where}[{at}]")
    elif isinstance(left, float):
        assert left == right or (left != left and right != right), where
    else:
        assert left == right, where


def same_plan(left: Plan, right: Plan) -> None:
    same(left.columns, right.columns)
    same(left.rejects, right.rejects)
    assert left.lines.tolist() == right.lines.tolist()
    assert (left.blank, left.headers, left.name) == (right.blank, right.headers, right.name)


def test_cells_are_read_as_a_file_is(both: tuple[Path, Cells], demo_home: Home) -> None:
    file, cells = (read_plan(listing, demo_home.client) for listing in both)
    same_plan(file, cells)
    same(file.given, cells.given)
    assert (file.rows, file.blank, len(file.rejects["line"])) == (15, 1, 2)


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_pieces_of_cells_make_the_whole(both: tuple[Path, Cells], demo_home: Home, size: int) -> None:
    cells = both[1]._replace(first_line=40)
    whole, pieces = read_plan(cells, demo_home.client), list(stream_plan(cells, demo_home.client, size))
    same(stack(piece.columns for piece in pieces), whole.columns)
    same(stack(piece.rejects for piece in pieces), whole.rejects)
    assert np.concatenate([piece.lines for piece in pieces]).tolist() == whole.lines.tolist()
    assert whole.lines[0] == 40
    assert [note for piece in pieces for note in piece.notes] == whole.notes
    assert sum(piece.blank for piece in pieces) == whole.blank == 1
    assert len(pieces) <= -(-len(cells.rows) // size)  # none for the lines above the cells


@pytest.mark.parametrize(
    "row",
    [
        ["A", 0.125, datetime(2025, 3, 31), 7.0],
        ["A", 0.125, date(2025, 3, 31), 7],
        ["A", "0,125", "2025-03-31", "7"],
        ["A", "12,5 %", "31/03/2025", "7,0"],
        ["A", 12.5, 45747.0, 7],
    ],
)
def test_cells_of_any_type_say_the_same(row: list[object]) -> None:
    found = read_plan(Cells(HEADERS, [row]), CLIENT).columns
    assert [found[name].tolist() for name in ("promotion_id", "discount_percentage", "start_date", "end_date")] == [
        ["A"], [0.125], [date(2025, 3, 31)], [date(2025, 4, 6)],
    ]  # fmt: skip


def test_the_order_of_columns_and_columns_of_the_users_own_change_nothing(both: tuple[Path, Cells], demo_home: Home) -> None:
    cells = both[1]
    order = [*range(len(cells.headers))][::-1]
    turned = Cells(
        [*(cells.headers[at] for at in order), None, "Who asked"],
        [[*(row[at] for at in order), *((1.0, "Ann") if any(row) else ())] for row in cells.rows],
        NAME,
    )
    one, other = (verbs.answer_list(demo_home.workspace, listing) for listing in (cells, turned))
    same(one.answer, other.answer)
    same(one.rejects, other.rejects)
    headers = read_plan(turned, demo_home.client).headers
    assert headers is not None
    assert "Who asked" in headers.unknown


def test_rows_are_told_by_the_line_they_stand_on() -> None:
    rows: Sequence[Sequence[object]] = [
        ["A", 0.1, "2025-03-31", 7], [None] * 4, ["B", "cheap", "2025-03-31", 7], [None, 0.1, "2025-03-31"], ["A", 0.2, "2025-03-31", 7],
        [None, 0.3, "2025-03-31", 7],
    ]  # fmt: skip
    found = read_plan(Cells(HEADERS, rows, "Sheet1!A11:D17", first_line=12), CLIENT)
    assert (found.lines.tolist(), found.blank) == ([12, 17], 1)
    assert found.columns["promotion_id"].tolist() == ["A", "row-17"]
    assert found.rejects["line"].tolist() == [14, 15, 16]
    assert set(found.rejects["file"]) == {"Sheet1!A11:D17"}
    assert "stands on line 12 already" in found.rejects["reason"][2]


def test_a_fingerprint_tells_lists_apart(both: tuple[Path, Cells]) -> None:
    path, cells = both
    known = fingerprint(cells)
    assert known == fingerprint(cells._replace(name="elsewhere", first_line=7)) != fingerprint(path)
    assert known == fingerprint(Cells(tuple(cells.headers), [tuple(row) for row in cells.rows]))
    assert fingerprint(Cells(["a"], [[date(2025, 1, 5)]])) == fingerprint(Cells(["a"], [[datetime(2025, 1, 5)]]))
    others = [
        cells._replace(rows=cells.rows[1:]),
        cells._replace(headers=[*cells.headers, "more"]),
        cells._replace(rows=[[*cells.rows[0][:-1], "other"], *cells.rows[1:]]),
    ]
    assert len({known, *map(fingerprint, others)}) == 4
    assert {len(print_) for print_ in (known, fingerprint(path))} == {12}


def test_messages_call_cells_by_their_name(demo_home: Home) -> None:
    named = Cells(HEADERS, [["A", 0.2, "2026-08-03", 7]], "Sheet1!A1:D2")
    refused = named._replace(rows=[["A", "cheap", "2026-08-03", 7]])
    home = demo_home.workspace
    with pytest.raises(PromotionUnknown, match=r"^Sheet1!A1:D2 has no usable promotion 'B'"):
        verbs.what_if(home, named, "B")
    with pytest.raises(NothingToWorkOn, match=r"^Sheet1!A1:D2 has no row"):
        verbs.target(home, refused)
    with pytest.raises(NothingToWorkOn, match=r"^No row of Sheet1!A1:D2 could be scored"):
        verbs.calendar(home, refused)
    with pytest.raises(NothingToWorkOn, match=r"^Sheet1!A1:D2 holds a header and no rows"):
        verbs.score(home, named._replace(rows=[[None] * 4]))
    with pytest.raises(ColumnMissing, match=r"^Sheet1!A1:D2 has no column 'end_date'"):
        verbs.score(home, named._replace(headers=[*HEADERS[:3], "length"]))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_scores(both: tuple[Path, Cells], demo_home: Home, tmp_path: Path, ending: str) -> None:
    made = [tmp_path / f"{name}.{ending}" for name in ("file", "cells")]
    done = [tolerant(lambda one=one, out=out: verbs.score(demo_home.workspace, one, out)) for one, out in zip(both, made, strict=True)]
    assert done[0]._replace(out=None, rejects=None) == done[1]._replace(out=None, rejects=None)
    assert made[0].read_bytes() == made[1].read_bytes()
    assert (tmp_path / "file_rejects.csv").read_bytes() == (tmp_path / "cells_rejects.csv").read_bytes()


ASKED: dict[str, Callable[[Workspace, Listing], Any]] = {
    "what_if": lambda home, listing: verbs.what_if(home, listing, "U0002", grid=("discount", "days"), tornado=True),
    "target": lambda home, listing: verbs.target(home, listing, roi=0.2),
    "scenarios": verbs.scenarios,
    "calendar": verbs.calendar,
    "answer_list": verbs.answer_list,
    "check_list": verbs.check_list,
}


@pytest.mark.parametrize("verb", list(ASKED))
def test_questions(both: tuple[Path, Cells], demo_home: Home, verb: str) -> None:
    file, cells = (ASKED[verb](demo_home.workspace, listing) for listing in both)
    same_values(file, cells, verb)


def test_a_choice(both: tuple[Path, Cells], demo_home: Home, tmp_path: Path) -> None:
    rules = Rules(budget=8_000)
    made = [tmp_path / f"{name}.csv" for name in ("file", "cells")]
    file, cells = (
        verbs.optimise(demo_home.workspace, listing, rules, list_out=out) for listing, out in zip(both, made, strict=True)
    )
    same(file.portfolio.rows, cells.portfolio.rows)
    same(file.portfolio.chosen, cells.portfolio.chosen)
    assert file.notes == cells.notes
    assert made[0].read_bytes() == made[1].read_bytes()


def test_the_plan_log(both: tuple[Path, Cells], demo_home: Home, tmp_path: Path) -> None:
    entries = []
    for at, listing in enumerate(both):
        root = tmp_path / str(at)
        for part in ("clients", "lake", "models"):
            shutil.copytree(demo_home.workspace.root / part, root / part)
        done = tolerant(lambda root=root, one=listing: verbs.commit(Workspace(root), one))
        assert {one.outcome for one in done.filed} == {"new"}
        entries.append([entry.frozen for entry in verbs.plans(Workspace(root))])
    file, cells = entries
    assert [one.source_hash for one in file] == [fingerprint(both[0])] * len(file)
    assert [one.source_hash for one in cells] == [fingerprint(both[1])] * len(cells)
    same_values([one._replace(source_hash="") for one in file], [one._replace(source_hash="") for one in cells])
    assert {one.source for one in cells} == {NAME}


def test_workbooks(both: tuple[Path, Cells], demo_home: Home, tmp_path: Path) -> None:
    books = []
    for at, listing in enumerate(both):
        out = tmp_path / f"{at}.xlsx"
        tolerant(lambda one=listing, out=out: verbs.workbook(demo_home.workspace, one, out))
        book = calamine.load_workbook(str(out))
        books.append({name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names})
    file, cells = books
    hashes = [fingerprint(listing) for listing in both]
    assert any(hashes[1] in row for row in cells["Audit"])
    assert file.keys() == cells.keys()
    differing = {name for name in file if file[name] != cells[name]}
    assert differing <= {"About", "Audit", "Inputs"}  # the time of the run and the fingerprint of the list


def test_a_workbook_is_filled_from_cells(both: tuple[Path, Cells], demo_home: Home, tmp_path: Path) -> None:
    import xlsxwriter

    values = []
    for at, listing in enumerate(both):
        path = tmp_path / f"mine-{at}.xlsx"
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet("Mine")
        for row, cells in enumerate([["promotion_id", "verdict", "roi_expected"], ["U0003"], ["U0001"]]):
            sheet.write_row(row, 0, cells)
        book.close()
        tolerant(lambda one=listing, path=path: verbs.fill(demo_home.workspace, one, path))
        values.append(calamine.load_workbook(str(path)).get_sheet_by_name("Mine").to_python())
    assert values[0] == values[1]
    assert values[0][1][1] != ""
