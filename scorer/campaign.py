"""A campaign against the reader of models: spoil one many thousand times, and see whether that is ever believed.

A mutant is refused, or answers exactly as the model did. Damage never gets further than that. Somebody who makes new hashes
can write a model of their own, which no hash can tell; how often one with other answers gets past the golden rows is counted
beside, and that a signature stops each of those.

Every mutant is read in a process of its own kind, so that one which kills the reader is seen and named; the others go on.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

import numpy as np

from scorer.artifacts.bundle import read_bundle
from scorer.artifacts.limits import Flaw
from scorer.artifacts.mutants import Mutant, mutant
from scorer.artifacts.names import is_version
from scorer.artifacts.protocol import MANIFEST
from scorer.artifacts.signing import Trust, new_key, sign
from scorer.columns import DAY, Array, Columns, length, take
from scorer.contracts.exports import PLAN
from scorer.contracts.table import Kind
from scorer.errors import BundleRefused
from scorer.features import with_features
from scorer.golden import PART, LookUp, replay
from scorer.lake.history import SNAPSHOT_TABLES
from scorer.model import PromotionModel, open_model
from scorer.saying import Say, quiet

Ending = Literal["refused", "same", "different", "error", "acted", "killed", "stuck"]
PATIENCE = 120.0
PROBES = 60
# What features are made of: where none of these was touched, they need not be looked up again.
_HISTORY = ("about.json", PART, *(f"{table}.parquet" for table in SNAPSHOT_TABLES))
KEPT = 200  # findings that are told one by one
# What reading a model has no business doing.
_ACTS = (
    "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "socket.connect", "ctypes.dlopen", "pickle.",
)  # fmt: skip


class Finding(NamedTuple):
    """One mutant that was not simply refused; the seed and its round make it again."""

    round: int
    kind: str
    part: str
    forged: bool
    ending: Ending
    words: str
    signature_holds: bool


class Campaign(NamedTuple):
    """What came of it: how many mutants ended how, of damage and of forgery, by the way they were made."""

    rounds: int
    seed: int
    seconds: float
    damaged: dict[str, dict[str, int]]
    forged: dict[str, dict[str, int]]
    findings: list[Finding]

    @property
    def held(self) -> bool:
        """Whether nothing happened that must not: only forgeries without a key may differ, and no signature holds for them."""
        harmless = all(one.forged and one.ending == "different" and not one.signature_holds for one in self.findings)
        return harmless and self.ended(forged=False, ending="different") == 0

    def ended(self, *, forged: bool, ending: Ending) -> int:
        """Return how many mutants ended so."""
        return sum(ends.get(ending, 0) for ends in (self.forged if forged else self.damaged).values())


def run(bundle: Path, rounds: int, seed: int = 7, workers: int = 2, say: Say = quiet) -> Campaign:
    """Spoil the model in a folder so many times and read it again.

    Raises BundleRefused when the model itself does not pass.
    """
    replay(parts := read_bundle(bundle), open_model(parts, 1))
    started = time.monotonic()
    counted: dict[bool, dict[str, Counter[str]]] = {False: {}, True: {}}
    findings: list[Finding] = []
    for done, one in enumerate(_endings(bundle, rounds, seed, min(workers, rounds)), 1):
        counted[one.forged].setdefault(one.kind, Counter())[one.ending] += 1
        if one.ending not in ("refused", "same") and (len(findings) < KEPT or one.ending != "different"):
            findings.append(one)
        if done % 5_000 == 0:
            say(f"{done:,} of {rounds:,} mutants")
    plain = {
        forged: {kind: dict(sorted(ends.items())) for kind, ends in sorted(kinds.items())} for forged, kinds in counted.items()
    }
    return Campaign(rounds, seed, time.monotonic() - started, plain[False], plain[True], findings)


# --- processes ----------------------------------------------------------------------------------------------------------------


class _Worker(NamedTuple):
    process: Any
    answers: Connection
    rounds: range


def _endings(bundle: Path, rounds: int, seed: int, workers: int) -> Iterator[Finding]:
    """Yield how every round ended; a worker that dies or hangs is replaced by one that begins with the next round."""
    at_work = {n: _hired(bundle, seed, range(n, rounds, workers)) for n in range(workers)}
    heard = dict.fromkeys(at_work, time.monotonic())
    while at_work:
        ready = wait([one.answers for one in at_work.values()], timeout=1.0)
        for name, one in list(at_work.items()):
            lost: Ending | None = None
            if one.answers in ready:
                heard[name] = time.monotonic()
                try:
                    yield one.answers.recv()
                    at_work[name] = one._replace(rounds=one.rounds[1:])
                    if not at_work[name].rounds:
                        one.process.join()
                        del at_work[name]
                    continue
                except EOFError:
                    lost = "killed"
            elif time.monotonic() - heard[name] > PATIENCE:
                lost = "stuck"
            if lost:
                yield _lost(bundle, seed, one, lost)
                del at_work[name]
                if one.rounds[1:]:
                    at_work[name], heard[name] = _hired(bundle, seed, one.rounds[1:]), time.monotonic()


def _hired(bundle: Path, seed: int, rounds: range) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(bundle, seed, rounds, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours, rounds)


def _lost(bundle: Path, seed: int, one: _Worker, ending: Ending) -> Finding:
    one.process.kill()
    one.process.join()
    made = mutant(_files(bundle), _draw(seed, one.rounds[0]))
    words = f"the process ended with {one.process.exitcode}"
    return Finding(one.rounds[0], made.kind, made.part, made.forged, ending, words, signature_holds=False)


def _work(bundle: Path, seed: int, rounds: range, answers: Connection) -> None:
    """Read one mutant after another, in a process of its own."""
    import xgboost

    xgboost.set_config(verbosity=0)
    acts: list[str] = []
    with TemporaryDirectory(prefix="promo-campaign-") as folder:
        desk = _Desk(Path(folder), _files(bundle), bundle.name)
        desk.judge(Mutant("", "", forged=False, files=desk.files))  # everything is loaded once before anybody listens
        sys.addaudithook(lambda event, _: acts.append(event) if event.startswith(_ACTS) else None)
        for at in rounds:
            acts.clear()
            made = mutant(desk.files, _draw(seed, at))
            ending, words, holds = desk.judge(made)
            if acts:
                ending, words = "acted", ", ".join(sorted(set(acts)))
            answers.send(Finding(at, made.kind, made.part, made.forged, ending, words, holds))
    answers.close()


def _draw(seed: int, at: int) -> random.Random:
    return random.Random(f"{seed}/{at}")  # noqa: S311 - chance that can be repeated


def _files(bundle: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(bundle.iterdir())}


# --- one mutant ---------------------------------------------------------------------------------------------------------------


class _Desk:
    """A worker's own copy of the model: what it answers, a key that has signed it, and room to lay out mutants."""

    def __init__(self, folder: Path, files: Mapping[str, bytes], version: str) -> None:
        self.folder = folder
        self.files = dict(files)
        self.version = version
        self.whole = folder / "whole" / version
        self.whole.mkdir(parents=True)
        for name, content in files.items():
            (self.whole / name).write_bytes(content)
        parts = read_bundle(self.whole)
        self.probes = _probes(parts.parquet("past.parquet"))
        self.trust = Trust(folder / "key", (new_key("hmac-sha256"),))
        sign(self.whole, files[MANIFEST], self.trust.keys[0])
        self.model = open_model(parts, 1)
        self.asked: dict[str, tuple[Columns, Array]] = {}
        replay(parts, self.model, self._look_up)
        self.answer = self._answer(self.model, self._look_up)

    def judge(self, made: Mutant) -> tuple[Ending, str, bool]:
        """Say how reading a mutant ended, in words, and whether the signature of the model would hold for it."""
        place = self._laid_out(made)
        try:
            parts = read_bundle(place)
            as_it_was = all(made.files.get(name) is self.files[name] for name in _HISTORY)
            model = open_model(parts, 1, self.model.history if as_it_was else None)
            look_up = self._look_up if as_it_was else with_features
            try:
                replay(parts, model, look_up)
                ending: Ending = "same" if self._answer(model, look_up) == self.answer else "different"
            finally:
                if not as_it_was:
                    model.history.close()
        except BundleRefused as why:
            return "refused", str(why), False
        except Exception as why:  # noqa: BLE001 - whatever it is, it is what the campaign looks for
            return "error", f"{type(why).__name__}: {why}"[:500], False
        finally:
            shutil.rmtree(place.parent)
        return ending, "", ending == "different" and self._signed(made)

    def _laid_out(self, made: Mutant) -> Path:
        """Put the files of a mutant into a folder of the name its manifest states; what is unchanged is only linked."""
        place = self.folder / "mutant" / _name(made, self.version)
        place.mkdir(parents=True)
        for name, content in made.files.items():
            if self.files.get(name) is content:
                os.link(self.whole / name, place / name)
            else:
                (place / name).write_bytes(content)
        return place

    def _look_up(self, plan: Columns, model: PromotionModel) -> tuple[Columns, Array]:
        """Find the features of a plan once: where neither history nor keys were touched they are always the same."""
        key = sha256(repr({name: column.tolist() for name, column in plan.items()}).encode()).hexdigest()
        if key not in self.asked:
            self.asked[key] = with_features(plan, model)
        return self.asked[key]

    def _answer(self, model: PromotionModel, look_up: LookUp) -> str:
        """Return a fingerprint of everything a forecast is made of: to the last bit the same, or another one."""
        rows, position = look_up(self.probes, model)
        lift = model.lift.predict(rows)
        told: list[Any] = [position, lift.centre, lift.scale, lift.expected, lift.quantile(0.1), lift.quantile(0.9)]
        told += [model.success.predict(rows), rows["baseline_units"]]
        told += [rows[name] for name in sorted(rows) if name.startswith("master_")]
        stated = repr((model.basis, model.period_days, model.matching, model.support, model.worth.evidence))
        content = b"".join(np.ascontiguousarray(part).tobytes() for part in told)
        return sha256(content + stated.encode()).hexdigest()

    def _signed(self, made: Mutant) -> bool:
        try:
            self.trust.check(self.whole, made.files[MANIFEST])
        except Flaw:
            return False
        return True


def _name(made: Mutant, version: str) -> str:
    try:
        stated = json.loads(made.files[MANIFEST])["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return version
    return stated if made.forged and isinstance(stated, str) and is_version(stated) else version


def _probes(past: Columns) -> Columns:
    """Make a plan of some past promotions, as they were and with another discount and length."""
    some = take(past, np.linspace(0, length(past) - 1, min(PROBES, length(past))).astype(int))
    plan: Columns = {}
    for column in PLAN.columns:
        missing: Any = None if column.kind == Kind.TEXT else np.nan
        kind = object if column.kind == Kind.TEXT else np.float64
        plan[column.name] = some.get(column.name, np.full(length(some), missing, dtype=kind))
    plan["end_date"] = plan["start_date"] + (plan["duration_days"] - 1).astype(int) * DAY
    deeper = {**plan, "discount_percentage": np.minimum(plan["discount_percentage"] + 0.07, 0.9)}
    return {name: np.concatenate([plan[name], deeper[name]]) for name in plan}

