"""What travels from training to scoring: the same features, the same forecasts, and nothing that was touched."""

import json
import shutil
from datetime import UTC, datetime

import numpy as np
import pytest

from scorer import verbs
from scorer.artifacts import documents
from scorer.artifacts.store import Store
from scorer.columns import fetch, length, take
from scorer.contracts.exports import PLAN
from scorer.errors import BundleRefused, ModelNotFound
from scorer.estimators.promotion_lift import load_booster
from scorer.features import with_features
from scorer.golden import PART, golden_part, leaves_of, replay
from scorer.lake.engines.duckdb import connect
from scorer.model import BUNDLE_TASK, facts, nearest_past, open_model, pack, snapshot
from scorer.settings import Client
from scorer.tasks import TASKS
from scorer.training import fit
from scorer.workspace import Workspace

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def training_rows(home):
    con = connect(home.lake, read_only=True)
    rows = fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id, plan_row")
    con.close()
    return rows


def as_plan(rows):
    """Past promotions as a planner would have listed them."""
    nothing = {column.name: np.full(length(rows), None if column.kind == "text" else np.nan) for column in PLAN.columns}
    said = {name: rows[name] for name in PLAN.names if name in rows and name not in ("list_price", "unit_cost")}
    unsaid = {"num_overlapping_campaigns": np.full(length(rows), np.nan), "given_campaigns": np.full(length(rows), np.nan)}
    return {**nothing, **said, **unsaid}


@pytest.mark.parametrize("name", ["demo_home", "original_home"])
def test_features_at_scoring_are_those_of_training_to_the_last_bit(request, name):
    """One definition: every past promotion, looked up in the history that travels with the model."""
    home = request.getfixturevalue(name)
    rows = training_rows(home)
    found, position = with_features(as_plan(rows), home.model)
    assert position.tolist() == list(range(length(rows)))
    for feature in dict.fromkeys(feature for task in TASKS.values() for feature in task.features):
        assert np.array_equal(found[feature], rows[feature], equal_nan=rows[feature].dtype.kind == "f"), feature
    assert np.array_equal(found["baseline_units"], rows["baseline_units"])
    assert found["baseline_method"].tolist() == rows["baseline_method"].tolist()


@pytest.fixture(scope="module")
def kept(original_home, tmp_path_factory):
    """A model fitted here, and the same after it was written, promoted, read and opened."""
    rows = training_rows(original_home)
    fitted = fit(rows, original_home.client.training)
    con = connect(original_home.lake, read_only=True)
    about = json.loads(fetch(con, "SELECT shape FROM about")["shape"][0])
    about |= {"evidence": True, "evidence_sentence": "", "evaluation": {}}
    parts = pack(fitted.lift, fitted.success, rows, about, snapshot(con)) | golden_part(rows, fitted)
    stated = facts("original", "0.1.0", original_home.model.data_cut, fitted.lift, fitted.success, {})
    store = Store(tmp_path_factory.mktemp("store") / "original")
    store.promote(BUNDLE_TASK, store.write(parts, stated, NOW), "test", "test", NOW)
    return rows, fitted, store.open(BUNDLE_TASK), parts


def test_saving_and_loading_changes_nothing(kept):
    rows, fitted, parts, _ = kept
    model = open_model(parts, 2)
    before, after = fitted.lift.predict(rows), model.lift.predict(rows)
    for name in ("centre", "scale", "expected", "point"):
        assert (getattr(before, name) == getattr(after, name)).all(), name
    assert all((before.quantile(q) == after.quantile(q)).all() for q in (0.05, 0.5, 0.95))
    assert (fitted.success.predict(rows) == model.success.predict(rows)).all()
    replay(parts, model)


def test_what_was_read_can_be_written_again_to_the_same_bytes(kept):
    _, _, parts, written = kept
    model = open_model(parts, 1)
    assert bytes(model.lift.booster.save_raw("ubj")) == written["lift.ubj"]
    assert documents.encode(model.lift.form()) == written["lift.json"]
    assert documents.encode(model.success.form()) == written["success.json"]


def test_golden_rows_notice_other_features(kept):
    _, _, parts, _ = kept
    model = open_model(parts, 1)
    model.history.execute("UPDATE item_asof SET d0 = d0 * 1.01, d1 = d1 * 1.01, d2 = d2 * 1.01, d3 = d3 * 1.01")
    with pytest.raises(BundleRefused, match="golden rows"):
        replay(parts, model)


def test_golden_rows_notice_other_trees(kept):
    rows, _, parts, _ = kept
    other = fit(rows, Client(client="x").training.model_copy(update={"seed": 8})).lift
    with pytest.raises(BundleRefused, match="Train again"):
        replay(parts, open_model(parts, 1)._replace(lift=other))


