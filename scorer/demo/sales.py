"""Daily sales as a client would export them: one file per year, one of them from a German spreadsheet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scorer.columns import Array, Columns, Floats, take
from scorer.demo.chance import stream
from scorer.demo.files import write_csv
from scorer.demo.flaws import Flaw, Row, Spoil, Tally, euro_text, pick, spoiled_copies, strew
from scorer.demo.world import World

HEADER = (
    "sale_date",
    "region",
    "product_category",
    "product_subcategory",
    "units",
    "revenue",
    "unit_cost",
    "transactions",
    "stock_out",
)
BASKET = 1.7
REFUND_SHARE = 0.004
_SPOILS = (
    Spoil(Flaw.REGION_JUNK, "region", ("0", "1"), 4),
    Spoil(Flaw.DATE_UNREADABLE, "sale_date", ("unknown", "", "00.00.0000"), 3),
    Spoil(Flaw.AMOUNT_MISSING, "revenue", ("", "n/a"), 4),
    Spoil(Flaw.AMOUNT_NOT_POSITIVE, "revenue", ("0", "-3"), 4),
)


class Dialect(NamedTuple):
    """How one system writes its csv."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    day_first: bool = False


PLAIN = Dialect()
GERMAN = Dialect(";", ",", "utf-8-sig", day_first=True)


def write_sales(world: World, folder: Path, dirt: bool = True) -> Tally:
    """Write ``sales_<year>.csv`` for every year; with dirt the second year is written in German.

    A day on which an item sold nothing has no row.
    """
    table = sales_columns(world)
    refunds = refund_columns(world, table)
    years = table["sale_date"].astype("datetime64[Y]").astype(str)
    of_refunds = refunds["sale_date"].astype("datetime64[Y]").astype(str)
    tallies = []
    for number, year in enumerate(sorted(set(years))):
        dialect = GERMAN if dirt and number == 1 else PLAIN
        sold, back = take(table, years == year), take(refunds, of_refunds == year)
        tallies.append(_write_year(world.seed, folder / f"sales_{year}.csv", sold, back, dialect, dirt))
    return _together(tallies)


def sales_columns(world: World) -> Columns:
    """Return what was sold, one row per day and item with sales, in order of the days."""
    day, item = np.nonzero(world.units.T)
    units = world.units[item, day]
    rng = stream(world.seed, "receipts")
    return {
        "sale_date": world.days[day],
        **{name: world.items.names[name][item] for name in HEADER[1:4]},
        "units": units,
        "revenue": np.round(units * net_price(world)[item, day], 2),
        "unit_cost": world.items.unit_cost[item, day],
        "transactions": np.maximum(1, np.round(units / (BASKET * rng.uniform(0.9, 1.1, len(units))))).astype(
            np.int64
        ),
        "stock_out": world.stock_out[item, day],
    }


def refund_columns(world: World, sold: Columns) -> Columns:
    """Return a few refunds: further rows with negative units and revenue."""
    rng = stream(world.seed, "refunds")
    back = take(sold, rng.random(len(sold["units"])) < REFUND_SHARE)
    units = np.minimum(back["units"], rng.integers(1, 4, len(back["units"])))
    revenue = np.round(-units * back["revenue"] / back["units"], 2)
    none = np.zeros(len(units), dtype=bool)
    return back | {
        "units": -units,
        "revenue": revenue,
        "transactions": np.ones_like(units),
        "stock_out": none,
    }


def net_price(world: World) -> Floats:
    """Return what customers paid per unit, items × days up to the cut, in whole cents."""
    listed = world.items.list_price[:, : world.size.days]
    return np.where(world.promoted > 0, np.round(listed * (1 - world.promoted), 2), listed)


def as_rows(table: Columns, dialect: Dialect = PLAIN) -> list[Row]:
    """Write every cell as text the way ``dialect`` does."""
    columns = [_cells(name, table[name], dialect) for name in HEADER]
    return [list(row) for row in zip(*columns, strict=True)]


def _cells(name: str, values: Array, dialect: Dialect) -> list[str]:
    if name == "sale_date":
        return [_day(day, dialect) for day in values.astype(str).tolist()]
    if name in ("revenue", "unit_cost"):
        return [f"{value:.2f}".replace(".", dialect.decimal) for value in values.tolist()]
    if name == "stock_out":
        return ["1" if flag else "0" for flag in values.tolist()]
    return [str(value) for value in values.tolist()]


def _day(iso: str, dialect: Dialect) -> str:
    return f"{iso[8:]}.{iso[5:7]}.{iso[:4]}" if dialect.day_first else iso


def _write_year(
    seed: int, path: Path, sold: Columns, refunds: Columns, dialect: Dialect, dirt: bool
) -> Tally:
    rng = stream(seed, path.name)
    clean, back = as_rows(sold, dialect), as_rows(refunds, dialect)
    ghosts, refused = spoiled_copies(rng, HEADER, clean, _SPOILS if dirt else ())
    # a day is chosen before blemishes, so that its repeated lines are the same to the letter
    repeated = _one_day(rng, clean) if dirt and dialect is GERMAN else []
    kept = _blemish(rng, clean, sold, dialect, repeated) if dirt else Counter[Flaw]()
    rows = strew(rng, strew(rng, clean, back), ghosts) + repeated
    refused[Flaw.REPEATED] += len(repeated)
    kept[Flaw.REFUND] += len(back)
    write_csv(path, HEADER, rows, dialect.delimiter, dialect.encoding)
    return Tally(len(rows), dict(+refused), dict(+kept))


def _one_day(rng: np.random.Generator, rows: list[Row]) -> list[Row]:
    """Return all sales of one day: the nightly export ran twice."""
    day = rows[int(rng.integers(0, len(rows)))][0]
    return [list(row) for row in rows if row[0] == day]


def _blemish(
    rng: np.random.Generator, rows: list[Row], sold: Columns, dialect: Dialect, spare: list[Row]
) -> Counter[Flaw]:
    """Make real rows ugly without making them unusable, save those of a repeated day."""
    counts = Counter[Flaw]()
    days = {row[0] for row in spare}
    for number, at in enumerate(pick(rng, len(rows), 60)):
        if rows[at][0] in days:
            continue
        if dialect is GERMAN and number % 2:
            rows[at][HEADER.index("revenue")] = euro_text(float(sold["revenue"][at]))
            counts[Flaw.MONEY_AS_TEXT] += 1
        else:
            rows[at][HEADER.index("transactions")] = ""
            counts[Flaw.CELL_BLANK] += 1
    return counts


def _together(tallies: list[Tally]) -> Tally:
    refused, kept = Counter[Flaw](), Counter[Flaw]()
    for tally in tallies:
        refused.update(tally.refused)
        kept.update(tally.kept)
    return Tally(sum(tally.rows for tally in tallies), dict(refused), dict(kept))
