"""Which header of a file is which column of the contract."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scorer.contracts.table import Contract
from scorer.errors import BadSettings, ColumnMissing, FileUnreadable


class Match(NamedTuple):
    """Contract columns and the position of the header each was found under; headers nobody asked for."""

    found: dict[str, int]
    missing: tuple[str, ...]
    ignored: tuple[int, ...]


def key(header: str) -> str:
    """Return what is compared: without case, accents, spaces, underscores and byte order mark.

    >>> key("\\ufeffProduct_Category"), key(" product category "), key("Région")
    ('productcategory', 'productcategory', 'region')
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", header) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", bare.casefold())


def match(headers: Sequence[str], contract: Contract, renamed: Mapping[str, str]) -> Match:
    """Find the contract's columns among the headers: by the client's names, then by name, then by alias.

    One header serves one column. Nothing is raised; ``require`` and ``alone`` do that.
    """
    keys = [key(header) for header in headers]
    found: dict[str, int] = {}
    taken: set[int] = set()
    for name, wanted in _wishes(contract, renamed):
        position = next((i for i, k in enumerate(keys) if k == wanted and i not in taken), None)
        if position is not None and name not in found:
            found[name] = position
            taken.add(position)
    missing = tuple(name for name in contract.names if name not in found)
    return Match(found, missing, tuple(i for i in range(len(headers)) if i not in taken))


def require(match: Match, headers: Sequence[str], contract: Contract, renamed: Mapping[str, str], path: object) -> None:
    """Raise ColumnMissing when a required column, or one the client file names, is not in the file."""
    for column in contract.columns:
        if column.name in match.found:
            continue
        if column.name in renamed:
            raise ColumnMissing.named(renamed[column.name], path, headers, table=_table(contract))
        if column.required:
            raise ColumnMissing.named(column.name, path, headers, column.aliases, _table(contract))


def _table(contract: Contract) -> str:
    """Where the client file names the headers of such a file: a plan is often cut from the promotions export."""
    return "promotions" if contract.name == "plan" else contract.name


def alone(match: Match, headers: Sequence[str], path: object) -> None:
    """Raise FileUnreadable when a header that is used stands there twice."""
    count = Counter(key(header) for header in headers)
    for position in match.found.values():
        if count[key(headers[position])] > 1:
            raise FileUnreadable.because(
                path, f"several columns are called '{headers[position]}'", "Rename or remove all but one of them."
            )


def known_names(contract: Contract, renamed: Mapping[str, str], path: object) -> None:
    """Raise BadSettings when the client file renames a column the contract does not have."""
    for name in renamed:
        if name not in contract.names:
            raise BadSettings.unknown_key(path, f"exports.{contract.name}.columns.{name}", contract.names)


def distinct(headers: Sequence[str]) -> tuple[str, ...]:
    """Make headers usable as names: an empty one is called by its place, a repeated one gets a number.

    >>> distinct(["a", "", "a"])
    ('a', 'column 2', 'a (2)')
    """
    names: dict[str, None] = {}
    for place, header in enumerate(headers, start=1):
        plain = header.strip("\ufeff \t\r\n") or f"column {place}"
        name, again = plain, 2
        while name in names:
            name, again = f"{plain} ({again})", again + 1
        names[name] = None
    return tuple(names)


def _wishes(contract: Contract, renamed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, header in renamed.items():
        yield name, key(header)
    free = [column for column in contract.columns if column.name not in renamed]
    for column in free:
        yield column.name, key(column.name)
    for column in free:
        for alias in column.aliases:
            yield column.name, key(alias)
