"""What the engine says in sentences, in the language of a workbook.

The engine writes English: flags, remedies, drivers, sources, reasons. Those sentences are closed patterns with figures and
names in them; a catalogue goes from each pattern to its own words. What no pattern knows stays as the engine said it.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import NamedTuple

from scorer.settings import Language
from scorer.workbook.languages import Catalogue, catalogue

BETWEEN = "; "
MOST_PIECES = 3
"""A sentence may itself hold a semicolon or two."""
AS_GIVEN = ("id", "name", "type", "column", "reason", "currency", "unit", "line")
"""Blanks that hold somebody's own text, whatever it looks like."""
GOES_ON = {"why_not": "rule"}
"""Texts that name further sentences of another list behind the first one."""
_BLANK = re.compile(r"\{(\w+)\}")
_FIGURE = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?( ?%)?")

class _Pattern(NamedTuple):
    found: re.Pattern[str]
    words: str
    letters: int
    """How many letters of the pattern are fixed."""


class Sentences:
    """The patterns of one language, by the column or list they belong to."""

    def __init__(self, known: Catalogue) -> None:
        self._known = known
        self._said: dict[tuple[str, str], str | None] = {}

    @cached_property
    def _patterns(self) -> dict[str, list[_Pattern]]:
        return {group: _patterns(of_group) for group, of_group in self._known.said.items()}

    def say(self, group: str, english: str) -> str:
        """Return one or several sentences, parted by semicolons, in this language; group: whose patterns they follow.

        >>> Sentences(catalogue("de")).say("remedy", "a partner paying 25% of the discount")
        'ein Partner, der 25% des Rabatts zahlt'
        """
        pieces, said = english.split(BETWEEN), []
        while pieces:
            for many in range(1, min(MOST_PIECES, len(pieces)) + 1):
                words = self._sentence(group, BETWEEN.join(pieces[:many]))
                if words is not None:
                    break
            else:
                many, words = 1, pieces[0]
            said.append(words)
            pieces = pieces[many:]
        return BETWEEN.join(said)

    def knows(self, group: str, english: str) -> bool:
        """Say whether a single sentence follows one of the patterns."""
        return self._sentence(group, english) is not None

    def _sentence(self, group: str, english: str) -> str | None:
        if (group, english) not in self._said:
            patterns = [pattern for name in (group, GOES_ON.get(group, "")) for pattern in self._patterns.get(name, ())]
            found = ((pattern.found.fullmatch(english), pattern.words) for pattern in patterns)
            first = next(((match, words) for match, words in found if match), None)
            self._said[group, english] = first and self._filled(*first)
        return self._said[group, english]

    def _filled(self, found: re.Match[str], words: str) -> str:
        return _BLANK.sub(lambda blank: self._blank(blank[1], found[blank[1]]), words)

    def _blank(self, name: str, given: str) -> str:
        if name in self._known.said:
            return self.say(name, given)
        if name in AS_GIVEN or not _FIGURE.fullmatch(given):
            return given
        return given.translate(str.maketrans(",.", self._known.thousands + self._known.decimal))


def _patterns(group: dict[str, str]) -> list[_Pattern]:
    """Those that fix more letters come first: they say more."""
    found = [_pattern(english, words) for english, words in group.items()]
    return sorted(found, key=lambda pattern: -pattern.letters)


def _pattern(english: str, words: str) -> _Pattern:
    parts = _BLANK.split(english)
    found = "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return _Pattern(re.compile(found, re.DOTALL), words, sum(map(len, parts[::2])))


@cache
def speaker(language: Language) -> Sentences:
    """Return the sentences of a language; what was said once is remembered."""
    return Sentences(catalogue(language))
