"""One version of a model as a folder: written whole; read, audited, handed out as the bytes that passed."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from scorer import atomic
from scorer.artifacts import documents
from scorer.artifacts.audit import check_booster
from scorer.artifacts.limits import LIMITS, Flaw, Limits
from scorer.artifacts.manifest import Facts, Manifest, manifest_of, read_manifest
from scorer.artifacts.names import check_part_name
from scorer.artifacts.protocol import BOOSTER, DOCUMENT, MANIFEST, TABLE
from scorer.artifacts.signing import Trust
from scorer.artifacts.tables import check_frame, columns_from, table_from
from scorer.columns import Columns
from scorer.errors import BundleRefused, listed, nearest


@dataclass(frozen=True)
class Parts:
    """The audited bytes of one version. A name that is not there raises BundleRefused."""

    folder: Path
    manifest: Manifest
    contents: Mapping[str, bytes]
    limits: Limits = LIMITS

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def facts(self) -> Facts:
        return self.manifest.facts

    def names(self) -> list[str]:
        return sorted(self.contents)

    def json(self, name: str) -> Any:
        """Return a JSON part, decoded anew for each call."""
        return documents.decode(self._content(name, DOCUMENT), self.limits)

    def parquet(self, name: str) -> Columns:
        """Return a Parquet part as columns."""
        try:
            return columns_from(self._content(name, TABLE), self.limits)
        except Flaw as why:
            raise refusal(self.folder, why.of(name)) from why

    def load_table(self, name: str, con: duckdb.DuckDBPyConnection, table: str) -> None:
        """Make a Parquet part a table of a database."""
        try:
            table_from(self._content(name, TABLE), con, table, self.limits)
        except Flaw as why:
            raise refusal(self.folder, why.of(name)) from why

    def booster(self, name: str) -> bytes:
        """Return the bytes of a booster, ready for ``xgboost.Booster(model_file=bytearray(...))``."""
        return self._content(name, BOOSTER)

    def columns_of(self, booster: str) -> tuple[str, ...]:
        """Return the columns a booster reads, in order."""
        return self.facts.columns_of(booster)

    def _content(self, name: str, kind: str) -> bytes:
        if name not in self.contents or not name.endswith(kind):
            every = [known for known in self.names() if known.endswith(kind)]
            missing = f"it has no part '{name}' ({kind}), only {listed(every) or 'none'}"
            raise refusal(self.folder, Flaw(missing, nearest(name, every).strip()))
        return self.contents[name]


def write_bundle(task_folder: Path, parts: Mapping[str, bytes], facts: Facts, now: datetime) -> str:
    """Write a version below ``task_folder`` and return its name; the folder is there whole or not at all.

    The same parts, facts and time give the same bytes and the same version, and writing it again changes
    nothing. Raises BundleRefused when the parts would not pass the audit on reading, OutputRefused when the
    disk refuses.
    """
    try:
        for name in parts:
            check_part_name(name)
        manifest = manifest_of(facts, parts, now)
        _audit(manifest, parts, LIMITS)
    except Flaw as why:
        raise refusal(task_folder, Flaw(str(why), "Nothing was written.")) from why
    target = task_folder / manifest.version
    if os.path.lexists(target):
        read_bundle(target)
        return manifest.version
    with atomic.folder(target) as building:
        for name, content in {**parts, MANIFEST: manifest.to_bytes()}.items():
            (building / name).write_bytes(content)
    return manifest.version


def read_bundle(folder: Path, limits: Limits = LIMITS, trust: Trust | None = None) -> Parts:
    """Read a version: its signature where there are keys, names and sizes, then hashes, then what the parts say.

    Raises BundleRefused, and nothing else, for a folder that is not exactly what its manifest says.
    """
    try:
        manifest = look_at(folder, limits, trust)
        _check_listing(folder, manifest)
        contents = {name: _read_file(folder / name, file.size) for name, file in manifest.files.items()}
        _check_hashes(manifest, contents)
        _audit(manifest, contents, limits)
    except Flaw as why:
        raise refusal(folder, why) from why
    except OSError as why:
        raise refusal(folder, Flaw(why.strerror or str(why))) from why
    return Parts(folder, manifest, MappingProxyType(contents), limits)


def look_at(folder: Path, limits: Limits = LIMITS, trust: Trust | None = None) -> Manifest:
    """Read only the manifest of a version, after a look at its signature. Raises Flaw or OSError."""
    content = manifest_bytes(folder, limits)
    if trust:
        trust.check(folder, content)
    manifest = read_manifest(content, limits)
    if manifest.version != folder.name:
        raise Flaw(f"its manifest is that of version {manifest.version}")
    return manifest


def manifest_bytes(folder: Path, limits: Limits = LIMITS) -> bytes:
    """Return the bytes of a manifest: what is signed. Raises Flaw or OSError."""
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise Flaw("it is not a folder of its own")
    return _read_file(folder / MANIFEST, limits.manifest_bytes, exactly=False)


def _check_listing(folder: Path, manifest: Manifest) -> None:
    found, wanted = {entry.name for entry in os.scandir(folder)}, {*manifest.files, MANIFEST}
    if found - wanted:
        raise Flaw(
            "it holds what its manifest does not list: "
            + listed(ascii(name) for name in sorted(found - wanted))
        )
    if wanted - found:
        raise Flaw(f"it lacks {listed(sorted(wanted - found))}")


def _check_hashes(manifest: Manifest, contents: Mapping[str, bytes]) -> None:
    for name, file in manifest.files.items():
        if sha256(contents[name]).hexdigest() != file.sha256:
            raise Flaw(f"{name} is not the file that was written (its sha256 differs)")


def _audit(manifest: Manifest, contents: Mapping[str, bytes], limits: Limits) -> None:
    strangers = sorted(set(manifest.facts.boosters) - set(contents))
    if strangers:
        raise Flaw(f"its contract speaks of boosters it does not have: {listed(strangers)}")
    for name, content in contents.items():
        try:
            _audit_part(name, content, manifest.facts, limits)
        except Flaw as why:
            raise why.of(name) from why


def _audit_part(name: str, content: bytes, facts: Facts, limits: Limits) -> None:
    if name.endswith(BOOSTER):
        columns = facts.columns_of(name)
        found = check_booster(content, len(columns), limits)
        if found.features and found.features != columns:
            raise Flaw("its features are not those of the contract, or stand in another order")
    elif name.endswith(DOCUMENT):
        documents.decode(content, limits)
    elif name.endswith(TABLE):
        check_frame(content)


def _read_file(path: Path, size: int, exactly: bool = True) -> bytes:
    """Read a plain file of the stated size, or at most that size; links and devices are not followed."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise Flaw(f"{path.name} is a link or not a plain file")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        there = os.fstat(handle).st_size
        if there > size or (exactly and there != size):
            raise Flaw(
                f"{path.name} has {there:,} bytes instead of {size:,}"
                if exactly
                else f"{path.name} has {there:,} bytes"
            )
        content = file.read(size + 1)
    if len(content) != there:
        raise Flaw(f"{path.name} changed while it was read")
    return content


def refusal(where: object, flaw: Flaw) -> BundleRefused:
    """Return the error a user meets for a flaw in the model at ``where``."""
    return BundleRefused.because(where, str(flaw), flaw.remedy)
