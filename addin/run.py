"""One run of a button: what its handler is handed, and what it gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from addin.before import BeforeImage
    from addin.conversation import Conversation
    from addin.session import Desk


class Stamp(NamedTuple):
    """When a run began (UTC, ISO 8601), who pressed, and the id that names it on every sheet and in the log."""

    at: str
    who: str
    run_id: str


class Run(NamedTuple):
    """A button that was pressed: the workbook it works on, the desk that answers it, and the person it talks with.

    before: takes the before-image of whatever the handler is about to write or add.
    """

    button: str
    book: Any
    desk: Desk
    talk: Conversation
    stamp: Stamp
    before: BeforeImage


class Finished(NamedTuple):
    """What a handler did: the sentences for the person, and what the log says of it.

    done: False where the person said no, or nothing was to be done. The rest is for the log: model, data_cut and input_hash
    are empty where no model or no list was read; logged is False for runs that have nothing to do with this workbook.
    """

    words: str
    done: bool = True
    model: str = ""
    data_cut: str = ""
    input_hash: str = ""
    rows_in: int | None = None
    scored: int | None = None
    rejected: int | None = None
    logged: bool = True


class Pressed(NamedTuple):
    """What became of a press of a button: whether its work was done, what the person was told, and the sheets it added."""

    name: str
    done: bool
    words: str
    sheets: tuple[str, ...] = ()
