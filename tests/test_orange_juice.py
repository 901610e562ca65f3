"""Real weekly sales of 60 to 80 stores: honest skill, no more and no less. Learns once, in about twenty seconds."""

import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from scorer import verbs
from scorer.columns import DAY, fetch
from scorer.lake.engines.duckdb import connect
from scorer.workspace import Workspace

ROOT = Path(__file__).parents[1]
CLIENT_FILE = ROOT / "tests" / "clients" / "orange_juice.toml"
DATA = Path(os.environ.get("PROMO_SHARED_DATA", ROOT.parent / "shared" / "data")) / "orange_juice"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the orange juice exports are not in {DATA}")


@pytest.fixture(scope="module")
def juice(shared):
    """A workspace with the exports and the client file, refreshed and trained once for all workers."""
    root = shared("juice", _learn)
    return Workspace(root), *pickle.loads((root / "learnt.pickle").read_bytes())


def _learn(root):
    workspace = Workspace(root)
    workspace.clients.mkdir()
    shutil.copy(CLIENT_FILE, workspace.client_file("orange_juice"))
    shutil.copytree(DATA, workspace.exports("orange_juice"))
    learnt = verbs.refresh(workspace), verbs.train(workspace)
    (root / "learnt.pickle").write_bytes(pickle.dumps(learnt))


@pytest.fixture(scope="module")
def evaluation(juice):
    return juice[2].evaluation


def test_every_row_is_used(juice):
    refreshed = juice[1]
    assert all(count.rejected == 0 for count in refreshed.counts)
    assert (refreshed.basis, refreshed.period_days, refreshed.matching.keys) == ("units", 7, ("store", "product"))
    assert refreshed.learnable > 0.98 * refreshed.promotions > 9_000


def test_the_lift_is_foreseen_better_than_by_the_simple_rule(evaluation):
    assert evaluation.out_of_time.r2_log_lift > 0.2
    assert evaluation.out_of_time.r2_log_lift > evaluation.simple_rule.r2_log_lift + 0.1
    assert evaluation.out_of_time.mae_log_lift < evaluation.simple_rule.mae_log_lift
    assert evaluation.out_of_time.wape_sales < evaluation.simple_rule.wape_sales


def test_promotions_that_earned_are_ranked_above_those_that_lost(evaluation):
    assert evaluation.out_of_time.auc_profit > 0.62
    assert evaluation.out_of_time.auc_profit > evaluation.simple_rule.auc_profit


def test_intervals_hold_the_truth_as_often_as_they_say(evaluation):
    found = evaluation.out_of_time
    assert 0.75 < found.coverage_80 < 0.87
    assert 0.42 < found.coverage_50 < 0.60
    assert 0.90 < found.coverage_95 < 0.99


def test_promotions_that_never_happened_cannot_be_foreseen(evaluation):
    assert evaluation.placebo.r2_log_lift < 0.1


def test_a_random_split_flatters(evaluation):
    assert evaluation.random_split.r2_log_lift > evaluation.out_of_time.r2_log_lift + 0.1


def test_the_test_is_later_than_the_clients_day(evaluation):
    assert evaluation.test_from == "1991-10-01"
    assert evaluation.tested_rows > 1_500 and evaluation.tested_events > 50


def test_past_promotions_scored_again_get_words_and_figures(juice, tmp_path):
    """A list of products and stores as a buyer would write it, for the weeks after the data."""
    workspace, refreshed, _ = juice
    con = connect(workspace.lake("orange_juice"), read_only=True)
    past = fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date DESC, promotion_id LIMIT 60")
    con.close()
    start = np.datetime64(refreshed.data_cut) + 8 * DAY
    lines = [
        f"P{at},{past['store'][at]},{past['product'][at]},{past['product_category'][at]},{past['product_subcategory'][at]},"
        f"{past['promotion_type'][at]},{past['region'][at]},{past['discount_percentage'][at]:.2f},{start},{start + 6}"
        for at in range(60)
    ]
    header = "promotion_id,store,product,product_category,product_subcategory,promotion_type,region,discount_percentage,start_date,end_date"
    (tmp_path / "plan.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    done = verbs.score(workspace, tmp_path / "plan.csv", tmp_path / "scores.csv")
    assert (done.rows_in, done.scored, done.rejected) == (60, 60, 0)
    assert set(done.verdicts) <= {"GO", "OPTIMISE", "NOT ENOUGH EVIDENCE", "DON'T LAUNCH"}
    assert done.totals["sales_units_expected"] > 0
