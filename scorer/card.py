"""The model card: what the model is worth and where its limits are, in Markdown, with two pictures."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import numpy as np

from scorer.columns import Array, Columns, take
from scorer.economics.verdict import Verdict
from scorer.estimators.promotion_lift import DISCOUNT, GRID, monotone_breach
from scorer.evaluation import Evaluation, Skill
from scorer.model import support_of
from scorer.settings import Client
from scorer.training import Fitted

INK, ACCENT, PALE = "#1f2933", "#1b6ca8", "#9fb3c8"
MEANINGS = {
    "r2_log_lift": "share of the differences in lift that was foreseen (1 is perfect, 0 is one average)",
    "mae_log_lift": "typical error of the log of lift",
    "wape_sales": "error of units sold, as a share of units sold",
    "auc_success": "how well successes are ranked above failures (0.5 is a coin)",
    "brier_success": "squared error of the success probability (lower is better)",
    "brier_constant": "the same for the base rate of the test period, known only afterwards",
    "auc_profit": "how well promotions that earned are ranked above those that lost (0.5 is a coin)",
    "coverage_50": "how often the 50 % interval held the truth",
    "coverage_80": "how often the 80 % interval held the truth",
    "coverage_95": "how often the 95 % interval held the truth",
}
LIMITS = (
    "It knows promotions of the past; mechanics, depths and lengths nobody has tried are flagged, never extrapolated.",
    "Discounts were not given at random: the best promotions may have got the best items. A controlled test says more.",
    "The baseline cannot see promotions, price changes or shortages that no export mentions.",
    "Effects on other products and on the weeks after are inputs with a source, not forecasts.",
)


def card_parts(evaluation: Evaluation, fitted: Fitted, rows: Columns, client: Client, cut: date) -> dict[str, bytes]:
    """Return the files of the card: card.md, calibration.png, lift_by_discount.png."""
    return {
        "card.md": card_text(evaluation, fitted, rows, client, cut).encode(),
        "calibration.png": _calibration(evaluation),
        "lift_by_discount.png": _lift_by_discount(fitted, rows),
    }


def card_text(evaluation: Evaluation, fitted: Fitted, rows: Columns, client: Client, cut: date) -> str:
    """Return the card as Markdown."""
    found = evaluation
    support = support_of(rows)
    verdict = "It may give verdicts." if found.evidence.found else f"Every verdict says {Verdict.NOT_ENOUGH_EVIDENCE.label}."
    lines = [
        f"# Promotion model of {client.title}",
        "",
        f"Sales up to {cut}. Learnt from {found.rows:,} promotions of {found.events:,} independent events.",
        f"Tested on {found.tested_rows:,} later promotions of {found.tested_events:,} events, from {found.test_from} on.",
        "",
        f"**{found.evidence.sentence}** {verdict}",
        "",
        "## Skill on later promotions",
        "",
        "| figure | model | simple rule | placebo | random split (misleading) | meaning |",
        "|---|---|---|---|---|---|",
        *(_line(name, found) for name in Skill._fields),
        "",
        f"R² of log lift, 95 % interval over whole events: {found.r2_interval[0]:.2f} to {found.r2_interval[1]:.2f}.",
        "The simple rule is the mean lift of past promotions of the same item and type, else of the category and type. "
        "The placebo is the same method on promotions that never happened; skill there would be an artefact. "
        "The random split puts stores of one promotion on both sides and flatters; it is shown as a warning.",
        "",
        "## Where it is better and worse",
        "",
        "| part | promotions | 80 % interval held | error | error of the simple rule |",
        "|---|---|---|---|---|",
        *(
            f"| {g.by}: {g.value} | {g.rows:,} | {g.coverage_80:.0%} | {g.mae_log_lift:.2f} | {g.mae_simple_rule:.2f} |"
            for g in found.groups
        ),
        "",
        "## Does the success probability hold?",
        "",
        "| said | promotions | mean said | came true |",
        "|---|---|---|---|",
        *(f"| {b.low:.0%} to {b.high:.0%} | {b.rows:,} | {b.predicted:.0%} | {b.observed:.0%} |" for b in found.reliability),
        "",
        "![calibration](calibration.png)",
        "",
        "## Lift by discount",
        "",
        f"Rising everywhere on a grid: {'yes' if monotone_breach(fitted.lift, rows) == 0 else 'NO'}.",
        "",
        "![lift by discount](lift_by_discount.png)",
        "",
        "## What it has seen",
        "",
        f"Discounts {support['discount'][0]:.0%} to {support['discount'][1]:.0%}, "
        f"{support['duration'][0]:.0f} to {support['duration'][1]:.0f} days.",
        *(f"- {name}: {', '.join(levels[:40])}" for name, levels in support["levels"].items()),
        "",
        "## Limits",
        "",
        *(f"- {limit}" for limit in LIMITS),
        "",
    ]
    return "\n".join(lines)


def _line(name: str, found: Evaluation) -> str:
    figures = (found.out_of_time, found.simple_rule, found.placebo, found.random_split)
    cells = " | ".join(_shown(getattr(figure, name)) for figure in figures)
    return f"| {name} | {cells} | {MEANINGS[name]} |"


def _shown(value: float) -> str:
    return "not available" if np.isnan(value) else f"{value:.3f}"


def _calibration(evaluation: Evaluation) -> bytes:
    figure, axes = _canvas()
    bands = evaluation.reliability
    axes.plot([0, 1], [0, 1], color=PALE, linewidth=1)
    sizes = [20 + 200 * band.rows / evaluation.tested_rows for band in bands]
    axes.scatter([band.predicted for band in bands], [band.observed for band in bands], s=sizes, color=ACCENT, zorder=3)
    axes.set_xlabel("success probability that was given")
    axes.set_ylabel("share that succeeded")
    axes.set_title("Do the probabilities come true? On the line they do.", loc="left", color=INK, fontsize=11)
    return _png(figure)


def _lift_by_discount(fitted: Fitted, rows: Columns) -> bytes:
    figure, axes = _canvas()
    low, high = support_of(rows)["discount"]
    grid = np.unique([low, *GRID[(low < GRID) & (high > GRID)], high])
    curves = {kind: _curve(fitted, rows, kind, grid) for kind in sorted({str(v) for v in rows["promotion_type"]})[:6]}
    for kind, curve in curves.items():
        axes.plot(grid * 100, curve, label=kind, linewidth=2)
    axes.axhline(0, color=PALE, linewidth=1)
    axes.set_xlabel("discount, %")
    axes.set_ylabel("expected lift of units, %")
    best = max(curves, key=lambda kind: curves[kind][-1])
    finding = f"{best} lifts most: {curves[best][0]:+.0f} % at {grid[0]:.0%} off, {curves[best][-1]:+.0f} % at {grid[-1]:.0%} off"
    axes.set_title(finding, loc="left", color=INK, fontsize=11)
    axes.legend(frameon=False, fontsize=9)
    return _png(figure)


def _curve(fitted: Fitted, rows: Columns, kind: str, grid: Array) -> list[float]:
    """Return the mean expected lift (%) of the latest promotions of a kind, had all had each discount."""
    those = take(rows, np.flatnonzero(rows["promotion_type"] == kind)[-300:])
    return [_mean_lift(fitted, those, discount) * 100 for discount in grid]


def _mean_lift(fitted: Fitted, rows: Columns, discount: float) -> float:
    those: Array = np.full(len(rows[DISCOUNT]), discount)
    return float(fitted.lift.predict({**rows, DISCOUNT: those}).expected.mean())


def _canvas() -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), dpi=110, layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _png(figure: Any) -> bytes:
    picture = BytesIO()
    # without the date and the name of the software the same figures give the same bytes
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()
