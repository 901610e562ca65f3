"""Formulas as Excel writes them in English, and as LibreOffice's programming interface takes them: one to the other.

Both are the same in every language of the office. They differ in separators (``,`` and ``;``), in how a sheet is named
(``Plan!A1`` and ``$Plan.A1``), in constants of several cells and in a few names. Not translated: intersections (a blank
between two ranges), references into other files and over several sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from addin.hosts.libreoffice.addresses import letters, number, quoted

_SHEET_WORD = r"[^\W\d][\w.]*"
_EXCEL = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
    |(?P<sheet>(?:'(?:[^']|'')+'|"""
    + _SHEET_WORD
    + r""")!(?![!]))
    |(?P<error>\#(?:REF!|N/A|DIV/0!|NAME\?|NULL!|NUM!|VALUE!))
    |(?P<truth>\b(?:TRUE|FALSE)\b(?!\s*\(|\.))
    |(?P<place>\$?[A-Z]{1,3}\$?[1-9]\d*(?![\w.(!]))
    |(?P<word>[^\W\d][\w.]*|\\[\w.]+)
    |(?P<number>\d[\w.]*)
    |(?P<bracket>\[)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_CALC = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
    |(?P<sheet>\$?(?:'(?:[^']|'')+'|[^\W\d]\w*)\.(?=\$?[A-Z]{1,3}\$?\d+\b(?!\()|\$?[A-Z]{1,3}:|\$?\d+:|\#REF!))
    |(?P<error>\#(?:REF!|N/A|DIV/0!|NAME\?|NULL!|NUM!|VALUE!))
    |(?P<truth>\b(?:TRUE|FALSE)\(\))
    |(?P<addin>COM\.SUN\.STAR\.SHEET\.ADDIN\.\w+\.GET\w+)
    |(?P<word>[^\W\d][\w.]*|\\[\w.]+)
    |(?P<number>\d[\w.]*)
    |(?P<bracket>\[)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLACE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d+)\Z", re.IGNORECASE)
_NEWER_FUNCTION = re.compile(r"(?:_xlfn\.|_xlws\.)+", re.IGNORECASE)
_THIS_ROW = re.compile(r"@(?:\[((?:[^\[\]]|'.)*)\]|((?:[^\[\]]|'.)*))\Z")


def is_formula(text: object) -> bool:
    """Whether a value typed into a cell is a formula: text that begins with ``=`` and goes on.

    >>> is_formula("=A1"), is_formula("="), is_formula(5)
    (True, False, False)
    """
    return isinstance(text, str) and len(text) > 1 and text[0] == "="


def to_calc(formula: str) -> str:
    """Return Excel's formula as LibreOffice's interface takes it; other text comes back as it is.

    >>> to_calc('=IF(Plan!A1>1,"a,b",SUM({1,2;3,4}))')
    '=IF($Plan.A1>1;"a,b";SUM({1;2|3;4}))'
    >>> to_calc("=SUM(('My plan'!A1:A2,B1),TRUE)")
    "=SUM(($'My plan'.A1:A2~B1);TRUE())"
    >>> to_calc("=SUM(tblPlan[Price],tblPlan[@[List price]])")
    '=SUM(tblPlan[Price];tblPlan[[#This Row];[List price]])'
    """
    if not is_formula(formula):
        return formula
    return "=" + "".join(_calc_parts(_NEWER_FUNCTION.sub("", formula[1:])))


def to_excel(formula: str) -> str:
    """Return LibreOffice's formula as Excel writes it, without the braces of an array formula; other text comes back as it is.

    >>> to_excel('=IF($Plan.A1>1;"a;b";SUM({1;2|3;4}))')
    '=IF(Plan!A1>1,"a;b",SUM({1,2;3,4}))'
    >>> to_excel("=COM.SUN.STAR.SHEET.ADDIN.ANALYSIS.GETEDATE($'My plan'.A1;1)=STDEV.S(1;2)")
    "=EDATE('My plan'!A1,1)=STDEV.S(1,2)"
    """
    if formula.startswith("{=") and formula.endswith("}"):
        formula = formula[1:-1]
    return "=" + "".join(_excel_parts(formula[1:])) if is_formula(formula) else formula


def moved(formula: str, down: int, across: int) -> str:
    """Return Excel's formula as it is after being filled that many rows down and columns across: relative places move.

    >>> moved("=A1*$B1+C$1+SUM(Plan!$D$1:D1)", 2, 1)
    '=B3*$B3+D$1+SUM(Plan!$D$1:E3)'
    """
    return "=" + "".join(_moved(text, down, across) if kind == "place" else text for kind, text in _tokens(_EXCEL, formula[1:]))


def _moved(place: str, down: int, across: int) -> str:
    found = _PLACE.match(place)
    assert found is not None, "the grammar lets no other text be a place"
    column = found[2] if found[1] else letters(number(found[2]) + across)
    row = found[4] if found[3] else int(found[4]) + down
    return f"{found[1]}{column}{found[3]}{row}"


def _calc_parts(body: str) -> Iterator[str]:
    # what each open bracket is: the arguments of a function, plain brackets, or a constant of several cells
    inside: list[str] = []
    before = ""
    for token in _tokens(_EXCEL, body):
        kind, text = token
        if kind == "sheet":
            yield f"${quoted(_unquoted(text[:-1]))}."
        elif kind == "truth":
            yield f"{text.upper()}()"
        elif kind == "bracket":
            yield _table_part(text, ",", ";")
        elif kind == "other":
            yield _separator(text, inside)
            _follow(text, before, inside)
        else:
            yield text
        before = before if text.isspace() else kind


def _separator(text: str, inside: list[str]) -> str:
    around = inside[-1] if inside else "plain"
    if around == "constant":
        return {",": ";", ";": "|"}.get(text, text)
    return {"call": ";", "plain": "~"}[around] if text == "," else text


def _follow(text: str, before: str, inside: list[str]) -> None:
    if text in "({":
        inside.append("constant" if text == "{" else "call" if before == "word" else "plain")
    elif text in ")}" and inside:
        inside.pop()


def _excel_parts(body: str) -> Iterator[str]:
    in_constant = False
    for kind, text in _tokens(_CALC, body):
        if kind == "sheet":
            yield f"{quoted(_unquoted(text[:-1].lstrip('$')))}!"
        elif kind == "truth":
            yield text[:-2]
        elif kind == "addin":
            yield text.rpartition(".GET")[2]
        elif kind == "bracket":
            yield _table_part(text, ";", ",")
        elif kind == "other":
            in_constant = text == "{" or (in_constant and text != "}")
            yield {";": ",", "|": ";"}.get(text, text) if in_constant else {";": ",", "~": ","}.get(text, text)
        else:
            yield text


class _Token(NamedTuple):
    kind: str
    text: str


def _tokens(grammar: re.Pattern[str], body: str) -> Iterator[_Token]:
    at = 0
    while at < len(body):
        found = grammar.match(body, at)
        assert found is not None, "the last alternative takes any character"
        kind, text = str(found.lastgroup), found[0]
        if kind == "bracket":
            text = body[at : _closing(body, at)]
        yield _Token(kind, text)
        at += len(text)


def _closing(body: str, at: int) -> int:
    """Return where a part in square brackets ends; within it ``'`` takes the next character for what it is."""
    depth, escaped = 0, False
    for place in range(at, len(body)):
        letter = body[place]
        if escaped or letter == "'":
            escaped = not escaped
        elif letter in "[]":
            depth += 1 if letter == "[" else -1
            if not depth:
                return place + 1
    return len(body)


def _table_part(text: str, old: str, new: str) -> str:
    """Translate ``[…]`` of a table reference: the separators between its parts, and Excel's short form of this row."""
    this_row = _THIS_ROW.match(text[1:-1])
    if this_row:
        column = this_row[1] if this_row[1] is not None else this_row[2]
        return f"[[#This Row]{new}[{column}]]" if column else "[#This Row]"
    return re.sub(rf"\](\s*){re.escape(old)}(\s*)\[", rf"]\1{new}\2[", text)


def _unquoted(sheet: str) -> str:
    return sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
