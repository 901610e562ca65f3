"""The words a contract is written in: a table has a grain and columns, a column has a type, a unit and a range."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How a column's cells are read and stored."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"  # a fraction: 0.15 is 15 %
    RATIO = "ratio"  # may leave [0, 1]: a lift, a return
    DATE = "date"
    FLAG = "flag"

    @property
    def numeric(self) -> bool:
        return self not in (Kind.TEXT, Kind.DATE, Kind.FLAG)


class Column(NamedTuple):
    """One column: its name, type, unit, meaning in plain words, allowed range and the headers it also answers to."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    required: bool = False
    aliases: tuple[str, ...] = ()


class Contract(NamedTuple):
    """One table: its name, what one row is, and its columns in order."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns without which a file is refused."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kind of each column by its name."""
        return {column.name: column.kind for column in self.columns}
