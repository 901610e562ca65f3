"""How a command ends: a sentence and an exit code for every error, a written trace for a bug."""

from __future__ import annotations

import errno
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scorer.errors import EXIT_BUG, OutputRefused, PromoError
from scorer.lean import import_lean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import typer

    from scorer.benchmarks import Part

INTERRUPTED = 130
# What the machine does not allow is no bug: no permission, no space, a disk or share that is only read.
THE_SYSTEMS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def main(further_benchmarks: Callable[[], Mapping[str, Part]] | None = None, /, **groups: typer.Typer) -> None:
    """Run ``promo``, with groups of commands beside its verbs, and leave the process with the exit code of what happened.

    further_benchmarks: gives what 'promo benchmarks' is to measure beside the scorer itself, by name.
    """
    speak_safely()
    import_lean()
    try:
        from scorer.cli.app import app

        for name, group in groups.items():
            app.add_typer(group, name=name)
        app(prog_name="promo", obj=further_benchmarks)
    except PromoError as refused:
        print(f"promo: {refused}", file=sys.stderr)
        sys.exit(refused.exit_code)
    except KeyboardInterrupt:
        _stopped()
    except Exception as bug:  # noqa: BLE001 - the last stop of every error
        if _is_stopped_query(bug):
            _stopped()
        if isinstance(bug, OSError) and bug.errno in THE_SYSTEMS:
            print(f"promo: {_refusal(bug)}", file=sys.stderr)
            sys.exit(OutputRefused.exit_code)
        if _is_refused_write(bug):
            print(f"promo: A file was not written: {bug}. Check the folder and the space left on the disk.", file=sys.stderr)
            sys.exit(OutputRefused.exit_code)
        print(f"promo: {_confession(bug)}", file=sys.stderr)
        sys.exit(EXIT_BUG)


def _stopped() -> NoReturn:
    print("promo: stopped; what was there before is unchanged.", file=sys.stderr)
    sys.exit(INTERRUPTED)


def _is_stopped_query(error: Exception) -> bool:
    """Whether Ctrl-C met a query: DuckDB then raises this in place of KeyboardInterrupt."""
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"


def _is_refused_write(error: Exception) -> bool:
    """Whether the database could not write a file, a temporary one of its own perhaps: it has its own error for that."""
    return type(error).__name__ == "IOException" and "Could not write file" in str(error)


def speak_safely() -> None:
    """Let a console or file that cannot show a sign, such as ▲ under an old code page, show '?' instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _refusal(error: OSError) -> str:
    no_room = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    remedy = "Make room." if no_room else "Check that you may read and write there."
    return f"{error.filename or 'A file'} could not be used: {error.strerror}. {remedy}"


def _confession(bug: Exception) -> str:
    what = f"This is a bug in promo, not a mistake of yours ({type(bug).__name__}: {bug})."
    if "--debug" in sys.argv:
        traceback.print_exception(bug)
        return what
    return f"{what} {_keep_trace(bug)}"


def _keep_trace(bug: Exception) -> str:
    """Write the trace where anyone may write, and say where it is."""
    again = "'promo --debug ...' shows it here."
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="promo-bug-", suffix=".txt", delete=False) as file:
            traceback.print_exception(bug, file=file)
    except OSError:
        return f"The details could not be written; {again}"
    return f"The details are in {Path(file.name)}; {again}"
