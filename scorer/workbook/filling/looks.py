"""Number formats for cells that need one: appended to the end of the styles, where nothing that is there moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scorer.workbook.filling.markup import Element, child, elements, quoted, replaced, whole, with_attribute

_TOP = ("styleSheet",)
_FIRST_OWN = 164  # numbers below are the formats every host knows (ECMA-376, 18.8.30)
BUILT_IN = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "@": 49}
SHORT_DATE = 14  # shown as the reader's own system writes dates


class Look(NamedTuple):
    """A style that is asked for: the look of cell style ``base`` with another number format (a code or a number)."""

    base: int
    shape: str | int


class Looks:
    """The styles of a workbook, and those that must be added. ``xml`` gives the part with the new ones."""

    def __init__(self, xml: bytes, where: object, part: str) -> None:
        self._xml = xml
        self._found = elements(xml, where, part)
        self._styles = [one for one in self._found if one.name == "xf" and one.parents == (*_TOP, "cellXfs")]
        self._holder = child(self._found, "cellXfs", _TOP)
        formats = [one.attributes for one in self._found if one.name == "numFmt" and one.parents == (*_TOP, "numFmts")]
        self._formats = {told.get("formatCode", ""): whole(told.get("numFmtId")) or 0 for told in formats}
        self._format_count = len(formats)
        self._new_formats: dict[str, int] = {}
        self._new: dict[Look, int] = {}

    def shape_of(self, style: int) -> int:
        """Return the number of the number format a cell style shows its number by; 0 is General."""
        return (whole(self._styles[style].attributes.get("numFmtId")) or 0) if style < len(self._styles) else 0

    def number(self, look: Look) -> int:
        """Return the number of a style, which is added where it is new; the base where there are no styles to add to."""
        if self._holder is None or look.base >= len(self._styles):
            return look.base
        shape = look.shape if isinstance(look.shape, int) else self._format(look.shape)
        if self.shape_of(look.base) == shape:
            return look.base
        wanted = Look(look.base, shape)
        return self._new.setdefault(wanted, len(self._styles) + len(self._new))

    @property
    def is_changed(self) -> bool:
        return bool(self._new)

    @property
    def xml(self) -> bytes:
        if self._holder is None or not self._new:
            return self._xml
        more = b"".join(self._style(look) for look in self._new)
        count = len(self._styles) + len(self._new)
        return replaced(
            self._xml,
            [
                (self._holder.start, self._holder.inside, self._counted(self._holder, count)),
                (self._holder.close, self._holder.close, more),
                *self._more_formats(),
            ],
        )

    def _format(self, code: str) -> int:
        known = BUILT_IN.get(code, self._formats.get(code))
        if known is not None:
            return known
        top = max([_FIRST_OWN - 1, *self._formats.values(), *self._new_formats.values()])
        return self._new_formats.setdefault(code, top + 1)

    def _style(self, look: Look) -> bytes:
        base = self._styles[look.base]
        tag = with_attribute(self._xml[base.start : base.inside], "numFmtId", look.shape)
        return with_attribute(tag, "applyNumberFormat", 1) + self._xml[base.inside : base.end]

    def _counted(self, holder: Element, count: int) -> bytes:
        return with_attribute(self._xml[holder.start : holder.inside], "count", count)

    def _more_formats(self) -> Iterable[tuple[int, int, bytes]]:
        if not self._new_formats:
            return []
        root, prefix = self._found[0], self._prefix()
        more = b"".join(
            b'<%snumFmt numFmtId="%d" formatCode="%s"/>' % (prefix, number, quoted(code, attribute=True))
            for code, number in self._new_formats.items()
        )
        holder = child(self._found, "numFmts", _TOP)
        count = self._format_count + len(self._new_formats)
        if holder is None:  # the first of all parts of the styles
            every = b'<%snumFmts count="%d">%s</%snumFmts>' % (prefix, count, more, prefix)
            return [(root.inside, root.inside, every)]
        if holder.close == holder.inside and self._xml[: holder.inside].endswith(b"/>"):
            opened = self._counted(holder, count)[:-2].rstrip() + b">" + more + b"</" + prefix + b"numFmts>"
            return [(holder.start, holder.end, opened)]
        return [(holder.start, holder.inside, self._counted(holder, count)), (holder.close, holder.close, more)]

    def _prefix(self) -> bytes:
        start = self._found[0].start
        return self._xml[start + 1 : self._xml.index(b"styleSheet", start)]

