"""Snowflake's SQL on an emulator, through Snowflake's own connector; no account is asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scorer.lake.engines.snowflake import told_by
from scorer.verification.comparing import TOLERANCE
from scorer.verification.steps import ANSWERS
from scorer.verification.stored import read_inputs
from tests.engines.kept_tables import KEPT
from tests.promo_command import ROOT

# An environment of its own: the emulator wants another connector and another database than the product.
PACKAGES = ("fakesnow==0.12.1", "snowflake-connector-python==4.8.1", "duckdb==2.0.1", "numpy==2.4.6", "pydantic==2.14.4")
CANARY = "c4n4ry-p4ssw0rd"


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, str]:
    home = tmp_path_factory.mktemp("snowflake")
    file = home / "connections.toml"
    file.write_text(
        f'[closed]\naccount = "acme"\nuser = "planner"\npassword = "{CANARY}"\nhost = "127.0.0.1"\nport = 9\nlogin_timeout = 1\n',
        encoding="utf-8",
    )
    file.chmod(0o600)
    uv = shutil.which("uv")
    wanted = [argument for package in PACKAGES for argument in ("--with", package)]
    command = [uv or "uv", "run", "--quiet", "--no-project", "--python", "3.11", *wanted, "python", str(Path(__file__).with_name("snowflake_emulated.py"))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SNOWFLAKE_HOME": str(home)}
    environment.pop("VIRTUAL_ENV", None)
    try:
        ended = subprocess.run(command, cwd=home, env=environment, capture_output=True, timeout=300, check=False)
    except FileNotFoundError:
        ended = subprocess.CompletedProcess(command, 127, b"", b"uv is not on the path")
    said = ended.stderr.decode("utf-8", errors="replace")
    if ended.returncode:
        why = f"the emulator's environment could not be made or used: {said[-400:]}"
        if os.environ.get("CI") == "true" or "Traceback" in said:
            pytest.fail(why)
        pytest.skip(why)
    return json.loads(ended.stdout), said


def test_every_table_made_there_is_the_stored_one(emulated):
    found, _ = emulated
    assert found["faults"] == []
    assert found["tables"] == list(ANSWERS)
    assert found["gap"] <= TOLERANCE
    assert found["rows_sent"] == 1_000


def test_a_table_goes_there_and_back(emulated):
    plan = read_inputs()["plan"]
    assert emulated[0]["round_trip"] == dict.fromkeys(plan.types, len(plan.columns["plan_row"]))


def test_a_lake_refreshed_there_keeps_the_stored_answers(emulated):
    made = emulated[0]["refreshed"]
    assert made["faults"] == []
    assert made["tables"] == list(KEPT)
    assert made["learnable"] > 50


def test_what_it_says_of_a_statement_becomes_a_sentence(emulated):
    assert emulated[0]["wrong"].startswith("snowflake did not do its work: ")
    assert "nowhere" in emulated[0]["wrong"].lower()


def test_nothing_stays_there(emulated):
    assert emulated[0]["left"] == []


def test_a_refusal_repeats_no_password(emulated):
    found, said = emulated
    assert "Snowflake (closed) was not reached" in found["refusal"]
    assert "| None | True" in found["refusal"], "the connector's own error, which may hold it, is not carried along"
    assert CANARY not in json.dumps(found) + said


def test_only_what_is_named_is_taken_from_the_environment():
    assert told_by({"SNOWFLAKE_USER": "planner", "SNOWFLAKE_LOG": "x", "USER": "root"}) == {"user": "planner"}
