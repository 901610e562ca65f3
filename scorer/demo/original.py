"""A client with the plainest exports: transactions that know a region but no product, and promotions that do.

Sales can then be matched by region only. The effect of a promotion on the number of sales in its region is
a parameter; at zero the exports hold no information about promotions at all.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scorer.columns import DAY, Array, Columns, Floats
from scorer.demo.catalogue import AUDIENCES, CATEGORIES, CHANNELS, DEPTH_WEIGHTS, DEPTHS, MECHANICS, REGIONS
from scorer.demo.chance import stream
from scorer.demo.exports import CAMPAIGN_HEADER
from scorer.demo.files import write_csv
from scorer.demo.flaws import Flaw, Row, Tally
from scorer.demo.schedule import draw_mechanic
from scorer.demo.seasons import WEEKDAY, weekday
from scorer.workspace import Workspace

PROMOTION_HEADER = (
    "promotion_id",
    "product_category",
    "promotion_type",
    "discount_percentage",
    "start_date",
    "end_date",
    "region",
)
TRANSACTION_HEADER = (
    "transaction_id",
    "transaction_date",
    "transaction_type",
    "amount",
    "payment_method",
    "entity",
    "region",
    "account_code",
)
PROMOTIONS_FILE, TRANSACTIONS_FILE, CAMPAIGNS_FILE = (
    "promotions-data.csv",
    "financial_transactions.csv",
    "marketing_campaigns.csv",
)
KINDS = ("Sale", "Refund", "Expense", "Investment", "Tax Payment")
KIND_SHARES = (0.86, 0.04, 0.06, 0.02, 0.02)
PAYMENTS = ("Card", "Cash", "Transfer", "Direct debit")
SALES_A_DAY = 12.0
DAYS = 730
UNTIL = np.datetime64("2026-06-30", "D")
LIFT_PER_DEPTH = 2.0
_CATEGORY_NAMES = [category.name for category in CATEGORIES]


class Files(NamedTuple):
    """What was written, and what is true about it."""

    folder: Path
    tallies: dict[str, Tally]
    truth: Columns
    """Per promotion: promotion_id, region, first, last (positions of days), discount, log_lift and
    baseline_sales (how many sales to expect without it)."""
    upcoming: Path
    """Thirty promotions to score, of the same kinds, with a price and a cost."""


def write_original(workspace: Workspace, client: str, seed: int, effect: float) -> Files:
    """Write the three tables and a plan.

    With ``effect`` 0 promotions do nothing; with 1 the log lift of the sales count is 2 · discount · gain.
    """
    folder = workspace.exports(client)
    days = UNTIL + np.arange(1 - DAYS, 1) * DAY
    promotions = _promotions(seed, days)
    gain = np.array([mechanic.gain for mechanic in MECHANICS])[promotions["mechanic"]]
    log_lift = effect * LIFT_PER_DEPTH * gain * promotions["discount"]
    baseline = SALES_A_DAY * np.tile(WEEKDAY[weekday(days)], (len(REGIONS), 1))
    tallies = {
        "promotions": _write_promotions(promotions, days, folder / PROMOTIONS_FILE),
        "sales": _write_transactions(seed, days, baseline * np.exp(_daily(promotions, log_lift)), folder),
        "campaigns": _write_campaigns(seed, days, folder / CAMPAIGNS_FILE),
    }
    plan = workspace.root / f"upcoming-{client}.csv"
    _write_plan(seed, plan)
    truth = promotions | {"log_lift": log_lift, "baseline_sales": _over_days(baseline, promotions)}
    return Files(folder, tallies, truth, plan)


def _promotions(seed: int, days: Array) -> Columns:
    """Draw promotions; those of a region never overlap, so their effects can be told apart."""
    rng = stream(seed, "original promotions")
    rows: list[tuple[int, int, int]] = []
    for region in range(len(REGIONS)):
        first = 30 + int(rng.integers(0, 10))
        while (last := first + int(rng.integers(3, 11)) - 1) < len(days):
            rows.append((region, first, last))
            first = last + 2 + int(rng.integers(2, 15))
    rows.sort(key=lambda row: (row[1], row[0]))
    count = len(rows)
    region, first_day, last_day = np.array(rows, dtype=np.int64).T
    return {
        "promotion_id": np.array([f"PR{row:05d}" for row in range(count)], dtype=object),
        "region_at": region,
        "region": np.array([REGIONS[at] for at in region], dtype=object),
        "category": rng.integers(0, len(CATEGORIES), count),
        "mechanic": np.array([draw_mechanic(rng) for _ in rows], dtype=np.int64),
        "discount": rng.choice(DEPTHS, count, p=DEPTH_WEIGHTS),
        "first": first_day,
        "last": last_day,
    }


def _daily(promotions: Columns, log_lift: Floats) -> Floats:
    effect = np.zeros((len(REGIONS), DAYS))
    fields = (promotions[name] for name in ("region_at", "first", "last"))
    for region, first, last, lift in zip(*fields, log_lift, strict=True):
        effect[region, first : last + 1] = lift
    return effect


def _over_days(daily: Floats, promotions: Columns) -> Floats:
    fields = (promotions[name].tolist() for name in ("region_at", "first", "last"))
    return np.array(
        [daily[region, first : last + 1].sum() for region, first, last in zip(*fields, strict=True)]
    )


def _write_plan(seed: int, path: Path, count: int = 30) -> None:
    rng = stream(seed, "original plan")
    rows: list[Row] = []
    for number in range(count):
        first = UNTIL + int(rng.integers(3, 40)) * DAY
        category, mechanic = str(rng.choice(_CATEGORY_NAMES)), MECHANICS[draw_mechanic(rng)].name
        depth, last = f"{rng.choice(DEPTHS, p=DEPTH_WEIGHTS):.2f}", first + int(rng.integers(2, 10)) * DAY
        region = str(rng.choice(REGIONS))
        rows.append(
            [f"PL{number:03d}", category, mechanic, depth, str(first), str(last), region, "10.00", "4.00"]
        )
    write_csv(path, (*PROMOTION_HEADER, "list_price", "unit_cost"), rows)


def _write_promotions(promotions: Columns, days: Array, path: Path) -> Tally:
    rows = [
        [
            number,
            CATEGORIES[promotions["category"][at]].name,
            MECHANICS[promotions["mechanic"][at]].name,
            f"{promotions['discount'][at]:.2f}",
            str(days[promotions["first"][at]]),
            str(days[promotions["last"][at]]),
            promotions["region"][at],
        ]
        for at, number in enumerate(promotions["promotion_id"])
    ]
    write_csv(path, PROMOTION_HEADER, rows)
    return Tally(len(rows), {}, {})


def _write_transactions(seed: int, days: Array, mean: Floats, folder: Path) -> Tally:
    """Write one row per transaction; sales are counted out by ``mean``, everything else comes on top."""
    rng = stream(seed, "transactions")
    sales = rng.poisson(mean)
    others = rng.poisson(np.full(mean.shape, SALES_A_DAY * (1 - KIND_SHARES[0]) / KIND_SHARES[0]))
    day, region = (np.concatenate([_where(sales)[axis], _where(others)[axis]]) for axis in (0, 1))
    kind_of_others = np.array(KIND_SHARES[1:]) / sum(KIND_SHARES[1:])
    kind = np.zeros(len(day), dtype=np.int64)
    kind[sales.sum() :] = rng.choice(np.arange(1, len(KINDS)), others.sum(), p=kind_of_others)
    order = np.argsort(day, kind="stable")
    amounts = np.round(rng.lognormal(np.log(40), 0.6, len(order)), 2)
    payments = rng.integers(0, len(PAYMENTS), len(order))
    dates = days.astype(str)
    cells = (values[order].tolist() for values in (day, region, kind))
    rows: list[Row] = [
        [
            f"T{number:06d}",
            dates[d],
            KINDS[k],
            f"{money:.2f}",
            PAYMENTS[p],
            f"{REGIONS[r]} Ltd",
            REGIONS[r],
            str(4000 + k),
        ]
        for number, (d, r, k, money, p) in enumerate(
            zip(*cells, amounts.tolist(), payments.tolist(), strict=True)
        )
    ]
    write_csv(folder / TRANSACTIONS_FILE, TRANSACTION_HEADER, rows)
    kinds = Counter(KINDS[k] for k in kind.tolist())
    return Tally(len(rows), {}, {Flaw.REFUND: kinds["Refund"]})


def _where(counts: Array) -> tuple[Array, Array]:
    """Return day and region of each transaction, given their number by region and day.

    >>> [at.tolist() for at in _where(np.array([[1, 0], [2, 1]]))]
    [[0, 0, 0, 1], [0, 1, 1, 1]]
    """
    regions, days = counts.shape
    times = counts.T.ravel()
    day, region = np.repeat(np.arange(days), regions), np.tile(np.arange(regions), days)
    return np.repeat(day, times), np.repeat(region, times)


def _write_campaigns(seed: int, days: Array, path: Path, count: int = 60) -> Tally:
    rng = stream(seed, "original campaigns")
    rows: list[Row] = []
    for number in range(count):
        first = int(rng.integers(0, len(days) - 30))
        category, channel = str(rng.choice(_CATEGORY_NAMES)), str(rng.choice(CHANNELS))
        audience, region = str(rng.choice(AUDIENCES)), str(rng.choice(REGIONS))
        span = (str(days[first]), str(days[first + int(rng.integers(10, 29))]))
        figures = (
            f"{rng.uniform(1_000, 20_000):.2f}",
            str(rng.integers(10_000, 300_000)),
            f"{rng.beta(2, 60):.4f}",
        )
        rows.append(
            [f"MC{number:03d}", f"{category} {number}", channel, category, audience, *span, region, *figures]
        )
    write_csv(path, CAMPAIGN_HEADER, rows)
    return Tally(len(rows), {}, {})
