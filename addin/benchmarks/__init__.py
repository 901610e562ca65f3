"""How fast cells are answered, for ``promo benchmarks``: each figure beside a yardstick measured in the same run."""

from __future__ import annotations

from addin.benchmarks.parts import PARTS

__all__ = ["PARTS"]
