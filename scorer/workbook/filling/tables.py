"""Excel tables: named areas of a sheet whose columns have names of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scorer.workbook.filling.addresses import Area, area
from scorer.workbook.filling.markup import child, decoded, elements, quoted, replaced, whole, with_attribute
from scorer.workbook.filling.package import Package

_TOP = ("table",)


class Table(NamedTuple):
    """A table: its part, name and area, how many rows on top and at the bottom hold no data, its columns' names."""

    part: str
    name: str
    area: Area
    header_rows: int
    totals_rows: int
    columns: tuple[str, ...]
    from_a_query: bool

    @property
    def data(self) -> Area:
        return self.area._replace(top=self.area.top + self.header_rows, bottom=self.area.bottom - self.totals_rows)


def tables_of(package: Package, sheet_part: str) -> tuple[Table, ...]:
    """Read the tables that stand on a sheet."""
    parts = [tie.target for tie in package.relations(sheet_part).values() if tie.kind == "table"]
    return tuple(table for part in parts if (table := _table(package, package.known(part) or part)) is not None)


def extended(xml: bytes, where: object, part: str, names: Sequence[str]) -> bytes:
    """Return a table's part with more columns on its right; its area and its filter reach over them."""
    found = elements(xml, where, part)
    columns = child(found, "tableColumns", _TOP)
    spread = area(found[0].attributes["ref"])
    if columns is None or spread is None:
        raise AssertionError(part)  # read_table has seen both
    every = [one for one in found if one.name == "tableColumn" and one.parents == (*_TOP, "tableColumns")]
    prefix = xml[every[-1].start + 1 : xml.index(b"tableColumn", every[-1].start)]
    number = max(whole(one.attributes.get("id")) or 0 for one in every)
    more = b"".join(
        b'<%stableColumn id="%d" name="%s"/>' % (prefix, number + place, quoted(name, attribute=True))
        for place, name in enumerate(names, start=1)
    )
    wider = with_attribute(xml[columns.start : columns.inside], "count", len(every) + len(names))
    changes = [(columns.start, columns.inside, wider), (columns.close, columns.close, more)]
    for one in found:
        if one is found[0] or (one.name == "autoFilter" and one.parents == _TOP):
            reach = area(one.attributes.get("ref", ""))
            if reach is not None:
                reach = reach._replace(right=reach.right + len(names))
                changes.append((one.start, one.inside, with_attribute(xml[one.start : one.inside], "ref", _reference(reach))))
    return replaced(xml, changes)


def _reference(reach: Area) -> str:
    return str(reach)


def _table(package: Package, part: str) -> Table | None:
    found = elements(package.read(part), package.path, part)
    told = found[0].attributes
    spread = area(told.get("ref", ""))
    names = tuple(
        decoded(one.attributes.get("name", ""))
        for one in found
        if one.name == "tableColumn" and one.parents == (*_TOP, "tableColumns")
    )
    if spread is None or not names or spread.right - spread.left + 1 != len(names):
        return None
    return Table(
        part,
        told.get("displayName") or told.get("name", ""),
        spread,
        whole(told.get("headerRowCount", "1")) or 0,
        whole(told.get("totalsRowCount")) or 0,
        names,
        told.get("tableType") == "queryTable",
    )
