"""Whatever bytes a file holds, it is refused in words or every line of it is accounted for.

A reader that hangs or ends its process is found by the clock and the exit code of a process of its own, which tries
thousands of files. ``PROMO_FUZZ=seconds`` makes the campaign as long as wanted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.errors import PromoError
from scorer.planning.optimise.rules import read_rules
from scorer.planning.scenario_file import read_scenarios
from scorer.settings import read_client
from tests.hostile.lists import PLAIN
from tests.promo_command import ROOT

SECONDS = int(os.environ.get("PROMO_FUZZ", "12"))
SEED = int(os.environ.get("PROMO_FUZZ_SEED", "7"))
KINDS = ("csv", "xlsx", "parquet", "toml")


@pytest.mark.parametrize("kind", KINDS)
def test_a_campaign_of_mutated_files(tmp_path: Path, kind: str) -> None:
    """Each file is whole before it is mutated; the campaign says what it ran, and its last file stays when it dies."""
    command = [sys.executable, "-m", "tests.hostile.campaign", kind, str(SEED), str(SECONDS / len(KINDS)), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS + 240, check=False)
    assert run.returncode == 0, f"{run.stderr.decode()[-3000:]}\nThe file is in {tmp_path}."
    print(run.stdout.decode())


@settings(max_examples=150)
@given(content=st.binary(max_size=300))
@pytest.mark.parametrize("read", [read_client, read_rules, read_scenarios], ids=lambda read: read.__name__)
def test_settings_of_any_bytes_are_refused_in_words(tmp_path_factory, read, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / f"settings{os.getpid()}.toml"
    path.write_bytes(content)
    try:
        read(path)
    except PromoError as refused:
        said = str(refused)
    else:
        said = path.name
    assert path.name in said


@settings(max_examples=150)
@given(content=st.binary(max_size=600), at=st.integers(0, len(PLAIN)))
def test_a_list_with_any_bytes_in_it_ties(tmp_path_factory, content: bytes, at: int) -> None:
    from tests.hostile.campaign import lines_tie

    path = tmp_path_factory.getbasetemp() / f"any{os.getpid()}.csv"
    path.write_bytes(PLAIN[:at] + content + PLAIN[at:])
    lines_tie(path)
