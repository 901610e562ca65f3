"""XML as bytes: what stands where, so that a few bytes can be replaced and all others kept.

A part of a workbook is never allowed a document type, so it can neither unfold entities nor reach for other files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

from scorer.errors import OutputRefused

# The two families of Office Open XML: transitional, which everyone writes, and strict.
MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_SEPARATOR = " "
_TAG_END = re.compile(rb"""(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_HIDDEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_COMMENT = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_ENTITY = re.compile(r"&(#[0-9]+|#x[0-9A-Fa-f]+|lt|gt|amp|quot|apos);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
# A cell writes a character that XML has no place for as _xHHHH_ (ST_Xstring of ECMA-376).
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Element(NamedTuple):
    """One element: its local name, its attributes by local name, and where its bytes stand.

    ``xml[start:inside]`` is the start tag, ``xml[inside:close]`` what it holds, ``xml[start:end]`` all of it.
    ``parents`` are the local names around it, the outermost first.
    """

    name: str
    space: str
    attributes: dict[str, str]
    start: int
    inside: int
    close: int
    end: int
    parents: tuple[str, ...]


class Checker:
    """Reads a part in pieces and refuses what is no sound XML; costs next to nothing beside reading it."""

    def __init__(self, where: object, part: str) -> None:
        self._where, self._part = where, part
        self.parser = _parser(where, part)

    def feed(self, piece: bytes, last: bool = False) -> None:
        try:
            self.parser.Parse(piece, last)
        except (expat.ExpatError, ValueError, LookupError) as why:  # the last two: an encoding it does not know
            raise OutputRefused.because(
                self._where, f"its part {self._part} is broken ({why})", "Open it in Excel, save it again and try once more."
            ) from why


def elements(xml: bytes, where: object, part: str) -> list[Element]:
    """Return every element of a part in the order of its start tags.

    Raises OutputRefused for what is not sound XML, has a document type, or is not in UTF-8.
    """
    found: list[Any] = []
    open_: list[int] = []
    names: list[str] = []
    checker = Checker(where, part)
    must_be_utf8(xml, where, part)
    parser = checker.parser

    def begin(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(_SEPARATOR)
        start = parser.CurrentByteIndex
        tag = _TAG_END.match(xml, start)
        inside = tag.end() if tag else start
        plain = {key.rpartition(_SEPARATOR)[2]: value for key, value in attributes.items()}
        open_.append(len(found))
        found.append(Element(local, space, plain, start, inside, inside, inside, tuple(names)))
        names.append(local)

    def finish(_: str) -> None:
        names.pop()
        place = open_.pop()
        element = found[place]
        if xml[element.inside - 2 : element.inside] == b"/>":
            return
        close = parser.CurrentByteIndex
        found[place] = element._replace(close=close, end=xml.index(b">", close) + 1)

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    checker.feed(xml, last=True)
    return found


def must_be_utf8(xml: bytes, where: object, part: str) -> None:
    """Raise OutputRefused when a part is written in another encoding: its bytes could not be replaced one by one."""
    declared = _DECLARED.match(xml.removeprefix(b"\xef\xbb\xbf"))
    other = declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")
    if other or xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in xml[:4]:
        raise OutputRefused.because(
            where, f"its part {part} is not written in UTF-8", "Open it in Excel, save it again and try once more."
        )


def child(found: Iterable[Element], name: str, parents: tuple[str, ...]) -> Element | None:
    """Return the first element of that name under these parents."""
    return next((element for element in found if element.name == name and element.parents == parents), None)


def replaced(xml: bytes, changes: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Return the bytes with some spans replaced; spans are (start, end, new) and do not overlap.

    >>> replaced(b"abc", [(1, 2, b"--"), (3, 3, b"!")])
    b'a--c!'
    """
    out, position = [], 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        out += [xml[position:start], new]
        position = end
    return b"".join([*out, xml[position:]])


def with_attribute(tag: bytes, name: str, value: object) -> bytes:
    """Return a start tag with one attribute set.

    >>> with_attribute(b'<c r="A1"/>', "s", 3), with_attribute(b'<c s="1">', "s", 3)
    (b'<c r="A1" s="3"/>', b'<c s="3">')
    """
    written = quoted(str(value), attribute=True)
    there = _attribute(name).search(tag)
    if there:
        return tag[: there.start(1)] + b'"' + written + b'"' + tag[there.end(1) :]
    ending = 2 if tag.endswith(b"/>") else 1
    return tag[:-ending].rstrip() + b" " + name.encode() + b'="' + written + b'"' + tag[-ending:]


def attribute(tag: bytes, name: str) -> str | None:
    """Return an attribute of a start tag.

    >>> attribute(b"<c r='A1' t=\\"s\\">", "r")
    'A1'
    """
    found = _attribute(name).search(tag)
    return plain(found[1][1:-1]) if found else None


def whole_number(tag: bytes, name: str) -> int | None:
    """Return an attribute that counts; None where it is not there or is no whole number.

    >>> whole_number(b'<c s="3">', "s"), whole_number(b'<c s="x">', "s")
    (3, None)
    """
    return whole(attribute(tag, name))


def whole(told: str | None) -> int | None:
    """Read a count; None for anything that is none."""
    return int(told) if told and told.isascii() and told.isdigit() else None


def masked(xml: bytes) -> bytes:
    """Blank out comments, instructions and CDATA, byte for byte, so that a search for tags finds only tags.

    >>> masked(b"<a><!-- <b> --></a>")
    b'<a>            </a>'
    """
    if b"<!" not in xml and b"<?" not in xml:
        return xml
    return _HIDDEN.sub(lambda found: b" " * len(found[0]), xml)


def first_incomplete(seen: bytes) -> int:
    """Return where, in masked bytes, a comment or CDATA begins whose end has not been read yet; else their length."""
    starts = [at for at in (seen.find(b"<!"), seen.find(b"<?")) if at >= 0]
    return min(starts, default=len(seen))


def plain(xml: bytes) -> str:
    """Return the text that bytes of XML stand for.

    >>> plain(b"a &amp; b<![CDATA[ <c>]]>")
    'a & b <c>'
    """
    if b"&" not in xml and b"<" not in xml:
        return xml.decode("utf-8")
    return "".join(_texts(xml))


def decoded(text: str) -> str:
    """Return what a cell means by its text: _x000D_ is a character.

    >>> decoded("a_x0041_")
    'aA'
    """
    return _CODED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def quoted(text: str, *, attribute: bool = False) -> bytes:
    """Return text as bytes of XML; what XML has no place for is coded as cells code it.

    >>> quoted("a<b\\x01 _x0041_")
    b'a&lt;b_x0001_ _x005F_x0041_'
    """
    kept = _CODED.sub(lambda found: f"_x005F{found[0]}", text) if not attribute else text
    fit = _UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", kept)
    return escape(fit, {'"': "&quot;", "\n": "&#10;"} if attribute else {"\r": "_x000D_"}).encode("utf-8")


def _texts(xml: bytes) -> Iterator[str]:
    for place, piece in enumerate(_CDATA.split(xml)):
        if place % 2:
            yield piece.decode("utf-8")
        else:
            text = _COMMENT.sub(b"", piece).decode("utf-8")
            yield _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if not name.startswith("#"):
        return _ENTITIES[name]
    return chr(int(f"0{name[1:]}", 16 if name[1] == "x" else 10))


@cache
def _attribute(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"""\s%s\s*=\s*("[^"]*"|'[^']*')""" % name.encode())


def _parser(where: object, part: str) -> Any:
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)

    def refuse(*_: object) -> None:
        raise OutputRefused.because(
            where, f"its part {part} declares a document type, which no workbook may", "Get the workbook from its author again."
        )

    parser.StartDoctypeDeclHandler = refuse
    return parser
