"""One run at a time for each client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scorer.errors import RunLocked
from scorer.lock import FREE, client_lock, holder
from scorer.processes import Process, is_gone, started, this_process

_HOLD = """
import pathlib, sys
from scorer.lock import client_lock
with client_lock(pathlib.Path(sys.argv[1]), "acme"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lake" / "acme.lock"


def _hold_elsewhere(path: Path) -> subprocess.Popen[str]:
    run = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "held\n"
    return run


def _leave(path: Path, process: Process) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"client": "acme", **process._asdict(), "since": "2026-11-21 10:15:00 UTC"}))


def _take(path: Path) -> list[str]:
    said: list[str] = []
    with client_lock(path, "acme", said.append):
        assert holder(path) is not None
    return said


def test_the_lock_says_who_holds_it_and_is_free_afterwards(path: Path) -> None:
    with client_lock(path, "acme") as me:
        assert holder(path) == me
        assert (me.client, me.process) == ("acme", this_process())
    assert path.read_text() == FREE
    assert _take(path) == []


def test_it_is_released_when_the_run_fails(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), client_lock(path, "acme"):
        raise ZeroDivisionError
    assert _take(path) == []


def test_a_second_run_of_the_same_process_is_refused(path: Path) -> None:
    with client_lock(path, "acme"):
        with pytest.raises(RunLocked, match=f"process {os.getpid()} on"), client_lock(path, "acme"):
            pass
        assert holder(path) is not None, "the refused run must not release the lock of the other"


def test_another_process_is_refused_until_it_ends(path: Path) -> None:
    run = _hold_elsewhere(path)
    with pytest.raises(RunLocked, match=f"client 'acme'.*process {run.pid} on"), client_lock(path, "acme"):
        pass
    run.communicate("\n")
    assert _take(path) == []


def test_a_killed_run_is_taken_over_aloud(path: Path) -> None:
    run = _hold_elsewhere(path)
    run.kill()
    run.communicate()
    assert holder(path) is not None
    said = _take(path)
    assert len(said) == 1
    assert f"process {run.pid}" in said[0]


def test_clients_do_not_block_each_other(tmp_path: Path) -> None:
    with client_lock(tmp_path / "a.lock", "a"), client_lock(tmp_path / "b.lock", "b"):
        pass


def test_a_number_used_again_is_another_process(path: Path) -> None:
    _leave(path, this_process()._replace(started="another boot"))
    assert "takes over" in _take(path)[0]


def test_a_living_holder_is_believed_even_without_the_system_lock(path: Path) -> None:
    _leave(path, this_process())
    with pytest.raises(RunLocked), client_lock(path, "acme"):
        pass
    assert holder(path) is not None


def test_a_holder_on_another_machine_is_believed(path: Path) -> None:
    _leave(path, Process("another-machine", 1, "long ago"))
    with pytest.raises(RunLocked, match=r"another-machine.*remove"), client_lock(path, "acme"):
        pass
    path.unlink()
    assert _take(path) == []


@pytest.mark.parametrize("content", [b"{", b"\xff\x00", b"[]", b'{"host": 1}', b"[" * 5000, b'{"pid": "x"}'])
def test_half_a_text_is_taken_over_aloud(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert "unreadable" in _take(path)[0]


def test_only_one_of_many_takes_over(path: Path) -> None:
    """Eight runs find the lock of a dead one at once; one gets it and holds it until the others gave up."""
    _leave(path, this_process()._replace(started="another boot"))
    script = _HOLD.replace("import pathlib, sys", "import pathlib, sys\nfrom scorer.errors import RunLocked")
    script = (
        script.replace("with client", "try:\n  with client")
        .replace("    print", "      print")
        .replace("    sys", "      sys")
    )
    script += "except RunLocked:\n    print('refused', flush=True)\n"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    said = sorted(run.stdout.readline().strip() for run in runs if run.stdout)
    for run in runs:
        run.communicate("\n")
    assert said == ["held"] + ["refused"] * 7


def test_processes_are_told_apart() -> None:
    run = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    there = Process(this_process().host, run.pid, started(run.pid) or "")
    assert not is_gone(there)
    assert is_gone(there._replace(started="before"))
    run.communicate(b"\n")
    assert is_gone(there)
    assert started(-1) is None
    assert started(2**40) is None
