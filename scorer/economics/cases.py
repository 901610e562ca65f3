"""Words for rows: the first case that holds decides."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Labels", "first_that_holds"]

Labels: TypeAlias = str | NDArray[np.object_]


def first_that_holds(*cases: tuple[Any, str | None], otherwise: str) -> Any:
    """The words of the first case whose condition holds, row by row; one str (or None) for one row.

    >>> size = np.array([3, 30, 300])
    >>> first_that_holds((size < 10, "small"), (size < 100, "medium"), otherwise="large").tolist()
    ['small', 'medium', 'large']
    """
    conditions = np.broadcast_arrays(*(condition for condition, _ in cases))
    answer = np.full(conditions[0].shape, otherwise, dtype=object)
    for condition, (_, words) in reversed(list(zip(conditions, cases, strict=True))):
        answer[condition] = words
    return answer[()] if answer.ndim == 0 else answer
