"""Small planted worlds for tests: a few seconds of history instead of two years of a retailer."""

from __future__ import annotations

from pathlib import Path

from scorer import demo
from scorer.demo import Demo, Plain, Size, World
from scorer.workspace import Workspace

# Two categories with three lines each in three regions over 500 days: about 250 promotions of 100 events.
SMALL = Size(categories=2, subcategories=3, regions=3, days=500, ahead=60)


def small_world(seed: int = 7, size: Size = SMALL) -> World:
    """Return a small world in memory; nothing is written."""
    return demo.world(seed, size)


def small_client(
    root: Path, seed: int = 7, client: str = "small", dirt: bool = True, size: Size = SMALL
) -> Demo:
    """Write a small client, with dirt unless told otherwise, and its upcoming.csv."""
    return demo.make(Workspace(root), seed, client, size, dirt)


def clean_client(root: Path, seed: int = 7, client: str = "clean", size: Size = SMALL) -> Demo:
    """Write a small client whose exports have no flaw at all."""
    return small_client(root, seed, client, False, size)


def noise_client(root: Path, seed: int = 7) -> Plain:
    """Write a client in whose transactions promotions leave no trace."""
    return demo.pure_noise(Workspace(root), seed)


def contaminated_client(root: Path, seed: int = 7) -> Demo:
    """Write a client whose items are promoted most of the time, over a flat, known baseline."""
    return demo.contaminated(Workspace(root), seed)
