"""Which style each written cell takes: its own, else that of its column, its row, or of the cell on its left."""

from __future__ import annotations

from collections.abc import Mapping

from scorer.contracts.scored import SCORED
from scorer.contracts.table import Kind
from scorer.workbook.filling.cells import Value, Written
from scorer.workbook.filling.look import Looked
from scorer.workbook.filling.looks import SHORT_DATE, Look, Looks
from scorer.workbook.filling.markup import attribute, whole_number
from scorer.workbook.filling.places import Place
from scorer.workbook.filling.rows import Row
from scorer.workbook.template import read_template


class CellStyles:
    """The styles of the cells to write. Those that must be added are asked for when this is made, all at once.

    A style that shows numbers in some way is never changed; General is, where a date or a figure in an added column
    would not be understood.
    """

    def __init__(self, place: Place, looked: Looked, looks: Looks | None) -> None:
        self._place, self._looked, self._looks = place, looked, looks
        self._left = dict(zip(looked.numbers, looked.left_styles, strict=False))
        self._shapes = planning_shapes()
        self._above: dict[int, int] = {}
        self._of_column = {column: self._style_of_column(column) for column in place.targets.values()}
        self._own: dict[int, dict[int, int]] = {}
        self._fresh: dict[int, dict[int, int]] = {}
        for name, column in place.targets.items():
            self._above[column] = looked.column_styles.get(column, 0)
            bases = set(looked.left_styles) if place.added else {self._above[column] or self._of_column[column]}
            self._own[column] = {base: self._shown(base, name) for base in sorted(looked.styles[column] - {0})}
            self._fresh[column] = {base: self._shown(base, name, anew=bool(place.added)) for base in sorted(bases)}

    def of(self, row: Row, values: Mapping[int, Value]) -> dict[int, Written]:
        """Give each value of a row the styles its cell may take."""
        if self._place.added and row.number == self._place.header_row:
            return {column: Written(value, self._looked.header_style) for column, value in values.items()}
        return {
            column: Written(value, self._fresh_style(row, column), self._own[column]) for column, value in values.items()
        }

    def _fresh_style(self, row: Row, column: int) -> int:
        if self._place.added:
            base = self._left.get(row.number, 0)
        else:
            base = self._above[column] or _style_of_row(row) or self._of_column[column]
        return self._fresh[column].get(base, base)

    def _style_of_column(self, column: int) -> int:
        spans = self._place.survey.column_styles
        return next((span.style for span in spans if span.first <= column <= span.last), 0)

    def _shown(self, base: int, name: str, *, anew: bool = False) -> int:
        """Return the style that shows this figure: the base, or the base with a number format that fits."""
        shape: str | int | None = self._shapes.get(name) if self._place.added else None
        if SCORED.kinds.get(name) is Kind.DATE:
            shape = SHORT_DATE
        if self._looks is None or shape is None or not (anew or self._looks.shape_of(base) == 0):
            return base
        return self._looks.number(Look(base, shape))


def planning_shapes() -> dict[str, str]:
    """Return the number format the planning workbook shows each figure of an answer by; texts have none."""
    template = read_template()
    return {
        column.name: template.look.numbers[column.kind]
        for band in template.plan.bands
        for column in band.columns
        if column.kind not in ("text", "wrap", "date")
    }


def _style_of_row(row: Row) -> int:
    if b"customFormat" not in row.raw:
        return 0
    return (whole_number(row.tag, "s") or 0) if attribute(row.tag, "customFormat") in ("1", "true") else 0
