"""The reader of xlwings' VBA, line by line: ``GetConfigFromFile`` of xlwings_custom_addin.bas, on BASIC's ``Input #``."""

from __future__ import annotations


class InputFile:
    """A text file opened ``For Input``: fields end at a comma or a line end, a quoted field at its quotation mark."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0

    def eof(self) -> bool:
        return self.at >= len(self.text)

    def field(self) -> str:
        assert not self.eof(), "Input past end of file (error 62)"
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        if self.text[self.at] == '"':
            end = self.text.index('"', self.at + 1)
            found, self.at = self.text[self.at + 1 : end], end + 1
            assert self.eof() or self.text[self.at] in ",\n", "a field goes on behind its quotation mark"
            self.at += 1
            return found
        end = min(place for sign in ",\n" if (place := (self.text + ",\n").find(sign, self.at)) >= 0)
        found, self.at = self.text[self.at : end].strip(), end + 1
        return found


def get_config(content: bytes, encoding: str, name: str) -> str | None:
    """Return what VBA would find for a key; None where it would fall back to its default."""
    file = InputFile(content.decode(encoding))
    while not file.eof():
        key, value = file.field(), file.field()
        if key.lower() == name.lower():
            return value
    return None
