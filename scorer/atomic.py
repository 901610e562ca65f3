"""Files and folders that are there whole or not at all, whatever happens while they are written.

Everything is built under a temporary name beside its place, forced to disk and renamed. A temporary name
carries the process that made it, so the next write into the same folder can clear away what a killed one
left behind.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from scorer.errors import OutputRefused
from scorer.processes import started, this_process

_DAY = 24 * 3600
_TEMPORARY = re.compile(r"\.partial-(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-(?P<start>[0-9a-f]{8})-[0-9a-f]{8}")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, or replace it; a reader sees the old content or the new, never a mixture.

    Raises OutputRefused when the file system does not let it: no space, no right, open in another program.
    """
    with replacing(path) as temporary, temporary.open("xb") as file:
        file.write(content)


def write_text(path: Path, content: str) -> None:
    """Write a text file in UTF-8 with line ends as given; see write_bytes."""
    write_bytes(path, content.encode("utf-8"))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file under the temporary name that is handed out; it becomes ``path`` when the block ends.

    What was there stays when the block raises. Raises OutputRefused as write_bytes does.
    """
    if "\0" in str(path):
        raise OutputRefused.because(path, "no file can have this name", "Choose another name.")
    with _refusals_named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        temporary = path.parent / _temporary_name()
        try:
            yield temporary
            _sync_file(temporary)
            os.replace(temporary, path)
        finally:
            with suppress(OSError):  # what went wrong before is what the user should hear
                temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Build a folder: fill the one that is handed out, and it becomes ``path`` when the block ends.

    Nothing is left behind when the block raises. Raises OutputRefused when ``path`` is already there or the
    file system refuses.
    """
    with _refusals_named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        temporary = path.parent / _temporary_name()
        temporary.mkdir()
    try:
        yield temporary
        with _refusals_named(path):
            _settle(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def is_temporary(name: str) -> bool:
    """Say whether a name in a folder belongs to a write that is under way or was cut short.

    >>> is_temporary("current.json")
    False
    """
    return _TEMPORARY.fullmatch(name) is not None


def sweep(parent: Path) -> list[str]:
    """Remove what writers that have ended left in ``parent``, and return the names removed."""
    left = [entry for entry in os.scandir(parent) if is_temporary(entry.name) and _is_abandoned(entry)]
    for entry in left:
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            Path(entry.path).unlink(missing_ok=True)
    return sorted(entry.name for entry in left)


def _temporary_name() -> str:
    me = this_process()
    return f".partial-{_short(me.host)}-{me.pid}-{_short(me.started)}-{secrets.token_hex(4)}"


def _is_abandoned(entry: os.DirEntry[str]) -> bool:
    found = _TEMPORARY.fullmatch(entry.name)
    me = this_process()
    if found is None or found["host"] != _short(me.host):
        # whether a process on another machine still runs cannot be known from here: a day is long enough
        return _age(entry) > _DAY
    began = started(int(found["pid"]))
    return began is None or _short(began) != found["start"]


def _age(entry: os.DirEntry[str]) -> float:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime
    except OSError:
        return 0.0


def _short(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()[:8]


def _settle(temporary: Path, path: Path) -> None:
    for found, _, files in os.walk(temporary):
        for name in files:
            _sync_file(Path(found, name))
        _sync_folder(Path(found))
    # a rename would silently take the place of an empty folder on some systems
    if os.path.lexists(path):
        raise FileExistsError(f"{path.name} is already there")
    os.rename(temporary, path)
    _sync_folder(path.parent)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there; the rename itself is journalled
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _refusals_named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as why:
        raise OutputRefused.because(path, why.strerror or str(why), _remedy(why)) from why


def _remedy(why: OSError) -> str:
    if isinstance(why, FileExistsError):
        return "Choose another name, or move the one that is there away."
    if isinstance(why, PermissionError):
        return "Close it if another program has it open, and check that you may write there; then run again."
    return "Check the disk and the folder, then run again."
