"""Text to value: DuckDB expressions that read one cell as text, number, date or yes/no.

Every door uses these expressions (exports, plan files, ranges of a sheet), so a cell means the same everywhere.
A cell that stands there but cannot be read becomes NULL; ``unreadable`` tells it from an empty one.

>>> read_number("1.234,56 €", decimal=","), read_number("(5)"), read_date("31/12/2024", order="dmy")
(1234.56, -5.0, datetime.date(2024, 12, 31))
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from scorer.contracts.table import Column, Kind

Decimal = Literal[".", ","]
Order = Literal["dmy", "mdy", "ymd"]
Percent = Literal["fraction", "points", "refused"]

# Stands before a number that arrived as a number (from a spreadsheet cell), whose decimal sign is not in question.
NUMBER_MARK = "\x1f"
# Spaces of every width, byte order marks and the invisible marks of right-to-left text.
BLANKS = " \t\r\n\x0b\x0c\u00a0\u2007\u2009\u202f\ufeff\u200b\u200e\u200f\u202a\u202b\u202c"
MISSING = ("nan", "null", "none", "nil", "n/a", "na", "#n/a", "-", "–", "—", ".")
TRUE = ("true", "yes", "y", "1", "1.0", "x", "ja", "j", "oui", "o", "wahr", "vrai")
FALSE = ("false", "no", "n", "0", "0.0", "nein", "non", "falsch", "faux")

_SPACE = r"[ \t\x{a0}\x{2007}\x{2009}\x{202f}]"
_CURRENCY = r"(?:\p{Sc}|(?i:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|TRY|JPY|CNY|INR|AUD|CAD|NZD|BRL|MXN|ZAR|KR|FR|RS|ZŁ|KČ))?"
_SIGN = r"[+\-−–]?"
_YEAR = "(?:19|20|21)[0-9]{2}"
_CLOCK = r"(?:[T ]+\d{1,2}[:.hH].*)?"
_NAMED_MONTHS = "['%d %b %Y', '%d-%b-%y', '%d-%b-%Y', '%d %B %Y', '%B %d, %Y', '%b %d, %Y', '%d. %B %Y']"


def literal(text: str) -> str:
    """Quote text for SQL.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote the name of a column for SQL.

    >>> identifier('5" shelf')
    '"5"" shelf"'
    """
    return '"' + name.replace('"', '""') + '"'


def one_of(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(word) for word in words) + ")"


def trimmed(cell: str) -> str:
    """The cell without surrounding blanks; NULL when nothing is left."""
    # most cells begin and end with a plain letter or digit, or with the mark: looking is many times faster than trimming
    edges = f"regexp_matches({cell}, '^[^!-~\\x1f]|[^!-~]$')"
    return f"NULLIF(CASE WHEN {edges} THEN trim({cell}, {literal(BLANKS)}) ELSE {cell} END, '')"


def text(cell: str) -> str:
    """A trimmed cell as text. An id that a spreadsheet turned into 123.0 is 123 again."""
    plain = f"ltrim({cell}, {literal(NUMBER_MARK)})"
    tidied = f"CASE WHEN regexp_full_match({plain}, '-?[0-9]+[.]0') THEN left({plain}, -2) ELSE {plain} END"
    return f"CASE WHEN ends_with({cell}, '.0') OR starts_with({cell}, {literal(NUMBER_MARK)}) THEN {tidied} ELSE {cell} END"


def number(cell: str, decimal: Decimal = ".", percent: Percent = "refused") -> str:
    """A trimmed cell as DOUBLE under one decimal sign; finite, or NULL.

    Thousands come in groups of three set apart by the other sign, a space or an apostrophe; currency signs and
    codes, a trailing minus and accountants' parentheses are understood.
    """
    mark, point = literal(NUMBER_MARK), decimal if decimal == "," else "[.]"
    plain = f"regexp_full_match({cell}, '[+-]?[0-9]{{1,200}}(?:{point}[0-9]+)?')"
    return (
        f"CASE WHEN starts_with({cell}, {mark}) THEN TRY_CAST(ltrim({cell}, {mark}) AS DOUBLE) "
        f"WHEN {plain} THEN TRY_CAST(replace({cell}, ',', '.') AS DOUBLE) "
        f"WHEN regexp_full_match({cell}, {literal(_number_shape(decimal, percent))}) THEN {_dressed(cell, decimal, percent)} END"
    )


def day(cell: str, order: Order = "dmy") -> str:
    """A trimmed cell as DATE between 1900 and 2199, or NULL: ISO, day/month/year in ``order``, serials, named months.

    A time of day is dropped as written, without a shift between time zones. Serials count from 1899-12-30.
    """
    iso = rf"^({_YEAR})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{1,2}}){_CLOCK}$"
    three = rf"^([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]({_YEAR}|[0-9]{{2}}){_CLOCK}$"
    unmarked = f"ltrim({cell}, {literal(NUMBER_MARK)})"
    return (
        f"CASE WHEN regexp_full_match({cell}, '{_YEAR}-[0-9]{{2}}-[0-9]{{2}}') THEN TRY_CAST({cell} AS DATE) "
        f"WHEN regexp_matches({cell}, '{iso}') THEN TRY_CAST(regexp_replace({cell}, '{iso}', '\\1-\\2-\\3') AS DATE) "
        f"WHEN regexp_matches({cell}, '{three}') THEN {_three_parts(cell, three, order)} "
        f"WHEN regexp_full_match({unmarked}, '{_YEAR}[0-9]{{4}}') THEN TRY_CAST(try_strptime({unmarked}, '%Y%m%d') AS DATE) "
        f"WHEN regexp_full_match({unmarked}, '[2-9][0-9]{{4}}(?:[.][0-9]+)?') THEN {_serial(unmarked)} "
        f"WHEN regexp_full_match({cell}, '[0-9A-Za-z., -]+{_YEAR}|[0-9]{{1,2}}-[A-Za-z]{{3}}-[0-9]{{2}}') "
        f"THEN TRY_CAST(try_strptime({cell}, {_NAMED_MONTHS}) AS DATE) END"
    )


def flag(cell: str) -> str:
    """A trimmed cell as BOOLEAN: true, yes, ja, oui, 1, x … and their opposites; anything else is NULL."""
    word = f"lower(ltrim({cell}, {literal(NUMBER_MARK)}))"
    return f"CASE WHEN {word} IN {one_of(TRUE)} THEN true WHEN {word} IN {one_of(FALSE)} THEN false END"


def value(cell: str, column: Column, decimal: Decimal = ".", order: Order = "dmy") -> str:
    """A trimmed cell read as its contract column wants it."""
    if column.kind is Kind.TEXT:
        return text(cell)
    if column.kind is Kind.DATE:
        return day(cell, order)
    if column.kind is Kind.FLAG:
        return flag(cell)
    return number(cell, decimal, percent_means(column))


def percent_means(column: Column) -> Percent:
    """What '15%' is in a column: 0.15 where a fraction is wanted, 15 where the unit is %, nonsense elsewhere."""
    if column.unit == "%":
        return "points"
    return "fraction" if column.kind in (Kind.SHARE, Kind.RATIO) else "refused"


def unreadable(cell: str, value: str) -> str:
    """True for a trimmed cell that says something (other than 'missing') of which no value came."""
    return f"({value} IS NULL AND {cell} IS NOT NULL AND lower({cell}) NOT IN {one_of(MISSING)})"


def sql_type(kind: Kind) -> str:
    return {Kind.TEXT: "VARCHAR", Kind.DATE: "DATE", Kind.FLAG: "BOOLEAN"}.get(kind, "DOUBLE")


def as_text(cell: Any) -> str | None:
    """Write a spreadsheet cell as the text the expressions above read; numbers keep a mark that says so.

    >>> as_text(12.0), as_text(0.5), as_text(None), as_text(date(2024, 1, 5))
    ('\\x1f12', '\\x1f0.5', None, '2024-01-05')
    """
    if cell is None or isinstance(cell, bool):
        return None if cell is None else str(cell).upper()
    if isinstance(cell, int | float):
        return _number_text(float(cell))
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if midnight else cell.replace(tzinfo=None).isoformat(" ")
    words = cell.isoformat() if isinstance(cell, date) else str(cell)
    return words.encode("utf-8", "replace").decode().lstrip(NUMBER_MARK) or None


def as_texts(cells: Sequence[Any]) -> list[str | None]:
    """Write the cells of a column as ``as_text`` does, each different one once.

    >>> as_texts([1, True, 1.0, None]) == [as_text(1), as_text(True), as_text(1.0), None]
    True
    """
    if _is_plain(cells):
        return [cell or None for cell in cells]
    written: dict[type, _Written] = {kind: _Written() for kind in set(map(type, cells))}  # 1 and True are equal, and differ
    if any(kind.__hash__ is None for kind in written):
        return [as_text(cell) for cell in cells]
    if len(written) == 1:
        (only,) = written.values()
        return list(map(only.__getitem__, cells))
    return [written[type(cell)][cell] for cell in cells]


def _is_plain(cells: Sequence[Any]) -> bool:
    """Tell whether cells are nothing but text that stays as it is; they are looked at all at once."""
    if set(map(type, cells)) != {str}:
        return False
    everything = "".join(cells)
    return everything.isascii() and NUMBER_MARK not in everything


class _Written(dict[Any, "str | None"]):
    """What ``as_text`` made of the cells it was asked about."""

    def __missing__(self, cell: Any) -> str | None:
        plain = isinstance(cell, str) and cell.isascii() and not cell.startswith(NUMBER_MARK)
        self[cell] = text = (cell or None) if plain else as_text(cell)
        return text


def plain_text(text: str | None) -> str:
    """What ``as_text`` wrote, as a person reads it.

    >>> plain_text(as_text(12.0)), plain_text(None)
    ('12', '')
    """
    return text.lstrip(NUMBER_MARK) if text else ""


def says_something(cell: Any) -> bool:
    """Tell whether a spreadsheet cell holds more than blanks.

    >>> says_something(0), says_something(" "), says_something(None)
    (True, False, False)
    """
    if isinstance(cell, str):
        return bool(cell.strip(BLANKS))
    return cell is not None and not (isinstance(cell, float) and math.isnan(cell))


def read_number(cell: str, decimal: Decimal = ".", percent: Percent = "refused") -> float | None:
    """Read one number; None when it is missing or cannot be read."""
    return _read(cell, number("cell", decimal, percent))  # type: ignore[no-any-return]


def read_date(cell: str, order: Order = "dmy") -> date | None:
    """Read one date; None when it is missing or cannot be read."""
    return _read(cell, day("cell", order))  # type: ignore[no-any-return]


def _read(cell: str, expression: str) -> Any:
    import duckdb

    with duckdb.connect() as con:
        row = con.execute(
            f"SELECT {expression} FROM (SELECT {trimmed('given')} AS cell FROM (SELECT ? AS given))", [cell]
        ).fetchone()
    return row[0] if row else None


def _number_text(number: float) -> str | None:
    if math.isnan(number):
        return None
    if math.isinf(number):
        return repr(number)
    whole = number.is_integer() and abs(number) < 1e15
    return NUMBER_MARK + (str(int(number)) if whole else repr(number))


def _group(decimal: Decimal) -> str:
    other = "." if decimal == "," else ","
    return rf"[{other}'’ \x{{a0}}\x{{2007}}\x{{2009}}\x{{202f}}]"


def _number_shape(decimal: Decimal, percent: Percent) -> str:
    point = "," if decimal == "," else "[.]"
    whole = rf"(?:[0-9]{{1,3}}(?:{_group(decimal)}[0-9]{{3}})+|[0-9]{{1,200}})"
    digits = rf"(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?"
    after = "" if percent == "refused" else rf"(?:{_SPACE}*%)?"
    before = rf"(?:{_SIGN}{_SPACE}*{_CURRENCY}|{_CURRENCY}{_SPACE}*{_SIGN}){_SPACE}*"
    bare = rf"{before}{digits}{after}{_SPACE}*{_CURRENCY}{_SPACE}*-?"
    return rf"{bare}|\({_SPACE}*{bare}{_SPACE}*\){after}"


def _dressed(cell: str, decimal: Decimal, percent: Percent) -> str:
    # the shape has been checked: what is left is to take the digits out of their clothes
    point = "," if decimal == "," else "."
    digits = f"regexp_extract({cell}, '[0-9{point}][0-9.,''’ \\x{{a0}}\\x{{2007}}\\x{{2009}}\\x{{202f}}]*(?:[eE][+-]?[0-9]+)?')"
    bare = f"replace(regexp_replace({digits}, {literal(_group(decimal))}, '', 'g'), ',', '.')"
    negative = rf"regexp_matches({cell}, '^[^0-9]*[-−–(]|-[^0-9]*$')"
    divisor = f"CASE WHEN contains({cell}, '%') THEN 100.0 ELSE 1.0 END" if percent == "fraction" else "1.0"
    return f"TRY_CAST({bare} AS DOUBLE) / ({divisor}) * CASE WHEN {negative} THEN -1 ELSE 1 END"


def _serial(cell: str) -> str:
    return f"DATE '1899-12-30' + CAST(floor(TRY_CAST({cell} AS DOUBLE)) AS INTEGER)"


def _three_parts(cell: str, shape: str, order: Order) -> str:
    if order == "ymd":  # 24-01-15
        iso = "\\1-\\2-\\3"
        two_digits = f"length(regexp_extract({cell}, '{shape}', 3)) = 2"
        return f"TRY_CAST(CASE WHEN {two_digits} THEN '20' || regexp_replace({cell}, '{shape}', '{iso}') END AS DATE)"
    month_day = "\\2-\\1" if order == "dmy" else "\\1-\\2"
    year = f"regexp_extract({cell}, '{shape}', 3)"
    century = f"CASE WHEN length({year}) = 4 THEN '' WHEN {year} < '70' THEN '20' ELSE '19' END"
    return f"TRY_CAST({century} || regexp_replace({cell}, '{shape}', '\\3-{month_day}') AS DATE)"
