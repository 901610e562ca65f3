"""What the parts of a model must hold: whoever makes the hashes fit gets no further than this."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scorer import contents
from scorer.artifacts import documents
from scorer.artifacts.bundle import read_bundle
from scorer.artifacts.limits import LIMITS
from scorer.artifacts.mutants import forge
from scorer.artifacts.protocol import MANIFEST
from scorer.artifacts.tables import columns_from, parquet_bytes
from scorer.contracts.snapshot import SNAPSHOT
from scorer.errors import BundleRefused
from scorer.evaluation import Skill
from scorer.golden import replay
from scorer.lake.history import SNAPSHOT_TABLES
from scorer.model import open_model
from tests.artifacts.spoiling import small_bundle


@pytest.fixture(scope="module")
def small(original_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bundle(original_home, tmp_path_factory.mktemp("small"))


@pytest.fixture
def opened(small: Path, tmp_path: Path) -> Callable[[dict[str, bytes]], None]:
    """Open a model with some parts exchanged and the hashes made to fit."""

    def open_with(changed: dict[str, bytes]) -> None:
        folder = Path(shutil.copytree(small, tmp_path / "forged"))
        for name, content in changed.items():
            (folder / name).write_bytes(content)
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        (folder / MANIFEST).write_bytes(forge(files, json.loads(files[MANIFEST])))
        parts = read_bundle(folder.rename(tmp_path / json.loads((folder / MANIFEST).read_bytes())["version"]))
        replay(parts, open_model(parts, 1))

    return open_with


def test_the_model_itself_passes(opened: Any) -> None:
    opened({})


def test_the_figures_of_an_evaluation_and_the_tables_are_those_of_today() -> None:
    assert Skill._fields == contents.SKILL_NAMES
    assert set(SNAPSHOT) == set(SNAPSHOT_TABLES)


def _set(*path: Any) -> Callable[[Any], None]:
    *inner, last, value = path

    def change(found: Any) -> None:
        for step in inner:
            found = found[step]
        found[last] = value

    return change


DOCUMENTS: list[tuple[str, Callable[[Any], Any], str]] = [
    ("about.json", _set("basis", "tons"), "'basis' is none of"),
    ("about.json", _set("period_days", 10**30), "'period_days'"),
    ("about.json", _set("period_days", True), "'period_days'"),
    ("about.json", _set("evidence", 1), "'evidence' is neither"),
    ("about.json", _set("evidence_sentence", "x" * 10_000), "'evidence_sentence'"),
    ("about.json", lambda found: found.pop("matching"), "lacks matching"),
    ("about.json", _set("matching", "keys", ["region) FROM plan; COPY plan TO 'stolen.csv'; --"]), "'keys' names no keys"),
    ("about.json", _set("matching", "cost_keys", ["start_date"]), "'cost_keys' names no keys"),
    ("about.json", _set("matching", "event", [["region"]]), "'event' names no keys"),
    ("about.json", _set("matching", "keys", ["region", "region"]), "names a key twice"),
    ("about.json", _set("matching", "sales_have_category", "yes"), "neither true nor false"),
    ("about.json", _set("support", "discount", [0.5, 0.1]), "not a range"),
    ("about.json", _set("support", "levels", {"discount_percentage": []}), "hold no names"),
    ("about.json", _set("support", "levels", {"region": [1]}), "are not texts"),
    ("about.json", _set("evaluation", "placebo", {}), "'placebo' lacks r2_log_lift"),
    ("about.json", _set("evaluation", "out_of_time", "coverage_80", "1"), "no figure"),
    ("about.json", _set("evaluation", "rows", -1), "not a count"),
    ("lift.json", _set("encoding", "features", 0, "price"), "those of the contract"),
    ("lift.json", _set("encoding", "levels", {}), "does not code the features"),
    ("lift.json", _set("encoding", "levels", "region", {"north": 1e300}), "has no codes"),
    ("lift.json", _set("encoding", "levels", "region", {"north": "1"}), "has no codes"),
    ("lift.json", _set("scale", [0.1]), "1 terms instead of 7"),
    ("lift.json", _set("scale", 0, 10**390), "plain numbers"),
    ("lift.json", _set("scale", -1, 700.0), "range it is held in"),
    ("lift.json", _set("scale", -1, -49.0), "range it is held in"),
    ("lift.json", _set("shape", "p", 0, 2.0), "no rising probabilities"),
    ("lift.json", _set("shape", "z", 0, 9_000.0), "'z' does not rise"),
    ("lift.json", _set("shape", "z", -1, 1e200), "plain numbers"),
    ("lift.json", lambda found: found["shape"]["z"].pop(), "of one length"),
    ("lift.json", _set("shape", []), "is not an object"),
    ("success.json", _set("score", 0, 0.9999), "'score' does not rise"),
    ("success.json", _set("probability", 0, -0.5), "below 0"),
    ("success.json", _set("probability", -1, 1.5), "plain numbers"),
    ("success.json", lambda found: (found["score"].clear(), found["probability"].clear()), "of one length"),
]


@pytest.mark.parametrize(("part", "change", "why"), DOCUMENTS)
def test_a_document_that_does_not_hold_a_model_is_refused(small: Path, opened: Any, part: str, change: Any, why: str) -> None:
    found = json.loads((small / part).read_bytes())
    change(found)
    with pytest.raises(BundleRefused, match=why) as told:
        opened({part: documents.encode(found)})
    assert part in str(told.value)


def _column(name: str, values: Callable[[Any], Any]) -> Callable[[dict[str, Any]], object]:
    return lambda table: table.update({name: values(table[name])})


TABLES: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("item_asof.parquet", _column("d0", lambda d: np.where(np.arange(len(d)) == 3, 1e300, d)), "beyond anything"),
    ("item_asof.parquet", _column("d0", lambda d: np.where(np.arange(len(d)) == 3, -np.inf, d)), "beyond anything"),
    ("item_asof.parquet", _column("week_index", lambda w: np.full(len(w), -(2**63))), "beyond anything"),
    ("item_asof.parquet", _column("d1", lambda d: np.array([str(v) for v in d], dtype=object)), "not those of the history"),
    ("item_asof.parquet", lambda table: table.pop("spread"), "not those of the history"),
    ("item_asof.parquet", lambda table: table.update(more=table["d0"]), "not those of the history"),
    ("date_table.parquet", _column("day", lambda d: np.full(len(d), d[0])), "day stand in it more than once"),
    ("weekday_counts.parquet", _column("duration_days", lambda d: d * 0 + 1), "more than once"),
    ("settings.parquet", lambda table: table.update({k: np.concatenate([v, v]) for k, v in table.items()}), "2 rows instead of one"),
    ("recent_sales.parquet", _column("day", lambda d: np.full(len(d), np.datetime64("290000-01-01", "D"))), "beyond anything"),
    ("past.parquet", _column("log_lift", lambda v: v * 1e300), "beyond anything"),
    ("past.parquet", _column("promotion_id", lambda v: np.arange(len(v), dtype=float)), "of another kind"),
    ("past.parquet", lambda table: table.pop("store"), "not those it should have"),
    ("golden.parquet", lambda table: table.pop("golden_centre"), "not those it should have"),
    ("golden.parquet", lambda table: table.update({k: v[:0] for k, v in table.items()}), "0 rows|of another kind"),
    ("golden.parquet", _column("golden_scale", lambda v: v * np.nan), "is missing in it"),
    ("golden.parquet", _column("golden_score", lambda v: v + 0.01), "golden rows do not get"),
]


@pytest.mark.parametrize(("part", "change", "why"), TABLES)
def test_a_table_that_is_not_what_the_model_reads_is_refused(small: Path, opened: Any, part: str, change: Any, why: str) -> None:
    table = columns_from((small / part).read_bytes())
    change(table)
    with pytest.raises(BundleRefused, match=why) as told:
        opened({part: parquet_bytes(table)})
    assert part in str(told.value) or "golden rows" in str(told.value)


def test_golden_rows_of_the_first_versions_are_still_asked(small: Path, opened: Any) -> None:
    table = columns_from((small / "golden.parquet").read_bytes())
    del table["golden_score"]
    opened({"golden.parquet": parquet_bytes(table)})


def test_a_table_that_unpacks_to_any_size_is_refused_before_it_is_unpacked(small: Path) -> None:
    bomb = parquet_bytes({"a": np.array(["x" * 100_000] * 200, dtype=object)})
    assert len(bomb) < 20_000
    with pytest.raises(Exception, match="bytes unpacked"):
        columns_from(bomb, LIMITS._replace(table_bytes=50_000))
    with pytest.raises(Exception, match="columns; 0 is the most"):
        columns_from(bomb, LIMITS._replace(table_columns=0))
