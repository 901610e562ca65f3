"""Signatures: proof that a model was written by somebody who holds a key, for drives that many people can write to.

Hashes show damage; whoever can write to the folder can also make new hashes. A signature over the bytes of the manifest,
which holds the hash of every other part, cannot be made without the key. It lies beside the version, as ``<version>.sig``,
so that a model can be signed later, and by a second key, without being changed itself.

A key file holds one key per line: its kind, the key in hexadecimal, and a remark if you like. Several lines are several
keys, any of which will do: that is how one key takes over from another.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from scorer import atomic
from scorer.artifacts import documents
from scorer.artifacts.limits import LIMITS, Flaw
from scorer.errors import ExtraMissing, KeyUnusable, OutputRefused, listed

Kind = Literal["hmac-sha256", "ed25519-private", "ed25519-public"]
KINDS: tuple[Kind, ...] = ("hmac-sha256", "ed25519-private", "ed25519-public")
ENDING = ".sig"
KEY_BYTES = 32
MOST_KEYS = 16
_LARGEST_FILE = 64 * 1024
# so that a signature of a manifest is never one of anything else that the same key signs
_PURPOSE = b"promo-planner: manifest of a model, 1\n"
_REMEDY = "Sign it with 'promo models sign' if you know where it comes from, or roll back with 'promo models rollback'."


class Key(NamedTuple):
    """One key, never shown: print its name instead."""

    kind: Kind
    secret: bytes

    @property
    def name(self) -> str:
        """The first digits of a hash by which people tell keys apart; both halves of a pair have the same."""
        if self.kind == "hmac-sha256":
            return hmac.digest(self.secret, b"name of the key", "sha256").hex()[:16]
        return sha256(self.public).hexdigest()[:16]

    @property
    def public(self) -> bytes:
        """The half of an Ed25519 key that may be shown."""
        return _public_of(self.secret) if self.kind == "ed25519-private" else self.secret

    @property
    def signs(self) -> bool:
        return self.kind != "ed25519-public"

    def __repr__(self) -> str:
        return f"Key({self.kind} {self.name})"

    def sign(self, manifest: bytes) -> bytes:
        """Return the signature of a manifest."""
        if self.kind == "hmac-sha256":
            return hmac.digest(self.secret, _PURPOSE + manifest, "sha256")
        return _signed(self.secret, _PURPOSE + manifest)

    def holds(self, manifest: bytes, signature: bytes) -> bool:
        """Say whether a signature is this key's, in a time that does not tell how nearly it was."""
        if self.kind == "hmac-sha256":
            return hmac.compare_digest(self.sign(manifest), signature)
        return _verified(self.public, _PURPOSE + manifest, signature)


class Trust(NamedTuple):
    """The keys of which one must have signed a model."""

    file: Path
    keys: tuple[Key, ...]

    @property
    def signer(self) -> Key | None:
        """The first key that can sign: the one that new models are signed with."""
        return next((key for key in self.keys if key.signs), None)

    def check(self, folder: Path, manifest: bytes) -> None:
        """Refuse a manifest that none of the keys has signed. Raises Flaw."""
        signatures = _read(folder)
        if not signatures:
            raise Flaw(f"it is not signed, and {self.file.name} asks for a signature", _REMEDY)
        known = [key for key in self.keys if key.name in signatures]
        if not known:
            ours = listed(key.name for key in self.keys)
            raise Flaw(f"it was signed with {listed(signatures)}, a key that is not among ours ({ours})", _REMEDY)
        if not any(key.holds(manifest, signatures[key.name]) for key in known):
            raise Flaw("its signature is not that of its manifest: it was changed after it was signed", _REMEDY)


def sign(folder: Path, manifest: bytes, key: Key) -> Path:
    """Sign a version and return the file of its signatures; those of other keys stay.

    Raises KeyUnusable for a key that only checks, OutputRefused when the disk refuses.
    """
    if not key.signs:
        raise KeyUnusable.cannot_sign(key.name)
    try:
        there = _read(folder)
    except Flaw:  # what cannot be read proves nothing, and is written anew
        there = {}
    path = _beside(folder)
    every = {**{name: signature.hex() for name, signature in there.items()}, key.name: key.sign(manifest).hex()}
    atomic.write_bytes(path, documents.encode({"format": 1, "signatures": every}))
    return path


