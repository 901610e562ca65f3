"""What a model says about itself: one JSON file beside its parts, and the version that follows from it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from scorer.artifacts import documents
from scorer.artifacts.limits import LIMITS, Flaw, Limits
from scorer.artifacts.names import check_part_name, is_client, is_task
from scorer.artifacts.protocol import MANIFEST, PROTOCOL, READABLE
from scorer.errors import listed

_HASH = re.compile(r"[0-9a-f]{64}")
_KINDS = ("number", "count", "yes_no", "category", "date")
_STAMP = "%Y%m%dT%H%M%SZ"
_CREATED = "%Y-%m-%dT%H:%M:%SZ"


class Feature(NamedTuple):
    """One column a model needs: its name, and number, count, yes_no, category or date."""

    name: str
    kind: str = "number"


class FileFacts(NamedTuple):
    """Size and hash of one part."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Facts:
    """What whoever trained a model states about it.

    ``data_cut`` is the last day of the data it has seen. ``metrics`` may be nested; the numbers on its top
    level are the headline. ``boosters`` names, for each booster that does not read exactly ``features``,
    the columns it reads in order.
    """

    client: str
    task: str
    product: str
    data_cut: date
    features: tuple[Feature, ...]
    libraries: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    boosters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def columns_of(self, booster: str) -> tuple[str, ...]:
        """Return the columns a booster reads, in order."""
        return self.boosters.get(booster, tuple(feature.name for feature in self.features))


@dataclass(frozen=True)
class Manifest:
    """Facts, the time of making (UTC, whole seconds) and the files."""

    facts: Facts
    created: datetime
    files: Mapping[str, FileFacts]

    @property
    def version(self) -> str:
        """The time of making and the first eight digits of the hash over everything else in the manifest."""
        return (
            f"{self.created.strftime(_STAMP)}-{sha256(documents.canonical(self._content())).hexdigest()[:8]}"
        )

    @property
    def headline(self) -> dict[str, float]:
        """The single numbers among the metrics."""
        numbers = {name: value for name, value in self.facts.metrics.items() if type(value) in (int, float)}
        return {name: float(value) for name, value in sorted(numbers.items())}

    def to_bytes(self) -> bytes:
        return documents.encode({**self._content(), "version": self.version})

    def _content(self) -> dict[str, Any]:
        facts = self.facts
        return {
            "format": PROTOCOL,
            "client": facts.client,
            "task": facts.task,
            "product_version": facts.product,
            "created": self.created.strftime(_CREATED),
            "data_cut": facts.data_cut.isoformat(),
            "libraries": dict(facts.libraries),
            "metrics": facts.metrics,
            "contract": {
                "features": [feature._asdict() for feature in facts.features],
                "boosters": {name: list(columns) for name, columns in facts.boosters.items()},
            },
            "files": {name: file._asdict() for name, file in self.files.items()},
        }


def manifest_of(facts: Facts, parts: Mapping[str, bytes], now: datetime) -> Manifest:
    """Make the manifest of these parts. ``now`` knows its time zone. Raises Flaw for unfit facts."""
    if now.tzinfo is None:
        raise Flaw("the time it was made lacks a time zone")
    files = {name: FileFacts(len(content), sha256(content).hexdigest()) for name, content in parts.items()}
    made = Manifest(facts, now.astimezone(UTC).replace(microsecond=0), files)
    try:
        written = made.to_bytes()
    except (ValueError, TypeError, RecursionError) as why:
        raise Flaw(f"its facts cannot be written as JSON ({why})") from why
    # what cannot be read again must not be written; what comes back is also free of numpy numbers and tuples
    return read_manifest(written)


def read_manifest(content: bytes, limits: Limits = LIMITS) -> Manifest:
    """Read and check a manifest, its version included. Raises Flaw."""
    if len(content) > limits.manifest_bytes:
        raise Flaw(f"{MANIFEST} has {len(content):,} bytes; {limits.manifest_bytes:,} is the most")
    try:
        found = _from_json(documents.decode(content, limits), limits)
        if content != found.to_bytes():
            raise Flaw("it is not as it was written")
    except Flaw as why:
        raise why.of(MANIFEST) from why
    return found


def _from_json(found: Any, limits: Limits) -> Manifest:
    if not isinstance(found, dict):
        raise Flaw("it is not an object")
    _check_format(found)
    _check_names(
        found,
        "it",
        "format",
        "client",
        "task",
        "version",
        "created",
        "product_version",
        "libraries",
        "data_cut",
        "metrics",
        "contract",
        "files",
    )
    facts = _facts(found)
    created = _time(found["created"])
    read = Manifest(facts, created, _files(found["files"], limits))
    if found["version"] != read.version:
        raise Flaw("its version does not follow from its content: it was changed after it was written")
    return read


