"""How sheets that buttons make look: the planning workbook's colours and number formats, each set on whole blocks at once."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from addin.blocks import Area
from scorer.contracts.table import Kind

# A mark stands beside every colour, so that nothing is said by colour alone.
MARKS = {"GO": "▲", "OPTIMISE": "●", "DON'T LAUNCH": "▼", "NOT ENOUGH EVIDENCE": "?"}
GAIN = "gain"
"""The kind of money that is told with its sign: a profit, not a cost."""
NUMBERS: dict[str, str] = {
    GAIN: "+#,##0;-#,##0;0",
    Kind.MONEY: "#,##0;-#,##0;0",
    Kind.SHARE: "0.0%;-0.0%;0.0%",
    Kind.RATIO: "0.0%;-0.0%;0.0%",
    Kind.NUMBER: "#,##0.0;-#,##0.0;0.0",
    Kind.COUNT: "#,##0;-#,##0;0",
    Kind.DATE: "yyyy-mm-dd",
}
"""Number formats by kind; texts have none."""


def with_room(code: str) -> str:
    """Return a number format that leaves room on the right, so that a figure does not touch the words beside it.

    >>> with_room("0.0%;-0.0%"), with_room("yyyy-mm-dd")
    ('0.0%_);-0.0%_)', 'yyyy-mm-dd_)')
    """
    return ";".join(f"{part}_)" for part in code.split(";"))


class Paint(NamedTuple):
    """The colours of the planning workbook: letters, quiet letters, and the fill of headers, as ``#RRGGBB``."""

    font: str
    size: float
    ink: str
    quiet: str
    head: str
    marks: dict[str, tuple[str, str]]


class Looks(NamedTuple):
    """How a block looked before it was written: width of each column; plain where no cell had a colour or bold letters."""

    widths: list[float | None]
    plain: bool


@cache
def paint() -> Paint:
    """Return the colours, from the template of the planning workbook."""
    from scorer.workbook.template import read_template

    look = read_template().look
    return Paint(look.font, look.size, look.ink, look.quiet, look.head, dict(look.marks))


def looks_of(sheet: Any, area: Area) -> Looks:
    """Return how a block looks."""
    cells = area.of(sheet)
    widths = [sheet.range((area.row, column)).column_width for column in range(area.column, area.right + 1)]
    plain = cells.color is None and cells.font.bold is False and not _mixed(sheet, area)
    return Looks(widths, plain)


def put_looks(sheet: Any, area: Area, looks: Looks) -> None:
    """Give a block its widths back, and no other looks where it had none."""
    if looks.plain:
        cells = area.of(sheet)
        cells.color = None
        cells.font.bold = False
    for at, width in enumerate(looks.widths):
        if width is not None:
            sheet.range((area.row, area.column + at)).column_width = width


def _mixed(sheet: Any, area: Area) -> bool:
    """Whether the first and the last row differ in colour: a host says None for no colour and for several."""
    edges = (sheet.range((row, area.column), (row, area.right)) for row in (area.row, area.bottom))
    return any(edge.color is not None for edge in edges)
