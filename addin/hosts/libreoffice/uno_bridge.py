"""Python's way to LibreOffice: finds UNO, the files that come with the office, and hands out what they make.

UNO belongs to the system's Python, not to ours. Its three modules are loaded by themselves, so that nothing else of the
system's packages comes along.
"""

from __future__ import annotations

import builtins
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from scorer.errors import HostMissing, OutputRefused
from scorer.workbook.pdf import find_libreoffice

USUAL_PLACES = (
    "/usr/lib/python3/dist-packages",
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice/program",
    "/Applications/LibreOffice.app/Contents/Resources",
    "/Applications/LibreOffice.app/Contents/Frameworks",
)
_SITES = "/usr/lib*/python3*/site-packages"
# the compiled module first: the others are built on it
_MODULES = ("pyuno", "uno", "unohelper")
_ENDINGS = (".py", ".so", ".pyd", ".dylib")


def load(places: Iterable[Path] | None = None) -> Any:
    """Return the module ``uno``. Raises HostMissing where it is not installed or made for another Python."""
    if "uno" not in sys.modules:
        found = _find(list(_usual_places() if places is None else places))
        path_before, import_before = list(sys.path), builtins.__import__
        try:
            for name, file in found.items():
                _load(name, file)
        except (ImportError, OSError) as why:
            for name in found:
                sys.modules.pop(name, None)
            raise HostMissing.of_another_python(found["pyuno"].parent, platform.python_version(), why) from why
        finally:
            # uno.py adds the office's folder to the path and puts itself before every import; neither is wanted here
            sys.path[:] = path_before
            builtins.__import__ = import_before
    return sys.modules["uno"]


def program() -> Path:
    """Return LibreOffice's program file. Raises HostMissing where none is installed."""
    try:
        return find_libreoffice()
    except OutputRefused as why:
        raise HostMissing.without_program() from why


def struct(name: str, *values: Any) -> Any:
    """Return a new UNO structure, such as ``table.CellRangeAddress``, with these values in the order it declares them."""
    return load().createUnoStruct(f"com.sun.star.{name}", *values)


def enum(name: str, member: str) -> Any:
    return load().Enum(f"com.sun.star.{name}", member)


def kind(name: str) -> Any:
    """Return the class of a UNO error, to be caught, or of an interface, to be built upon."""
    return load().getClass(f"com.sun.star.{name}")


def properties(**named: Any) -> tuple[Any, ...]:
    """Return named arguments the way UNO takes them; those that are None are left out."""
    return tuple(struct("beans.PropertyValue", name, 0, value, 0) for name, value in named.items() if value is not None)


def sequence(kind: str, values: Sequence[Any]) -> Any:
    """Return values with the UNO type that a call asks for where Python's own would be taken for another."""
    return load().Any(kind, tuple(values))


def shared(cells: Any, name: str) -> Any | None:
    """Return a property of cells; None where it differs from cell to cell."""
    state = cells.getPropertyState(name)
    return None if state.value == "AMBIGUOUS_VALUE" else cells.getPropertyValue(name)


def _usual_places() -> Iterator[Path]:
    yield program().resolve().parent
    yield from map(Path, USUAL_PLACES)
    yield from sorted(Path("/").glob(_SITES.lstrip("/")))


def _find(places: Sequence[Path]) -> dict[str, Path]:
    found = {}
    for name in _MODULES:
        candidates = (place / f"{name}{ending}" for place in places for ending in _ENDINGS)
        file = next((candidate for candidate in candidates if candidate.is_file()), None)
        if file is None:
            raise HostMissing.without_uno(places)
        found[name] = file
    return found


def _load(name: str, file: Path) -> ModuleType:
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no module")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
