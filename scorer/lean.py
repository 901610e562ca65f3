"""XGBoost without the libraries it would bring along.

Where scikit-learn and pandas are installed, XGBoost imports both, to offer estimators and to read frames: more than a
second and a hundred megabytes that nothing here uses. A process that is ours alone can do without; one that only uses us as
a library may want those estimators, and is left as it is.
"""

from __future__ import annotations

import sys

_NOT_NEEDED = ("sklearn", "pandas")


def import_lean() -> None:
    """Let XGBoost, when it is imported from now on in this process, find neither scikit-learn nor pandas.

    Everyone else finds them as before, also afterwards.
    """
    if not any(isinstance(finder, _NotForXgboost) for finder in sys.meta_path):
        sys.meta_path.insert(0, _NotForXgboost())


class _NotForXgboost:
    """An import finder that knows what XGBoost is to do without."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        spec = getattr(sys.modules.get("xgboost"), "__spec__", None)
        if name in _NOT_NEEDED and getattr(spec, "_initializing", False):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
