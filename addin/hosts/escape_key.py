"""The Escape key on Windows, which may be pressed while Python works and Excel waits. Elsewhere it is never pressed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

_ESCAPE = 0x1B
# of what GetAsyncKeyState gives: the key is down now; it was pressed since somebody last asked
_DOWN, _PRESSED = 0x8000, 0x0001


def watch_for_escape() -> Callable[[], bool]:
    """Return what tells whether Escape was pressed since this call; once it was, the answer stays yes."""
    read = _reader()
    if read is None:
        return lambda: False
    read()  # what was pressed before does not count
    pressed = False

    def asks_to_stop() -> bool:
        nonlocal pressed
        pressed = pressed or bool(read() & (_DOWN | _PRESSED))
        return pressed

    return asks_to_stop


def _reader() -> Callable[[], int] | None:
    library = getattr(ctypes, "windll", None)  # there on Windows only
    if library is None:
        return None
    state = library.user32.GetAsyncKeyState
    state.argtypes, state.restype = [ctypes.c_int], ctypes.c_short
    return lambda: int(state(_ESCAPE))
