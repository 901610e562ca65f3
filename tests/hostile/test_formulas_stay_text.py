"""What somebody wrote into a list is text in everything that is written of it, and comes back as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import verbs
from scorer.columns import text
from scorer.lake.guarding import SIGNS
from scorer.lake.writing import write_table
from scorer.plan import read_plan
from scorer.settings import Client
from scorer.workspace import Workspace
from tests.hostile.lists import FORMULAS, cells, quoted, sheet
from tests.hostile.tiny import HEADER, row
from tests.workbook.workbook_office import Office

NOTES = [cell.replace('""', '"') for cell in FORMULAS]


def listing(path: Path) -> Path:
    """A list in which notes and names of promotions would run; the first of them is a header, too."""
    lines = [row(quoted(f"{note}{at}"), quoted(note)) for at, note in enumerate(NOTES)]
    path.write_text("\n".join([HEADER + ",=1+1", *[f"{line},{quoted('@SUM(1+1)')}" for line in lines], ""]), encoding="utf-8")
    return path


def texts_of(path: Path) -> list[str]:
    """Return the text of every cell of a workbook; none of those that came from the list is a formula."""
    book = openpyxl.load_workbook(path)
    found = [cell for page in book for line in page.iter_rows() for cell in line if cell.value is not None]
    return [str(cell.value) for cell in found if cell.data_type == "s"]


def test_csv(tiny: Workspace, tmp_path: Path) -> None:
    """No cell begins with what a spreadsheet runs, and the file is a list again: scoring it gives the same."""
    out, again = tiny.root / "out.csv", tiny.root / "again.csv"
    verbs.score(tiny, listing(tmp_path / "list.csv"), out)
    with out.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert not [cell for line in table for cell in line if cell.startswith(tuple(SIGNS)) and not cell.lstrip("+-").replace(".", "").replace("e-", "").isdigit()]
    client = tiny.choose(None)
    first, second = read_plan(tmp_path / "list.csv", client), read_plan(out, client)
    assert second.columns["promotion_id"].tolist() == first.columns["promotion_id"].tolist()
    assert second.given["note"].tolist() == first.given["note"].tolist()
    assert second.given["=1+1"].tolist() == first.given["=1+1"].tolist()
    verbs.score(tiny, out, again)
    kept = ("promotion_id", "note", "=1+1", "sales_units_expected", "verdict")
    one, other = read_plan(out, client).given, read_plan(again, client).given
    assert {name: other[f"given_{name}" if f"given_{name}" in other and name not in other else name].tolist() for name in kept} == {name: one[name].tolist() for name in kept}


def test_xlsx_parquet_and_workbook(tiny: Workspace, tmp_path: Path) -> None:
    source = listing(tmp_path / "list.csv")
    given = read_plan(source, tiny.choose(None)).given
    verbs.score(tiny, source, tiny.root / "out.xlsx")
    verbs.score(tiny, source, tiny.root / "out.parquet")
    verbs.workbook(tiny, source, tiny.root / "plan.xlsx")
    notes, names = set(given["note"].tolist()), set(given["promotion_id"].tolist())
    with duckdb.connect() as con:
        table = con.execute(f"SELECT note, promotion_id FROM '{tiny.root / 'out.parquet'}'").fetchall()
    assert ({note for note, _ in table}, {name for _, name in table}) == (notes, names)
    assert set(notes | names | {"=1+1"}) <= set(texts_of(tiny.root / "out.xlsx"))
    assert set(read_plan(source, tiny.choose(None)).columns["promotion_id"].tolist()) <= set(texts_of(tiny.root / "plan.xlsx"))


def test_a_spreadsheet_program_leaves_them_text(tiny: Workspace, tmp_path: Path, office: Office) -> None:
    """LibreOffice works every formula of the files out anew: what came from the list is still there as it was written."""
    source = listing(tmp_path / "list.csv")
    verbs.score(tiny, source, tiny.root / "out.xlsx")
    verbs.workbook(tiny, source, tiny.root / "plan.xlsx")
    names = {name.strip() for name in read_plan(source, tiny.choose(None)).columns["promotion_id"].tolist()}
    for path in office.recalculated_all([tiny.root / "out.xlsx", tiny.root / "plan.xlsx"]).values():
        assert names <= {cell.strip() for cell in texts_of(path)}


def test_a_filled_workbook(tiny: Workspace, tmp_path: Path) -> None:
    book = tmp_path / "own.xlsx"
    sheet(book, [cells(f"{note}{at}", note=note) for at, note in enumerate(NOTES)])
    before = texts_of(book)
    verbs.fill(tiny, book, book)
    assert set(before) <= set(texts_of(book))
    assert not [cell for page in openpyxl.load_workbook(book) for line in page.iter_rows() for cell in line if cell.data_type == "f"]


@settings(max_examples=60)
@given(notes=st.lists(st.one_of(st.sampled_from(NOTES), st.text(st.sampled_from("'=+-@\t a1,;\"\n＝é"), max_size=6)), min_size=1, max_size=6))
def test_there_and_back_nothing_is_lost(tmp_path_factory: pytest.TempPathFactory, notes: list[str]) -> None:
    """Whatever a cell says, csv gives it back: write, read, the same."""
    path = tmp_path_factory.getbasetemp() / "there.csv"
    count = len(notes)
    table = {"discount_percentage": text(["0.2"] * count), "start_date": text(["2026-07-20"] * count), "duration_days": text(["7"] * count), "note": text(notes)}
    write_table(path, table)
    read = read_plan(path, Client(client="x")).given["note"].tolist()
    assert [cell or "" for cell in read] == notes