def new_key(kind: Literal["hmac-sha256", "ed25519"]) -> Key:
    """Make a key from the system's randomness. Raises ExtraMissing for an Ed25519 one without its package."""
    key = Key("hmac-sha256" if kind == "hmac-sha256" else "ed25519-private", secrets.token_bytes(KEY_BYTES))
    assert key.name  # asks for the package now, not when it is too late
    return key


def write_key(path: Path, key: Key) -> Path | None:
    """Write a new key where nobody else can read it; of a pair also the public half, as ``<file>.pub``, and return where.

    Raises OutputRefused when a file is there already: a key that was in use must not vanish by mistake.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_new(path, key, 0o600)
    if key.kind != "ed25519-private":
        return None
    public = path.with_name(path.name + ".pub")
    _write_new(public, Key("ed25519-public", key.public), 0o644)
    return public


def read_keys(path: Path) -> tuple[Key, ...]:
    """Read a key file. Raises KeyUnusable when it is not there, not readable or holds no key."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE + 1).decode("ascii")
    except (OSError, UnicodeDecodeError) as why:
        told = why.strerror or str(why) if isinstance(why, OSError) else "it is not plain text"
        raise KeyUnusable.because(path, told) from why
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    if not 0 < len(lines) <= MOST_KEYS or len(text) > _LARGEST_FILE:
        raise KeyUnusable.because(path, f"it holds {len(lines):,} keys; between 1 and {MOST_KEYS} is allowed")
    return tuple(_key(path, number, words) for number, words in lines)


def doubt_about(path: Path) -> str | None:
    """Return what is to be said of a key file that others can read as well; on Windows that cannot be told from here."""
    if os.name == "nt" or not any(key.signs for key in read_keys(path)):
        return None
    shared = stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    return f"Others can read or change the key file {path}. Take that from them: chmod 600 '{path}'" if shared else None


def _key(path: Path, number: int, words: list[str]) -> Key:
    kind = next((known for known in KINDS if words[0] == known), None)
    try:
        secret = bytes.fromhex(words[1] if len(words) > 1 else "")
    except ValueError:
        secret = b""
    if kind is None or len(secret) != KEY_BYTES:
        # the line itself is not repeated: it may hold most of a key
        wanted = f"a kind ({', '.join(KINDS)}) and {2 * KEY_BYTES} hexadecimal digits"
        raise KeyUnusable.because(path, f"line {number} is not {wanted}")
    return Key(kind, secret)


def _write_new(path: Path, key: Key, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{key.kind} {key.secret.hex()} promo-planner {key.name}\n")
    except OSError as why:
        raise OutputRefused.because(path, why.strerror or str(why), "Choose another name, or look at the folder.") from why


def _beside(folder: Path) -> Path:
    return folder.with_name(folder.name + ENDING)


def _read(folder: Path) -> dict[str, bytes]:
    """Return the signatures of a version by the name of their key; none where there is no file. Raises Flaw."""
    path = _beside(folder)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Flaw(f"{path.name} is a link or not a plain file")
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return {}
    except OSError as why:
        raise Flaw(f"{path.name} cannot be read ({why.strerror or why})") from why
    if len(content) > _LARGEST_FILE:
        raise Flaw(f"{path.name} has more than {_LARGEST_FILE:,} bytes")
    return _signatures(documents.decode(content, LIMITS), path.name)


def _signatures(found: object, name: str) -> dict[str, bytes]:
    every = found.get("signatures") if isinstance(found, Mapping) and found.get("format") == 1 else None
    if not isinstance(every, dict) or len(every) > MOST_KEYS or not all(isinstance(text, str) for text in every.values()):
        raise Flaw(f"{name} is not a file of signatures")
    try:
        return {ascii(key[:16]).strip("'"): bytes.fromhex(text) for key, text in every.items()}
    except ValueError as why:
        raise Flaw(f"{name} is not a file of signatures") from why


def _public_of(private: bytes) -> bytes:
    return bytes(_ed25519().Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def _signed(private: bytes, message: bytes) -> bytes:
    return bytes(_ed25519().Ed25519PrivateKey.from_private_bytes(private).sign(message))


def _verified(public: bytes, message: bytes, signature: bytes) -> bool:
    key = _ed25519().Ed25519PublicKey.from_public_bytes(public)
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ModuleNotFoundError as why:
        raise ExtraMissing.named("sign", "Signing with a pair of keys (Ed25519)") from why
    return ed25519
