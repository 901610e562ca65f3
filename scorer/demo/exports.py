"""The world as a client would export it: promotions, campaigns and the cost master, with their dirt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from scorer.columns import DAY, Columns
from scorer.demo.catalogue import AUDIENCES, CATEGORIES, CHANNELS, REGIONS
from scorer.demo.chance import stream
from scorer.demo.files import write_csv, write_xlsx
from scorer.demo.flaws import Flaw, Row, Spoil, Tally, euro_text, pick, spoiled_copies, strew
from scorer.demo.world import World, mechanic_names

PROMOTION_HEADER = (
    "promotion_id",
    "product_category",
    "product_subcategory",
    "promotion_type",
    "discount_percentage",
    "start_date",
    "end_date",
    "region",
)
CAMPAIGN_HEADER = (
    "campaign_id",
    "campaign_name",
    "campaign_type",
    "product_category",
    "target_audience",
    "start_date",
    "end_date",
    "region",
    "budget",
    "reach",
    "conversion_rate",
)
COST_HEADER = (
    "region",
    "product_category",
    "product_subcategory",
    "list_price",
    "unit_cost",
    "funding_share",
    "fixed_cost",
)

# One stretch of promotions was exported by another system: discounts as 25 instead of 0.25.
PERCENT_ROWS = 90
SUPERSEDED_ROWS = 25
# From this many rows on there is all the dirt; shorter tables get less than their share, to stay usable.
FULL_DIRT_FROM = 1_000
CAMPAIGN_DIRT_FROM = 60
_PROMOTION_SPOILS = (
    Spoil(Flaw.REGION_JUNK, "region", ("0", "1"), 6),
    Spoil(Flaw.DATE_UNREADABLE, "start_date", ("31.02.2025", "tbd", ""), 6),
    Spoil(Flaw.DISCOUNT_UNREADABLE, "discount_percentage", ("abc", "", "n/a"), 5),
    Spoil(Flaw.DISCOUNT_OUT_OF_RANGE, "discount_percentage", ("-0.2", "130"), 4),
)
_CAMPAIGN_SPOILS = (
    Spoil(Flaw.BUDGET_NOT_POSITIVE, "budget", ("0", "-250.00"), 2),
    Spoil(Flaw.REACH_NEGATIVE, "reach", ("-1",), 1),
)


def write_promotions(world: World, path: Path, dirt: bool = True) -> Tally:
    """Write one row per promotion, in order of its start."""
    rows = promotion_rows(world)
    if not dirt:
        write_csv(path, PROMOTION_HEADER, rows)
        return Tally(len(rows), {}, {})
    rng = stream(world.seed, "promotion dirt")
    ghosts, refused = _promotion_ghosts(rng, rows)
    kept = _blemish_promotions(rng, rows)
    rows = strew(rng, _with_superseded(rng, rows), ghosts)
    refused[Flaw.SUPERSEDED] = len(rows) - len(ghosts) - len(world.promotions["item"])
    write_csv(path, PROMOTION_HEADER, rows)
    return Tally(len(rows), dict(refused), dict(kept))


def write_campaigns(world: World, path: Path, dirt: bool = True) -> Tally:
    """Write one row per campaign and region, also those announced beyond the cut."""
    rows = _campaign_rows(world.campaigns, world)
    if not dirt:
        write_csv(path, CAMPAIGN_HEADER, rows)
        return Tally(len(rows), {}, {})
    rng = stream(world.seed, "campaign dirt")
    ghosts, refused = spoiled_copies(
        rng, CAMPAIGN_HEADER, rows, _CAMPAIGN_SPOILS if len(rows) >= CAMPAIGN_DIRT_FROM else ()
    )
    _number(ghosts, "C9")
    budget, rate = CAMPAIGN_HEADER.index("budget"), CAMPAIGN_HEADER.index("conversion_rate")
    places = pick(rng, len(rows), 13)
    for at in places[:10]:
        rows[at][budget] = euro_text(float(rows[at][budget]))
    for at in places[10:]:
        rows[at][rate] = "3.5"
    kept = {Flaw.MONEY_AS_TEXT: len(places[:10]), Flaw.RATE_OUT_OF_RANGE: len(places[10:])}
    rows = strew(rng, rows, ghosts)
    write_csv(path, CAMPAIGN_HEADER, rows)
    return Tally(len(rows), dict(refused), kept)


def write_costs(world: World, path: Path, dirt: bool = True) -> Tally:
    """Write the cost master as of the cut, one row per item; with dirt a few costs are not known."""
    last, items = world.size.days - 1, world.items
    names = (items.names[name] for name in COST_HEADER[:3])
    money = (items.list_price[:, last], items.unit_cost[:, last], items.funding_share, items.fixed_cost)
    rows: list[list[object]] = [
        list(row) for row in zip(*names, *(column.tolist() for column in money), strict=True)
    ]
    rng = stream(world.seed, "cost dirt")
    places = pick(rng, len(rows), 8) if dirt else []
    for at in places[:5]:
        rows[at][COST_HEADER.index("unit_cost")] = None
    for at in places[5:]:
        rows[at][COST_HEADER.index("list_price")] = euro_text(float(items.list_price[at, last]))
    write_xlsx(path, "Costs", COST_HEADER, rows)
    kept = {Flaw.CELL_BLANK: len(places[:5]), Flaw.MONEY_AS_TEXT: len(places[5:])}
    return Tally(len(rows), {}, kept if dirt else {})


def promotion_rows(world: World) -> list[Row]:
    """Return the promotions as they should have been exported."""
    promotions, names = world.promotions, world.items.names
    item = promotions["item"]
    columns: dict[str, Iterable[str]] = {
        "promotion_id": promotions["promotion_id"],
        "promotion_type": mechanic_names(promotions["mechanic"]),
        "discount_percentage": [f"{depth:.2f}" for depth in promotions["discount"].tolist()],
        "start_date": promotions["start_date"].astype(str),
        "end_date": promotions["end_date"].astype(str),
        **{name: names[name][item] for name in ("region", "product_category", "product_subcategory")},
    }
    return [list(row) for row in zip(*(columns[name] for name in PROMOTION_HEADER), strict=True)]


def _promotion_ghosts(rng: np.random.Generator, rows: list[Row]) -> tuple[list[Row], Counter[Flaw]]:
    """Promotions that never ran: spoiled copies under ids of their own, or under none."""
    spoils = [spoil._replace(times=_share_of(spoil.times, rows)) for spoil in _PROMOTION_SPOILS]
    ghosts, counts = spoiled_copies(rng, PROMOTION_HEADER, rows, spoils)
    start, end = PROMOTION_HEADER.index("start_date"), PROMOTION_HEADER.index("end_date")
    for source in pick(rng, len(rows), _share_of(8, rows)):
        ghosts.append(list(rows[source]))
        ghosts[-1][end] = str(np.datetime64(ghosts[-1][start], "D") - 5 * DAY)
        counts[Flaw.END_BEFORE_START] += 1
    _number(ghosts, "P9")
    for source in pick(rng, len(rows), _share_of(2, rows)):
        ghosts.append(["", *rows[source][1:]])
        counts[Flaw.ID_MISSING] += 1
    return ghosts, counts


def _blemish_promotions(rng: np.random.Generator, rows: list[Row]) -> Counter[Flaw]:
    """Make real rows ugly without making them unusable; no row gets two blemishes."""
    depth, kind, region = (
        PROMOTION_HEADER.index(n) for n in ("discount_percentage", "promotion_type", "region")
    )
    stretch = range(len(rows) // 3, min(len(rows) // 3 + PERCENT_ROWS, len(rows) // 2))
    for at in stretch:
        rows[at][depth] = f"{100 * float(rows[at][depth]):.0f}"
    others = [at for at in pick(rng, len(rows), 35) if at not in stretch]
    for at in others[:12]:
        rows[at][kind] = ""
    for at in others[12:]:
        rows[at][region] = f" {rows[at][region]}  "
    return Counter(
        {Flaw.PERCENT: len(stretch), Flaw.TYPE_BLANK: len(others[:12]), Flaw.SPACES: len(others[12:])}
    )


def _with_superseded(rng: np.random.Generator, rows: list[Row]) -> list[Row]:
    """Put a first draft with another discount before some rows; the later row is the right one."""
    depth = PROMOTION_HEADER.index("discount_percentage")
    drafts = set(pick(rng, len(rows), _share_of(SUPERSEDED_ROWS, rows, least=2)))
    done: list[Row] = []
    for at, row in enumerate(rows):
        if at in drafts:
            draft = list(row)
            draft[depth] = "0.33"
            done.append(draft)
        done.append(row)
    return done


def _campaign_rows(campaigns: Columns, world: World) -> list[Row]:
    rows = []
    for at, number in enumerate(campaigns["campaign_id"]):
        category, channel = CATEGORIES[campaigns["category"][at]].name, CHANNELS[campaigns["channel"][at]]
        first, last = world.days[campaigns["first"][at]], world.days[campaigns["last"][at]]
        audience, region = AUDIENCES[campaigns["audience"][at]], REGIONS[campaigns["region"][at]]
        budget, rate = f"{campaigns['budget'][at]:.2f}", f"{campaigns['conversion_rate'][at]:.4f}"
        name = f"{category} on {channel} {str(first)[:7]}"
        rows.append([number, name, channel, category, audience, str(first), str(last), region, budget])
        rows[-1] += [str(campaigns["reach"][at]), rate]
    return rows


def _share_of(times: int, rows: list[Row], least: int = 1) -> int:
    return max(least, round(times * min(1.0, len(rows) / FULL_DIRT_FROM) ** 2))


def _number(rows: list[Row], prefix: str) -> None:
    """Give rows ids of their own, in the first column."""
    for number, row in enumerate(rows):
        row[0] = f"{prefix}{number:04d}"
