"""Tables as a stream that a database pulls, one after the other: the C interface of Apache Arrow, by ctypes alone.

DuckDB reads such a stream while it writes a file, so a table of any length passes through in pieces; floats are read where
they lie. The structures and the rules for who lets go of what are those of the Arrow specification ("The Arrow C data
interface", "The Arrow C stream interface"). Arrow itself would be a third of what the program is made of.
"""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from scorer.columns import Array, distinct


class _Schema(ctypes.Structure):
    """``struct ArrowSchema``."""


class _Array(ctypes.Structure):
    """``struct ArrowArray``."""


class _Stream(ctypes.Structure):
    """``struct ArrowArrayStream``."""


_RELEASE_SCHEMA = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))
_RELEASE_ARRAY = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))
_RELEASE_STREAM = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Stream))
_GET_SCHEMA = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))
_GET_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))
_GET_ERROR = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(_Stream))  # the address of text

_Schema._fields_ = [
    ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_char_p), ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64), ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)), ("release", _RELEASE_SCHEMA), ("private_data", ctypes.c_void_p),
]  # fmt: skip
_Array._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64), ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))), ("dictionary", ctypes.POINTER(_Array)),
    ("release", _RELEASE_ARRAY), ("private_data", ctypes.c_void_p),
]  # fmt: skip
_Stream._fields_ = [
    ("get_schema", _GET_SCHEMA), ("get_next", _GET_NEXT), ("get_last_error", _GET_ERROR), ("release", _RELEASE_STREAM),
    ("private_data", ctypes.c_void_p),
]  # fmt: skip

_NULLABLE = 2
_FORMATS = {"DOUBLE": b"g", "BIGINT": b"l", "DATE": b"tdD", "BOOLEAN": b"b", "VARCHAR": b"i"}  # text: places in a dictionary
_STRUCT, _WORDS = b"+s", b"U"


class Coded(NamedTuple):
    """A column of text as its different words and, for each row, the place of its word among them."""

    words: list[str | None]
    codes: Array


Piece: TypeAlias = Mapping[str, "Array | Coded"]


