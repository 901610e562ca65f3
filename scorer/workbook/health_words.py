"""The words of the sheet Health."""

from __future__ import annotations

from scorer.workbook.languages import Code
from scorer.workbook.template import Band, TableSheet


class HealthWords(TableSheet):
    """What workbook_templates/health.toml holds: the checks, and below them exports, empty cells and refreshes."""

    sentence: str
    none: str
    none_advice: str
    check_title: str
    check_counted: str
    ok: str
    warning: str
    trouble: str
    nothing_to_do: str
    used: str
    aside: str
    written: str
    written_newest: str
    more_exports: str
    exports_table: Code
    cells_table: Code
    refreshes_table: Code
    one_refresh: str
    no_cells: str
    chart_rows: str
    chart_rows_alt: str
    chart_cells: str
    chart_cells_alt: str
    chart_before: str
    chart_late: str
    names: dict[str, str]
    units: dict[str, str]
    exports: tuple[Band, ...]
    cells: tuple[Band, ...]
    refreshes: tuple[Band, ...]
