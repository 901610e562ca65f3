"""What one process measures of the add-in; plain values in and out."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from addin.answering import answer
from addin.cells import Block, block_of
from addin.configuration import FILE_NAMED, Configuration
from addin.plans import asked_of, plan_of
from addin.session import Session
from scorer.benchmarks.material import GIVEN, plans
from scorer.benchmarks.measure import peak_memory_mb, seconds
from scorer.columns import as_python

if TYPE_CHECKING:
    from addin.hosts.libreoffice.office import Office

EXAMPLE = "example"
_LIFT = "PROMO_LIFT"
_FORMULAS = 16  # what LibreOffice is to clear of a range: com.sun.star.sheet.CellFlags.FORMULA
Found = dict[str, Any]
Rows = list[list[Any]]


def planned(workspace: str, rows: int) -> Found:
    """Return a plan as cells: a header and rows of known items, days as text."""
    return {"rows": _rows(_session(workspace), rows)}


def answered(workspace: str, rows: int, times: int) -> Found:
    """Ask about ranges that were never asked about; the yardstick scores the rows of one of them."""
    from scorer.scoring import score

    kept = _session(workspace)
    first, *others = _different(_rows(kept, rows), times + 1)
    answer(_LIFT, [first], served_by=kept)
    new = [seconds(lambda block=block: answer(_LIFT, [block], served_by=kept)) for block in others]  # type: ignore[misc]
    again = seconds(lambda: answer(_LIFT, [others[-1]], served_by=kept), times)
    memory, served = peak_memory_mb(), kept.desk().served
    plan = plan_of(asked_of(first, served.client), served.client)
    assert plan is not None, "the rows are full"
    taken = seconds(lambda: score(plan, served.model, served.client, explain=False), times)
    return {"new": median(new), "again": again, "score": taken, "memory": memory}


def in_libreoffice(workspace: str, ranges: list[int], times: int) -> Found:
    """Ask from cells of a LibreOffice whose profile has the add-in; the yardstick asks from here. Raises HostMissing."""
    from addin.hosts.libreoffice import installing
    from addin.hosts.libreoffice.office import Office

    kept = _session(workspace)
    with TemporaryDirectory(prefix="promo-office-") as home:
        os.environ[FILE_NAMED] = str(Path(home) / "addin.toml")
        profile = Path(home) / "profile"
        installing.install(Configuration(workspace=Path(workspace), client=EXAMPLE), profile)
        with Office.start(profile) as office:
            found = [_in_office(office, kept, rows, times) for rows in ranges]
    return {"ranges": found, "memory": peak_memory_mb()}


def _in_office(office: Office, kept: Session, rows: int, times: int) -> Found:
    first, *others = _different(_rows(kept, rows), times + 1)
    document = office.new()
    sheet = document.Sheets.getByIndex(0)
    place = sheet.getCellRangeByPosition(0, 0, first.width - 1, rows)
    shown = sheet.getCellRangeByPosition(first.width + 1, 0, first.width + 1, rows)

    def ask() -> Any:
        shown.setArrayFormula(f"={_LIFT}({place.AbsoluteName.rpartition('.')[2]})")
        return shown.getDataArray()

    taken = []
    for block in (first, *others):  # the first one starts the process that answers
        shown.clearContents(_FORMULAS)
        place.setDataArray(tuple(tuple("" if cell is None else cell for cell in row) for row in block.rows))
        taken.append(seconds(ask))
    document.close(True)
    answer(_LIFT, [first], served_by=kept)
    here = [seconds(lambda block=block: answer(_LIFT, [block], served_by=kept)) for block in others]  # type: ignore[misc]
    return {"rows": rows, "seconds": median(taken[1:]), "python": median(here)}


def _session(workspace: str) -> Session:
    return Session(Configuration(workspace=Path(workspace), client=EXAMPLE))


def _rows(kept: Session, rows: int) -> Rows:
    (plan,) = plans(kept.desk().served.model, rows)
    columns = [plan.given[name] for name in GIVEN]
    texts = [as_python(column.astype(str) if column.dtype.kind == "M" else column) for column in columns]
    return [list(GIVEN), *(list(row) for row in zip(*texts, strict=True))]


def _different(rows: Rows, how_many: int) -> list[Block]:
    """Return ranges of the same promotions under other names: none of them has been asked about before."""
    header, *body = rows
    return [block_of([header, *([f"{row[0]}.{number}", *row[1:]] for row in body)]) for number in range(how_many)]