class ArrowStream:
    """Tables with the same columns, for a database to pull once; register its ``capsule()`` with a DuckDB connection.

    types: for each column DOUBLE, BIGINT, DATE, BOOLEAN or VARCHAR. pieces: tables whose columns can be had as these types,
    text also as ``Coded``; NaN, NaT and None become NULL. What making a piece raises ends the stream and is kept as ``failed``.

    >>> import duckdb
    >>> pieces = iter([{"x": np.array([1.0, np.nan]), "t": np.array(["a", None], dtype=object)}])
    >>> with duckdb.connect() as con:
    ...     stream = con.register("stream", ArrowStream({"x": "DOUBLE", "t": "VARCHAR"}, pieces).capsule())
    ...     con.execute("SELECT * FROM stream").fetchall()
    [(1.0, 'a'), (None, None)]
    """

    def __init__(self, types: Mapping[str, str], pieces: Iterator[Piece]) -> None:
        self.failed: BaseException | None = None
        self._types = dict(types)
        self._pieces = pieces
        self._alive: dict[int, list[Any]] = {}
        # A database may keep what it made of a dictionary for as long as the next stands at the same address. So the
        # structures of dictionaries, not what they point to, stay where they are until the stream is gone.
        self._dictionaries: list[_Array] = []
        self._said = ctypes.create_string_buffer(b"")
        self._schema_gone = _RELEASE_SCHEMA(self._release_schema)
        self._array_gone = _RELEASE_ARRAY(self._release_array)
        self._streams: list[_Stream] = []

    def capsule(self) -> object:
        """Return the stream as the capsule that the Arrow PyCapsule interface speaks of.

        Given the object itself, a database would ask pyarrow to read it, where that is installed: on threads that go on
        when the reading is done.
        """
        make = ctypes.pythonapi.PyCapsule_New
        make.restype, make.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        stream = _Stream(
            _GET_SCHEMA(self._get_schema),
            _GET_NEXT(self._get_next),
            _GET_ERROR(self._get_error),
            _RELEASE_STREAM(_release_stream),
            None,
        )
        self._streams.append(stream)  # a database may ask for one to see the columns, and for another to read the rows
        made: object = make(ctypes.addressof(stream), b"arrow_array_stream", None)
        return made

    def _get_schema(self, _stream: Any, out: Any) -> int:
        alive: list[Any] = []
        children = [self._column_schema(name, sql, alive) for name, sql in self._types.items()]
        self._fill_schema(out.contents, _STRUCT, b"", children, alive)
        self._hold(out.contents, alive)
        return 0

    def _get_next(self, _stream: Any, out: Any) -> int:
        try:
            piece = next(self._pieces, None)
            if piece is None:
                out.contents.release = _RELEASE_ARRAY()  # without a release there is nothing: the end
                return 0
            alive: list[Any] = []
            children = [self._column(piece[name], sql, alive) for name, sql in self._types.items()]
            self._fill(out.contents, max((column.length for column in children), default=0), [None], children, alive)
            self._hold(out.contents, alive)
        except BaseException as why:  # noqa: BLE001 - nothing may be raised into C; it is raised again where one waits
            self.failed = why
            self._said = ctypes.create_string_buffer(str(why).encode("utf-8", "replace"))
            return errno.EIO
        return 0

    def _get_error(self, _stream: Any) -> int:
        return ctypes.addressof(self._said)

    def _release_schema(self, schema: Any) -> None:
        self._alive.pop(schema.contents.private_data or 0, None)
        schema.contents.release = _RELEASE_SCHEMA()

    def _release_array(self, array: Any) -> None:
        self._alive.pop(array.contents.private_data or 0, None)
        array.contents.release = _RELEASE_ARRAY()

    def _hold(self, structure: Any, alive: list[Any]) -> None:
        """Keep what a structure points to until the database lets go of it."""
        structure.private_data = id(alive)
        self._alive[id(alive)] = alive

    def _column_schema(self, name: str, sql: str, alive: list[Any]) -> _Schema:
        schema = _Schema()
        self._fill_schema(schema, _FORMATS[sql], name.encode("utf-8", "replace"), [], alive)
        if sql == "VARCHAR":
            words = _Schema()
            self._fill_schema(words, _WORDS, b"", [], alive)
            schema.dictionary = ctypes.pointer(words)
            alive.append(words)
        return schema

    def _fill_schema(self, schema: Any, form: bytes, name: bytes, children: list[_Schema], alive: list[Any]) -> None:
        below = (ctypes.POINTER(_Schema) * max(1, len(children)))(*map(ctypes.pointer, children))
        schema.format, schema.name, schema.metadata, schema.flags = form, name, None, _NULLABLE
        schema.n_children, schema.children = len(children), ctypes.cast(below, ctypes.POINTER(ctypes.POINTER(_Schema)))
        schema.dictionary, schema.release, schema.private_data = None, self._schema_gone, None
        alive += [form, name, below, children]

    def _column(self, values: Array | Coded, sql: str, alive: list[Any]) -> _Array:
        array = _Array()
        if isinstance(values, Coded) or sql == "VARCHAR":
            words, codes = values if isinstance(values, Coded) else _dictionary(values)
            self._fill(array, len(codes), [None, codes.astype(np.int32)], [], alive)
            dictionary = _Array()
            self._fill(dictionary, len(words), [_known(words), *_text(words)], [], alive)
            array.dictionary = ctypes.pointer(dictionary)
            self._dictionaries.append(dictionary)
            return array
        known = ~np.isnan(values) if values.dtype.kind == "f" else ~np.isnat(values) if values.dtype.kind == "M" else None
        self._fill(array, len(values), [_bits(known), _plain(values, sql)], [], alive)
        return array

    def _fill(
        self, array: Any, rows: int, buffers: list[Array | None], children: list[_Array], alive: list[Any]
    ) -> None:
        below = (ctypes.POINTER(_Array) * max(1, len(children)))(*map(ctypes.pointer, children))
        at = (ctypes.c_void_p * len(buffers))(*(None if buffer is None else buffer.ctypes.data for buffer in buffers))
        array.length, array.null_count, array.offset = rows, -1 if buffers[0] is not None else 0, 0
        array.n_buffers, array.buffers = len(buffers), ctypes.cast(at, ctypes.POINTER(ctypes.c_void_p))
        array.n_children, array.children = len(children), ctypes.cast(below, ctypes.POINTER(ctypes.POINTER(_Array)))
        array.dictionary, array.release, array.private_data = None, self._array_gone, None
        alive += [buffers, below, at, children]


def _release_stream(stream: Any) -> None:
    stream.contents.release = _RELEASE_STREAM()


def _plain(values: Array, sql: str) -> Array:
    if sql == "DATE":
        return np.ascontiguousarray(values.astype("datetime64[D]").astype(np.int64).astype(np.int32))
    if sql == "BOOLEAN":
        return np.packbits(values.astype(bool), bitorder="little")
    return np.ascontiguousarray(values, dtype=np.float64 if sql == "DOUBLE" else np.int64)


def _bits(known: Array | None) -> Array | None:
    return None if known is None or known.all() else np.packbits(known, bitorder="little")


def _known(words: list[str | None]) -> Array | None:
    return _bits(np.array([word is not None for word in words], dtype=bool))


def _dictionary(values: Array) -> tuple[list[str | None], Array]:
    """Return the words of a column and the place of each cell's among them. What is no text is written as text."""
    cells = values.tolist()
    if not set(map(type, cells)) <= {str, type(None)}:
        # before they are told apart: 1, 1.0 and True are equal, but are not written alike
        values = np.array([cell if cell is None else _written(cell) for cell in cells], dtype=object)
    return distinct(values)


def _written(cell: object) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _text(words: list[str | None]) -> tuple[Array, Array]:
    """Return where each word ends, and all words behind one another."""
    encoded = [b"" if word is None else word.encode("utf-8", "replace") for word in words]
    ends = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded)), out=ends[1:])
    return ends, np.frombuffer(b"".join(encoded) or b"\0", dtype=np.uint8)
