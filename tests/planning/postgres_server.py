"""A PostgreSQL server of its own for tests: a temporary cluster on a socket in a temporary folder, no port, no password."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

USER = "postgres"  # the server refuses to run as root; its package makes this account


class Server(NamedTuple):
    """Where a running server is reached; every test takes a database of its own."""

    socket: Path
    programs: Path
    as_user: tuple[str, ...]

    def database(self, name: str) -> str:
        """Make a database and return its address."""
        command = [*self.as_user, str(self.programs / "createdb"), "-h", str(self.socket), "-U", USER, name]
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=60)
        return f"postgresql://{USER}@/{name}?host={self.socket}"


def programs() -> Path | None:
    """Find the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def server_or_skip() -> Iterator[Server]:
    """Run a server; without the programs tests are skipped, but fail where everything must run."""
    found = programs()
    if found is None:
        why = "PostgreSQL (package postgresql) is not installed: a plan log on a server cannot be tried"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(why)
        pytest.skip(why)
    # a short path of its own: sockets have at most some hundred letters, and another account must reach it
    folder = Path(tempfile.mkdtemp(prefix="promo-pg-"))
    try:
        yield from _running(found, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running(programs: Path, folder: Path) -> Iterator[Server]:
    as_user: tuple[str, ...] = ()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        import pwd  # not everywhere there is one

        as_user = ("runuser", "-u", USER, "--")
        account = pwd.getpwnam(USER)
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data)]
    made = [*as_user, str(programs / "initdb"), "-D", str(data), "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(made, check=True, capture_output=True, cwd="/", timeout=120)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    start = [*control, "-w", "-l", str(folder / "log"), "-o", options, "start"]
    # its children must not hold our pipes open, or waiting for the end of their output would never end
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", timeout=120)
    try:
        yield Server(folder, programs, as_user)
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/", timeout=60)