def test_golden_rows_are_spread_over_the_history_and_over_every_leaf(kept):
    rows, fitted, parts, _ = kept
    golden = parts.parquet(PART)
    assert 12 <= length(golden) < 60
    inside = leaves_of(rows, fitted)
    met = inside[np.isin(rows["promotion_id"], golden["promotion_id"])].any(axis=0)
    assert met.all() and len(met) > 1000
    assert {golden["promotion_id"][0], golden["promotion_id"][-1]} == {rows["promotion_id"][0], rows["promotion_id"][-1]}


def test_no_placebo_travels(demo_home):
    assert set(demo_home.parts.parquet("priors.parquet")["cohort"]) == {"real"}


def test_a_bundle_is_data_only(demo_home):
    endings = {path.suffix for path in demo_home.bundle.iterdir()}
    assert endings == {".ubj", ".json", ".parquet", ".md", ".png"}


def test_the_manifest_states_what_the_model_is(demo_home):
    stated = demo_home.parts.facts
    assert (stated.client, stated.data_cut) == ("demo", demo_home.refreshed.data_cut)
    assert stated.metrics["rows"] == demo_home.trained.evaluation.rows and stated.metrics["evidence"] is True
    assert {"xgboost", "duckdb", "numpy"} <= set(stated.libraries)


def test_nearest_past_promotions(demo_home):
    past = demo_home.model.past
    row = {name: column[100] for name, column in past.items()}
    assert nearest_past(demo_home.model, row, 1)["log_lift"].tolist() == [past["log_lift"][np.flatnonzero(_alike(past, row))[0]]]


def _alike(past, row):
    names = ("promotion_type", "product_category", "product_subcategory", "discount_percentage", "duration_days")
    return np.logical_and.reduce([past[name] == row[name] for name in names])


# --- touched, cut short, taken away -------------------------------------------------------------------------------------------


@pytest.fixture
def copied(original_home, tmp_path):
    """A workspace with a model that may be spoilt, and the folder of its serving version."""
    for part in ("clients", "models"):
        shutil.copytree(original_home.workspace.root / part, tmp_path / part)
    bundle = tmp_path / original_home.bundle.relative_to(original_home.workspace.root)
    return Workspace(tmp_path), bundle, original_home.upcoming


def refused(workspace, plan):
    with pytest.raises(BundleRefused) as told:
        verbs.score(workspace, plan)
    assert told.value.exit_code == 4
    assert "promo models rollback" in str(told.value) or "promo train" in str(told.value)
    return str(told.value)


def test_one_changed_byte_in_any_file_is_refused(copied):
    workspace, bundle, plan = copied
    for path in sorted(bundle.iterdir()):
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        assert path.name in refused(workspace, plan) or path.name == "manifest.json"
        path.write_bytes(whole)
    assert verbs.score(workspace, plan).scored == 30


def test_files_cut_short_or_missing_or_added_are_refused(copied):
    workspace, bundle, plan = copied
    whole = (bundle / "lift.ubj").read_bytes()
    (bundle / "lift.ubj").write_bytes(whole[:-1])
    assert "lift.ubj" in refused(workspace, plan)
    (bundle / "lift.ubj").unlink()
    assert "lacks lift.ubj" in refused(workspace, plan)
    (bundle / "lift.ubj").write_bytes(whole)
    (bundle / "more.json").write_text("{}")
    assert "more.json" in refused(workspace, plan)


def test_without_a_model_the_words_say_how_to_train(copied):
    workspace, _, plan = copied
    shutil.rmtree(workspace.models("original"))
    with pytest.raises(ModelNotFound, match="'promo train --client original' makes one") as told:
        verbs.score(workspace, plan)
    assert told.value.exit_code == 4


def test_a_version_that_is_not_there_is_refused_with_those_that_are(copied):
    workspace, bundle, plan = copied
    with pytest.raises(ModelNotFound, match=bundle.name):
        verbs.score(workspace, plan, version="20200101T000000Z-00000000")
    model, _ = verbs.load(workspace, version=bundle.name)
    assert model.version == bundle.name


def test_forecasts_do_not_need_the_lake(copied):
    workspace, _, plan = copied
    assert not workspace.lake("original").exists()
    assert verbs.score(workspace, plan).scored == 30


def test_a_slice_of_rows_finds_its_own_features(demo_home):
    rows = training_rows(demo_home)
    some = np.array([900, 3, 1500, 3])
    found, _ = with_features(as_plan(take(rows, some)), demo_home.model)
    assert found["log_baseline"].tolist() == rows["log_baseline"][some].tolist()


def test_trees_that_xgboost_will_not_read_are_refused():
    """The audit lets a list pass in whichever of two ways it is packed; XGBoost does not."""
    with pytest.raises(BundleRefused, match=r"lift\.ubj was refused: XGBoost cannot read it"):
        load_booster(b"{}", 1, "lift.ubj")