def _check_format(found: Mapping[str, Any]) -> None:
    number = found.get("format")
    if type(number) is not int or number < 1:
        raise Flaw("it states no format number")
    if number > PROTOCOL:
        wrote = _text(found, "product_version")
        raise Flaw(
            f"it has format {number}, written by promo-planner {wrote}; this one reads up to {PROTOCOL}",
            f"Upgrade to promo-planner {wrote} or later, or roll back with 'promo models rollback'.",
        )
    if number not in READABLE:
        raise Flaw(f"format {number} is no longer read", "Train again with 'promo train'.")


def _facts(found: Mapping[str, Any]) -> Facts:
    for name, fits in (("client", is_client), ("task", is_task)):
        if not fits(_text(found, name)):
            raise Flaw(f"{found[name][:80]!a} cannot name a {name}")
    features, boosters = _contract(found["contract"])
    return Facts(
        found["client"],
        found["task"],
        _text(found, "product_version"),
        _day(found["data_cut"]),
        features,
        _texts(found["libraries"]),
        _metrics(found["metrics"]),
        boosters,
    )


def _contract(found: Any) -> tuple[tuple[Feature, ...], dict[str, tuple[str, ...]]]:
    _check_names(found, "the contract", "features", "boosters")
    features = tuple(_feature(item) for item in _list(found["features"], "the features"))
    _check_columns([feature.name for feature in features])
    if not isinstance(found["boosters"], dict):
        raise Flaw("the boosters of the contract are not an object")
    boosters = {}
    for name, columns in found["boosters"].items():
        check_part_name(name)
        boosters[name] = tuple(_list(columns, f"the columns of {name}"))
        _check_columns(boosters[name])
    return features, boosters


def _feature(found: Any) -> Feature:
    _check_names(found, "a feature", "name", "kind")
    if found["kind"] not in _KINDS:
        raise Flaw(f"a feature has a kind that is none of {listed(_KINDS)}")
    return Feature(found["name"], found["kind"])


def _check_columns(names: Any) -> None:
    if not all(isinstance(name, str) and 0 < len(name) <= 200 and name.isprintable() for name in names):
        raise Flaw("a feature has no proper name")
    if len(set(names)) != len(names):
        raise Flaw("a feature stands twice in the contract")


def _files(found: Any, limits: Limits) -> dict[str, FileFacts]:
    if not isinstance(found, dict):
        raise Flaw("its files are not an object")
    if not 0 < len(found) < limits.files:
        raise Flaw(f"it lists {len(found)} files; between 1 and {limits.files - 1} is allowed")
    files = {name: _file(name, facts, limits) for name, facts in found.items()}
    total = sum(file.size for file in files.values())
    if total > limits.folder_bytes:
        raise Flaw(f"its files have {total:,} bytes; {limits.folder_bytes:,} is the most")
    return files


def _file(name: str, found: Any, limits: Limits) -> FileFacts:
    check_part_name(name)
    _check_names(found, name, "size", "sha256")
    size, digest = found["size"], found["sha256"]
    if type(size) is not int or not 0 <= size <= limits.file_bytes:
        raise Flaw(f"{name} has a size that is not between 0 and {limits.file_bytes:,} bytes")
    if not isinstance(digest, str) or not _HASH.fullmatch(digest):
        raise Flaw(f"{name} has no proper sha256")
    return FileFacts(size, digest)


def _metrics(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Flaw("its metrics are not an object")
    for name, value in found.items():
        if type(value) is int and not math.isfinite(_as_float(value)):
            raise Flaw(f"the metric {name[:60]!a} is too large")
    return found


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _texts(found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise Flaw("its library versions are not texts")
    return found


def _text(found: Mapping[str, Any], name: str) -> str:
    text = found.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= 200 or not text.isprintable():
        raise Flaw(f"'{name}' is not a text")
    return text


def _list(found: Any, where: str) -> list[Any]:
    if not isinstance(found, list):
        raise Flaw(f"{where} are not a list")
    return found


def _time(text: Any) -> datetime:
    try:
        found = datetime.strptime(text, _CREATED).replace(tzinfo=UTC)
    except (ValueError, TypeError) as why:
        raise Flaw("'created' is not a time in UTC") from why
    return found


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError) as why:
        raise Flaw("'data_cut' is not a day") from why


def _check_names(found: Any, where: str, *names: str) -> None:
    if not isinstance(found, dict):
        raise Flaw(f"{where} is not an object")
    missing = [name for name in names if name not in found]
    if missing:
        raise Flaw(f"{where} lacks {listed(missing)}")
    unknown = sorted(set(found) - set(names))
    if unknown:
        raise Flaw(f"{where} has unknown entries: {listed(ascii(name[:40]) for name in unknown)}")
