"""What xlwings finds of Windows and Excel, just enough of it for xlwings' own functions to run anywhere.

``windows()`` puts stand-ins for pywin32 in place, so that xlwings' real decorators, wrapper generator, engine, converters
and ``call_udf`` are loaded and run; when it ends everything is as before. The cells they read are of this module too.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

MISSING = -2147352572
"""How Excel hands over an argument that is left out."""
ERRORS = {"#DIV/0!": -2146826281, "#N/A": -2146826246, "#VALUE!": -2146826273}
_RANGE = "{00020846-0000-0000-C000-000000000046}"
_PYWIN32 = ("pythoncom", "pywintypes", "win32api", "win32con", "win32event", "win32gui", "win32process", "win32timezone")
_LOADED = ("xlwings._xlwindows", "xlwings._win32patch", "xlwings.udfs", "xlwings.com_server")


class Server(SimpleNamespace):
    """A COM object."""


class Names:
    """The names of a workbook; how often somebody looked through them is counted."""

    def __init__(self, said: list[Server]) -> None:
        self.said = said
        self.looked = 0

    @property
    def Count(self) -> int:  # noqa: N802 - COM's own name
        self.looked += 1
        return len(self.said)

    def __call__(self, at: int) -> Server:
        return self.said[at - 1]


@contextmanager
def windows() -> Iterator[ModuleType]:
    """Hand out ``xlwings.udfs`` as Windows has it."""
    import xlwings

    from addin.hosts import excel

    with pytest.MonkeyPatch.context() as patch:
        for name in _PYWIN32:
            patch.setitem(sys.modules, name, ModuleType(name))
        client = _module("win32com.client", Dispatch=lambda it, *_, **__: it, DispatchEx=None)
        for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass"):
            setattr(client, name, type(name, (), {}))
        patch.setitem(sys.modules, "win32com", _module("win32com", client=client))
        patch.setitem(sys.modules, "win32com.client", client)
        _fill(sys.modules)
        patch.setattr(ctypes, "oledll", Server(ole32=Server(CLSIDFromString=lambda *_: None)), raising=False)
        patch.setattr(ctypes, "windll", Server(), raising=False)
        patch.setattr(ctypes, "PyDLL", lambda _: Server(PyCom_PyObjectFromIUnknown=Server()))
        for name in _LOADED:
            patch.delitem(sys.modules, name, raising=False)
        from xlwings import _xlwindows, udfs

        loop = asyncio.new_event_loop()
        patch.setitem(sys.modules, "xlwings.com_server", _module("xlwings.com_server", loop=loop))
        patch.setattr(xlwings, "_xlwindows", _xlwindows, raising=False)
        patch.setattr(xlwings, "udfs", udfs, raising=False)
        for name, real in (("func", udfs.xlfunc), ("arg", udfs.xlarg), ("ret", udfs.xlret)):
            patch.setattr(xlwings, name, real)
        patch.setitem(xlwings.engines.engines_by_name, "excel", xlwings.Engine(impl=_xlwindows.engine))
        excel.served.cache_clear()
        excel.forget()
        try:
            yield udfs
        finally:
            loop.close()
            excel.served.cache_clear()
            excel.forget()
            for name in _LOADED:
                sys.modules.pop(name, None)


def _fill(modules: dict[str, ModuleType]) -> None:
    com: Any = modules["pythoncom"]
    com.__file__ = "pythoncom"
    com.CoInitialize = lambda *_: None
    com.IID_IDispatch = object()
    com.CoMarshalInterThreadInterfaceInStream = lambda *_: None
    types: Any = modules["pywintypes"]
    types.com_error = type("com_error", (Exception,), {})
    types.TimeType = datetime
    types.IID = str
    processes: Any = modules["win32process"]
    processes.GetWindowThreadProcessId = lambda hwnd: (hwnd, hwnd)
    zones: Any = modules["win32timezone"]
    zones.TimeZoneInfo = Server(utc=lambda: UTC)


def _module(name: str, **holds: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(holds)
    return made


def book(name: str = "Plan.xlsx", client: str | None = None, from_1904: bool = False) -> Any:
    """Return a workbook, with the client it says it belongs to."""
    said = [Server(Name="PromoClient", RefersTo=f'="{client}"')] if client else []
    made = Server(Name=name, FullName=rf"C:\Plans\{name}", Date1904=from_1904, Names=Names(said), Worksheets=())
    made.Application = Server(Hwnd=1)
    return made


def cells(
    rows: list[list[Any]], parent: Any, first: tuple[int, int] = (1, 1), formulas: list[list[str]] | None = None, sheet: str = "Plan"
) -> Any:
    """Return a range that holds all a sheet holds, as COM would tell it: text, numbers, times, None, the numbers of errors."""
    worksheet = Server(Name=sheet, Parent=parent, Application=parent.Application, Cells=lambda row, column: (row, column))

    def part(start: tuple[int, int], end: tuple[int, int]) -> Any:
        (top, left), (bottom, right) = start, end
        down, across = slice(top - first[0], bottom - first[0] + 1), slice(left - first[1], right - first[1] + 1)
        kind = Server(iid=_RANGE)
        return Server(
            Row=top,
            Column=left,
            Rows=Server(Count=bottom - top + 1),
            Columns=Server(Count=right - left + 1),
            Value=_told([row[across] for row in rows[down]]),
            Formula=_told([row[across] for row in (formulas or rows)[down]]),
            CLSID=_RANGE,
            Worksheet=worksheet,
            _oleobj_=Server(GetTypeInfo=lambda: Server(GetTypeAttr=lambda: kind)),
        )

    whole = part(first, (first[0] + len(rows) - 1, first[1] + len(rows[0]) - 1))
    worksheet.Range, worksheet.UsedRange = part, whole
    return whole


def whole_columns(used: Any) -> Any:
    """Return the columns that a range stands in, down to the last row of the sheet; their values are too many to be told."""
    return Server(**{**vars(used), "Row": 1, "Rows": Server(Count=1_048_576), "Value": None, "Formula": None})


def _told(rows: list[list[Any]]) -> Any:
    """Return cells as COM does: one as it is, several as rows."""
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    return tuple(tuple(row) for row in rows)
