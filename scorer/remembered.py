"""Answers to questions that come again: each is kept under a number, beside the numbers of all that was asked before."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeAlias

import numpy as np

from scorer.columns import Array, Columns, length, stack

MOST = 3_000_000
"""Values of answers of one kind that are kept; when there would be more, all that is old is forgotten."""

Ask: TypeAlias = Callable[[Array], tuple[Columns, Array]]
"""Takes positions of questions; gives back answers, and for each of those positions the place of its answer, or -1."""


class Answers:
    """Answers to questions, each question a whole number; every answer has the same columns.

    >>> answers, asked = Answers(), []
    >>> def squared(at):
    ...     asked.append(at.tolist())
    ...     return {"square": (np.array([3, 4, 3])[at] ** 2).astype(float)}, np.arange(len(at))
    >>> columns, place = answers.of(np.array([3, 4]), squared)
    >>> columns, place = answers.of(np.array([4, 3]), squared)
    >>> columns["square"][place].tolist(), asked
    ([16.0, 9.0], [[0, 1]])
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._question = np.empty(0, dtype=np.int64)  # rising
        self._place = np.empty(0, dtype=np.int64)
        self._columns: Columns = {}

    def of(self, question: Array, ask: Ask) -> tuple[Columns, Array]:
        """Return columns of answers, and the place of each question's among them, -1 where there is none.

        question: each at most once. ask: is asked for those that are new.
        """
        new = self._find(question) < 0
        if new.any():
            if (len(self._question) + int(new.sum())) * max(1, len(self._columns)) > self.most:
                self._forget()
                new[:] = True
            self._keep(question[new], *ask(np.flatnonzero(new)))
        return self._columns, self._place[self._find(question)]

    def _find(self, question: Array) -> Array:
        """Return where each question stands among those that were asked before, -1 where nowhere."""
        if not len(self._question):
            return np.full(len(question), -1)
        at = np.minimum(np.searchsorted(self._question, question), len(self._question) - 1)
        return np.where(self._question[at] == question, at, -1)

    def _keep(self, question: Array, columns: Columns, place: Array) -> None:
        kept = length(self._columns)
        # what was asked for once more with nothing found still has columns
        self._columns = stack([self._columns, columns]) if self._columns else columns
        question = np.concatenate([self._question, question])
        place = np.concatenate([self._place, np.where(place < 0, -1, place + kept)])
        order = np.argsort(question, kind="stable")
        self._question, self._place = question[order], place[order]

    def _forget(self) -> None:
        self._question, self._place, self._columns = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), {}


class Numbers:
    """A number for everything that was ever met.

    >>> numbers = Numbers()
    >>> numbers.of([("a", 1), ("b", 1)]).tolist(), numbers.of([("b", 1), ("c", 1)]).tolist()
    ([0, 1], [1, 2])
    """

    def __init__(self) -> None:
        self._number: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._number)

    def of(self, met: Iterable[Hashable]) -> Array:
        """Return the number of each; what is met for the first time gets the next."""
        known = self._number
        return np.array([known.setdefault(one, len(known)) for one in met], dtype=np.int64)
