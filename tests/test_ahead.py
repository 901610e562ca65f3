"""An iterator that runs ahead: the same pieces in the same order, errors where they belong, and no thread left."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import suppress

import pytest

from scorer.ahead import running_ahead


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "runs ahead"]


def test_all_pieces_come_in_order() -> None:
    with running_ahead(n for n in range(100)) as pieces:
        assert list(pieces) == list(range(100))


def test_a_piece_that_is_nothing_is_a_piece() -> None:
    with running_ahead(found for found in (0, "", (), False)) as pieces:
        assert list(pieces) == [0, "", (), False]


def test_an_error_is_raised_where_its_piece_is_asked_for() -> None:
    def made() -> Generator[int, None, None]:
        yield 1
        raise ValueError("the second cannot be read")

    with running_ahead(made()) as pieces:
        assert next(pieces) == 1
        with pytest.raises(ValueError, match="the second cannot be read"):
            next(pieces)


def test_the_next_piece_is_made_while_one_is_worked_on() -> None:
    made = threading.Event()

    def both() -> Generator[str, None, None]:
        yield "first"
        made.set()
        yield "second"

    with running_ahead(both()) as pieces:
        next(pieces)
        assert made.wait(timeout=30)


def test_no_more_than_what_waits_is_made_ahead() -> None:
    made = []

    def counted() -> Generator[int, None, None]:
        for n in range(1_000):
            made.append(n)
            yield n

    with running_ahead(counted(), waiting=1) as pieces:
        next(pieces)
    assert len(made) <= 4  # worked on, waiting, in the thread's hands, and one more when the block ended


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_a_block_that_ends_early_closes_the_generator(taken: int) -> None:
    closed = []

    def opened() -> Generator[int, None, None]:
        try:
            yield from range(1_000)
        finally:
            closed.append(threading.current_thread().name)

    with suppress(KeyboardInterrupt), running_ahead(opened()) as pieces:
        for _ in range(taken):
            next(pieces)
        raise KeyboardInterrupt
    assert closed == ["runs ahead"]  # where it was begun: what it holds may belong to its thread


def test_an_error_that_nobody_asked_for_does_not_stand_in_the_way() -> None:
    def broken() -> Generator[int, None, None]:
        raise ValueError("never asked for")
        yield 1

    with running_ahead(broken()):
        pass
