"""From a list to the plan log and on to post-event, by the verbs and by the command line, on the example retailer."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from scorer import verbs
from scorer.columns import fetch
from scorer.economics.promotion import outcome
from scorer.errors import DecisionRefused, InputRefused, NothingToWorkOn, ReasonMissing, TooManyRejects, UsageError
from scorer.lake.engines.duckdb import connect
from scorer.plan import read_plan
from scorer.planning.log.freeze import used_terms
from scorer.planning.log.overrides import as_figure, parse
from scorer.results import Committed
from scorer.scoring import score
from scorer.workspace import Workspace
from tests.conftest import Home
from tests.promo_command import promo


@pytest.fixture
def home(demo_home: Home, tmp_path: Path) -> Workspace:
    """A workspace with lake and model of the example, whose plan log may be written."""
    root = tmp_path / "home"
    root.mkdir()
    for name in ("clients", "lake", "models"):
        shutil.copytree(demo_home.workspace.root / name, root / name)
    return Workspace(root)


@pytest.fixture
def upcoming(demo_home: Home, tmp_path: Path) -> Path:
    """The first usable rows of the list of the example."""
    usable = set(demo_home.plan().columns["promotion_id"][:12])
    with demo_home.upcoming.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["promotion_id"] in usable]
    return written(tmp_path / "upcoming.csv", rows)


@pytest.fixture
def past(demo_home: Home, tmp_path: Path) -> Path:
    """Promotions of the last weeks of the sales history, as a list: what came of them is in the lake already."""
    file = demo_home.workspace.exports("demo") / "promotions.csv"
    with file.open(encoding="utf-8", newline="") as open_file:
        rows = [row for row in csv.DictReader(open_file) if row["start_date"] >= "2026-06-01" and row["end_date"] <= "2026-06-28"]
    known: dict[str, dict[str, str]] = {row["promotion_id"]: row for row in rows}
    return written(tmp_path / "past.csv", list(known.values())[:30])


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def rewritten(path: Path, **columns: dict[str, str]) -> Path:
    """The list with further columns, filled for some promotions."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return written(path, [{**row, **{name: cells.get(row["promotion_id"], "") for name, cells in columns.items()}} for row in rows])


def committed(*arguments: Any, **named: Any) -> Committed:
    """Commit; a list with many refused rows is fine here."""
    try:
        return verbs.commit(*arguments, **named)
    except TooManyRejects as told:
        return cast("Committed", told.done)


def test_what_is_frozen_is_what_score_says(home: Workspace, upcoming: Path, demo_home: Home) -> None:
    done = verbs.commit(home, upcoming)
    assert {one.outcome for one in done.filed} == {"new"}
    scored = score(read_plan(upcoming, demo_home.client), demo_home.model, demo_home.client)
    entries = {entry.promotion_id: entry for entry in verbs.plans(home)}
    assert len(entries) == len(scored.answer["verdict"]) == 12
    for at, name in enumerate(scored.plan["promotion_id"].tolist()):
        frozen = entries[name].frozen
        for column, values in scored.answer.items():
            value = values[at]
            expected = None if value is None or value != value else value
            if isinstance(expected, np.datetime64):
                expected = str(expected)
            assert frozen.figures[column] == expected, column
        assert frozen.inputs["discount_percentage"] == scored.plan["discount_percentage"][at]
        assert frozen.inputs["own"] == {"leaflet_week": scored.given["leaflet_week"][at]}
        assert (frozen.model_version, frozen.data_cut) == (demo_home.model.version, demo_home.model.data_cut)
        assert frozen.figures["naive_lift"] > -1


def test_an_override_keeps_the_models_figure_and_recomputes_the_money(home: Workspace, upcoming: Path) -> None:
    (first, *_) = [entry.promotion_id for entry in _logged(home, upcoming)]
    done = verbs.commit(home, upcoming, promotions=[first], overrides={"lift": 0.35}, why="new display")
    (beside,) = done.overridden
    frozen = next(entry.frozen for entry in verbs.plans(home) if entry.promotion_id == first)
    money = outcome(used_terms(frozen.figures, frozen.inputs), frozen.figures["baseline_units"], 0.35)
    assert frozen.override is not None
    assert frozen.override["why"] == "new display"
    assert frozen.override["figures"]["incremental_profit_expected"] == pytest.approx(money.profit)
    assert frozen.figures["lift_expected"] == beside["model_lift_expected"] != 0.35
    assert (beside["planner_lift_expected"], beside["planner_incremental_profit_expected"]) == (0.35, pytest.approx(money.profit))


def _logged(home: Workspace, upcoming: Path) -> list[Any]:
    verbs.commit(home, upcoming)
    return verbs.plans(home)


