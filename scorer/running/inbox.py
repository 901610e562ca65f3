"""The inbox: lists that wait, and where they go afterwards."""

from __future__ import annotations

import os
from pathlib import Path

from scorer import atomic
from scorer.errors import FileUnreadable, OutputRefused
from scorer.lake.reading import ENDINGS
from scorer.running.identity import hash_of
from scorer.running.journal import Listed
from scorer.running.places import Places


def waiting(places: Places) -> list[Path]:
    """Return the lists in the inbox by name; what is still being copied has another ending, or a dot in front."""
    if not places.inbox.is_dir():
        return []
    return sorted(path for path in places.inbox.iterdir() if _is_list(path))


def registered(paths: list[Path]) -> tuple[Listed, ...]:
    """Return lists as a run begins with them: known by their bytes, each with a folder of its own."""
    stems = [path.stem.casefold() for path in paths]
    return tuple(
        Listed(
            path.name,
            _hash(path),
            path.lstat().st_size,
            path.stem if stems.count(path.stem.casefold()) == 1 else f"{path.stem}_{path.suffix[1:]}",
        )
        for path in paths
    )


def unchanged(path: Path, sha256: str) -> bool:
    """Say whether a list is still there as it was."""
    return path.is_file() and hash_of(path) == sha256


def readable(path: Path) -> Path:
    """Return a list that may be read. Raises FileUnreadable for a link: what lies behind it may be anybody's."""
    if path.is_symlink():
        raise FileUnreadable.because(path, "it is a link to another place", "Put the file itself into the inbox.")
    return path


def put_away(places: Places, run: str, listed: Listed) -> bool:
    """Move a list out of the inbox when it is settled; say whether it was there to be moved.

    A list of the same name with other content came later and stays. Raises OutputRefused.
    """
    path = places.inbox / listed.name
    if listed.state not in ("scored", "already done", "failed") or not _still(path, listed.sha256):
        return False
    target = (places.failed(run) if listed.state == "failed" else places.done(run)) / listed.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if listed.state == "failed":
            atomic.write_text(target.with_name(f"{listed.name}.reason.txt"), f"{listed.why}\n")
        os.replace(path, target)
    except OSError as why:
        remedy = "Close it if another program has it open; the next run tries again."
        raise OutputRefused.because(target, why.strerror or str(why), remedy) from why
    return True


def _is_list(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))
    return not hidden and path.suffix.lower() in ENDINGS and (path.is_symlink() or path.is_file())


def _still(path: Path, sha256: str) -> bool:
    return (path.is_symlink() or path.is_file()) and _hash(path) == sha256


def _hash(path: Path) -> str:
    return "" if path.is_symlink() else hash_of(path)
