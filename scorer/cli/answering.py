"""How every verb of the command line ends: its answer on the screen or as JSON, also when rows were refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import typer

from scorer.cli import machine
from scorer.errors import TooManyRejects

if TYPE_CHECKING:
    from scorer.workspace import Workspace

Done = TypeVar("Done")


def at(folder: Path) -> Workspace:
    """Return the workspace in a folder."""
    from scorer.workspace import Workspace

    return Workspace(folder)


def answer(done: Any, as_json: bool, to_screen: Callable[[Any], None], to_machine: Callable[[Any], Any] = machine.plain) -> None:
    """Print what a verb gave back, for people or for a program."""
    if as_json:
        typer.echo(machine.to_json(to_machine(done)))
    else:
        to_screen(done)


def listed(verb: Callable[[], Done]) -> tuple[Done, TooManyRejects | None]:
    """Run a verb that may be done and complain all the same: what it did is shown before the complaint."""
    try:
        return verb(), None
    except TooManyRejects as told:
        return cast("Done", told.done), told


def complain(error: Exception | None) -> None:
    """Raise what was held back until the answer was shown."""
    if error is not None:
        raise error
