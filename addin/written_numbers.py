"""Numbers that are written as text, as people write them in English, German and French: 1,234.5, 1.234,5 and 20 %.

The scorer's own reader reads them; here it is settled for the texts of one range which sign is the decimal one. A text that
can be read in two ways follows the others of its range, and is refused where none of them tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from scorer.lake.cells import NUMBER_MARK, Decimal, number, trimmed

_TWO_WAYS = re.compile(r"[^0-9]*[1-9][0-9]{0,2}[.,][0-9]{3}[^0-9]*")
"""One to three digits, a sign, three digits: 1,234 is a thousand to one reader and one and a bit to another."""


class Read(NamedTuple):
    """One text as a number; None where it is none. ``unclear``: it may be one of two numbers."""

    number: float | None
    unclear: bool = False


def read_numbers(texts: Sequence[str]) -> list[Read]:
    """Read the texts of one range.

    >>> [read.number for read in read_numbers(["12,5", "1.234", "20 %", "soon"])]
    [12.5, 1234.0, 0.2, None]
    >>> read_numbers(["1.234"])
    [Read(number=None, unclear=True)]
    """
    signs = [decimal_sign(text) for text in texts]
    sure = {sign for text, sign in zip(texts, signs, strict=True) if sign is not None and ("." in text or "," in text)}
    usual = next(iter(sure)) if len(sure) == 1 else None
    chosen: list[Decimal] = [sign or usual or "." for sign in signs]
    numbers = _numbers(texts, chosen) if texts else []
    unclear = [sign is None and usual is None and found is not None for sign, found in zip(signs, numbers, strict=True)]
    return [Read(None, unclear=True) if open_ else Read(found) for found, open_ in zip(numbers, unclear, strict=True)]


def decimal_sign(text: str) -> Decimal | None:
    """Return the decimal sign of one number, told from itself alone; None where it can be either.

    >>> [decimal_sign(text) for text in ("12,5", "1,234.5", "1,234,567", "0.125", "7", "1,234")]
    [',', '.', '.', '.', '.', None]
    """
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    if points + commas == 1 and _TWO_WAYS.fullmatch(text):
        return None
    if commas == 1 or points > 1:
        return ","
    return "."


def _numbers(texts: Sequence[str], signs: Sequence[Decimal]) -> list[float | None]:
    import duckdb

    as_comma, as_point = (number("cell", sign, "fraction") for sign in (",", "."))
    plain = [text.encode("utf-8", "replace").decode().lstrip(NUMBER_MARK) for text in texts]
    with closing(duckdb.connect()) as con:
        rows = con.execute(
            f"SELECT CASE WHEN sign = ',' THEN {as_comma} ELSE {as_point} END "
            f"FROM (SELECT place, sign, {trimmed('given')} AS cell FROM "
            "(SELECT unnest(?::VARCHAR[]) AS given, unnest(?::VARCHAR[]) AS sign, unnest(range(?)) AS place)) ORDER BY place",
            [plain, list(signs), len(plain)],
        ).fetchall()
    return [found for (found,) in rows]
