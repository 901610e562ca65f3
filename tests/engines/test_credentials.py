"""Who one is stands in the environment or in the platform's own configuration; it is refused elsewhere, and never repeated."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scorer.errors import BadSettings, EngineUnusable, ExtraMissing
from scorer.lake.engines import databricks
from scorer.settings import Engine
from scorer.verbs.verifying import engine_of
from tests.promo_command import PROMO, ROOT

CANARY = "c4n4ry-t0k3n"


@pytest.mark.parametrize(
    "address", [f"sc://host:443/;token={CANARY}", f"sc://planner:{CANARY}@host", f"spark://host:7077?password={CANARY}"]
)
def test_an_address_with_a_secret_is_refused_and_not_repeated(address):
    for settings, asked in ((Engine(), address), (Engine(master=address), None)):
        with pytest.raises(BadSettings, match="SPARK_REMOTE") as refused:
            engine_of(settings, "spark", asked)
        assert CANARY not in str(refused.value)


def test_no_setting_has_room_for_a_secret():
    assert set(Engine.model_fields) == {"name", "master", "storage", "connection"}


def test_what_is_lacking_is_named_and_what_is_there_is_not_shown():
    with pytest.raises((EngineUnusable, ExtraMissing)) as refused:
        databricks.connect({databricks.TOKEN: CANARY, databricks.HOST_TOO: "https://acme.example"})
    assert CANARY not in str(refused.value)
    if isinstance(refused.value, EngineUnusable):
        assert databricks.PATH in str(refused.value)


SECRETS = ("SNOWFLAKE_PASSWORD", "SNOWFLAKE_TOKEN", "SNOWFLAKE_PRIVATE_KEY_FILE_PWD", "DATABRICKS_TOKEN", "SPARK_CONNECT_AUTHENTICATE_TOKEN")


@pytest.mark.parametrize("engine", ["snowflake", "databricks"])
def test_secrets_of_the_environment_go_nowhere(engine: str, tmp_path: Path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **dict.fromkeys(SECRETS, CANARY)}
    command = [sys.executable, "-c", PROMO, "--debug", "verify", "--engine", engine]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False)
    assert ended.returncode in {EngineUnusable.exit_code, ExtraMissing.exit_code}
    assert CANARY.encode() not in ended.stdout + ended.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file() and CANARY in path.read_text(errors="replace")] == []
