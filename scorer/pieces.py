"""What a worker of a cluster does with a part of a list: open the model it was sent, once, and score as everyone does.

The model travels as the bytes of its bundle, audited where it was sent from and audited again where it arrives; its golden
rows are replayed there too, so a worker whose libraries answer otherwise refuses. It stays open as long as the worker lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scorer.artifacts.bundle import Parts, read_bundle
from scorer.artifacts.protocol import MANIFEST
from scorer.columns import Array, Columns, length
from scorer.contracts.exports import PLAN
from scorer.contracts.scored import SCORED
from scorer.contracts.table import Kind
from scorer.golden import replay
from scorer.lake.engines.arrow import from_arrow, to_arrow
from scorer.lake.engines.engine import SqlType, Table
from scorer.lean import import_lean
from scorer.model import PromotionModel, open_model
from scorer.plan import Plan
from scorer.scoring import score
from scorer.settings import Client

if TYPE_CHECKING:
    import pyarrow as pa

LINE = "line"
REFUSED = "refused__"
REJECTS = ("promotion_id", "file", "line", "column", "reason", "text")
"""The columns of a refused row; on their way back they bear ``REFUSED`` before their name."""


def _travelling(kinds: Mapping[str, Kind]) -> dict[str, SqlType]:
    known: dict[Kind, SqlType] = {Kind.TEXT: "VARCHAR", Kind.DATE: "DATE", Kind.FLAG: "BOOLEAN"}
    return {name: known.get(kind, "DOUBLE") for name, kind in kinds.items()}


PLAN_TYPES: dict[str, SqlType] = {LINE: "BIGINT", **_travelling(PLAN.kinds)}
ANSWER_TYPES: dict[str, SqlType] = {
    LINE: "BIGINT",
    **{REFUSED + name: "VARCHAR" for name in REJECTS if name != LINE},
    **_travelling(SCORED.kinds),
}
_ROWS = 10_000  # scored at a time: an executor has little memory beside Java's

_open: dict[str, PromotionModel] = {}


class Shipment(NamedTuple):
    """What every worker is sent once: the files of a bundle, whose plan it is, and whether reasons are wanted."""

    version: str
    files: dict[str, bytes]
    client: Client
    name: str
    explain: bool


def shipment(parts: Parts, client: Client, name: str, explain: bool) -> Shipment:
    """Pack a bundle that has passed the audit."""
    return Shipment(parts.version, {**parts.contents, MANIFEST: parts.manifest.to_bytes()}, client, name, explain)


def batches(plan: Plan) -> Iterator[pa.Table]:
    """Return the usable rows of a plan as they travel, some thousand at a time."""
    for start in range(0, plan.rows, _ROWS):
        cut = slice(start, start + _ROWS)
        columns = {name: column[cut] for name, column in plan.columns.items()}
        yield to_arrow(Table({LINE: plan.lines[cut], **columns}, PLAN_TYPES))


def answers(sent: Callable[[], Shipment]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return what a cluster runs over parts of a list: plan rows in, answers and refusals out, each with its line."""

    def answered(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        ship = sent()
        model = opened(ship)
        for part in parts:
            for start in range(0, part.num_rows, _ROWS):
                found = _scored(from_arrow(part.slice(start, _ROWS)), ship, model)
                yield from pa.Table.to_batches(to_arrow(Table(found, ANSWER_TYPES)))

    return answered


def opened(ship: Shipment) -> PromotionModel:
    """Return the model of a shipment, opened when it is first asked for in this process. Raises BundleRefused."""
    if ship.version not in _open:
        import_lean()
        with TemporaryDirectory(prefix="promo-") as folder:
            home = Path(folder, ship.version)
            home.mkdir()
            for name, content in ship.files.items():
                home.joinpath(name).write_bytes(content)
            parts = read_bundle(home)
        model = open_model(parts, threads=1)  # the cluster decides how many work at once
        replay(parts, model)
        _open.clear()  # one model at a time is enough, and memory is short
        _open[ship.version] = model
    return _open[ship.version]


def _scored(rows: Columns, ship: Shipment, model: PromotionModel) -> Columns:
    lines = rows.pop(LINE)
    nothing = {name: np.empty(0, dtype=np.int64 if name == LINE else object) for name in REJECTS}
    plan = Plan(rows, {LINE: lines}, lines, ship.name, nothing, [])
    done = score(plan, model, ship.client, explain=ship.explain)
    answered, refused = length(done.answer), length(done.rejects)
    found = {LINE: np.concatenate([done.given[LINE], done.rejects[LINE]])}
    found |= {REFUSED + name: _below(None, answered, done.rejects[name]) for name in REJECTS if name != LINE}
    return found | {name: _beside(done.answer[name], refused) for name in SCORED.names}


def _below(cell: object, rows: int, column: Array) -> Array:
    return np.concatenate([np.full(rows, cell, dtype=object), column.astype(object)])


def _beside(column: Array, gaps: int) -> Array:
    """Put gaps under a column, for the rows that were refused."""
    if column.dtype.kind == "M":
        return np.concatenate([column, np.full(gaps, np.datetime64("NaT"), dtype=column.dtype)])
    if column.dtype.kind in "fiu":
        return np.concatenate([column.astype(np.float64), np.full(gaps, np.nan)])
    return np.concatenate([column.astype(object), np.full(gaps, None, dtype=object)])
