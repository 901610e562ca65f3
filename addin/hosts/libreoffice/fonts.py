"""The font of cells, as xlwings sees it."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from addin.hosts.libreoffice import colours, uno_bridge

_NORMAL, _BOLD = 100.0, 150.0


class Font(base_classes.Font):
    """What is None differs from cell to cell."""

    def __init__(self, cells: Any) -> None:
        self._cells = cells

    @property
    def api(self) -> Any:
        return self._cells

    @property
    def bold(self) -> bool | None:
        weight = uno_bridge.shared(self._cells, "CharWeight")
        return None if weight is None else bool(weight > _NORMAL)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._cells.CharWeight = _BOLD if value else _NORMAL

    @property
    def italic(self) -> bool | None:
        posture = uno_bridge.shared(self._cells, "CharPosture")
        return None if posture is None else bool(posture.value != "NONE")

    @italic.setter
    def italic(self, value: bool) -> None:
        self._cells.CharPosture = uno_bridge.enum("awt.FontSlant", "ITALIC" if value else "NONE")

    @property
    def size(self) -> float | None:
        height = uno_bridge.shared(self._cells, "CharHeight")
        return None if height is None else float(height)

    @size.setter
    def size(self, value: float) -> None:
        self._cells.CharHeight = float(value)

    @property
    def color(self) -> colours.Rgb | None:
        number = uno_bridge.shared(self._cells, "CharColor")
        # the colour that a program chooses by itself is black, as Excel tells it
        return (0, 0, 0) if number == colours.NONE else colours.to_rgb(number)

    @color.setter
    def color(self, value: colours.Rgb | str | int | None) -> None:
        self._cells.CharColor = colours.to_calc(value)

    @property
    def name(self) -> str | None:
        name = uno_bridge.shared(self._cells, "CharFontName")
        return None if name is None else str(name)

    @name.setter
    def name(self, value: str) -> None:
        self._cells.CharFontName = value
