"""The reader of XGBoost's binary form: what XGBoost writes it reads, everything else it names as a flaw."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.artifacts.limits import LIMITS, Flaw
from scorer.artifacts.ubjson import parse


def _length(count: int) -> bytes:
    return b"L" + count.to_bytes(8, "big", signed=True)


def _text(text: str) -> bytes:
    return _length(len(text.encode())) + text.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


def test_reads_the_same_as_the_json_form_of_a_booster(made: Any) -> None:
    content = made.booster()
    as_json = json.loads(xgboost.Booster(model_file=bytearray(content)).save_raw("json"))
    read = _plain(parse(content))
    trees = read["learner"]["gradient_booster"]["model"].pop("trees")
    expected = as_json["learner"]["gradient_booster"]["model"].pop("trees")
    assert read == as_json
    for tree, wanted in zip(trees, expected, strict=True):
        assert {k: v for k, v in tree.items() if "param" in k} == {
            k: v for k, v in wanted.items() if "param" in k
        }
        for name in ("left_children", "parents", "split_conditions", "sum_hessian"):
            np.testing.assert_allclose(tree[name], wanted[name], rtol=1e-6)


def test_typed_arrays_are_not_copied() -> None:
    numbers = np.arange(1000, dtype=">f4")
    content = b"[$d#" + _length(1000) + numbers.tobytes()
    read = parse(content)
    assert not read.flags.owndata
    np.testing.assert_array_equal(read, numbers)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "ends in the middle"),
        (b"i", "ends in the middle"),
        (b"i\x01i\x01", "bytes follow its end"),
        (b"Z", "unknown type mark"),
        (b"[i\x01]", "lacks the mark '#'"),
        (b"[#" + _length(-1), "negative length"),
        (b"[#" + _length(2**62), "promises"),
        (b"[$d#" + _length(2**62), "ends in the middle"),
        (b"[$S#" + _length(0), "unknown type"),
        (b"S" + _length(2) + b"\xff\xfe", "not UTF-8"),
        (b"{" + _text("a") + b"i\x01" + _text("a") + b"i\x02}", "twice"),
        (b"{" + _text("a") + b"i\x01", "lacks the mark 'L'"),
        ((b"{" + _text("a")) * 5000, "nested deeper"),
        ((b"[#" + _length(1)) * 5000 + b"i\x01", "nested deeper"),
    ],
)
def test_names_what_is_wrong(content: bytes, why: str) -> None:
    with pytest.raises(Flaw, match=why):
        parse(content)


def test_the_number_of_values_is_bounded() -> None:
    with pytest.raises(Flaw, match="more than 10 values"):
        parse(b"[#" + _length(11) + b"i\x01" * 11, LIMITS._replace(booster_values=10))


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Flaw):
        parse(content)
