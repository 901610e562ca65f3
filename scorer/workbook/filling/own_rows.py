"""The plan that stands in the workbook itself, read by the reader all plan files are read by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine as calamine

from scorer.errors import OutputRefused
from scorer.lake import headers as heads
from scorer.lake.reading_archive import inspect
from scorer.lake.reading_xlsx import unmarked
from scorer.plan import Plan, plan_from_cells
from scorer.settings import Client
from scorer.workbook.filling.places import Place


def own_plan(path: Path, place: Place, client: Client) -> Plan:
    """Read the rows of the place as a plan; its lines are the row numbers of the sheet.

    Raises as reading any plan does, and OutputRefused when the workbook cannot be read.
    """
    inspect(path)
    area = place.data
    headers = [place.headers.get(column, "") for column in range(area.left, area.right + 1)]
    return plan_from_cells(headers, _rows(path, place, headers), client, path.name, first_line=area.top)


def _rows(path: Path, place: Place, headers: list[str]) -> Iterator[list[Any]]:
    area, keys = place.data, [heads.key(words) for words in headers]
    columns = range(area.left, area.right + 1)
    nothing: list[Any] = [None] * len(headers)
    try:
        sheet = calamine.load_workbook(str(path)).get_sheet_by_name(place.survey.sheet.name)
        first = (sheet.start or (0, 0))[1]  # the reader leaves out empty columns on the left, but no rows on top
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if number > area.bottom:
                return
            if number >= area.top:
                row = [cells[at] if 0 <= (at := column - 1 - first) < len(cells) else None for column in columns]
                yield nothing if _repeats(row, keys) else row
    except BaseException as why:  # the native reader ends some broken files with a panic, which is no Exception
        if isinstance(why, KeyboardInterrupt | SystemExit | MemoryError | GeneratorExit):
            raise
        raise OutputRefused.because(path, f"its plan cannot be read ({why})", "Save it again and fill that one.") from why


def _repeats(row: list[Any], keys: list[str]) -> bool:
    """Whether a row says its headers once more, as printed lists do on every page."""
    both = zip(row, keys, strict=True)
    said = [(heads.key(unmarked(cell)), key) for cell, key in both if isinstance(cell, str) and cell and key]
    return len(said) > 1 and all(found == key for found, key in said)
