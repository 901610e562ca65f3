"""``promo`` as a user runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PROMO = "import sys; from addin.cli import main; sys.exit(main())"


class Ended(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def promo(folder: Path, *arguments: str, encoding: str = "utf-8") -> Ended:
    """Run ``promo`` in a folder, not watched by anyone."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "COLUMNS": "100"}
    # as at a user's: compiling every library anew would take longer than the work
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", PROMO, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False)
    return Ended(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))
