"""Where cells stand is told as looking at every tag in turn tells it, or not at all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.lake.cell_places import Places, plainly_placed
from scorer.lake.reading_archive import _placed_otherwise

PLAIN = ('<c r="A1">', '<c r="ZZ99" s="1">', '<c r="XFD1048576"/>', "<cols>", '<row r="5">', "<row>", "</c>", "<si>", "<v>1</v>")
ODD = ("<c>", '<c r="a1">', '<c s="1" r="C3">', '<c  r="A1">', '<c r="B">', '<c r="7">', "<c r='D4'>", "<c\tr='B2'>", '<x:c r="B2">')
PIECES = st.lists(st.sampled_from(PLAIN), max_size=8) | st.lists(st.sampled_from(PLAIN + ODD), max_size=8)


@settings(max_examples=2_000, deadline=None)
@given(PIECES)
def test_cells_looked_at_all_at_once_stand_where_each_of_them_stands(pieces: list[str]) -> None:
    xml = "".join(pieces).encode()
    found = plainly_placed(xml)
    if found is not None:
        assert found.places == _placed_otherwise(xml)


@given(st.sampled_from(ODD))
def test_of_cells_written_otherwise_nothing_is_said(odd: str) -> None:
    assert plainly_placed(f'<row r="1"><c r="A1"/>{odd}</row>'.encode()) is None


def test_a_cell_at_the_very_end_is_seen() -> None:
    found = plainly_placed(b'<c r="XFD1048576"')
    assert found is not None
    assert found.places == Places(16_384, 1_048_576, 1, 0, 0)
