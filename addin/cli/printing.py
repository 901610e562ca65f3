"""What the verbs of ``promo addin`` say on the screen, and as data for a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addin.build.package import Built
from addin.catalog import Function
from addin.doctor import Finding
from addin.installation.installed import Installed
from addin.installation.ledger import Undone
from scorer.cli.screen import row, say, screen, table

_SIGNS = {"ok": "✓ ok", "warning": "! warning", "trouble": "✗ trouble"}


def functions(every: Mapping[str, Function]) -> None:
    """Print the worksheet functions, one row each."""
    shown = table("Function", "What it does", "What it gives", words=("What it does", "What it gives"))
    for one in every.values():
        row(shown, one.signature, one.help, one.gives)
    screen().print(shown)


def functions_as_data(every: Mapping[str, Function]) -> list[dict[str, Any]]:
    """Return the worksheet functions for a program."""
    return [
        {
            "name": one.name,
            "signature": one.signature,
            "help": one.help,
            "gives": one.gives,
            "example": one.example,
            "arguments": [{"name": of.name, "help": of.help, "optional": of.optional} for of in one.arguments],
        }
        for one in every.values()
    ]


def built(done: Built) -> None:
    """Print where the add-in was written, and the fingerprint by which a signed or copied one is compared."""
    to = screen()
    say(to, f"Written to {done.path}")
    say(to, f"SHA-256 {done.fingerprint}")


def built_as_data(done: Built) -> dict[str, Any]:
    """Return the same for a program, without the text of the macros."""
    return {"path": done.path, "fingerprint": done.fingerprint, "modules": sorted(done.modules), "parts": done.parts}


def installed(done: Installed) -> None:
    """Print what an installation left, file by file."""
    to = screen()
    for path in done.written:
        say(to, f"Written: {path}")
    for path in done.unchanged:
        say(to, f"As it should be: {path}")
    if done.python is not None:
        say(to, f"Answered by: {done.python}")
    for note in done.notes:
        say(to, note)
    say(to, done.next_step)


def uninstalled(done: Undone) -> None:
    """Print what went, what came back, and what was left alone."""
    to = screen()
    lists = {"Removed": done.removed, "As it was before": done.restored, "Kept, as it was changed since": done.kept}
    for words, paths in lists.items():
        for path in paths:
            say(to, f"{words}: {path}")
    if not any(lists.values()):
        say(to, "Nothing was installed.")


def findings(every: list[Finding], not_looked_at: str | None) -> None:
    """Print what the doctor found, with what to do about it."""
    to = screen()
    shown = table("What", "State", "Seen", "What to do", words=("State", "Seen", "What to do"))
    for one in every:
        row(shown, one.name, _SIGNS[one.state], one.words, one.remedy)
    to.print(shown)
    if not_looked_at:
        say(to, not_looked_at)
