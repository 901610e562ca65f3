"""What goes into a database as a stream comes out as it was, piece by piece, and is let go of."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.columns import Columns, fetch, length, stack
from scorer.lake.arrow_stream import ArrowStream
from tests.promo_command import ROOT

TYPES = {"number": "DOUBLE", "count": "BIGINT", "day": "DATE", "flag": "BOOLEAN", "word": "VARCHAR"}


def _piece(rng: np.random.Generator, rows: int) -> Columns:
    number = rng.normal(size=rows)
    number[rng.random(rows) < 0.2] = np.nan
    day = np.datetime64("1900-01-01", "D") + rng.integers(0, 100_000, rows)
    day[rng.random(rows) < 0.2] = np.datetime64("NaT")
    word = np.array([rng.choice(["a", "bé", "🙂", "=1+1", "x" * 500]) for _ in range(rows)], dtype=object)
    word[rng.random(rows) < 0.2] = None
    count, flag = rng.integers(-(2**62), 2**62, rows), rng.random(rows) < 0.5
    return dict(zip(TYPES, (number, count, day, flag, word), strict=True))


def _through(types: dict[str, str], pieces: Iterator[Columns]) -> Columns:
    with closing(duckdb.connect()) as con:
        con.execute("SET threads = 1")
        con.register("stream", ArrowStream(types, pieces).capsule())
        return fetch(con, "SELECT * FROM stream")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sampled_from([0, 1, 7, 8, 9, 2047, 2048, 2049, 5000]), min_size=1, max_size=4))
def test_what_goes_in_comes_out(seed: int, rows: list[int]) -> None:
    rng = np.random.default_rng(seed)
    pieces = [_piece(rng, count) for count in rows]
    found, expected = _through(TYPES, iter(pieces)), stack(pieces)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_every_piece_has_words_of_its_own() -> None:
    """A database that remembers the last dictionary must not use it for the next: freed memory is used again at once."""

    def pieces() -> Iterator[Columns]:
        for part in range(400):
            yield {"word": np.array([f"{part % 10} of {part}"] * 10, dtype=object)}

    words = _through({"word": "VARCHAR"}, pieces())["word"].tolist()
    assert words == [f"{part % 10} of {part}" for part in range(400) for _ in range(10)]


def test_cells_that_are_no_text_are_written_apart() -> None:
    cells = np.array([1, 1.0, True, "true", None, ""], dtype=object)
    assert _through({"cell": "VARCHAR"}, iter([{"cell": cells}]))["cell"].tolist() == ["1", "1.0", "true", "true", None, ""]


def test_a_fault_in_a_piece_is_kept() -> None:
    def pieces() -> Iterator[Columns]:
        yield {"number": np.arange(3000.0)}
        raise LookupError("that was all\0 there was")

    stream = ArrowStream({"number": "DOUBLE"}, pieces())
    with closing(duckdb.connect()) as con:
        con.register("stream", stream.capsule())
        with pytest.raises(duckdb.Error, match="that was all"):
            con.execute("SELECT sum(number) FROM stream").fetchall()
    assert isinstance(stream.failed, LookupError)


def test_pieces_are_let_go_of() -> None:
    """Memory does not grow with the number of pieces: not more than a few are alive at once."""
    alive: list[int] = []
    seen: list[weakref.ref[np.ndarray]] = []

    def pieces() -> Iterator[Columns]:
        for _ in range(30):
            piece = {"number": np.random.default_rng(0).normal(size=10_000)}
            seen.append(weakref.ref(piece["number"]))
            alive.append(sum(one() is not None for one in seen))
            yield piece

    assert length(_through({"number": "DOUBLE"}, pieces())) == 300_000
    gc.collect()
    assert max(alive) <= 3
    assert not [one for one in seen if one() is not None]


def test_arrow_itself_is_not_asked_for(tmp_path: Path) -> None:
    """Where pyarrow is installed a database would read through it, on threads of its own that outlive the writing."""
    code = (
        "import sys, numpy as np; from pathlib import Path; from scorer.lake.writing import write_table;"
        " write_table(Path(sys.argv[1]), {'x': np.arange(3.0)}); assert 'pyarrow' not in sys.modules"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "x.parquet")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
