"""The thousand rows: small exports with everything that SQL engines might read differently, made from nothing but a seed.

Gaps, accents, upper and lower case, refunds, rows that stand twice, dates the wrong way round, discounts of 20 and of
0.2, weeks without sales, items without history, campaigns of one region and of all.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from scorer.settings import Calendar, Client, Matching, Sales

SEED = 20
FIRST = date(2025, 1, 6)
DAYS = 155
REGIONS = ("Nord", "Süd")
ITEMS = (("Tea", "Earl Grey"), ("Tea", "Ærø Mynte"), ("Coffee", "Crème"))
PRICES = {"Earl Grey": 4.0, "Ærø Mynte": 6.0, "Crème": 9.0}
TYPES = ("Coupon", "Display", "BOGO", "coupon")
ROWS = {"sales": 850, "promotions": 130, "campaigns": 20, "costs": 6}

CLIENT = Client(
    client="verification",
    sales=Sales(grain="transaction"),
    matching=Matching(keys=("region", "product_category", "product")),
    calendar=Calendar(holidays=(date(2025, 4, 21), date(2025, 5, 1), date(2025, 6, 9))),
)


def write_exports(folder: Path) -> None:
    """Write the four exports, ``ROWS`` rows each."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.Generator(np.random.PCG64(SEED))
    tables = {"sales": _sales, "promotions": _promotions, "campaigns": _campaigns, "costs": _costs}
    for name, rows in tables.items():
        found = rows(chance)[: ROWS[name]]
        with folder.joinpath(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(found[0]))
            writer.writeheader()
            writer.writerows(found)


def _sales(chance: np.random.Generator) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for day in range(DAYS):
        for at, (category, product) in enumerate(ITEMS):
            for region in REGIONS:
                if chance.random() < 0.07:
                    continue  # nothing sold
                units = int(chance.poisson(8 + 3 * at + 4 * (day % 7 >= 5))) + (20 if chance.random() < 0.03 else 0)
                price = PRICES[product] * (0.8 if chance.random() < 0.1 else 1.0)
                rows.append(_sale(len(rows), day, region, category, product, units, price))
    return _soiled(rows, chance)


def _sale(
    number: int, day: int, region: str, category: str, product: str, units: int, price: float
) -> dict[str, object]:
    return {
        "transaction_id": f"T{number:05d}",
        "sale_date": str(FIRST + timedelta(days=day)),
        "region": region.upper() if number % 11 == 0 else region,
        "product_category": category,
        "product": product,
        "units": units,
        "revenue": f"{units * price:.2f}",
        "unit_cost": "" if number % 5 == 0 else f"{price / 2:.2f}",
        "transaction_type": "refund" if number % 97 == 5 else "exchange" if number % 211 == 7 else "sale",
        "stock_out": "yes" if number % 61 == 3 else "" if number % 2 else "no",
    }


def _soiled(rows: list[dict[str, object]], chance: np.random.Generator) -> list[dict[str, object]]:
    """Spoil some rows, repeat some, and keep the latest days, so that ``ROWS`` of them reach the end of the calendar."""
    for at, (name, cell) in enumerate({"sale_date": "", "revenue": "", "units": "", "region": "0"}.items()):
        for row in rows[30 + at :: 171]:
            row[name] = cell
    again = [dict(rows[int(at)]) for at in chance.integers(len(rows) // 2, len(rows), 12)]
    for row in again[:6]:
        row["units"], row["revenue"] = 7, "35.00"  # a later correction of the same transaction
    return [*rows, *again][-ROWS["sales"] :]


def _promotions(chance: np.random.Generator) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number in range(ROWS["promotions"]):
        category, product = ITEMS[number % len(ITEMS)] if number % 19 else ("Snacks", "Ünknown")
        start = FIRST + timedelta(days=int(chance.integers(0, DAYS + 20)))
        discount = round(float(chance.choice((0.1, 0.15, 0.2, 0.25, 0.3))), 2)
        rows.append({
            "promotion_id": f"P{number:03d}" if number % 43 else "P001",
            "region": "1" if number % 53 == 9 else REGIONS[number % 2],
            "product_category": category.lower() if number % 7 == 0 else category,
            "product": product,
            "promotion_type": "" if number % 23 == 4 else TYPES[number % len(TYPES)],
            "discount_percentage": "" if number % 59 == 8 else discount * 100 if number % 3 == 0 else discount,
            "start_date": str(start),
            "end_date": str(start + timedelta(days=-2 if number % 47 == 6 else int(chance.integers(0, 6)))),
            "list_price": "" if number % 4 else PRICES.get(product, ""),
            "fixed_cost": number % 5,
        })  # fmt: skip
    return rows


def _campaigns(chance: np.random.Generator) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number in range(ROWS["campaigns"]):
        start = FIRST + timedelta(days=int(chance.integers(0, DAYS)))
        rows.append({
            "campaign_id": f"C{number % 13:02d}",
            "region": ("", *REGIONS)[number % 3],
            "product_category": ("", "Tea", "COFFEE", "Tea")[number % 4],
            "start_date": str(start),
            "end_date": str(start + timedelta(days=int(chance.integers(-1, 30)))),
            "budget": -5 if number == 8 else 1000 + number,
        })  # fmt: skip
    return rows


def _costs(chance: np.random.Generator) -> list[dict[str, object]]:
    return [
        {
            "region": region,
            "product": product,
            "list_price": PRICES[product],
            "unit_cost": round(PRICES[product] * 0.4 + float(chance.random()), 2),
        }
        for region in REGIONS
        for _, product in ITEMS
    ]
