"""What an installation wrote, so that uninstalling removes exactly that, and puts back what was there before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from scorer import atomic
from scorer.errors import FileUnreadable

Host = Literal["excel", "libreoffice"]
Kind = Literal["file", "folder", "tree"]


class Entry(NamedTuple):
    """One thing that is ours: a file as it was written, a folder that was made for it, or a whole tree."""

    path: str
    kind: Kind
    hosts: tuple[Host, ...]
    fingerprint: str = ""
    before: str = ""


class Undone(NamedTuple):
    """What uninstalling did: paths removed, put back as they were, and kept because they were changed since."""

    removed: tuple[Path, ...]
    restored: tuple[Path, ...]
    kept: tuple[Path, ...]


class Ledger:
    """The record of one user, kept in a file that is written anew after every step."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.entries = _read(file)

    def __contains__(self, path: Path) -> bool:
        return str(path) in self.entries

    @contextmanager
    def writing(self, path: Path, host: Host) -> Iterator[Path]:
        """Hand out a path to be written. What was there and is not ours is set aside; the same content is left alone."""
        self._make_folders(self.file.parent, host)
        self._make_folders(path.parent, host)
        before = _fingerprint(path)
        known = self.entries.get(str(path))
        if known is None:
            known = Entry(str(path), "file", (), before, self._set_aside(path) if before else "")
        try:
            yield path
        finally:
            if not known.hosts and known.before and _fingerprint(path) == before:
                (self._aside / known.before).unlink(missing_ok=True)
            elif known.hosts or path.exists():
                self._keep(known._replace(fingerprint=_fingerprint(path)), host)

    def write(self, path: Path, content: bytes, host: Host) -> bool:
        """Write a file as ours and say whether anything changed. Raises OutputRefused."""
        same = _fingerprint(path) == sha256(content).hexdigest()
        with self.writing(path, host):
            if not same:
                atomic.write_bytes(path, content)
        return not same

    def claim(self, folder: Path, host: Host) -> None:
        """Record a folder that is about to be made as ours, with all that will be in it."""
        self._make_folders(self.file.parent, host)
        self._make_folders(folder.parent, host)
        self._keep(self.entries.get(str(folder)) or Entry(str(folder), "tree", ()), host)

    def release(self, folder: Path, host: Host) -> None:
        """Take back what was claimed and did not come to be."""
        entry = self.entries.pop(str(folder))
        others = tuple(one for one in entry.hosts if one != host)
        if others:
            self.entries[entry.path] = entry._replace(hosts=others)
        self._save()

    def undo(self, host: Host) -> Undone:
        """Remove what was written for a host and no other one needs; stop at what the system does not let go. Raises OSError."""
        removed, restored, kept = [], [], []
        for entry in reversed(self._things()):
            others = tuple(one for one in entry.hosts if one != host)
            path = Path(entry.path)
            if others:
                self.entries[entry.path] = entry._replace(hosts=others)
                self._save()
                continue
            if entry.kind == "file" and path.exists() and _fingerprint(path) != entry.fingerprint:
                kept.append(path)
            elif _remove(path, entry.kind):
                removed.append(path)
            if entry.before and path not in kept:
                (self._aside / entry.before).replace(path)
                restored.append(path)
            del self.entries[entry.path]
            self._save()
        if not self._things():
            removed += self._close()
        return Undone(tuple(removed), tuple(restored), tuple(kept))

    def _things(self) -> list[Entry]:
        """Return what was written but for the folders that the record itself lies in."""
        return [entry for entry in self.entries.values() if Path(entry.path) not in self.file.parents]

    def _close(self) -> list[Path]:
        """Take the record itself away, and the folders that were made for it."""
        self.file.unlink(missing_ok=True)
        _remove(self._aside, "folder")
        homes = [Path(entry.path) for entry in reversed(self.entries.values())]
        self.entries.clear()
        return [folder for folder in homes if _remove(folder, "folder")]

    @property
    def _aside(self) -> Path:
        return self.file.parent / "before"

    def _set_aside(self, path: Path) -> str:
        name = f"{sha256(str(path).encode()).hexdigest()[:12]}-{path.name}"
        atomic.write_bytes(self._aside / name, path.read_bytes())
        return name

    def _make_folders(self, folder: Path, host: Host) -> None:
        """Make a folder and those above it; the ones that were not there are ours, and still ours the next time."""
        missing = [one for one in (*reversed(folder.parents), folder) if not one.is_dir()]
        folder.mkdir(parents=True, exist_ok=True)
        for one in (*reversed(folder.parents), folder):
            known = self.entries.get(str(one))
            if one in missing or (known is not None and host not in known.hosts):
                self._keep(known or Entry(str(one), "folder", ()), host)

    def _keep(self, entry: Entry, host: Host) -> None:
        self.entries[entry.path] = entry._replace(hosts=tuple(dict.fromkeys((*entry.hosts, host))))
        self._save()

    def _save(self) -> None:
        lines = [entry._asdict() for entry in self.entries.values()]
        atomic.write_text(self.file, json.dumps({"written": lines}, indent=1) + "\n")


def _read(file: Path) -> dict[str, Entry]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        entries = [Entry(**{**one, "hosts": tuple(one["hosts"])}) for one in found["written"]]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as why:
        remedy = "It says what an installation wrote. Remove it, and what it names, by hand; then install again."
        raise FileUnreadable.because(file, why, remedy) from why
    return {entry.path: entry for entry in entries}


def _fingerprint(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _remove(path: Path, kind: Kind) -> bool:
    """Remove what is there, a folder only when it is empty, and say whether it went."""
    if kind == "tree" and path.is_dir():
        shutil.rmtree(path)
    elif kind == "folder" and path.is_dir() and not any(path.iterdir()):
        path.rmdir()
    elif kind == "file" and path.is_file():
        path.unlink()
    else:
        return False
    return True
