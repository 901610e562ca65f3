"""One run at a time for each client, across processes and across the systems that ``promo`` runs on.

The lock is a small file that says who holds it. The operating system's own lock on that file is held for as
long as the run lives and falls with it, so a killed run never blocks the next one. Where that lock cannot
see the holder (another machine on a shared folder), the file's own words decide.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from scorer.errors import OutputRefused, RunLocked
from scorer.processes import Process, is_gone, this_process

FREE = "free\n"
_MOST = 4096  # bytes of a lock file that are read
# far behind the content: Windows keeps others from reading the bytes that are locked
_LOCKED_BYTE = 1 << 30

_log = logging.getLogger(__name__)
# what runs in another thread has a context of its own and sees nothing lent
_lent: ContextVar[dict[Path, Holder]] = ContextVar("_lent")


class Holder(NamedTuple):
    """Who holds a lock, and since when (UTC)."""

    client: str
    process: Process
    since: str

    def __str__(self) -> str:
        return f"{self.process}, since {self.since}"


@contextmanager
def client_lock(path: Path, client: str, say: Callable[[str], object] = _log.warning) -> Iterator[Holder]:
    """Hold the client's lock while the block runs.

    A lock whose holder ran on this machine and is no longer alive (or whose number belongs to another
    process by now) is taken over, and ``say`` is told so. Raises RunLocked when another run holds it, also
    one of the same process, unless that one lends it.
    """
    lender = _lent.get({}).get(path)
    if lender is not None:
        yield lender
        return
    me = Holder(client, this_process(), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"))
    handle = _open(path)
    try:
        if not _try_system_lock(handle):
            raise RunLocked.held(client, path, _owner(_read(handle)))
        try:
            _take_over(handle, path, client, say)
            _write(handle, _to_text(me))
            yield me
        finally:
            _release(handle, me)
    finally:
        os.close(handle)


@contextmanager
def lent(path: Path, held: Holder) -> Iterator[None]:
    """Let the steps of a run, called in the block, work under the lock that the run holds: one lock covers them all."""
    before = _lent.set({**_lent.get({}), path: held})
    try:
        yield
    finally:
        _lent.reset(before)


def holder(path: Path) -> Holder | None:
    """Return who is named in a lock file, alive or not; None when it is free, absent or unreadable."""
    try:
        with path.open("rb") as file:
            return _from_text(file.read(_MOST))
    except OSError:
        return None


def _take_over(handle: int, path: Path, client: str, say: Callable[[str], object]) -> None:
    content = _read(handle)
    if content in (b"", FREE.encode()):
        return
    before = _from_text(content)
    if before is None:
        # nobody else can be writing now, so half a text is what a killed run left
        say(f"The lock of client '{client}' was left unreadable by a run cut short; this run takes it over.")
    elif is_gone(before.process):
        say(
            f"The run that held client '{client}' ({before}) ended without releasing it; this run takes over."
        )
    else:
        raise RunLocked.held(client, path, str(before))


def _release(handle: int, me: Holder) -> None:
    if _from_text(_read(handle)) == me:
        _write(handle, FREE)
    _system_unlock(handle)


def _owner(content: bytes) -> str:
    return str(_from_text(content) or "it has not said who it is yet")


def _to_text(who: Holder) -> str:
    return json.dumps({"client": who.client, **who.process._asdict(), "since": who.since}) + "\n"


def _from_text(content: bytes) -> Holder | None:
    try:
        found: Any = json.loads(content)
        process = Process(str(found["host"]), int(found["pid"]), str(found["started"]))
        return Holder(str(found["client"]), process, str(found["since"]))
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    except OSError as why:
        remedy = "Check that you may write in that folder."
        raise OutputRefused.because(path, why.strerror or str(why), remedy) from why


def _read(handle: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, _MOST)


def _write(handle: int, content: str) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, content.encode("utf-8"))
    os.fsync(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_system_lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _system_unlock(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_system_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # a file system without locks: what the file says has to do
            return True
        return True

    def _system_unlock(handle: int) -> None:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)