def test_overrides_stand_in_the_list_each_with_its_reason(home: Workspace, upcoming: Path, demo_home: Home) -> None:
    a, b, c, d = demo_home.plan().columns["promotion_id"][:4]
    plan = rewritten(
        upcoming,
        lift_override={a: "35%", b: "0.2", c: "-3"},
        baseline_override={d: "40"},
        override_reason={a: "new display", c: "a feeling", d: "shop was rebuilt"},
    )
    done = committed(home, plan)
    told = dict(zip(done.rejects["promotion_id"], done.rejects["reason"], strict=True))
    assert told == {
        b: "an override needs a reason: fill the column override_reason",
        c: "lift_override is not a lift such as 0.35 or 35%, above -1",
    }
    entries = {entry.promotion_id: entry.frozen for entry in verbs.plans(home)}
    assert set(entries) == set(demo_home.plan().columns["promotion_id"][:12]) - {b, c}
    assert entries[a].override["lift"] == 0.35  # type: ignore[index]
    # a baseline of the planner's own: the model's stands beside it, by its own method
    days = entries[d].inputs["duration_days"]
    assert entries[d].override["figures"]["baseline_units"] == pytest.approx(40 * days)  # type: ignore[index]
    assert entries[d].figures["baseline_method"] != "override"


@pytest.mark.parametrize(
    ("named", "error", "said"),
    [
        ({"overrides": {"lift": 0.3}, "why": "x"}, UsageError, "name it with --promotion"),
        ({"overrides": {"lift": 0.3}, "promotions": ["U0001"]}, ReasonMissing, "An override needs a reason"),
        ({"status": "committed"}, ReasonMissing, "--why"),
        ({"status": "done"}, UsageError, "Say one of: draft, planned, approved, committed"),
        ({"promotions": ["U9999"]}, InputRefused, "no usable promotion 'U9999'"),
    ],
)
def test_what_cannot_be_committed_is_refused_before_anything_is_written(
    home: Workspace, upcoming: Path, named: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        verbs.commit(home, upcoming, **named)
    assert not home.log("demo").exists()


def test_another_discount_is_a_new_revision(home: Workspace, upcoming: Path) -> None:
    verbs.commit(home, upcoming)
    again = verbs.commit(home, upcoming)
    assert {one.outcome for one in again.filed} == {"unchanged"}
    with upcoming.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["discount_percentage"] = "0.17"
    changed = verbs.commit(home, written(upcoming, rows))
    assert [one.outcome for one in changed.filed] == ["revised"] + ["unchanged"] * 11
    assert changed.filed[0].revision == 2


def test_without_a_log_there_is_nothing_to_look_at(home: Workspace) -> None:
    for ask in (verbs.plans, verbs.post_event, verbs.track):
        with pytest.raises(NothingToWorkOn, match="promo commit LIST"):
            ask(home)
    assert not home.log("demo").exists()


def test_only_committed_promotions_are_measured(home: Workspace, upcoming: Path) -> None:
    verbs.commit(home, upcoming)
    with pytest.raises(NothingToWorkOn, match="No promotion of client 'demo' is committed"):
        verbs.post_event(home)


def test_a_coming_promotion_is_too_early(home: Workspace, upcoming: Path) -> None:
    verbs.commit(home, upcoming, status="committed", why="agreed")
    done = verbs.post_event(home)
    assert len(done.compared.waiting["why"]) == 12
    assert all(why.startswith("too early") for why in done.compared.waiting["why"])
    assert {str(entry.status) for entry in verbs.plans(home)} == {"committed"}


def test_past_promotions_are_measured_by_the_lake_as_training_measured_them(home: Workspace, past: Path, demo_home: Home) -> None:
    logged = committed(home, past, status="committed", why="for the record")
    assert "say nothing about the forecast" in logged.notes[-1]
    done = verbs.post_event(home)
    rows = done.compared.rows
    assert done.newly_measured == len(rows["promotion_id"]) >= 20
    assert {str(entry.status) for entry in verbs.plans(home)} <= {"actual", "committed"}
    con = connect(demo_home.lake, read_only=True)
    known = fetch(con, "SELECT promotion_id, quantity, expected_quantity FROM training_rows WHERE cohort = 'real'")
    con.close()
    lifts = dict(zip(known["promotion_id"], known["quantity"] / known["expected_quantity"] - 1, strict=True))
    for name, lift in zip(rows["promotion_id"].tolist(), rows["actual_lift"].tolist(), strict=True):
        assert lift == pytest.approx(lifts[name]), name
    # they were committed when their sales were known: they say nothing about the forecast
    assert done.compared.coverage.measured == 0
    again = verbs.post_event(home)
    assert again.newly_measured == 0
    assert again.compared.totals == done.compared.totals
    counted, currency = verbs.track(home)
    assert (counted.measured, counted.success_rate, currency) == (again.tracking.measured, again.tracking.success_rate, "EUR")


def test_a_file_states_what_came_and_strangers_are_refused(home: Workspace, past: Path, tmp_path: Path) -> None:
    committed(home, past, status="approved", why="agreed")
    names = [entry.promotion_id for entry in verbs.plans(home)]
    verbs.decide(home, "commit", names[:2], "printed")
    file = written(tmp_path / "sold.csv", [{"promotion_id": name, "units": 500, "revenue": 900} for name in (*names[:3], "P-0")])
    done = verbs.post_event(home, file)
    found = dict(zip(done.compared.rows["promotion_id"], done.compared.rows["actual_units"], strict=True))
    assert found == {names[0]: pytest.approx(500), names[1]: pytest.approx(500)}
    assert done.refused is not None
    told = dict(zip(done.refused["promotion_id"], done.refused["reason"], strict=True))
    assert told[names[2]] == "it is approved, not committed"
    assert told["P-0"].startswith("the plan log does not have it")
    # what was stated stays, until another file says otherwise
    assert verbs.post_event(home).compared.rows["actual_units"].tolist() == pytest.approx([500, 500])


def test_two_clients_share_nothing(home: Workspace, upcoming: Path) -> None:
    client = home.client_file("demo").read_text(encoding="utf-8")
    home.client_file("rival").write_text(client.replace('client = "demo"', 'client = "rival"'), encoding="utf-8")
    for name in ("lake", "models"):
        place = home.root / name / "demo"
        if place.is_dir():
            shutil.copytree(place, home.root / name / "rival")
    verbs.commit(home, upcoming, client="demo")
    with pytest.raises(NothingToWorkOn, match="'rival' has no plan log"):
        verbs.plans(home, "rival")


def test_rows_without_an_id_are_refused_for_they_could_not_be_told_from_those_of_another_list(home: Workspace, upcoming: Path) -> None:
    with upcoming.open(encoding="utf-8", newline="") as file:
        rows = [{name: cell for name, cell in row.items() if name != "promotion_id"} for row in csv.DictReader(file)]
    with pytest.raises(NothingToWorkOn, match="an id of its own"):
        verbs.commit(home, written(upcoming, rows))
    assert not home.log("demo").exists()


def test_a_promotion_that_began_without_being_committed_is_named(home: Workspace, past: Path) -> None:
    committed(home, past, status="approved", why="agreed")
    first, *others = [entry.promotion_id for entry in verbs.plans(home)]
    verbs.decide(home, "commit", [first], "printed")
    (note,) = verbs.post_event(home).notes
    assert note.startswith(f"{len(others)} approved promotions have begun and were never committed")
    with pytest.raises(UsageError, match="Did you mean 'committed'"):
        verbs.plans(home, status="comitted")


def test_a_team_shares_a_log_on_a_server(home: Workspace, upcoming: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMO_LOG_URL", postgres.database("team"))
    done = verbs.commit(home, upcoming, status="approved", why="agreed")
    assert done.log.startswith("postgresql+psycopg://")
    verbs.decide(home, "commit", ["U0001"], "printed")
    assert [entry.promotion_id for entry in verbs.plans(home, status="committed")] == ["U0001"]
    assert verbs.post_event(home).compared.waiting["promotion_id"].tolist() == ["U0001"]
    assert not home.log("demo").exists()


# ---------------------------------------------------------------------------------------------- the command line
def test_the_command_line_tells_the_story(home: Workspace, upcoming: Path, past: Path) -> None:
    folder = home.root
    first = promo(folder, "commit", str(upcoming))
    assert first.code == 0, first.err
    assert "12 new in the log" in first.out
    refused = promo(folder, "decide", "commit", "U0001", "--why", "go")
    assert refused.code == DecisionRefused.exit_code
    assert "U0001 is planned: it cannot become committed. From there it can become: approved, rejected." in refused.err
    assert "U0001 is approved now." in promo(folder, "decide", "approve", "U0001", "--why", "budget").out
    own = promo(folder, "commit", str(upcoming), "--promotion", "U0002", "--override", "lift=40%", "--why", "new display")
    assert "40.0 %" in own.out
    assert "new display" in own.out
    listed = json.loads(promo(folder, "plans", "list", "--status", "approved", "--json").out)
    assert [plan["promotion_id"] for plan in listed] == ["U0001"]
    shown = json.loads(promo(folder, "plans", "show", "U0002", "--json").out)
    assert shown["override"]["lift"] == 0.4
    assert [step["status"] for step in shown["history"]] == ["draft", "planned", "planned", "draft", "planned"]
    promo(folder, "commit", str(past), "--status", "committed", "--why", "history")
    learnt = promo(folder, "post-event", "--out", "post_event.xlsx")
    assert learnt.code == 0, learnt.err
    assert "Planned profit" in learnt.out
    assert (folder / "post_event.xlsx").stat().st_size > 20_000
    asked = json.loads(promo(folder, "post-event", "--json").out)
    parts = ("effect_baseline", "effect_lift", "effect_price", "effect_cost")
    assert sum(asked["totals"][part] for part in parts) == pytest.approx(asked["totals"]["variance"], abs=0.01)
    tracked = json.loads(promo(folder, "plans", "tracking", "--json").out)
    assert (tracked["measured"], tracked["currency"]) == (len(asked["rows"]), "EUR")


def test_overrides_are_read_as_people_write_them() -> None:
    assert parse(["lift=0.35", "baseline=12.5"]) == {"lift": 0.35, "baseline": 12.5}
    for wrong in ("lift", "lift=much", "lift=-1", "baseline=-3", "lfit=0.3", "lift=nan", "lift=inf"):
        with pytest.raises(UsageError):
            parse([wrong])
    assert as_figure("lift", 0.2) == 0.2
