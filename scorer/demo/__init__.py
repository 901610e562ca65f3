"""An example client made of numbers: exports with a planted truth, for trying out and for testing.

``make`` writes the whole example, ``pure_noise`` one in which promotions do nothing, ``original`` the same
tables with an effect, ``contaminated`` a small one for baselines. None of them writes its truth to a file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from scorer.demo.client_file import DEMO, ORIGINAL
from scorer.demo.contaminated import contaminated_world
from scorer.demo.exports import write_campaigns, write_costs, write_promotions
from scorer.demo.files import write_text
from scorer.demo.flaws import Flaw, Tally
from scorer.demo.original import Files, write_original
from scorer.demo.sales import write_sales
from scorer.demo.upcoming import Sort, Upcoming, write_upcoming
from scorer.demo.world import WHOLE, Size, World, world
from scorer.workspace import Workspace

__all__ = [
    "Demo",
    "Flaw",
    "Plain",
    "Size",
    "Sort",
    "Tally",
    "Upcoming",
    "World",
    "contaminated",
    "make",
    "original",
    "pure_noise",
    "world",
]

UPCOMING = "upcoming.csv"


class Demo(NamedTuple):
    """A client that was written, with everything that is known about it."""

    client: str
    client_file: Path
    exports: Path
    tallies: dict[str, Tally]
    """By table: promotions, sales, campaigns, costs."""
    world: World
    """The truth; ``world.truth`` has one row per promotion."""
    upcoming: Upcoming | None


class Plain(NamedTuple):
    """A client with transactions by region only."""

    client: str
    client_file: Path
    files: Files


def _silent(_: str) -> None:
    pass


def make(
    workspace: Workspace,
    seed: int = 7,
    client: str = "demo",
    size: Size = WHOLE,
    dirt: bool = True,
    say: Callable[[str], None] = _silent,
) -> Demo:
    """Write a client file, its exports and a list of upcoming promotions; same arguments, same bytes.

    ``dirt=False`` leaves out every flaw; ``say`` is told what is being done.
    """
    say("Inventing a retailer and two years of its sales")
    made = world(seed, size)
    demo = _write(workspace, client, made, dirt, say)
    say("Writing the list of upcoming promotions")
    return demo._replace(upcoming=write_upcoming(made, workspace.root / UPCOMING))


def contaminated(workspace: Workspace, seed: int = 7, client: str = "contaminated") -> Demo:
    """Write a few items with back-to-back promotions of known strength over a flat, known baseline."""
    return _write(workspace, client, contaminated_world(seed), False, _silent)


def pure_noise(workspace: Workspace, seed: int = 7, client: str = "noise") -> Plain:
    """Write transactions by region in which promotions have no effect at all."""
    return _plain(workspace, client, "Nothing but noise", seed, 0.0)


def original(workspace: Workspace, seed: int = 7, client: str = "original", effect: float = 1.0) -> Plain:
    """Write transactions by region in which promotions move the number of sales of their region."""
    return _plain(workspace, client, "Transactions by region", seed, effect)


def _write(workspace: Workspace, client: str, made: World, dirt: bool, say: Callable[[str], None]) -> Demo:
    folder, client_file = workspace.exports(client), workspace.client_file(client)
    write_text(client_file, DEMO.format(client=client))
    say("Writing promotions, campaigns and costs")
    tallies = {
        "promotions": write_promotions(made, folder / "promotions.csv", dirt),
        "campaigns": write_campaigns(made, folder / "campaigns.csv", dirt),
        "costs": write_costs(made, folder / "costs.xlsx", dirt),
    }
    say("Writing daily sales")
    tallies["sales"] = write_sales(made, folder, dirt)
    return Demo(client, client_file, folder, tallies, made, None)


def _plain(workspace: Workspace, client: str, name: str, seed: int, effect: float) -> Plain:
    client_file = workspace.client_file(client)
    write_text(client_file, ORIGINAL.format(client=client, name=name))
    return Plain(client, client_file, write_original(workspace, client, seed, effect))
