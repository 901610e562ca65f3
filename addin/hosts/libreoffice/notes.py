"""Notes on cells, as xlwings sees them."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes


class Note(base_classes.Note):
    def __init__(self, location: Any, annotation: Any) -> None:
        self._location = location
        self._annotation = annotation

    @property
    def api(self) -> Any:
        return self._annotation

    @property
    def text(self) -> str:
        return str(self._annotation.getString())

    @text.setter
    def text(self, value: str) -> None:
        self._annotation.setString(value)

    @property
    def author(self) -> str:
        return str(self._annotation.getAuthor())

    @property
    def location(self) -> Any:
        return self._location

    def delete(self) -> None:
        place = self._annotation.getPosition()
        every = self._location.sheet.api.getAnnotations()
        for at in range(every.getCount()):
            found = every.getByIndex(at).getPosition()
            if (found.Row, found.Column) == (place.Row, place.Column):
                every.removeByIndex(at)
                return
