"""A version on disk: written whole, the same every time, and refused as soon as anything about it differs."""

from __future__ import annotations

import json
import os
import random
import shutil
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.artifacts import documents
from scorer.artifacts.bundle import read_bundle, write_bundle
from scorer.artifacts.limits import LIMITS, Flaw
from scorer.artifacts.manifest import Feature
from scorer.artifacts.names import check_part_name
from scorer.errors import BundleRefused, OutputRefused


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_was_written_is_read_back(made: Any, bundle: Path) -> None:
    found = read_bundle(bundle)
    assert (found.version, found.facts) == (bundle.name, made.facts())
    assert found.names() == ["calibration.json", "golden.parquet", "lift.ubj"]
    assert found.json("calibration.json") == {"knots": [0.0, 0.5, 1.0], "values": [0.1, 0.4, 0.9]}
    assert found.booster("lift.ubj") == made.booster()
    assert found.columns_of("lift.ubj") == made.names
    np.testing.assert_array_equal(found.parquet("golden.parquet")["lift"], [1.5, np.nan])


def test_the_version_follows_from_time_and_manifest(bundle: Path) -> None:
    content = json.loads((bundle / "manifest.json").read_bytes())
    assert content.pop("version") == bundle.name
    digest = sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    assert bundle.name == f"20261121T101500Z-{digest[:8]}"


def test_same_parts_facts_and_time_give_the_same_bytes(made: Any, bundle: Path, tmp_path: Path) -> None:
    turned = dict(reversed(made.parts().items()))
    again = tmp_path / "again" / write_bundle(tmp_path / "again", turned, made.facts(), made.now)
    assert again.name == bundle.name
    assert _files(again) == _files(bundle)


def test_writing_the_same_again_changes_nothing(made: Any, bundle: Path) -> None:
    assert write_bundle(bundle.parent, made.parts(), made.facts(), made.now) == bundle.name
    assert [path.name for path in bundle.parent.iterdir()] == [bundle.name]


def test_the_time_is_kept_in_utc_whatever_the_zone(made: Any, tmp_path: Path) -> None:
    there = made.now.astimezone(timezone(timedelta(hours=9)))
    assert write_bundle(tmp_path, made.parts(), made.facts(), there).startswith("20261121T101500Z-")
    with pytest.raises(BundleRefused, match="time zone"):
        write_bundle(tmp_path, made.parts(), made.facts(), datetime(2026, 11, 21))


def test_a_part_that_is_not_there_names_the_nearest(bundle: Path) -> None:
    found = read_bundle(bundle)
    with pytest.raises(BundleRefused, match=r"Did you mean 'calibration\.json'"):
        found.json("calibratoin.json")
    with pytest.raises(BundleRefused, match="no part"):
        found.json("lift.ubj")


@pytest.mark.parametrize(
    "name",
    [
        "../lift.ubj",
        "a/b.json",
        "a\\b.json",
        "/etc/passwd",
        "c:x.json",
        ".json",
        "model.pkl",
        "model.joblib",
        "a.json.exe",
        "Lift.ubj",
        "manifest.json",
        "nul.json",
        "com1.parquet",
        "a\n.json",
        "x" * 70 + ".json",
        "é.json",
        "",
        ".",
        "..",
    ],
)
def test_a_part_has_a_plain_name(made: Any, bundle: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(Flaw):
        check_part_name(name)
    with pytest.raises(BundleRefused):
        write_bundle(tmp_path / "new", {**made.parts(), name: b"{}"}, made.facts(), made.now)
    assert not (tmp_path / "new").exists()
    files = json.loads((bundle / "manifest.json").read_bytes())["files"]
    forged = made.resign(bundle, files={**files, name: {"size": 2, "sha256": sha256(b"{}").hexdigest()}})
    with pytest.raises(BundleRefused):
        read_bundle(forged)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"metrics": {"wape": float("nan")}}, "JSON"),
        ({"metrics": {"wape": float("inf")}}, "JSON"),
        ({"metrics": {"wape": np.float32(1)}}, "JSON"),
        ({"client": "../acme"}, "client"),
        ({"task": "Lift/.."}, "task"),
        ({"features": (Feature("a"), Feature("a"))}, "twice"),
        ({"features": (Feature("a", "colour"),)}, "kind"),
        ({"features": (Feature("a"), Feature("b"))}, "feature names for 2"),
        ({"product": ""}, "product_version"),
        ({"features": tuple(Feature(n) for n in ("duration", "discount", "season"))}, "another order"),
        ({"boosters": {"other.ubj": ("a",)}}, "does not have"),
        ({"data_cut": datetime(2026, 1, 1)}, "data_cut"),
    ],
)
def test_facts_that_could_not_be_read_are_not_written(
    made: Any, tmp_path: Path, changes: Any, why: str
) -> None:
    with pytest.raises(BundleRefused, match=why):
        write_bundle(tmp_path / "task", made.parts(), made.facts(**changes), made.now)
    assert not (tmp_path / "task").exists()


