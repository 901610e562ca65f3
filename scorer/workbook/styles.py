"""The visual system: one font, an ink, an accent, and a named cell style for every role a cell can play."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from scorer.workbook.template import Kind, Look, Role

ROLE_NAMES: dict[Role, str] = {"key": "Key", "input": "Input", "model": "Model", "calc": "Calculated"}
_LEFT = ("text", "wrap")
_AS_WORDS = {"align": "left", "indent": 1}


class Styles:
    """Formats of one workbook, made on first use; each becomes a named cell style of the file."""

    def __init__(self, book: Workbook, look: Look) -> None:
        self._book = book
        self._look = look
        self._made: dict[str, Format] = {}

    @property
    def look(self) -> Look:
        return self._look

    def cell(self, role: Role, kind: Kind, strong: bool = False) -> Format:
        """The style of a figure or word: who it belongs to, and how it is shown."""
        name = f"{ROLE_NAMES[role]} {kind}" + (" strong" if strong else "")
        return self._style(name, self._figure(role, kind) | ({"bold": True} if strong else {}))

    def fact(self, kind: Kind) -> Format:
        """The style of one figure or word beside its label: always on the left."""
        look = self._look
        return self._style(
            f"Fact {kind}",
            {"num_format": look.numbers[kind], "bottom": 1, "border_color": look.line} | _AS_WORDS,
        )

    def head(self, kind: Kind) -> Format:
        """The style of a figure that heads a column."""
        return self._style(f"Head {kind}", self._header() | {"align": "right", "num_format": self._look.numbers[kind]})

    def total(self, kind: Kind) -> Format:
        look = self._look
        return self._style(
            f"Total {kind}",
            {"bold": True, "num_format": look.numbers[kind], "top": 1, "bottom": 1, "border_color": look.ink}
            | (_AS_WORDS if kind in _LEFT else {"align": "right", "shrink": True}),
        )

    def word(self, name: str) -> Format:
        """The style of a title, header, note or label."""
        return self._style(name.capitalize(), self._words()[name])

    def mark(self, mark: str) -> Format:
        """Fill and letters of a verdict or check; only for conditional formats."""
        fill, ink = self._look.marks[mark]
        return self._book.add_format({"bg_color": fill, "font_color": ink, "bold": True})

    def conditional(self, **properties: Any) -> Format:
        return self._book.add_format(properties)

    def names(self) -> dict[str, int]:
        """Style names with the place of their format in the file, once it is written."""
        return {name: made.xf_index for name, made in self._made.items() if made.xf_index is not None}

    def _style(self, name: str, properties: dict[str, Any]) -> Format:
        if name not in self._made:
            look = self._look
            basis = {
                "font_name": look.font,
                "font_size": look.size,
                "font_color": look.ink,
                "valign": "vcenter",
            }
            self._made[name] = self._book.add_format(basis | properties)
        return self._made[name]

    def _figure(self, role: Role, kind: Kind) -> dict[str, Any]:
        look = self._look
        roles: dict[Role, dict[str, Any]] = {
            "key": {"bold": True, "bottom": 1, "border_color": look.line},
            "input": {
                "bg_color": look.input_fill,
                "font_color": look.accent,
                "border": 1,
                "border_color": look.line,
                "locked": False,
            },
            "model": {"bg_color": look.model_fill, "bottom": 1, "border_color": look.line},
            "calc": {"bottom": 1, "border_color": look.line},
        }
        shape: dict[str, Any] = {"num_format": look.numbers[kind]}
        shape |= _AS_WORDS if kind in _LEFT else {"align": "right", "shrink": kind not in ("date", "number")}
        if kind == "wrap":
            shape |= {"text_wrap": True}
        return roles[role] | shape

    def _words(self) -> dict[str, dict[str, Any]]:
        look = self._look
        return {
            "title": {"bold": True, "font_size": 16} | _AS_WORDS,
            "purpose": {"font_color": look.quiet} | _AS_WORDS,
            "finding": {"bold": True, "font_size": 12} | _AS_WORDS,
            "band": {"bold": True, "font_color": "#FFFFFF", "bg_color": look.band} | _AS_WORDS,
            "section": {"bold": True, "font_size": 11, "bottom": 2, "border_color": look.ink} | _AS_WORDS,
            "unit": {"font_color": look.quiet, "italic": True, "font_size": look.size - 1, "align": "right"},
            "unit left": {"font_color": look.quiet, "italic": True, "font_size": look.size - 1} | _AS_WORDS,
            "header": self._header() | {"align": "right"},
            "header left": self._header() | _AS_WORDS,
            "label": {"bottom": 1, "border_color": look.line} | _AS_WORDS,
            "note": {"font_color": look.quiet, "bottom": 1, "border_color": look.line} | _AS_WORDS,
            "line": _AS_WORDS,
            "state": {"bold": True} | _AS_WORDS,
        }

    def _header(self) -> dict[str, Any]:
        look = self._look
        return {"bold": True, "bg_color": look.head, "text_wrap": True, "bottom": 1, "border_color": look.ink}


def name_styles(package: bytes, names: dict[str, int]) -> bytes:
    """Give cell formats their names in a written file: XlsxWriter itself writes only the style Normal.

    names: style name -> place of its format in the file's list of cell formats. Everything else stays as it
    is, byte for byte once unpacked; the parts keep their order and carry one fixed date.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            body = old.read(part)
            if part == "xl/styles.xml":
                body = _named(body.decode("utf-8"), names).encode("utf-8")
            entry = zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, body)
    return out.getvalue()


_XF = re.compile(r"<xf [^>]*?/>|<xf [^>]*?[^/]>.*?</xf>", re.DOTALL)


def _named(styles: str, names: dict[str, int]) -> str:
    formats = _XF.findall(_inside(styles, "cellXfs"))
    ordered = sorted(names.items(), key=lambda name_and_place: name_and_place[1])
    style_formats = _XF.findall(_inside(styles, "cellStyleXfs"))
    entries = re.findall(r"<cellStyle [^>]*/>", _inside(styles, "cellStyles"))
    for name, place in ordered:
        number = len(style_formats)
        style_formats.append(formats[place].replace(' xfId="0"', ""))
        formats[place] = formats[place].replace(' xfId="0"', f' xfId="{number}"')
        entries.append(f'<cellStyle name="{name}" xfId="{number}"/>')
    for tag, items in (("cellXfs", formats), ("cellStyleXfs", style_formats), ("cellStyles", entries)):
        whole = f'<{tag} count="{len(items)}">{"".join(items)}</{tag}>'
        styles = styles.replace(_element(styles, tag), whole)
    return styles


def _element(styles: str, tag: str) -> str:
    found = re.search(rf"<{tag} [^>]*>.*?</{tag}>", styles, re.DOTALL)
    if found is None:
        raise ValueError(f"the styles of the workbook have no {tag}")
    return found.group()


def _inside(styles: str, tag: str) -> str:
    element = _element(styles, tag)
    return element[element.index(">") + 1 : element.rindex("<")]
