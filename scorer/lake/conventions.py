"""How a file writes numbers and dates: decided per column from what stands there, and said aloud.

A settings value decides outright. Else the column's own cells, then the other columns of the file, then a habit
(semicolon files write decimal commas; day before month), which is called a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Literal, NamedTuple, TypeVar

import duckdb

from scorer.contracts.table import Column, Kind
from scorer.lake.cells import NUMBER_MARK, Decimal, Order, literal

Sure = Literal["settings", "evidence", "neighbours", "guess", "no need"]
_FIRST_LOOK = 20_000
_ROWS = "all rows"
Choice = TypeVar("Choice", Decimal, Order)


class Votes(NamedTuple):
    """Cells that speak for the first choice, for the second, and for neither."""

    first: int
    second: int
    open: int


class Convention(NamedTuple):
    """What was decided for one column, how sure that is, and a sentence when a person should know."""

    column: str
    choice: str
    sure: Sure
    note: str = ""


class Conventions(NamedTuple):
    decimal: dict[str, Decimal]
    order: dict[str, Order]
    said: tuple[Convention, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(c.note for c in self.said if c.note)


class Habits(NamedTuple):
    """Settings (None: decide from the file) and what to believe where nothing else speaks."""

    decimal: Decimal | None = None
    order: Order | None = None
    usual_decimal: Decimal = "."
    usual_order: Order = "dmy"


class _Question(NamedTuple, Generic[Choice]):
    first: Choice
    second: Choice
    setting: Choice | None
    usual: Choice
    what: str
    setting_name: str
    words: Mapping[str, str]


def decide(
    con: duckdb.DuckDBPyConnection, table: str, cells: Mapping[str, str], columns: Mapping[str, Column], habits: Habits
) -> Conventions:
    """Look at every cell of the text columns of a staged table and decide how they are to be read.

    ``cells`` maps contract names to the column of ``table`` they are in; only number and date columns are looked at.
    """
    numbers = {name: cell for name, cell in cells.items() if columns[name].kind.numeric}
    dates = {name: cell for name, cell in cells.items() if columns[name].kind is Kind.DATE}
    votes = _count(con, table, numbers, dates)
    comma: _Question[Decimal] = _Question(
        ".", ",", habits.decimal, habits.usual_decimal, "decimal sign", "decimal", {".": "decimal points", ",": "decimal commas"}
    )
    daymonth: _Question[Order] = _Question(
        "dmy",
        "mdy",
        habits.order,
        habits.usual_order,
        "order of day and month",
        "date_order",
        {"dmy": "day before month", "mdy": "month before day", "ymd": "year first"},
    )
    signs = _answer(comma, {name: votes[name] for name in numbers})
    orders = _answer(daymonth, {name: votes[name] for name in dates})
    return Conventions(
        {c.column: "," if c.choice == "," else "." for c in signs},
        {c.column: _order(c.choice) for c in orders},
        (*signs, *orders),
    )


def _answer(question: _Question[Choice], votes: Mapping[str, Votes]) -> list[Convention]:
    everyone = Votes(sum(v.first for v in votes.values()), sum(v.second for v in votes.values()), 0)
    return [_decide(question, name, own, everyone) for name, own in votes.items()]


def _decide(question: _Question[Choice], column: str, own: Votes, everyone: Votes) -> Convention:
    if question.setting is not None:
        return Convention(column, question.setting, "settings")
    if own.first or own.second:
        return _by_majority(question, column, own)
    if not own.open:
        return Convention(column, question.usual, "no need")
    if everyone.first or everyone.second:
        choice = question.first if everyone.first >= everyone.second else question.second
        return Convention(
            column, choice, "neighbours", f"{column}: read with {question.words[choice]}, as the other columns are."
        )
    choice = question.usual
    return Convention(
        column,
        choice,
        "guess",
        f"{column}: the {question.what} cannot be told from the cells; read with {question.words[choice]}. "
        f"If that is wrong, set {question.setting_name} in the client file.",
    )


def _by_majority(question: _Question[Choice], column: str, own: Votes) -> Convention:
    choice, against = (question.first, own.second) if own.first >= own.second else (question.second, own.first)
    if not against:
        return Convention(column, choice, "evidence")
    return Convention(
        column,
        choice,
        "evidence",
        f"{column}: most cells are written with {question.words[choice]}, {against:,} otherwise; those could not be read.",
    )


def _order(choice: str) -> Order:
    return "mdy" if choice == "mdy" else "ymd" if choice == "ymd" else "dmy"


def _count(con: duckdb.DuckDBPyConnection, table: str, numbers: Mapping[str, str], dates: Mapping[str, str]) -> dict[str, Votes]:
    """Count the votes of every column over all rows; columns that plainly need no second look are settled by a first."""
    asked = {**{n: _number_votes(c) for n, c in numbers.items()}, **{n: _date_votes(c) for n, c in dates.items()}}
    doubtful = _tested(
        con,
        table,
        {
            **{n: (f"contains({c}, ',')", f"NOT starts_with({c}, {literal(NUMBER_MARK)})") for n, c in numbers.items()},
            **{n: (f"{c} NOT LIKE '____-__-__%'",) for n, c in dates.items()},
            _ROWS: ("true",),
        },
    )
    first = _tested(con, f"(SELECT * FROM {table} LIMIT {_FIRST_LOOK})", asked)
    # without a comma anywhere a decimal point stays one; a column of ISO dates has no order to find
    settled = {n for n in asked if not doubtful[n][0] and (n in dates or (first[n][0] and not first[n][1]))}
    settled |= {n for n in numbers if not doubtful[n][1]}  # what came as a number has no sign to find
    if doubtful[_ROWS][0] <= _FIRST_LOOK:
        settled = set(asked)
    full = _tested(con, table, {n: tests for n, tests in asked.items() if n not in settled})
    return {n: Votes(*(first | full)[n]) for n in asked}


def _tested(con: duckdb.DuckDBPyConnection, relation: str, tests: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    """Count the rows that pass each test, in one scan."""
    every = [test for several in tests.values() for test in several]
    if not every:
        return {}
    counts = ", ".join(f"count(*) FILTER ({test})" for test in every)
    row = iter(con.execute(f"SELECT {counts} FROM {relation}").fetchone() or ())
    return {name: tuple(next(row) for _ in several) for name, several in tests.items()}


def _number_votes(cell: str) -> tuple[str, str, str]:
    open_ = f"regexp_matches({cell}, '^[^0-9]*[1-9][0-9]{{0,2}}[.,][0-9]{{3}}[^0-9]*$')"
    point, comma = _decimal_shape("[.]", ","), _decimal_shape(",", "[.]")
    typed = f"NOT starts_with({cell}, chr(31))"
    has_point, has_comma = f"{typed} AND contains({cell}, '.')", f"{typed} AND contains({cell}, ',')"
    groups = {sign: f"regexp_matches({cell}, '[0-9]{sign}[0-9]{{3}}{sign}[0-9]{{3}}')" for sign in ("[.]", ",")}
    for_point = f"{has_point} AND regexp_matches({cell}, '{point}') OR {has_comma} AND {groups[',']}"
    for_comma = f"{has_comma} AND regexp_matches({cell}, '{comma}') OR {has_point} AND {groups['[.]']}"
    return for_point, for_comma, f"{typed} AND {open_}"


def _decimal_shape(sign: str, other: str) -> str:
    """Cells in which ``sign`` can only be the decimal sign."""
    no_sign = "[^,]" if sign == "," else "[^.]"
    return "|".join(
        (
            f"^{no_sign}*{sign}(?:[0-9]{{1,2}}|[0-9]{{4,}})[^0-9.,]*$",  # 3,5  1.234,56
            f"^{no_sign}*[0-9]{other}[0-9]{{3}}{sign}[0-9]*[^0-9.,]*$",  # 1.234,567
            f"^[^0-9]*0{sign}[0-9]+[^0-9.,]*$",  # 0,125
            f"^[^0-9]*[0-9]{{4,}}{sign}[0-9]+[^0-9.,]*$",  # 1234,567
            f"[0-9][ ''\\x{{a0}}\\x{{202f}}][0-9]{{3}}{sign}[0-9]+[^0-9.,]*$",  # 1 234,567
        )
    )


def _date_votes(cell: str) -> tuple[str, str, str]:
    shape = r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})(?:[^0-9].*)?$"
    over_12 = "(?:1[3-9]|2[0-9]|3[01])"
    day_first = rf"^\s*(?:{over_12}[-/.](?:0?[1-9]|1[0-2])[-/.]|(?:0?[1-9]|1[0-2])[.](?:0?[1-9]|1[0-2])[.])"
    month_first = rf"^\s*(?:0?[1-9]|1[0-2])[-/.]{over_12}[-/.]"
    return tuple(  # type: ignore[return-value]
        f"regexp_matches({cell}, '^\\s*{shape}') AND regexp_matches({cell}, '{test}')"
        for test in (day_first, month_first, r"^\s*[0-9]")
    )
