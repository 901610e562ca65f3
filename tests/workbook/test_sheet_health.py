"""Health: the workbook says of the data behind its figures what promo health says, in every language, or that nothing is recorded."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest
import workbook_contents as contents
from workbook_gallery import Gallery, short_list
from workbook_office import Office, values

from scorer import verbs
from scorer.errors import FileUnreadable, TooManyRejects
from scorer.lake.engines.duckdb import connect
from scorer.lake.health import Examined, Finding, State
from scorer.lake.seen import EmptyCells, ExportSeen, RefreshSeen
from scorer.settings import Language, speaking
from scorer.verbs.examining import health_beside
from scorer.workbook import write_workbook
from scorer.workbook.languages import catalogue
from scorer.workbook.sentences import Sentences
from scorer.workbook.sheet_health import MOST_EXPORTS, MOST_REFRESHES, HealthSheet
from tests.promo_command import promo

LANGUAGES: tuple[Language, ...] = get_args(Language)
DAY = date(2026, 3, 31)
LOOK = "Look at the export and at what made it."
# One of every kind of finding, as scorer/lake/health.py words them.
FINDINGS = [
    Finding("freshness", 120, 45, State.TROUBLE, "The last sales are of 2025-12-01, 120 days ago.", "Export newer sales, then run promo refresh."),
    Finding("files_set_aside", 1, 0, State.WARNING, "1 export files could not be used: a.csv is empty.", "Export them again, or take them out of the folder."),
    Finding("schema_drift", 1, 0, State.WARNING, "Files are not as they were before: b.csv units: gone.", "If that is meant, promo refresh --full forgets how it was."),
    Finding("refused_rows", 0.3, 0.02, State.TROUBLE, "1,204 of 4,000 exported rows were refused (30.1%).", "promo check says which rows, and why."),
    Finding("rows_gone", 0.6, 0.5, State.TROUBLE, "1,000 sales rows; the refresh before had 2,500.", f"Exports may be missing. {LOOK}"),
    Finding("empty_unit_cost", 0.4, 0.3, State.WARNING, "unit_cost is empty in 40% more of the sales of the last 28 days than before.", LOOK),
    Finding("new_items", 0.7, 0.5, State.WARNING, "70.0% of the sales of the last 28 days are of items that never sold before.", LOOK),
    Finding("population_log_baseline", 0.51, 0.25, State.WARNING, "log_baseline of the last quarter of the promotions against those before: stability index 0.51.", "Forecasts for the new kind rest on less; train again, and look at the model card."),
    Finding("empty_cells", 0.0, 0.3, State.OK, "No column has more empty cells than before.", ""),
]  # fmt: skip
REFRESHES = [RefreshSeen(datetime(2026, 3, day, 6, 30), DAY, 1_000 * day, 20, day, 2) for day in range(1, 16)]
EXPORTS = [
    ExportSeen("sales", "sales_1.csv", 900, 3, date(2026, 3, 30), date(2026, 3, 28), ""),
    ExportSeen("sales", "a.csv", 0, 0, None, None, "it is empty."),
    ExportSeen("costs", "=costs.csv", 100, 0, date(2026, 3, 30), None, ""),
]
CELLS = [EmptyCells("units", 800, 0, 100, 0), EmptyCells("unit_cost", 800, 80, 100, 50), EmptyCells("region", 0, 0, 0, 0)]
TROUBLED = Examined("demo", DAY, State.TROUBLE, FINDINGS, EXPORTS, REFRESHES, CELLS)


def written(folder: Path, found: Examined | None, language: Language = "en") -> Path:
    path, content = folder / f"plan-{language}.xlsx", contents.content(6)
    write_workbook(path, content._replace(client=speaking(content.client, language)), (HealthSheet(found),))
    return path


def tables(path: Path, language: Language = "en") -> dict[str, list[list[Any]]]:
    """The rows of each table of the sheet, heads left out."""
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book[catalogue(language).word("Health")]
    return {name: [[cell.value for cell in row] for row in sheet[ref]][1:] for name, ref in sheet.tables.items()}


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory, language: Language) -> Path:
    return written(tmp_path_factory.mktemp("troubled"), TROUBLED, language)


def test_the_sheet_says_what_the_command_says(gallery: Gallery, demo_home: Any, language: Language):
    told = json.loads(promo(demo_home.workspace.root, "health", "--client", demo_home.client.client, "--json").out)
    found = tables(gallery.path(f"planning-{language}"), language)
    marks = {"ok": "▲", "warning": "●", "trouble": "▼"}
    assert len(found["tblHealth"]) == len(told["findings"])
    for row, finding in zip(found["tblHealth"], told["findings"], strict=True):
        assert row[2:4] == pytest.approx([finding["measured"], finding["threshold"]])
        assert row[1][0] == marks[finding["state"].lower()] and len(row[1]) > 3
        if language == "en":
            assert row[5:] == [finding["words"], finding["remedy"] or "–"]
    assert [[row[0], *row[2:4]] for row in found["tblHealthExports"]] == [
        [export["file"], export["rows"], export["rejected"]] for export in told["exports"]
    ]
    assert [row[2:5] for row in found["tblHealthRefreshes"]] == [
        [refresh["sales"], refresh["promotions"], refresh["rejected"]] for refresh in told["refreshes"]
    ]
    for row, cells in zip(found["tblHealthCells"], told["empty_cells"], strict=True):
        shares = [cells["empty_before"] / cells["rows_before"], cells["empty_late"] / cells["rows_late"]]
        assert row == [cells["column"], cells["rows_late"], *map(pytest.approx, shares), pytest.approx(shares[1] - shares[0])]


def test_a_spreadsheet_comes_to_the_same(troubled: Path, office: Office, language: Language):
    fresh, worked = values(troubled), office.values(troubled)
    for sheet in (catalogue(language).word("Health"), catalogue(language).word("Checks")):
        for cell, value in fresh[sheet].items():
            other = worked[sheet].get(cell)
            same = other == pytest.approx(value) if isinstance(value, int | float) else (other or "") == value
            assert same, (sheet, cell, value, other)


def test_what_is_not_in_order_is_marked_counted_and_deserves_a_look(troubled: Path, language: Language):
    found = tables(troubled, language)
    assert "".join(row[1][0] for row in found["tblHealth"]) == "▼●●▼▼●●●▲"
    assert [row[1][0] for row in found["tblHealthExports"]] == ["▲", "▼", "▲"]
    book = openpyxl.load_workbook(troubled, data_only=True)
    health, checks = (book[catalogue(language).word(name)] for name in ("Health", "Checks"))
    assert health["B2"].value.startswith(("1 of 9", "1 von 9", "1 contrôles"))
    title = catalogue(language).word("The data behind the model is fresh, whole and as it was")
    (line,) = [[cell.value for cell in row] for row in checks.iter_rows() if row[1].value == title]
    assert line[2:4] == [0, 8]
    assert "●" in health["B3"].value  # the figures tie all the same: a point to look at


def test_every_sentence_is_said_in_every_language(language: Language):
    if language != "en":
        sentences = Sentences(catalogue(language))
        assert [one.words for one in FINDINGS if sentences.say("health", one.words) == one.words] == []
        assert [one.remedy for one in FINDINGS if one.remedy and sentences.say("health_remedy", one.remedy) == one.remedy] == []


def test_words_follow_the_language(tmp_path: Path):
    found = {language: tables(written(tmp_path, TROUBLED, language), language) for language in LANGUAGES}
    assert [found[language]["tblHealth"][4][5] for language in LANGUAGES] == [
        "1,000 sales rows; the refresh before had 2,500.",
        "1.000 Verkaufszeilen; der Abgleich davor hatte 2.500.",
        "1\u202f000 lignes de ventes\u00a0; l'actualisation d'avant en avait 2\u202f500.",
    ]
    assert [found[language]["tblHealthExports"][0][5] for language in LANGUAGES] == [
        "Export of sales, written on 2026-03-30; its newest row is 3 days old.",
        "Export Verkäufe, geschrieben am 30.03.2026; seine neueste Zeile ist 3 Tage alt.",
        "Export ventes, écrit le 30/03/2026\u00a0; sa ligne la plus récente a 3 jours.",
    ]


def test_what_is_better_looked_at_is_drawn_and_the_latest_refreshes_are_shown(troubled: Path, tmp_path: Path, language: Language):
    found, title = tables(troubled, language), catalogue(language).word("Health")
    assert [row[2] for row in found["tblHealthRefreshes"]] == [one.sales for one in REFRESHES[-MOST_REFRESHES:]]
    assert len(openpyxl.load_workbook(troubled)[title]._charts) == 2
    calm = TROUBLED._replace(refreshes=REFRESHES[:1], empty_cells=CELLS[:1])
    path = written(tmp_path, calm, language)
    sheet = openpyxl.load_workbook(path)[title]
    said = {cell.value for row in sheet.iter_rows() for cell in row}
    assert sheet._charts == []
    assert {catalogue(language).word(words) for words in (
        "One refresh so far; from the second on, a chart shows the rows of each.",
        "No column of sales has an empty cell among those that are watched.",
    )} <= said  # fmt: skip


def test_names_of_files_stay_text(troubled: Path, language: Language):
    sheet = openpyxl.load_workbook(troubled)[catalogue(language).word("Health")]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=costs.csv"]
    assert cell.data_type == "s"


def test_without_a_lake_the_sheet_says_that_nothing_is_recorded(tmp_path: Path, language: Language):
    path = written(tmp_path, None, language)
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book[catalogue(language).word("Health")]
    said = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    none = "No lake that can be read lies here, so the data behind the model cannot be examined."
    assert catalogue(language).word(none) in said
    assert any("promo refresh" in words for words in said)
    assert not any("2025" in words or words.endswith(" 0") for words in said)


def test_a_model_without_its_lake_still_makes_a_workbook(demo_workspace: Path, tmp_path: Path):
    from scorer.workspace import Workspace

    home = Workspace(demo_workspace)
    home.lake("demo").unlink()
    plan = short_list(demo_workspace / "upcoming.csv", tmp_path / "upcoming.csv")
    out = tmp_path / "plan.xlsx"
    try:
        verbs.workbook(home, plan, out, "demo")
    except TooManyRejects:
        assert out.exists()
    assert openpyxl.load_workbook(out)["Health"]["B5"].value.startswith("No lake that can be read")


def test_a_lake_that_is_damaged_is_as_none(demo_workspace: Path):
    from scorer.workspace import Workspace

    home = Workspace(demo_workspace)
    home.lake("demo").write_text("no lake", encoding="utf-8")
    assert health_beside(home, home.choose("demo")) is None
    for verb in (verbs.health, verbs.train):
        with pytest.raises(FileUnreadable, match="promo refresh"):
            verb(home, "demo")


def test_of_many_files_those_set_aside_and_the_latest_are_shown_and_the_others_counted(tmp_path: Path):
    many = [ExportSeen("sales", f"day_{at:03d}.csv", 10, 0, DAY - timedelta(days=at), None, "") for at in range(MOST_EXPORTS + 5)]
    path = written(tmp_path, TROUBLED._replace(exports=[*many, EXPORTS[1]]))
    said = [cell.value for row in openpyxl.load_workbook(path)["Health"].iter_rows() for cell in row]
    assert {"a.csv", "day_000.csv", "Further files: 6. promo health --json lists them all."} <= set(said)
    assert f"day_{MOST_EXPORTS + 4:03d}.csv" not in said


def test_a_lake_that_kept_no_record_is_as_none(demo_workspace: Path):
    from scorer.workspace import Workspace

    home = Workspace(demo_workspace)
    chosen = home.choose("demo")
    assert health_beside(home, chosen).exports
    with connect(home.lake("demo")) as con:
        con.execute("DROP TABLE refreshes")
    assert health_beside(home, chosen) is None


def test_empty_cells_are_counted_anew_where_a_lake_did_not_count_them(demo_workspace: Path):
    from scorer.workspace import Workspace

    home = Workspace(demo_workspace)
    kept = verbs.health(home, "demo").empty_cells
    with connect(home.lake("demo")) as con:
        con.execute("DROP TABLE empty_cells")
    assert verbs.health(home, "demo").empty_cells == kept
    assert {cells.column for cells in kept} >= {"units", "region"}