def test_a_booster_may_read_other_columns_than_the_contract(made: Any, tmp_path: Path) -> None:
    contract = made.facts(features=(Feature("region", "category"),), boosters={"lift.ubj": made.names})
    version = write_bundle(tmp_path, made.parts(), contract, made.now)
    assert read_bundle(tmp_path / version).columns_of("lift.ubj") == made.names


def test_a_disk_that_refuses_is_named(made: Any, tmp_path: Path) -> None:
    (tmp_path / "task").write_text("a file where the folder should be")
    with pytest.raises(OutputRefused):
        write_bundle(tmp_path / "task", made.parts(), made.facts(), made.now)


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _swap(folder: Path) -> None:
    a, b = (folder / "calibration.json").read_bytes(), (folder / "lift.ubj").read_bytes()
    (folder / "calibration.json").write_bytes(b)
    (folder / "lift.ubj").write_bytes(a)


def _link(path: Path) -> None:
    away = path.rename(path.parent.parent / path.name)
    path.symlink_to(away)


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: dict[str, Any] = {
    "truncated": (lambda f: os.truncate(f / "lift.ubj", 100), "has 100 bytes instead of"),
    "longer": (lambda f: _append(f / "lift.ubj"), "bytes instead of"),
    "one bit": (lambda f: _flip(f / "lift.ubj"), "sha256 differs"),
    "one bit of a table": (lambda f: _flip(f / "golden.parquet"), "sha256 differs"),
    "swapped": (_swap, "bytes instead of"),
    "missing": (lambda f: (f / "lift.ubj").unlink(), "it lacks lift.ubj"),
    "extra": (lambda f: (f / "extra.json").write_text("{}"), "does not list: 'extra.json'"),
    "extra folder": (lambda f: (f / "sub").mkdir(), "does not list: 'sub'"),
    "extra pickle": (lambda f: (f / "model.pkl").write_bytes(b"\x80\x04."), "does not list"),
    "link": (lambda f: _link(f / "lift.ubj"), "link or not a plain file"),
    "link to the manifest": (lambda f: _link(f / "manifest.json"), "link or not a plain file"),
    "folder": (lambda f: _folder(f / "lift.ubj"), "link or not a plain file"),
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "No such file|cannot find"),
    "empty manifest": (lambda f: (f / "manifest.json").write_text(""), "not JSON"),
    "list manifest": (lambda f: (f / "manifest.json").write_text("[]"), "not an object"),
    "deep manifest": (lambda f: (f / "manifest.json").write_text("[" * 100_000), "nested deeper"),
    "huge manifest": (lambda f: (f / "manifest.json").write_text(" " * (2 << 20)), "has 2,097,152 bytes"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named(bundle: Path, name: str) -> None:
    damage, why = DAMAGE[name]
    damage(bundle)
    with pytest.raises(BundleRefused, match=why):
        read_bundle(bundle)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_does_not_make_the_reader_wait(bundle: Path) -> None:
    _fifo(bundle / "lift.ubj")
    with pytest.raises(BundleRefused, match="not a plain file"):
        read_bundle(bundle)


def test_a_linked_or_renamed_version_is_refused(bundle: Path) -> None:
    moved = bundle.rename(bundle.parent.parent / bundle.name)
    bundle.symlink_to(moved, target_is_directory=True)
    with pytest.raises(BundleRefused, match="not a folder of its own"):
        read_bundle(bundle)
    with pytest.raises(BundleRefused, match=f"manifest is that of version {bundle.name}"):
        read_bundle(moved.rename(moved.parent / "20270101T000000Z-00000000"))


def test_a_changed_metric_shows_in_the_version(bundle: Path) -> None:
    path = bundle / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"0.21", b"0.12"))
    with pytest.raises(BundleRefused, match="changed after it was written"):
        read_bundle(bundle)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"format": 2, "product_version": "3.1.0"},
            r"format 2, written by promo-planner 3\.1\.0.*Upgrade to promo-planner 3\.1\.0",
        ),
        ({"format": 0}, "states no format"),
        ({"format": True}, "states no format"),
        ({"format": "1"}, "states no format"),
        ({"surprise": 1}, "unknown entries: 'surprise'"),
        ({"client": "a/b"}, "cannot name a client"),
        ({"files": {}}, "lists 0 files"),
        ({"files": []}, "not an object"),
        ({"metrics": []}, "metrics"),
        ({"metrics": {"n": 10**399}}, "too large"),
        ({"contract": None}, "not an object"),
        ({"libraries": {"numpy": 2}}, "libraries|library"),
        ({"files": {"lift.ubj": {"size": -1, "sha256": "0" * 64}}}, "size"),
        ({"files": {"lift.ubj": {"size": 2**40, "sha256": "0" * 64}}}, "size"),
        ({"files": {"lift.ubj": {"size": 1, "sha256": "x"}}}, "sha256"),
        ({"data_cut": "soon"}, "data_cut"),
    ],
)
def test_a_forged_manifest_is_refused(made: Any, bundle: Path, changes: Any, why: str) -> None:
    with pytest.raises(BundleRefused, match=why):
        read_bundle(made.resign(bundle, **changes))


