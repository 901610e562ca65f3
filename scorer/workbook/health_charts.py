"""The two charts of Health: sales rows of every refresh, and the empty cells of each column before and lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scorer.workbook.layout import MARGIN
from scorer.workbook.page import Page

if TYPE_CHECKING:
    from scorer.lake.health import Examined
    from scorer.workbook.health_words import HealthWords

CELLS, REFRESHES = "health_cells", "health_refreshes"
CHART_ROWS = 15
"""A chart stands right of its table, this many rows high."""
LEFT = MARGIN + 5
_SIZE = {"width": 700, "height": CHART_ROWS * 19}


def draw_charts(page: Page, spec: HealthWords, found: Examined) -> None:
    """Draw what is better looked at than read, or say why there is nothing to look at."""
    top = {name: page.places.tables[name].first - 3 for name in (CELLS, REFRESHES)}
    if any(cells.empty_before or cells.empty_late for cells in found.empty_cells):
        look = page.styles.look
        series = [_series(page, CELLS, "column", "before", spec.chart_before, look.quiet)]
        series.append(_series(page, CELLS, "column", "lately", spec.chart_late, look.accent))
        _insert(page, _chart(page, "bar", series, spec.chart_cells, "0%", legend=True), top[CELLS], spec.chart_cells_alt)
    else:
        page.words(top[CELLS], LEFT, spec.no_cells, "line")
    if len(found.refreshes) > 1:
        rows = _series(page, REFRESHES, "made_at", "sales", spec.chart_rows, page.styles.look.accent)
        chart = _chart(page, "column", [rows], spec.chart_rows, "#,##0", legend=False)
        _insert(page, chart, top[REFRESHES], spec.chart_rows_alt)
    else:
        page.words(top[REFRESHES], LEFT, spec.one_refresh, "line")


def _series(page: Page, table: str, along: str, values: str, name: str, colour: str) -> dict[str, Any]:
    return {
        "name": name,
        "categories": "=" + page.places.column(table, along),
        "values": "=" + page.places.column(table, values),
        "fill": {"color": colour},
        "gap": 60,
    }


def _chart(page: Page, kind: str, series: list[dict[str, Any]], title: str, figures: str, *, legend: bool) -> Any:
    look = page.styles.look
    font = {"name": look.font, "size": 9, "color": look.ink}
    chart = page.book.add_chart({"type": kind})
    for one in series:
        chart.add_series(one)
    bold = {"name": look.font, "size": 11, "bold": True, "color": look.ink}
    chart.set_title({"name": title, "name_font": bold, "overlay": False, "layout": {"x": 0.02, "y": 0.03}})
    chart.set_legend({"position": "bottom", "font": font} if legend else {"none": True})
    grid = {"visible": True, "line": {"color": look.line}}
    named = {"num_font": font, "line": {"color": look.quiet}, "label_position": "low", "reverse": kind == "bar"}
    counted = {"num_font": font, "num_format": figures, "min": 0, "major_gridlines": grid, "line": {"none": True}}
    # bars run from top to bottom as the rows of their table do, which puts the axis of their figures on top: back down with it
    across, upwards = (counted | {"label_position": "high"}, named) if kind == "bar" else (named, counted)
    chart.set_x_axis(across)
    chart.set_y_axis(upwards)
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size(_SIZE)
    return chart


def _insert(page: Page, chart: Any, row: int, alt: str) -> None:
    page.sheet.insert_chart(row, LEFT, chart, {"description": alt, "object_position": 2, "x_offset": 12})
