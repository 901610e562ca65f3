"""The next piece of work is made ready while this one is done: an iterator that runs ahead on a thread of its own."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from threading import Event, Thread
from typing import NamedTuple, TypeVar

Piece = TypeVar("Piece")
WAITING = 1  # pieces that are ready and wait: memory holds few of them
_PATIENCE = 0.02  # seconds between looks at whether the thread has ended
_INTERRUPTED = 0.5  # seconds: on Windows, what waits without an end cannot be interrupted from the keyboard


class _Raised(NamedTuple):
    why: BaseException


@contextmanager
def running_ahead(pieces: Generator[Piece, None, None], waiting: int = WAITING) -> Iterator[Iterator[Piece]]:
    """Hand out the same pieces in the same order; a thread makes the next ones, so many of them, before they are asked for.

    What making a piece raises is raised where that piece is asked for. When the block ends, the thread ends after the piece
    it is making, and closes the generator.

    >>> with running_ahead(n * n for n in range(3)) as squares:
    ...     list(squares)
    [0, 1, 4]
    """
    ready: Queue[Piece | _Raised | None] = Queue(waiting)
    over = Event()

    def make() -> None:
        last: _Raised | None = None
        try:
            for piece in pieces:
                ready.put(piece)
                if over.is_set():
                    break
            pieces.close()
        except BaseException as why:  # noqa: BLE001 - raised again where the piece is asked for
            last = _Raised(why)
        ready.put(last)

    def handed_out() -> Iterator[Piece]:
        while (piece := _patiently(ready)) is not None:
            if isinstance(piece, _Raised):
                raise piece.why
            yield piece

    thread = Thread(target=make, name="runs ahead")
    thread.start()
    try:
        yield handed_out()
    finally:
        over.set()
        while thread.is_alive():  # it may wait for room
            with suppress(Empty):
                ready.get(timeout=_PATIENCE)


def _patiently(ready: Queue[Piece | _Raised | None]) -> Piece | _Raised | None:
    while True:
        with suppress(Empty):
            return ready.get(timeout=_INTERRUPTED)
