"""Ways to spoil the files of a model: what a disk, a network or somebody with write access could have done to them.

A mutant is the files of a bundle with something changed. Of damage, the manifest knows nothing. A forged one had its hashes
and its version worked out anew, as a writer would who knows how it is done.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from scorer.artifacts import documents
from scorer.artifacts.protocol import BOOSTER, DOCUMENT, MANIFEST, TABLE
from scorer.artifacts.ubjson import compose, parse

Files = dict[str, bytes]
_NUMBERS = (0, -1, 1, 2**31 - 1, -(2**31), 2**63, 10**399, 1e308, -1e308, 1e-300, 0.5, True, None)
_TEXTS = ("", "x" * 5_000, "region) AS x; DROP TABLE costs; --", "../../evil", "\x00", "region", "net value", "é")
_LITERALS = (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 600, b"[" * 5_000 + b"]" * 5_000, b"\xff\xfe", b"0x10")
_PRECISE = (0.0, -0.0, 1e-30, 1.0, -1.0, 1e5, 1e30, float("nan"), float("inf"), float("-inf"))


class Mutant(NamedTuple):
    """What was done to which file, and the files after it; forged: the manifest states their new hashes."""

    kind: str
    part: str
    forged: bool
    files: Files


def mutant(files: Mapping[str, bytes], rng: random.Random) -> Mutant:
    """Return the files of a bundle, its manifest among them, changed in one way or several. The same draw, the same mutant."""
    kind = rng.choices(list(WAYS), weights=[_OFTEN.get(way, 1) for way in WAYS])[0]
    changed = dict(files)
    part = WAYS[kind](changed, rng)
    forged = kind in _OF_WRITERS or (part != MANIFEST and rng.random() < 0.25)
    if forged:
        changed[MANIFEST] = forge(changed, json.loads(changed[MANIFEST] if kind in _WITH_MANIFEST else files[MANIFEST]))
    return Mutant(kind, part, forged, changed)


def forge(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> bytes:
    """Return a manifest with the sizes, hashes and version that these files call for."""
    found = dict(manifest)
    found["files"] = {
        name: {"size": len(content), "sha256": sha256(content).hexdigest()} for name, content in files.items() if name != MANIFEST
    }
    found.pop("version", None)
    stamp = str(found.get("created", "")).replace("-", "").replace(":", "")
    found["version"] = f"{stamp}-{sha256(documents.canonical(found)).hexdigest()[:8]}"
    return documents.encode(found)


# --- bytes --------------------------------------------------------------------------------------------------------------------


def _flip(files: Files, rng: random.Random) -> str:
    return _bytes(files, rng, rng.choice(sorted(files)))


def _bytes(files: Files, rng: random.Random, part: str) -> str:
    content = bytearray(files[part])
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        at = rng.randrange(len(content))
        content[at] = rng.choice((content[at] ^ (1 << rng.randrange(8)), 0, 127, 128, 255, rng.randrange(256)))
    files[part] = bytes(content)
    return part


def _cut(files: Files, rng: random.Random) -> str:
    part = rng.choice(sorted(files))
    files[part] = files[part][: rng.randrange(len(files[part]))]
    return part


def _splice(files: Files, rng: random.Random) -> str:
    """Put a stretch of one file into another, over what is there or between."""
    part, other = rng.choice(sorted(files)), rng.choice(sorted(files))
    start = rng.randrange(len(files[other]))
    piece = files[other][start : start + rng.choice((1, 4, 16, 200))]
    at = rng.randrange(len(files[part]))
    files[part] = files[part][:at] + piece + files[part][at + rng.choice((0, len(piece))) :]
    return part


def _swap(files: Files, rng: random.Random) -> str:
    one, other = rng.sample(sorted(files), 2)
    files[one], files[other] = files[other], files[one]
    return one


def _take_away_or_add(files: Files, rng: random.Random) -> str:
    part = rng.choice(sorted(files))
    if rng.random() < 0.5:
        files[f"more-{part}" if part != MANIFEST else "more.json"] = files[part]
    elif part != MANIFEST:
        del files[part]
    return part


# --- documents ----------------------------------------------------------------------------------------------------------------


def _edit_json(files: Files, rng: random.Random) -> str:
    part = rng.choice([name for name in sorted(files) if name.endswith(DOCUMENT) and name != MANIFEST])
    found = json.loads(files[part])
    for _ in range(rng.choice((1, 1, 3))):
        _edit(found, rng)
    files[part] = json.dumps(found, sort_keys=True, indent=1).encode()
    return part


def _literal_json(files: Files, rng: random.Random) -> str:
    """Write into a document what JSON does not know, or what few readers survive."""
    part = rng.choice([name for name in sorted(files) if name.endswith(DOCUMENT)])
    content = files[part]
    places = [at for at, byte in enumerate(content) if byte in b'0123456789tfn"']
    at = rng.choice(places)
    files[part] = content[:at] + rng.choice(_LITERALS) + content[at + rng.choice((0, 1)) :]
    return part


def _edit_manifest(files: Files, rng: random.Random) -> str:
    found = json.loads(files[MANIFEST])
    _edit(found, rng)
    try:
        files[MANIFEST] = documents.encode(found)
    except (ValueError, OverflowError):
        files[MANIFEST] = json.dumps(found).encode()
    return MANIFEST


def _forge_manifest(files: Files, rng: random.Random) -> str:
    found = json.loads(files[MANIFEST])
    _edit(found, rng)
    _edit(found["contract"] if rng.random() < 0.5 and isinstance(found.get("contract"), dict) else found, rng)
    files[MANIFEST] = json.dumps(found).encode()
    return MANIFEST


def _edit(found: Any, rng: random.Random) -> None:
    """Change one entry somewhere below: another value, another type, taken away, twice, in another order."""
    for _ in range(rng.randrange(1, 6)):
        inner = _entries(found)
        deeper = [found[at] for at in inner if isinstance(found[at], dict | list) and found[at]]
        if not deeper:
            break
        found = rng.choice(deeper)
    places = _entries(found)
    if not places:
        return
    at = rng.choice(places)
    how = rng.randrange(7)
    if how == 0:
        del found[at]
    elif how == 1:
        found[at] = rng.choice(_NUMBERS)
    elif how == 2:
        found[at] = rng.choice(_TEXTS)
    elif how == 3:
        found[at] = rng.choice(({}, [], [[[[0]]]], {"a": {}}))
    elif how == 4 and isinstance(found[at], int | float):
        found[at] = found[at] * rng.choice((0.999, 1.001, -1, 10, 1e6))
    elif how == 5 and isinstance(found, list):
        found.append(found[at])
    else:
        found[at] = found[rng.choice(places)]


def _entries(found: Any) -> list[Any]:
    return list(found) if isinstance(found, dict) else list(range(len(found)))


# --- boosters -----------------------------------------------------------------------------------------------------------------


def _booster_of(files: Files, rng: random.Random) -> str:
    return rng.choice([name for name in sorted(files) if name.endswith(BOOSTER)])


def _booster_bytes(files: Files, rng: random.Random) -> str:
    """Confuse marks of type and length, or flip bytes among the trees."""
    part = _booster_of(files, rng)
    if rng.random() < 0.5:
        return _bytes(files, rng, part)
    content = bytearray(files[part])
    marks = [at for at, byte in enumerate(content) if byte in b"[{]}#$SLlIiUdD"]
    at = rng.choice(marks)
    if rng.random() < 0.5:
        content[at] = rng.choice(b"[{]}#$SLlIiUdDZNTFCH")
    else:
        content[at + 1 : at + 9] = rng.choice((0, 1, 2**31, 2**62, 2**63 - 1, len(content))).to_bytes(8, "big")
    files[part] = bytes(content)
    return part


def _booster_values(files: Files, rng: random.Random) -> str:
    """Change what trees hold, in the open: links, features, thresholds, leaves, counts."""
    part = _booster_of(files, rng)
    found = _writable(parse(files[part]))
    model = found["learner"]["gradient_booster"]["model"]
    tree = rng.choice(model["trees"])
    how = rng.randrange(10)
    if how <= 3:
        name = rng.choice([name for name, values in tree.items() if isinstance(values, np.ndarray) and len(values)])
        values = tree[name]
        at = rng.randrange(len(values))
        whole = (0, 1, 2, 3, 100, 255) if values.dtype.kind == "u" else (-1, 0, 1, 2, 3, 10_000, 2**31 - 1)
        values[at] = rng.choice(_PRECISE) if values.dtype.kind == "f" else rng.choice(whole)
    elif how <= 6:
        leaves = np.flatnonzero(tree["left_children"] == -1)
        at = rng.choice(leaves.tolist())
        weights = tree["split_conditions"]
        weights[at] = weights[at] * rng.choice((1.001, 1.1, -1.0, 100.0)) + rng.choice((0, 0.01))
    elif how == 7:
        texts = rng.choice((tree["tree_param"], model["gbtree_model_param"], found["learner"]["learner_model_param"]))
        name = rng.choice(sorted(texts))
        texts[name] = rng.choice(("0", "1", "-1", "2147483647", "9" * 30, "[NaN]", "[1E38]", "[5E-1]", "", "x"))
    elif how == 8:
        name = rng.choice([name for name, values in tree.items() if isinstance(values, np.ndarray)])
        tree[name] = np.concatenate([tree[name], tree[name][:1]]) if rng.random() < 0.5 else tree[name][:-1]
    else:
        _edit(found, rng)
    try:
        files[part] = compose(found)
    except TypeError:  # an entry became what the format has no mark for
        return _bytes(files, rng, part)
    return part


def _writable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _writable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_writable(part) for part in value]
    return value.copy() if isinstance(value, np.ndarray) else value


# --- tables -------------------------------------------------------------------------------------------------------------------


def _table_bytes(files: Files, rng: random.Random) -> str:
    """Damage a table where it hurts: in its footer, in the head of a page, in packed data."""
    part = rng.choice([name for name in sorted(files) if name.endswith(TABLE)])
    content = bytearray(files[part])
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    first, last = rng.choice(((footer, len(content) - 8), (4, min(64, footer)), (4, footer), (len(content) - 8, len(content))))
    for _ in range(rng.choice((1, 1, 2, 6))):
        at = rng.randrange(first, max(last, first + 1))
        content[at] = rng.choice((content[at] ^ (1 << rng.randrange(8)), 0, 255, 128, 127, rng.randrange(256)))
    files[part] = bytes(content)
    return part


def _table_swap(files: Files, rng: random.Random) -> str:
    one, other = rng.sample([name for name in sorted(files) if name.endswith(TABLE)], 2)
    files[one] = files[other]
    return one


WAYS: dict[str, Callable[[Files, random.Random], str]] = {
    "bytes flipped": _flip,
    "cut short": _cut,
    "spliced": _splice,
    "files swapped": _swap,
    "file added or taken away": _take_away_or_add,
    "document edited": _edit_json,
    "document that is no JSON": _literal_json,
    "manifest edited": _edit_manifest,
    "manifest forged": _forge_manifest,
    "booster bytes": _booster_bytes,
    "trees edited": _booster_values,
    "table damaged": _table_bytes,
    "table exchanged": _table_swap,
}
# Where most of the ways lie in which a reader of bytes can be misled.
_OFTEN = {"bytes flipped": 4, "spliced": 2, "booster bytes": 4, "trees edited": 3, "table damaged": 2}
_WITH_MANIFEST = {"manifest forged"}
# Damage that shows only after the hashes were made to fit.
_OF_WRITERS = {"manifest forged", "document edited", "trees edited", "table damaged", "booster bytes"}
