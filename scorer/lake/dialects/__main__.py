"""Make the SQL of every other engine anew: ``python -m scorer.lake.dialects``."""

from __future__ import annotations

from scorer.lake.dialects.translating import write_all

print(f"{write_all()} files written")  # noqa: T201 - a command of those who change the SQL
