"""Writing workbooks: what is refused, what is kept as it came, and the same bytes every time."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import workbook_contents as contents
from workbook_office import values
from workbook_reading import TEMPLATE, columns_in, opened

from scorer.columns import take, text
from scorer.economics.verdict import Verdict
from scorer.errors import ColumnMissing, NothingToWorkOn
from scorer.settings import CLIENT_NAME
from scorer.workbook import build_template, write_workbook
from scorer.workbook.layout import Places, Table
from scorer.workbook.template import read_template
from scorer.workbook.template_files import templates_folder
from scorer.workbook.write import workbook_bytes


def test_the_committed_template_is_what_its_description_builds() -> None:
    folder = templates_folder()
    committed, rebuilt = folder / "planning.xlsx", build_template()
    with zipfile.ZipFile(committed) as old:
        kept = {part.filename: (part.date_time, old.read(part)) for part in old.infolist()}
    assert kept == parts(rebuilt), "run: python -m scorer.workbook"
    assert list(kept) == list(parts(rebuilt))


def parts(package: bytes) -> dict[str, tuple[object, bytes]]:
    import io

    with zipfile.ZipFile(io.BytesIO(package)) as new:
        return {part.filename: (part.date_time, new.read(part)) for part in new.infolist()}


def test_verdicts_are_called_as_the_engine_calls_them() -> None:
    named = {row.key: (row.words, row.advice) for row in TEMPLATE.verdicts}
    assert named == {verdict.label: (f"{verdict.mark} {verdict.label}", verdict.advice) for verdict in Verdict}


def test_the_same_content_gives_the_same_bytes() -> None:
    assert workbook_bytes(contents.content(5)) == workbook_bytes(contents.content(5))
    assert build_template() == build_template()


def test_a_list_without_a_scored_row_is_refused_in_words(tmp_path: Path) -> None:
    content = contents.content(3)
    nothing = content._replace(scored=take(content.scored, np.array([], dtype=np.int64)))
    with pytest.raises(NothingToWorkOn, match=r"no scored promotion .* all 3 rows were refused"):
        write_workbook(tmp_path / "plan.xlsx", nothing)
    assert not list(tmp_path.iterdir())


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    content = contents.content(3)
    scored = {name: column for name, column in content.scored.items() if name != "baseline_units"}
    with pytest.raises(ColumnMissing, match="baseline_units"):
        write_workbook(tmp_path / "plan.xlsx", content._replace(scored=scored))


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    content = contents.content(4)
    hostile = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "{=1}"]
    scored = content.scored | {"promotion_id": text(hostile), "leaflet_week": text(hostile)}
    path = tmp_path / "plan.xlsx"
    write_workbook(path, content._replace(scored=scored))
    sheet = opened(path)["Plan"]
    at, first, last = columns_in(sheet)["promotion_id"]
    cells = [sheet.cell(row, at) for row in range(first, last + 1)]
    with zipfile.ZipFile(path) as package:
        plan = package.read("xl/worksheets/sheet3.xml").decode()
    assert all(f'r="{cell.coordinate}" ' in plan and cell.coordinate for cell in cells)
    assert [cell.value for cell in cells] == hostile
    assert "1+1</f>" not in plan


def test_columns_of_the_list_pass_through_at_the_right(tmp_path: Path) -> None:
    content = contents.content(4)
    path = tmp_path / "plan.xlsx"
    write_workbook(path, content)
    sheet = opened(path)["Plan"]
    (table,) = sheet.tables.values()
    heads = [cell.value for cell in sheet[table.ref][0]]
    assert heads[-1] == "leaflet_week"
    assert [row[-1].value for row in sheet[table.ref][1:]] == content.scored["leaflet_week"].tolist()


def test_a_column_of_the_list_called_like_one_of_ours_gets_another_name(tmp_path: Path) -> None:
    content = contents.content(2)
    scored = content.scored | {"Verdict": text(["mine", "mine"])}
    path = tmp_path / "plan.xlsx"
    write_workbook(path, content._replace(scored=scored))
    (table,) = opened(path)["Plan"].tables.values()
    assert "Verdict (list)" in [column.name for column in table.tableColumns]


def test_a_length_in_days_becomes_a_last_day(tmp_path: Path) -> None:
    content = contents.content(3)
    days = (content.scored["end_date"] - content.scored["start_date"]).astype(np.float64) + 1
    scored = {name: column for name, column in content.scored.items() if name != "end_date"}
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    write_workbook(one, content)
    write_workbook(other, content._replace(scored=scored | {"duration_days": days}))
    sheet = opened(one)["Plan"]
    at, first, last = columns_in(sheet)["end_date"]
    ends = [opened(book)["Plan"].cell(row, at).value for book in (one, other) for row in range(first, last + 1)]
    assert ends[:3] == ends[3:]


def test_no_rejects_is_said(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, contents.content(3, refused=0))
    assert TEMPLATE.rejects.none in values(path)["Rejects"].values()


def test_a_repeated_id_is_found_by_the_checks(tmp_path: Path) -> None:
    content = contents.content(3)
    scored = content.scored | {"promotion_id": text(["A", "B", "A"])}
    path = tmp_path / "plan.xlsx"
    write_workbook(path, content._replace(scored=scored))
    assert values(path)["ROI"]["B3"] == TEMPLATE.checks.state_failed.format(failed=1)


def test_a_lost_row_is_found_by_the_checks(tmp_path: Path) -> None:
    content = contents.content(3)
    path = tmp_path / "plan.xlsx"
    write_workbook(path, content._replace(run=content.run._replace(rows_in=content.run.rows_in + 2)))
    assert values(path)["ROI"]["B3"].startswith("▼ Checks that fail: 1 ")


def test_labels_are_filled_in_for_the_client() -> None:
    assert read_template(currency="CHF").roi.bands[2].columns[0].unit == "CHF/unit"


def test_a_formula_with_an_unknown_name_does_not_build() -> None:
    places = Places({"plan": "Plan"}, {"plan": Table(7, 2, {"a": 1})})
    assert places.formula("plan", "{a}+SUM({a:all})")(7) == "=$B8+SUM($B$8:$B$9)"
    with pytest.raises(KeyError):
        places.formula("plan", "{b}")


def test_a_workbook_says_whose_it_is_and_the_template_is_nobodys(gallery):
    named = gallery.book("planning-en").defined_names[CLIENT_NAME]
    assert named.attr_text == '"demo"'
    assert CLIENT_NAME not in gallery.book("planning-empty").defined_names
