"""Universal Binary JSON as XGBoost writes it, and nothing beside: everything else is refused.

Lengths are 64-bit (marker ``L``), arrays carry their length (``[#L``) and, where all elements are alike,
their type (``[$d#L``). Format: https://ubjson.org (draft 12), numbers most significant byte first.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from scorer.artifacts.limits import LIMITS, Flaw, Limits

Numbers: TypeAlias = npt.NDArray[Any]

_LENGTH = b"L"
_TEXT, _ARRAY, _OBJECT = b"S[{"
_TYPES: dict[int, np.dtype[Any]] = {
    ord("i"): np.dtype(">i1"),
    ord("U"): np.dtype(">u1"),
    ord("I"): np.dtype(">i2"),
    ord("l"): np.dtype(">i4"),
    ord("L"): np.dtype(">i8"),
    ord("d"): np.dtype(">f4"),
    ord("D"): np.dtype(">f8"),
}
_INTEGERS = {marker: kind.itemsize for marker, kind in _TYPES.items() if kind.kind in "iu"}
_UNSIGNED = ord("U")


def parse(content: bytes, limits: Limits = LIMITS) -> Any:
    """Read one value that fills ``content`` exactly.

    Objects become dicts, counted arrays lists, typed arrays read-only numpy views of the bytes (nothing is
    copied). Raises Flaw with the byte position. Memory and recursion are bounded by ``limits``.

    >>> parse(b"{" + b"L" + bytes(7) + b"\\x01a" + b"i\\x05" + b"}")
    {'a': 5}
    """
    reader = _Reader(content, limits)
    value = reader.value(0)
    if reader.at != len(content):
        raise Flaw(f"{len(content) - reader.at:,} bytes follow its end")
    return value


def compose(value: Any) -> bytes:
    """Write what ``parse`` reads, in the same way: whole numbers as 32 bits, lists counted, arrays with their type.

    Raises TypeError for anything else.

    >>> parse(compose({"a": [1, "x"]}))
    {'a': [1, 'x']}
    """
    if isinstance(value, dict):
        return b"{" + b"".join(_counted(name) + compose(part) for name, part in value.items()) + b"}"
    if isinstance(value, list):
        return b"[#" + _size(len(value)) + b"".join(map(compose, value))
    if isinstance(value, np.ndarray):
        ordered = value.astype(value.dtype.newbyteorder(">"))
        return b"[$" + _marks()[ordered.dtype.str] + b"#" + _size(len(value)) + ordered.tobytes()
    if isinstance(value, str):
        return bytes([_TEXT]) + _counted(value)
    if type(value) is int and -(2**31) <= value < 2**31:
        return b"l" + value.to_bytes(4, "big", signed=True)
    raise TypeError(f"{type(value).__name__} has no place in a booster")


def _marks() -> dict[str, bytes]:
    return {kind.str: bytes([mark]) for mark, kind in _TYPES.items()}


def _counted(text: str) -> bytes:
    content = text.encode("utf-8", "surrogatepass")
    return _size(len(content)) + content


def _size(count: int) -> bytes:
    return _LENGTH + count.to_bytes(8, "big", signed=True)


class _Reader:
    """A position in the bytes, and how many values have been read.

    A booster of a few hundred trees has tens of thousands of names, lengths and values, and a cell waits for them: so what
    is read most often reads its bytes without going through the smaller steps.
    """

    def __init__(self, content: bytes, limits: Limits) -> None:
        self.content = content
        self.end = len(content)
        self.limits = limits
        self.at = 0
        self.values = 0

    def value(self, depth: int) -> Any:
        marker = self._marker()
        if marker == _TEXT:
            return self._text()
        if marker in _INTEGERS:
            return self._integer(marker)
        if depth >= self.limits.booster_depth:
            raise self._flaw(f"is nested deeper than {self.limits.booster_depth} levels")
        if marker == _ARRAY:
            return self._array(depth + 1)
        if marker == _OBJECT:
            return self._object(depth + 1)
        raise self._flaw(f"has the unknown type mark {chr(marker)!r}")

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not self._skip(b"}"):
            name = self._text()
            if name in found:
                raise self._flaw(f"has the name '{name[:60]}' twice")
            found[name] = self.value(depth)
        return found

    def _array(self, depth: int) -> list[Any] | Numbers:
        if self._skip(b"$"):
            return self._typed_array()
        self._expect(b"#")
        count = self._length()
        # an element takes two bytes at least, so a count beyond that is a lie and not worth the memory
        if count * 2 > self.end - self.at:
            raise self._flaw(f"promises {count:,} elements and ends before")
        return [self.value(depth) for _ in range(count)]

    def _typed_array(self) -> Numbers:
        kind = _TYPES.get(self._byte())
        if kind is None:
            raise self._flaw("has an array of an unknown type")
        self._expect(b"#")
        count = self._length()
        start = self.at
        self._skip_bytes(count * kind.itemsize)
        return np.frombuffer(self.content, dtype=kind, count=count, offset=start)

    def _text(self) -> str:
        count = self._length()
        start = self.at
        self._skip_bytes(count)
        try:
            return self.content[start : self.at].decode("utf-8")
        except UnicodeDecodeError as why:
            raise self._flaw("has a text that is not UTF-8") from why

    def _length(self) -> int:
        start = self.at + 1
        if self.content[self.at : start] != _LENGTH:
            raise self._flaw(f"lacks the mark {_LENGTH.decode()!r}")
        self.at = start
        self._skip_bytes(8)
        count = int.from_bytes(self.content[start : self.at], "big", signed=True)
        if count < 0:
            raise self._flaw("has a negative length")
        return count

    def _integer(self, marker: int) -> int:
        start = self.at
        self._skip_bytes(_INTEGERS[marker])
        return int.from_bytes(self.content[start : self.at], "big", signed=marker != _UNSIGNED)

    def _marker(self) -> int:
        self.values += 1
        if self.values > self.limits.booster_values:
            raise self._flaw(f"has more than {self.limits.booster_values:,} values")
        return self._byte()

    def _byte(self) -> int:
        at = self.at
        self._skip_bytes(1)
        return self.content[at]

    def _skip_bytes(self, count: int) -> None:
        if count > self.end - self.at:
            raise self._flaw("ends in the middle of a value")
        self.at += count

    def _skip(self, mark: bytes) -> bool:
        if self.content[self.at : self.at + 1] == mark:
            self.at += 1
            return True
        return False

    def _expect(self, mark: bytes) -> None:
        if not self._skip(mark):
            raise self._flaw(f"lacks the mark {mark.decode()!r}")

    def _flaw(self, what: str) -> Flaw:
        return Flaw(f"it {what} (byte {self.at:,})")
