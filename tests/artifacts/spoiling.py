"""A small whole model for the tests that spoil one: trained in earnest, then left with its first few trees."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scorer.artifacts.bundle import write_bundle
from scorer.columns import fetch
from scorer.golden import golden_part
from scorer.lake.engines.duckdb import connect
from scorer.model import facts, pack, snapshot
from scorer.training import Fitted, SimpleRule

TREES = 8


def small_bundle(home: Any, folder: Path) -> Path:
    """Write the model of a home with a few of its trees, and golden rows to match; returns the folder of the version."""
    con = connect(home.lake, read_only=True)
    rows = fetch(con, "SELECT * FROM training_rows WHERE cohort = 'real' ORDER BY start_date, promotion_id, plan_row")
    history = snapshot(con)
    con.close()
    model = home.model
    lift = model.lift._replace(booster=model.lift.booster[:TREES])
    few = model.success.classifier._replace(booster=model.success.classifier.booster[:TREES])
    fitted = Fitted(lift, model.success._replace(classifier=few), SimpleRule(1.0, lift.shape))
    about = json.loads((home.bundle / "about.json").read_bytes())
    parts = pack(fitted.lift, fitted.success, rows, about, history) | golden_part(rows, fitted)
    stated = facts(model.client, "0.3.0", model.data_cut, fitted.lift, fitted.success, {"rows": len(rows["log_lift"])})
    return folder / write_bundle(folder, parts, stated, datetime(2026, 11, 21, tzinfo=UTC))
