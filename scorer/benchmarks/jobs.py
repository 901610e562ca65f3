"""What one process measures, itself first and the yardstick after its memory was read; plain values in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from scorer import verbs
from scorer.benchmarks.material import CLIENT, plans, write_exports, write_plan
from scorer.benchmarks.measure import each, peak_memory_mb, seconds
from scorer.columns import Array
from scorer.features import with_features
from scorer.lake.cells import literal
from scorer.model import PromotionModel
from scorer.scoring import score
from scorer.workspace import Workspace

Found = dict[str, Any]


def trained(workspace: str, whole: bool) -> Found:
    """Make the example client and train on it; the material of everything that follows."""
    from scorer import demo
    from scorer.demo.world import WHOLE, Size

    home = Workspace(Path(workspace))
    made = demo.make(home, client="example", size=WHOLE if whole else Size(2, 3, 3, 500, 60))
    taken = {
        "refresh": seconds(lambda: verbs.refresh(home, made.client)),
        "train": seconds(lambda: verbs.train(home, made.client)),
    }
    return {**taken, "memory": peak_memory_mb()}


def listed(workspace: str, rows: int, path: str) -> Found:
    """Write a plan to score from a file."""
    model, _ = verbs.load(Workspace(Path(workspace)), "example")
    write_plan(model, rows, Path(path))
    return {}


def in_memory(workspace: str, rows: int, reasons: bool) -> Found:
    """Score pieces of a plan that are in memory already; nothing is kept."""
    model, client = verbs.load(Workspace(Path(workspace)), "example")
    for piece in plans(model, 100):
        score(piece, model, client, explain=reasons)
    taken = 0.0
    for piece in plans(model, rows):
        taken += seconds(lambda piece=piece: score(piece, model, client, explain=reasons))  # type: ignore[misc]
    return {"seconds": taken, "memory": peak_memory_mb(), "raw": _raw(model, rows)}


def file_to_file(workspace: str, rows: int, plan: str, out: str) -> Found:
    """Score a file into a file, loading the model included."""
    home = Workspace(Path(workspace))
    taken = seconds(lambda: verbs.score(home, Path(plan), Path(out), "example", reasons=False))
    memory = peak_memory_mb()
    return {"seconds": taken, "memory": memory, "raw": _raw(verbs.load(home, "example")[0], rows), "copied": _copied(Path(out))}


def remembered(workspace: str, plan: str, out: str) -> Found:
    """Score a file into a file, and tell the largest memory it took."""
    home = Workspace(Path(workspace))
    taken = seconds(lambda: verbs.score(home, Path(plan), Path(out), "example", reasons=False))
    return {"seconds": taken, "memory": peak_memory_mb()}


def matrix_written(workspace: str, rows: int, path: str, booster: str) -> Found:
    """Write what the trees read of a plan as csv, and the trees."""
    from scorer.benchmarks.served import write_matrix

    model, _ = verbs.load(Workspace(Path(workspace)), "example")
    write_matrix(Path(path), _matrix(model, rows), model.lift.encoding.features)
    model.lift.booster.save_model(booster)
    return {}


def one_row(workspace: str, times: int) -> Found:
    """Score one row at a time, warm."""
    model, client = verbs.load(Workspace(Path(workspace)), "example")
    (plan,) = plans(model, 1)
    score(plan, model, client)
    taken = each(lambda: score(plan, model, client), times)
    matrix = _matrix(model, 1)
    raw = seconds(lambda: model.lift.booster.inplace_predict(matrix), times)
    return {"median": float(np.median(taken)), "p95": float(np.quantile(taken, 0.95)), "memory": peak_memory_mb(), "raw": raw}


def optimised(workspace: str, rows: int) -> Found:
    """Choose promotions under rules of ten kinds; the yardstick solves the relaxation, in which they may run in part."""
    from scorer.benchmarks.choosing import ten_kinds
    from scorer.planning.optimise.candidates import candidates
    from scorer.planning.optimise.choose import optimise
    from scorer.planning.optimise.question import ask, steps_of
    from scorer.planning.optimise.solve import relaxed

    model, client = verbs.load(Workspace(Path(workspace)), "example")
    (plan,) = plans(model, rows)
    rules = ten_kinds(plan, model)
    found = []
    taken = seconds(lambda: found.append(optimise(plan.columns, rules, model, client)))
    memory, chosen = peak_memory_mb(), found[0]
    steps = candidates(plan.columns, steps_of(rules, client), model, client)
    asked = ask(plan.columns, rules, steps, model, client).programme()
    return {"seconds": taken, "memory": memory, "relaxation": seconds(lambda: relaxed(asked), 3), "gap": chosen.gap}


def exported(workspace: str, client: str, ending: str, sales: int, promotions: int) -> Found:
    """Write a client and its exports."""
    home = Workspace(Path(workspace))
    home.client_file(client).parent.mkdir(parents=True, exist_ok=True)
    home.client_file(client).write_text(CLIENT.format(name=client), encoding="utf-8")
    return {"file": str(write_exports(home.exports(client), ending, sales, promotions))}


def refreshed(workspace: str, client: str, file: str) -> Found:
    """Rebuild the lake of a client; the yardstick reads the same file once."""
    import duckdb

    home = Workspace(Path(workspace))
    taken = seconds(lambda: verbs.refresh(home, client))
    memory = peak_memory_mb()
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        scan = seconds(lambda: con.execute(f"SELECT count(*), sum(units), sum(revenue) FROM {literal(file)}").fetchall(), 5)
        (rows,) = con.execute(f"SELECT count(*) FROM {literal(file)}").fetchall()[0]
    return {"seconds": taken, "memory": memory, "scan": scan, "rows": rows}


def _copied(scored: Path) -> float:
    """Return how long a scored file takes to be read and written again, nothing worked out."""
    import duckdb

    other = scored.with_stem("copied")
    form = "parquet, COMPRESSION zstd" if scored.suffix == ".parquet" else "csv"
    with duckdb.connect() as con:
        con.execute("SET threads = 1")  # as scored lists are written
        return seconds(lambda: con.execute(f"COPY (FROM {literal(str(scored))}) TO {literal(str(other))} (FORMAT {form})"))


def _raw(model: PromotionModel, rows: int) -> float:
    """Return how long the bare trees take on the same rows, encoded beforehand."""
    matrix = _matrix(model, rows)
    model.lift.booster.inplace_predict(matrix[:100])
    return seconds(lambda: model.lift.booster.inplace_predict(matrix), 5)


def _matrix(model: PromotionModel, rows: int) -> Array:
    parts = []
    for piece in plans(model, rows):
        known, _ = with_features({**piece.columns, "given_campaigns": piece.columns["num_overlapping_campaigns"]}, model)
        parts.append(model.lift.matrix(known))
    return np.concatenate(parts)
