"""Text that a spreadsheet would run as a formula, in a csv file: written as text, and read back as it was.

A csv file has no types: a spreadsheet that opens one takes ``=1+1`` for a formula. The form that is known to be safe is an
apostrophe before such a cell, which spreadsheets take as "this is text". It comes before every cell that begins, after any
apostrophes of its own, with one of the signs below; reading takes one apostrophe off again. So nothing is lost on the way
there and back, and a file that another program guarded in the same way is read as it was meant.

>>> guarded_text("=1+1"), guarded_text("'=1+1"), guarded_text("-5,5 %"), guarded_text("it's")
("'=1+1", "''=1+1", '-5,5 %', "it's")
"""

from __future__ import annotations

import re

from scorer.lake.cells import literal

# As OWASP lists them against CSV injection, the full-width signs included: some programs take those for the plain ones.
SIGNS = "=+-@\t\r\n＝＋－＠"
GUARD = "'"
_RISKY = r"^'*[=+\-@\t\r\n＝＋－＠]"
_TAKEN_OFF = r"^'+[=+\-@\t\r\n＝＋－＠]"
_PLAIN_NUMBER = r"^[+\-]?([0-9]+([.,][0-9]+)*|[.,][0-9]+)([eE][+\-]?[0-9]+)?\s?%?$"


def guarded(cell: str) -> str:
    """SQL: a cell as a csv file has it."""
    risky = f"regexp_matches({cell}, {literal(_RISKY)}) AND NOT regexp_matches({cell}, {literal(_PLAIN_NUMBER)})"
    return f"CASE WHEN {risky} THEN {literal(GUARD)} || {cell} ELSE {cell} END"


def unguarded(cell: str) -> str:
    """SQL: the cell of a csv file as it was meant."""
    is_guarded = f"starts_with({cell}, {literal(GUARD)}) AND regexp_matches({cell}, {literal(_TAKEN_OFF)})"
    return f"CASE WHEN {is_guarded} THEN substr({cell}, 2) ELSE {cell} END"


def guarded_text(cell: str) -> str:
    """A cell or header as a csv file has it."""
    return GUARD + cell if re.search(_RISKY, cell) and not re.search(_PLAIN_NUMBER, cell) else cell


def unguarded_text(cell: str) -> str:
    """The header of a csv file as it was meant.

    >>> unguarded_text("'=1+1"), unguarded_text("it's")
    ('=1+1', "it's")
    """
    return cell[1:] if re.search(_TAKEN_OFF, cell) else cell


def may_be_guarded(chunk: bytes) -> bool:
    """Whether some cell of these bytes can begin with a guard: most files have no apostrophe before such a sign.

    >>> may_be_guarded(b"a,it's,5"), may_be_guarded(b"a,'=1+1,5")
    (False, True)
    """
    return GUARD.encode() in chunk and any((GUARD + sign).encode() in chunk for sign in SIGNS)
