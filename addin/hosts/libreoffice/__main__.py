"""``python -m addin.hosts.libreoffice --pipe NAME``: what LibreOffice starts when a cell or button finds nobody to answer."""

from __future__ import annotations

import argparse
import os
import sys

from addin.configuration import FILE_NAMED
from addin.hosts.libreoffice.serving import serve
from scorer.errors import PromoError
from scorer.lean import import_lean


def main() -> int:
    """Serve until the office ends; the exit code is that of what went wrong."""
    parser = argparse.ArgumentParser(description="Answers the functions and buttons of one LibreOffice.")
    parser.add_argument("--pipe", required=True, help="the name the office listens on")
    parser.add_argument("--settings", help="the file that says which workspace and client to serve")
    parser.add_argument("--yes", action="store_true", help="answer every question of a button with yes")
    given = parser.parse_args()
    if given.settings:
        os.environ[FILE_NAMED] = given.settings
    import_lean()
    try:
        serve(given.pipe, answers_yes=given.yes)
    except PromoError as refused:
        sys.stderr.write(f"promo: {refused}\n")
        return refused.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
