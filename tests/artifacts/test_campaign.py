"""Models spoilt at random: refused, or exactly as before; whatever else happens has a name."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scorer import campaign
from scorer.artifacts.bundle import read_bundle
from scorer.artifacts.mutants import WAYS, forge, mutant
from scorer.artifacts.protocol import MANIFEST
from scorer.artifacts.tables import parquet_bytes
from scorer.artifacts.ubjson import compose, parse
from scorer.contracts.exports import PLAN
from scorer.errors import BundleRefused
from scorer.features import with_features
from scorer.golden import replay
from scorer.model import open_model
from tests.artifacts.spoiling import small_bundle
from tests.promo_command import promo

ROUNDS = 1_500


@pytest.fixture(scope="module")
def small(original_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bundle(original_home, tmp_path_factory.mktemp("small"))


def test_nothing_spoilt_is_believed(small: Path) -> None:
    found = campaign.run(small, ROUNDS, seed=11)
    assert [one for one in found.findings if one.ending != "different"] == []
    assert found.held
    ends = Counter({"damaged": 0})
    for kinds in (found.damaged, found.forged):
        for kind in kinds.values():
            ends.update(kind)
    assert sum(ends.values()) == ROUNDS and ends["refused"] > ROUNDS / 2
    assert ends["same"] > ROUNDS / 100, "too few got through for the comparison to mean anything"


def test_every_way_of_spoiling_is_taken_and_can_be_repeated(small: Path) -> None:
    files = {path.name: path.read_bytes() for path in small.iterdir()}
    made = [mutant(files, random.Random(f"7/{at}")) for at in range(400)]
    assert {one.kind for one in made} == set(WAYS)
    assert {one.forged for one in made} == {True, False}
    assert [mutant(files, random.Random(f"7/{at}")) == made[at] for at in range(0, 400, 40)] == [True] * 10


def test_a_campaign_sees_what_it_looks_for(small: Path, tmp_path: Path) -> None:
    """A reader that believed other leaves, or died, would be found out: here the forger also writes the golden rows."""
    files = {path.name: path.read_bytes() for path in small.iterdir()}
    found = parse(files["lift.ubj"])
    learner = found["learner"]["learner_model_param"]
    learner["base_score"] = "[2.5E-1]"
    files["lift.ubj"] = compose(found)
    golden = read_bundle(small).parquet("golden.parquet")
    desk = campaign._Desk(tmp_path, {path.name: path.read_bytes() for path in small.iterdir()}, small.name)
    one = campaign.Mutant("by hand", "lift.ubj", forged=True, files={**files, MANIFEST: _forged(files)})
    assert desk.judge(one)[0] == "refused"  # golden rows notice
    model = open_model(read_bundle(_laid_out(tmp_path / "forged", one.files)), 1)
    rows, position = with_features({name: golden[name] for name in PLAN.names}, model)
    golden["golden_centre"][position] = model.lift.predict(rows).centre
    files["golden.parquet"] = parquet_bytes(golden)
    ending, _, holds = desk.judge(campaign.Mutant("by hand", "lift.ubj", forged=True, files={**files, MANIFEST: _forged(files)}))
    assert (ending, holds) == ("different", False)  # golden rows forged as well: only the signature is left


def _refusal(parts: Any) -> str:
    try:
        replay(parts, open_model(parts, 1))
    except BundleRefused as why:
        return str(why)
    return ""


def _forged(files: dict[str, bytes]) -> bytes:
    return forge(files, json.loads(files[MANIFEST]))


def _laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    place = folder / json.loads(files[MANIFEST])["version"]
    place.mkdir(parents=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


@pytest.mark.parametrize("booster", ["lift.ubj", "success.ubj"])
def test_no_leaf_can_be_another_one_unnoticed(small: Path, tmp_path: Path, booster: str) -> None:
    """Every leaf that a past promotion falls into is asked for by a golden row."""
    files = {path.name: path.read_bytes() for path in small.iterdir()}
    trees = parse(files[booster])["learner"]["gradient_booster"]["model"]["trees"]
    unnoticed = []
    for tree in range(0, len(trees), 3):
        leaves = [at for at, child in enumerate(trees[tree]["left_children"].tolist()) if child == -1]
        for leaf in leaves:
            found = parse(files[booster])
            weights = found["learner"]["gradient_booster"]["model"]["trees"][tree]["split_conditions"].copy()
            weights[leaf] += 0.05
            found["learner"]["gradient_booster"]["model"]["trees"][tree]["split_conditions"] = weights
            spoilt = {**files, booster: compose(found)}
            place = _laid_out(tmp_path / f"{tree}-{leaf}", {**spoilt, MANIFEST: _forged(spoilt)})
            parts = read_bundle(place)
            if "golden rows" not in _refusal(parts):
                unnoticed.append((tree, leaf))
            shutil.rmtree(place)
    assert unnoticed == []


def test_the_command_says_what_came_of_it(original_home: Any, tmp_path: Path) -> None:
    for part in ("clients", "models"):
        shutil.copytree(original_home.workspace.root / part, tmp_path / part)
    ended = promo(tmp_path, "models", "fuzz", "--rounds", "40", "--seed", "3")
    assert ended.code == 0, ended.err
    assert "40 spoilt copies" in ended.out and "Held: nothing else was believed." in ended.out
