"""What a worker does with a part of a list, asked here, without a cluster: the answers are those of a list scored at home."""

from __future__ import annotations

import numpy as np
import pytest

from scorer import scoring
from scorer.columns import Columns, length, stack
from scorer.contracts.scored import SCORED
from scorer.errors import BundleRefused
from scorer.lake.engines.arrow import from_arrow
from scorer.pieces import ANSWER_TYPES, LINE, REFUSED, Shipment, answers, batches, opened, shipment
from scorer.plan import read_plan
from tests.conftest import Home
from tests.engines.conftest import list_of


@pytest.fixture(scope="module")
def listed(demo_home: Home, tmp_path_factory: pytest.TempPathFactory):
    return read_plan(list_of(demo_home, 900, tmp_path_factory.mktemp("lists") / "plan.parquet"), demo_home.client)


def sent(home: Home, name: str = "plan.parquet") -> Shipment:
    return shipment(home.parts, home.client, name, explain=True)


def travelled(home: Home, plan, monkeypatch: pytest.MonkeyPatch, rows: int) -> Columns:
    monkeypatch.setattr("scorer.pieces._ROWS", rows)
    ship = sent(home, plan.name)
    parts = (batch for table in batches(plan) for batch in table.to_batches())
    return stack(from_arrow(batch) for batch in answers(lambda: ship)(parts))


@pytest.mark.parametrize("rows", [170, 10_000])
def test_answers_that_travelled_are_those_given_at_home(demo_home, listed, monkeypatch, rows):
    here = scoring.score(listed, demo_home.model, demo_home.client)
    there = travelled(demo_home, listed, monkeypatch, rows)
    assert list(there) == list(ANSWER_TYPES)
    answered = np.array([reason is None for reason in there[f"{REFUSED}reason"]])
    for name in SCORED.names:
        np.testing.assert_array_equal(there[name][answered], here.answer[name], err_msg=name)
    assert sorted(there[LINE].tolist()) == sorted(listed.lines.tolist())
    assert 0 < length(here.rejects) - length(listed.rejects) == int((~answered).sum())
    refused_here = dict(zip(here.rejects["line"].tolist(), here.rejects["reason"].tolist(), strict=True))
    for line, why in zip(there[LINE][~answered], there[f"{REFUSED}reason"][~answered], strict=True):
        assert refused_here[line] == why


def test_a_model_is_opened_once_in_a_worker(demo_home):
    assert opened(sent(demo_home)) is opened(sent(demo_home))


def test_a_bundle_that_changed_on_its_way_is_refused(demo_home, monkeypatch):
    monkeypatch.setattr("scorer.pieces._open", {})
    ship = sent(demo_home)
    spoilt = ship.files | {"lift.ubj": ship.files["lift.ubj"][:-1] + b"\x00"}
    with pytest.raises(BundleRefused, match="sha256"):
        opened(ship._replace(files=spoilt))
