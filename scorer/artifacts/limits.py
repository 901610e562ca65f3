"""How large anything in a model folder may be; a file that claims more is refused before it is read."""

from __future__ import annotations

from typing import NamedTuple

_MB = 1 << 20


class Flaw(Exception):
    """What is wrong with some bytes, as a clause, and what to do if it is not the usual.

    Never leaves this package: see BundleRefused.
    """

    def __init__(self, why: str, remedy: str = "") -> None:
        super().__init__(why)
        self.remedy = remedy

    def of(self, name: str) -> Flaw:
        """Return the same flaw, saying which file has it."""
        return Flaw(f"{name}: {self}", self.remedy)


class Limits(NamedTuple):
    """Bounds of a model folder. The defaults are ten to a hundred times what training here makes."""

    files: int = 64
    manifest_bytes: int = 1 * _MB
    file_bytes: int = 256 * _MB
    folder_bytes: int = 512 * _MB
    json_bytes: int = 32 * _MB
    json_depth: int = 32
    booster_values: int = 1_000_000  # names, texts, arrays and single numbers of one booster
    booster_depth: int = 16
    trees: int = 20_000
    nodes: int = 20_000_000
    tree_depth: int = 64
    leaf_weight: float = 1e6  # with the most trees there may be, their sum stays far from the largest single-precision number
    base_score: float = 1e9
    features: int = 10_000
    groups: int = 100
    table_rows: int = 20_000_000
    table_columns: int = 2_000
    table_bytes: int = 2_048 * _MB  # unpacked: a small file can unpack to any size


LIMITS = Limits()
