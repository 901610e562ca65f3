"""How fast is it, and against what: every figure stands beside a yardstick measured in the same run on the same machine.

``run`` measures, its own parts and those of a program that stands on this one; ``keep`` adds the figures to a history file
and draws it, ``show`` prints them as a table.
"""

from __future__ import annotations

from scorer.benchmarks.history import keep
from scorer.benchmarks.measure import Measure
from scorer.benchmarks.run import Part, run
from scorer.benchmarks.table import show

__all__ = ["Measure", "Part", "keep", "run", "show"]
