"""What a sheet says of its columns, when some are added on the right: how far its cells reach, and how wide they are."""

from __future__ import annotations

import re

from scorer.workbook.filling.addresses import Area
from scorer.workbook.filling.markup import masked, replaced, whole_number, with_attribute
from scorer.workbook.filling.places import Place
from scorer.workbook.filling.rows import Before
from scorer.workbook.template import read_template

_WIDEST = 40


def with_added_columns(before: Before, place: Place) -> bytes:
    """Return the bytes before the rows so that they speak of the added columns too; what they say of others stays.

    A column that has a width already keeps it.
    """
    if not place.added:
        return before.raw
    seen = masked(before.raw)
    return replaced(before.raw, [*_reach(before, seen, place), *_widths(before, seen, place)])


def widths() -> dict[str, int]:
    """Return how wide each column of an answer is: as in the planning workbook, and never less than its name."""
    told = {column.name: column.width for band in read_template().plan.bands for column in band.columns}
    return {name: min(_WIDEST, max(round(width), len(name) + 2)) for name, width in told.items()}


def _reach(before: Before, seen: bytes, place: Place) -> list[tuple[int, int, bytes]]:
    dimension, right = place.survey.dimension, max(place.targets.values())
    tag = re.search(rb"<" + re.escape(before.prefix) + rb"dimension\s[^>]*>", seen)
    if dimension is None or tag is None or right <= dimension.right:
        return []
    wide = Area(dimension.top, dimension.left, dimension.bottom, right)
    return [(tag.start(), tag.end(), with_attribute(before.raw[tag.start() : tag.end()], "ref", wide))]


def _widths(before: Before, seen: bytes, place: Place) -> list[tuple[int, int, bytes]]:
    spans = []
    for tag in re.finditer(rb"<" + re.escape(before.prefix) + rb"col\s[^>]*>", seen):
        first, last = whole_number(tag[0], "min"), whole_number(tag[0], "max")
        if first and last:
            spans.append((first, last, tag.start()))
    known = widths()
    new = {
        column: b'<%scol min="%d" max="%d" width="%d" customWidth="1"/>' % (before.prefix, column, column, known[name])
        for name, column in sorted(place.targets.items(), key=lambda target: target[1])
        if not any(first <= column <= last for first, last, _ in spans)
    }
    end = re.search(rb"</" + re.escape(before.prefix) + rb"cols\s*>", seen)
    if end is None:  # the columns stand right before the rows
        at = re.search(rb"<" + re.escape(before.prefix) + rb"sheetData", seen)
        frame = b"<%scols>%s</%scols>" % (before.prefix, b"".join(new.values()), before.prefix)
        return [(at.start(), at.start(), frame)] if at and new else []
    places: dict[int, bytes] = {}
    for column, told in new.items():  # in order, each before the first that stands further right
        place_of = next((start for first, _, start in spans if first > column), end.start())
        places[place_of] = places.get(place_of, b"") + told
    return [(start, start, tags) for start, tags in places.items()]
