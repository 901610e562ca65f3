"""Score a list, piece by piece."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from itertools import chain, islice
from pathlib import Path

import numpy as np

from scorer.ahead import running_ahead
from scorer.columns import length
from scorer.errors import OutputRefused, TooManyRejects
from scorer.lake.reading import SPREADSHEETS
from scorer.lake.writing_xlsx import MOST_ROWS
from scorer.model import PromotionModel
from scorer.plan import Cells, Listing, Plan, stream_plan
from scorer.results import ScoredList
from scorer.saying import Say, quiet
from scorer.scoring import Scored
from scorer.scoring import score as score_plan
from scorer.settings import Client
from scorer.verbs.serving import load
from scorer.workspace import Workspace

LONG_LIST = 100_000
MOST_NAMED = 8  # headers a message lists
BATCH = 50_000  # rows of a list that are in memory at a time
_SUMS = ("sales_units_expected", "incremental_units_expected", "promotion_cost_expected", "incremental_profit_expected")


def score(
    workspace: Workspace,
    plan: Listing,
    out: Path | None = None,
    client: str | None = None,
    say: Say = quiet,
    version: str | None = None,
    reasons: bool | None = None,
) -> ScoredList:
    """Score a list of planned promotions (csv, parquet, xlsx, cells) and write the result to ``out`` in the form of its ending.

    Refused rows go to a file beside it. ``reasons=None`` leaves the reasons out of lists above 100,000 rows.
    Raises TooManyRejects after everything is written, when more rows were refused than the client allows.
    """
    from scorer.lake.writing_scored import rejects_beside

    if out is not None:
        spare(plan, out, rejects_beside(out))
    say("Loading the model")
    model, chosen = load(workspace, client, version)
    say(f"Reading {plan}")
    read = _read(plan, chosen)
    first = deque(islice(read, 1))  # all of the list is gone through for it: here, where it can be interrupted
    with running_ahead(read) as further:
        every = chain(_drained(first), further)
        is_long, pieces = _looked_into(every) if reasons is None else (False, every)
        explain = not is_long if reasons is None else reasons
        done = _scored(pieces, model, chosen, explain, out, say)
    if out is not None and done.rejected:
        done = done._replace(rejects=rejects_beside(out))
    if is_long:
        done = done._replace(notes=[*done.notes, f"{without_reasons()}; --reasons keeps them."])
    done = done._replace(notes=[*done.notes, *doubts(model)])
    complain(done, chosen, done.rejects or plan)
    return done


def _scored(
    pieces: Iterator[Plan], model: PromotionModel, client: Client, explain: bool, out: Path | None, say: Say
) -> ScoredList:
    from scorer.lake.writing_scored import scored_files

    done = nothing_yet(model, out)
    with scored_files(out) if out is not None else nullcontext(None) as write:
        for piece in pieces:
            say(_progress(done, piece))
            scored = score_plan(piece, model, client, explain=explain)
            if write is not None:
                write(scored.given, scored.answer, scored.rejects)
            done = added(done, summary(model, piece, scored, out))
        if out is not None:
            say(f"Writing {out}")
    return done


def without_reasons() -> str:
    return f"Reasons were left out, because the list is longer than {LONG_LIST:,} rows"


def spare(plan: Listing, *written: Path) -> None:
    """Raise rather than write over the list that is being read: it may be the only one."""
    for path in written:
        # unlike Path.exists this does not mind a name that no file can have
        there = isinstance(plan, Path) and os.path.exists(plan) and os.path.exists(path)  # noqa: PTH110
        if there and path.samefile(str(plan)):
            raise OutputRefused.because(path, "it is the list itself, and would be lost", "Choose another name for --out.")


def summary(model: PromotionModel, read: Plan, scored: Scored, out: Path | None) -> ScoredList:
    names, counts = np.unique(scored.answer["verdict"].astype(str), return_counts=True)
    return ScoredList(
        rows_in=length(scored.answer) + length(scored.rejects) + scored.blank,
        scored=length(scored.answer),
        rejected=length(scored.rejects),
        blank=scored.blank,
        out=out,
        rejects=None,
        model_version=model.version,
        verdicts=dict(zip(names.tolist(), counts.tolist(), strict=True)),
        totals={name: float(np.nansum(scored.answer[name])) for name in _SUMS},
        notes=[*read.notes, *_unrecognised(read, model)],
    )


def _unrecognised(read: Plan, model: PromotionModel) -> list[str]:
    """Say once what a list without the columns the model ties promotions by means, instead of in every row."""
    if read.headers is None:
        return []
    lacking = [name for name in (*model.matching.keys, "promotion_type") if name in read.headers.absent]
    if not lacking:
        return []
    said = f"The list has no column {' and none '.join(lacking)}, so its rows are judged by a wider group."
    if not read.headers.unknown:
        return [said]
    names = ", ".join(f"'{header}'" for header in read.headers.unknown[:MOST_NAMED])
    more = len(read.headers.unknown) - MOST_NAMED
    said += f" Not recognised: {names}{f' and {more} more' if more > 0 else ''}."
    return [f"{said} If one of them is meant, name it under [exports.promotions.columns] in the client file."]


def doubts(model: PromotionModel) -> list[str]:
    return [*model.doubts, *([] if model.worth.evidence else [model.worth.sentence])]


def complain(done: ScoredList, client: Client, where: object) -> None:
    told = too_many(done, client, where)
    if told is not None:
        raise told


def too_many(done: ScoredList, client: Client, where: object) -> TooManyRejects | None:
    """Return what is to be said when more rows were refused than the client allows; None when not."""
    rows = done.scored + done.rejected
    if not rows or done.rejected / rows <= client.limits.rejected_share:
        return None
    return TooManyRejects.above(done.rejected, rows, client.limits.rejected_share, where, done)


def _read(source: Listing, client: Client) -> Generator[Plan, None, None]:
    # a sheet is small enough to be read at once, and what kind a column of it is shows only on the whole of it
    is_sheet = isinstance(source, Cells) or source.suffix.lower() in SPREADSHEETS
    return stream_plan(source, client, MOST_ROWS if is_sheet else BATCH)


def _looked_into(pieces: Iterator[Plan]) -> tuple[bool, Iterator[Plan]]:
    """Tell whether a list is a long one, and give back all its pieces."""
    first, seen = deque[Plan](), 0
    for piece in pieces:
        first.append(piece)
        seen += piece.rows
        if seen > LONG_LIST:
            break
    return seen > LONG_LIST, chain(_drained(first), pieces)


def _drained(held: deque[Plan]) -> Iterator[Plan]:
    while held:
        yield held.popleft()


def _progress(done: ScoredList, piece: Plan) -> str:
    return f"Scoring {piece.rows:,} {'further ' if done.scored else ''}promotions"


def nothing_yet(model: PromotionModel, out: Path | None) -> ScoredList:
    return ScoredList(0, 0, 0, 0, out, None, model.version, {}, dict.fromkeys(_SUMS, 0.0), [])


def added(one: ScoredList, other: ScoredList) -> ScoredList:
    """Put the summaries of two pieces of a list together."""
    return one._replace(
        rows_in=one.rows_in + other.rows_in,
        scored=one.scored + other.scored,
        rejected=one.rejected + other.rejected,
        blank=one.blank + other.blank,
        verdicts=dict(sorted((Counter(one.verdicts) + Counter(other.verdicts)).items())),
        totals={name: one.totals[name] + other.totals[name] for name in one.totals},
        notes=list(dict.fromkeys([*one.notes, *other.notes])),
    )