@pytest.mark.parametrize("text", [b"NaN", b"-Infinity", b"1e999", b"1" * 500])
def test_a_number_that_is_none_is_refused_in_the_manifest(bundle: Path, text: bytes) -> None:
    path = bundle / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"0.21", text))
    with pytest.raises(BundleRefused, match=r"manifest\.json"):
        read_bundle(bundle)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("lift.ubj", b"\x80\x04pickle", "lift.ubj: it"),
        ("calibration.json", b'{"a": NaN}', "not a number"),
        ("calibration.json", b'{"a": 1, "a": 2}', "twice"),
        ("calibration.json", b"[" * 50 + b"]" * 50, "nested deeper"),
        ("golden.parquet", b"PAR1", "not a Parquet"),
        ("golden.parquet", b"PAR1\xff\xff\xff\xffPAR1", "footer"),
    ],
)
def test_new_hashes_do_not_help_a_bad_part(
    made: Any, bundle: Path, name: str, content: bytes, why: str
) -> None:
    (bundle / name).write_bytes(content)
    with pytest.raises(BundleRefused, match=why):
        read_bundle(made.resign(bundle))


def test_files_swapped_with_new_hashes_are_refused(made: Any, bundle: Path) -> None:
    _swap(bundle)
    with pytest.raises(BundleRefused, match=r"calibration\.json: it is n"):
        read_bundle(made.resign(bundle))


def test_limits_come_before_reading(bundle: Path) -> None:
    for limits in (
        LIMITS._replace(files=3),
        LIMITS._replace(file_bytes=500),
        LIMITS._replace(folder_bytes=1000),
        LIMITS._replace(manifest_bytes=100),
        LIMITS._replace(json_bytes=20),
    ):
        with pytest.raises(BundleRefused):
            read_bundle(bundle, limits)
    small = read_bundle(bundle, LIMITS._replace(table_rows=1))
    with pytest.raises(BundleRefused, match="2 rows; 1 is the most"):
        small.parquet("golden.parquet")


def test_a_table_that_is_none_is_refused_when_it_is_read(made: Any, bundle: Path) -> None:
    content = bytearray((bundle / "golden.parquet").read_bytes())
    footer = int.from_bytes(content[-8:-4], "little")
    content[-8 - footer : -8] = b"\xff" * footer
    (bundle / "golden.parquet").write_bytes(content)
    found = read_bundle(made.resign(bundle))
    with pytest.raises(BundleRefused, match=r"golden\.parquet: it"):
        found.parquet("golden.parquet")


def test_mutated_manifests_are_refused(bundle: Path) -> None:
    """Every byte counts, blanks included."""
    path, rng = bundle / "manifest.json", random.Random(5)
    before = path.read_bytes()
    for _ in range(1500):
        content = bytearray(before)
        for _ in range(rng.choice((1, 1, 3))):
            at = rng.randrange(len(content))
            content[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
        path.write_bytes(content)
        if content != before:
            with pytest.raises(BundleRefused):
                read_bundle(bundle)


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(
        [
            "format",
            "client",
            "task",
            "created",
            "product_version",
            "libraries",
            "data_cut",
            "metrics",
            "contract",
            "files",
        ]
    ),
)
def test_any_value_in_any_entry_is_read_or_refused(
    tmp_path_factory: Any, made: Any, value: Any, entry: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / "v"
    folder.mkdir()
    content = {
        "format": 1,
        "client": "acme",
        "task": "t",
        "version": "20261121T101500Z-00000000",
        "created": "2026-11-21T10:15:00Z",
        "product_version": "1",
        "libraries": {},
        "data_cut": "2026-01-01",
        "metrics": {},
        "files": {},
        "contract": {"features": [], "boosters": {}},
        entry: value,
    }
    (folder / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(BundleRefused):
        read_bundle(folder)
    shutil.rmtree(folder)


def test_json_is_written_in_one_way() -> None:
    assert documents.encode({"b": 1, "a": 2}) == documents.encode({"a": 2, "b": 1})
    assert documents.decode(documents.encode({"price": 0.1, "name": "Käse 🧀"})) == {
        "price": 0.1,
        "name": "Käse 🧀",
    }
    assert documents.decode(b'"[[[[[\\"{{{{"', LIMITS._replace(json_depth=0)) == '[[[[["{{{{'


def test_a_bundle_of_the_past_second_is_another_version(made: Any, bundle: Path) -> None:
    later = write_bundle(
        bundle.parent, made.parts(), made.facts(), datetime(2026, 11, 21, 10, 15, 1, tzinfo=UTC)
    )
    assert sorted(path.name for path in bundle.parent.iterdir()) == [bundle.name, later]
