"""A program that runs where the training packages are not installed, though the tests have them."""

from __future__ import annotations

TRAINING_PACKAGES = ("pandas", "sklearn", "joblib", "matplotlib", "holidays", "pyarrow", "xlwings")

_HIDE = """
import importlib.util, sys
absent = {absent!r}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in absent:
            raise ModuleNotFoundError(name, name=name.split(".")[0])
sys.meta_path.insert(0, Absent())
known = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name.split(".")[0] in absent else known(name, package)
"""


def without(packages: tuple[str, ...], program: str) -> str:
    """Return the program as it runs where these packages are not installed; it may read them as ``absent``."""
    return _HIDE.format(absent=packages) + program
