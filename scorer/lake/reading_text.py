"""Text exports made plain: any encoding, delimiter and quoting becomes one line per record, splittable at one sign.

DuckDB then splits the lines in parallel. A file that is plain already (UTF-8, no quotes, one kind of line end) is
read where it lies; any other is rewritten into a temporary UTF-8 file that keeps the line numbers: a record of
three lines becomes one line and two fillers.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from scorer.errors import FileUnreadable
from scorer.lake.guarding import may_be_guarded, unguarded_text

# Single signs that cannot come from the file: the scan sends every file that holds them through the rewriting.
FIELD, BREAK, FILLER, REFUSED, NOWHERE = "\x1f", "\x1e", "\x1d", "\x1c", "\x01"
DELIMITERS = (",", ";", "\t", "|", "^", "~", ":")
LONGEST_LINE = 400_000  # characters; DuckDB's own limit is two million bytes
LINES_PER_RECORD = 100  # a quotation mark left open longer than this was never meant to be one

_SIGNS = tuple(sign.encode() for sign in (FIELD, BREAK, FILLER, REFUSED, NOWHERE))
_CHUNK = 4_000_000
_HEAD = 2_000_000
_HEAD_RECORDS = 25
_OPEN = "\x1c\x1f open \x1f\x1c"
_OTHER_KINDS = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "compressed with gzip",
    b"\x89PNG": "a picture",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
}


class Scan(NamedTuple):
    """What one pass over the bytes found; ``plain`` files can be read where they lie."""

    sha256: str
    bytes: int
    encoding: str
    plain: bool
    long_lines: bool
    lines: int
    notes: tuple[str, ...] = ()
    guarded: bool = True  # whether some cell may begin with a guard against formulas


class Head(NamedTuple):
    """The header record: its cells, the lines it starts and ends on, and the sign between fields."""

    headers: tuple[str, ...]
    first_line: int
    last_line: int
    delimiter: str
    told: bool = False  # by a first line 'sep=;'


class Lines(NamedTuple):
    """A UTF-8 file with one record per line; ``fillers`` lines carry nothing but keep the numbering."""

    path: Path
    separator: str
    lines: int
    fillers: int


def scan(path: Path) -> Scan:
    """Look at every byte once: fingerprint, encoding, and whether the file is plain.

    Raises FileUnreadable for an empty file or one that is not text.
    """
    with path.open("rb") as file:
        head = file.read(65_536)
        _refuse_other_kinds(path, head)
        wide = _utf16(head)
        file.seek(0)
        return _scan_bytes(path, file, wide)


def read_head(path: Path, encoding: str, known: Callable[[Sequence[str]], int]) -> Head:
    """Find delimiter and header among the first lines: where ``known`` recognises the most names.

    Raises FileUnreadable when there is no line with text at all.
    """
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        lines = _kept_ends(file.read(_HEAD) + file.readline(LONGEST_LINE))
    told = lines[0].strip("\ufeff \r\n").lower() if lines else ""
    candidates = (lines[0].strip("\ufeff \r\n")[4],) if told.startswith("sep=") and len(told) == 5 else DELIMITERS
    heads = [head for delimiter in candidates if (head := _best_head(lines, delimiter, known))]
    if not heads:
        raise FileUnreadable.because(path, "it holds no line with text", "Export it again.")
    best = max(heads, key=lambda head: (known(head.headers), _evenness(lines, head)))
    return best._replace(told=len(candidates) == 1)


def as_lines(path: Path, scanned: Scan, delimiter: str, folder: Path) -> Lines:
    """Return the file with one record per line: itself when plain, else rewritten into ``folder``."""
    if scanned.plain:
        return Lines(path, delimiter, scanned.lines, 0)
    target = folder / f"{scanned.sha256[:16]}.lines"
    lines = fillers = 0
    with target.open("wb") as out:
        for chunk in _records(_text(path, scanned), delimiter):
            out.write(chunk)
            lines += chunk.count(b"\n")
            fillers += chunk.count(b"\n" + FILLER.encode()) + chunk.startswith(FILLER.encode())
    return Lines(target, FIELD, lines, fillers)


def _refuse_other_kinds(path: Path, head: bytes) -> None:
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileUnreadable.because(path, "it is empty", "Export it again.")
    for magic, what in _OTHER_KINDS.items():
        if head.startswith(magic):
            raise FileUnreadable.because(path, f"it is {what}", "Export it as csv, xlsx or parquet.")
    strange = sum(head.count(bytes([sign])) for sign in (*range(1, 9), *range(14, 28)))
    if strange > max(8, len(head) // 100):
        raise FileUnreadable.because(path, "it is not text", "Export it as csv, xlsx or parquet.")


def _utf16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    half = len(head) // 2 or 1
    if head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return None


def _scan_bytes(path: Path, file: BinaryIO, wide: str | None) -> Scan:
    digest, utf8 = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    size = lines = crlf = cr = 0
    plain, valid, undefined, long_lines, guarded, last = wide is None, True, False, False, False, b""
    while chunk := file.read(_CHUNK) + file.readline(LONGEST_LINE):
        digest.update(chunk)
        size += len(chunk)
        long_lines = long_lines or last not in (b"", b"\n")  # the line before went past what was read of it
        if wide:
            continue
        if b"\0" in chunk:
            raise FileUnreadable.because(
                path, "it holds zero bytes, so it is not text or was only half written", "Export it again."
            )
        lines, crlf, cr = lines + chunk.count(b"\n"), crlf + chunk.count(b"\r\n"), cr + chunk.count(b"\r")
        plain = plain and b'"' not in chunk and not any(sign in chunk for sign in _SIGNS)
        long_lines = long_lines or _has_long_line(chunk)
        valid = valid and _decodes(utf8, chunk)
        guarded = guarded or may_be_guarded(chunk)
        undefined = undefined or any(byte in chunk for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
        last = chunk[-1:]
    if wide:
        return Scan(digest.hexdigest(), size, wide, False, True, 0)
    cut = valid and bool(utf8.getstate()[0])
    one_end = cr == 0 or (cr == crlf == lines)
    encoding = "utf-8" if valid else "latin-1" if undefined else "cp1252"
    notes = _encoding_notes(cut, encoding)
    return Scan(
        digest.hexdigest(),
        size,
        encoding,
        plain and valid and not cut and one_end and not long_lines,
        long_lines,
        lines + (last != b"\n"),
        notes,
        guarded,
    )


def _encoding_notes(cut: bool, encoding: str) -> tuple[str, ...]:
    if cut:
        return ("The file ends in the middle of a character: it may have been cut off.",)
    return () if encoding == "utf-8" else (f"The file is not UTF-8; read as {encoding}.",)


def _decodes(utf8: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    if chunk.isascii() and not utf8.getstate()[0]:
        return True
    try:
        utf8.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _has_long_line(chunk: bytes) -> bool:
    start = 0
    while len(chunk) - start > LONGEST_LINE:
        end = chunk.rfind(b"\n", start, start + LONGEST_LINE)
        if end < 0:
            return True
        start = end + 1
    return False


def _best_head(lines: list[str], delimiter: str, known: Callable[[Sequence[str]], int]) -> Head | None:
    heads = list(_first_records(lines, delimiter))
    # the earliest line wins a tie, so a header that names nothing we know is still the first line
    return max(heads, key=lambda head: (known(head.headers), -head.first_line), default=None)


def _first_records(lines: list[str], delimiter: str) -> Iterator[Head]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    line = 1
    try:
        for _ in range(_HEAD_RECORDS):
            cells = next(reader)
            told = line == 1 and delimiter.join(cells).strip("\ufeff ").lower().startswith("sep=")
            if any(cell.strip("\ufeff \t") for cell in cells) and not told:
                yield Head(tuple(unguarded_text(cell.strip("\ufeff")) for cell in cells), line, reader.line_num, delimiter)
            line = reader.line_num + 1
    except (StopIteration, csv.Error):
        return


def _evenness(lines: list[str], head: Head) -> tuple[bool, float, int]:
    """How much like a table the lines look when split at this delimiter."""
    width = len(head.headers)
    below = lines[head.last_line : head.last_line + _HEAD_RECORDS]
    same = 0
    with suppress(csv.Error):
        same = sum(len(row) == width for row in csv.reader(below, delimiter=head.delimiter, skipinitialspace=True))
    return width > 1, same / (len(below) or 1), width


def _text(path: Path, scanned: Scan) -> Iterator[str]:
    """Yield the file as text in pieces of whole lines, with one kind of line end and no long lines."""
    errors = "replace" if scanned.encoding == "utf-8" else "strict"
    encoding = "utf-8-sig" if scanned.encoding == "utf-8" else scanned.encoding
    clean = {ord(sign): " " for sign in (FIELD, BREAK, FILLER, REFUSED, NOWHERE, "\0")}
    try:
        with path.open(encoding=encoding, errors=errors, newline=None) as file:
            while chunk := file.read(_CHUNK) + file.readline(_CHUNK):
                while not chunk.endswith("\n") and (rest := file.readline(_CHUNK)):
                    chunk = chunk[: chunk.rfind("\n") + 1 + LONGEST_LINE + 1] + rest[-1:]  # the line is refused anyway
                chunk = chunk.translate(clean) if any(chr(sign) in chunk for sign in clean) else chunk
                chunk = chunk if chunk.endswith("\n") else chunk + "\n"
                yield _without_long_lines(chunk) if scanned.long_lines else chunk
    except UnicodeError as why:
        raise FileUnreadable.because(
            path, f"it is not whole {scanned.encoding} text ({why})", "Export it again, best as UTF-8."
        ) from why


def _without_long_lines(chunk: str) -> str:
    if max(map(len, chunk.split("\n"))) <= LONGEST_LINE:
        return chunk
    reason = f"the line is longer than {LONGEST_LINE:,} characters"
    return "".join(line if len(line) <= LONGEST_LINE else _refused(reason, line) for line in _kept_ends(chunk))


def _refused(reason: str, line: str) -> str:
    plain = line[:500].rstrip("\n").replace('"', "'")
    return f"{REFUSED}{reason}{FIELD}{plain}\n"


def _records(chunks: Iterator[str], delimiter: str) -> Iterator[bytes]:
    """Split every chunk into fields; lines that belong to a record of the next chunk are carried over."""
    carried = ""
    for chunk in chunks:
        text = carried + chunk
        carried = ""
        fast = _unquoted(text.encode(), ord(delimiter)) if REFUSED not in text else None
        if fast is not None:
            yield fast
        else:
            done, carried = _slowly(text.split("\n")[:-1], delimiter, at_end=False)
            yield done.encode()
    if carried:
        yield _slowly(carried.split("\n")[:-1], delimiter, at_end=True)[0].encode()


def _unquoted(chunk: bytes, delimiter: int) -> bytes | None:
    """Take quotes off and put FIELD between fields, all at once; None when some line needs a closer look.

    It works when every line holds an even number of quotation marks, each at the border of a field or doubled.
    """
    signs = np.frombuffer(chunk, dtype=np.uint8).copy()
    quotes = np.flatnonzero(signs == ord('"'))
    fields = np.flatnonzero(signs == delimiter)
    if not len(quotes):
        signs[fields] = ord(FIELD)
        return signs.tobytes()
    ends = np.flatnonzero(signs == ord("\n"))
    if (np.searchsorted(quotes, ends) & 1).any():
        return None
    border = np.zeros(256, dtype=bool)
    border[[delimiter, ord("\n"), ord('"')]] = True
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, signs[opening - 1], ord("\n"))
    if not (border[before].all() and border[signs[closing + 1]].all()):
        return None
    signs[fields[np.searchsorted(quotes, fields) & 1 == 0]] = ord(FIELD)
    keep = np.ones(len(signs), dtype=bool)
    keep[closing] = False
    keep[opening[before != ord('"')]] = False
    return signs[keep].tobytes()


def _slowly(lines: list[str], delimiter: str, at_end: bool) -> tuple[str, str]:
    """Read records one by one, as a csv reader does; also return the lines of a record that is not complete yet."""
    done: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith(REFUSED):
            done.append(line)
            at += 1
        elif '"' not in line:
            done.append(line.replace(delimiter, FIELD))
            at += 1
        else:
            window = lines[at : at + LINES_PER_RECORD]
            record, used = _one_record(window, delimiter)
            if used == 0 and not at_end and len(window) < LINES_PER_RECORD:
                return _joined(done), _joined(lines[at:])
            done.append(record)
            done.extend([FILLER] * (used - 1))
            at += max(used, 1)
    return _joined(done), ""


def _one_record(window: list[str], delimiter: str) -> tuple[str, int]:
    """Return the first record of these lines and how many of them it takes; 0 when it does not end among them."""
    reader = csv.reader([*(line + "\n" for line in window), _OPEN], delimiter=delimiter, skipinitialspace=True)
    try:
        cells = next(reader)
    except csv.Error as why:
        return _refused(f"it is not csv: {why}", window[0]).rstrip("\n"), 1
    if cells and cells[-1].endswith(_OPEN):
        return _refused("a quotation mark is opened and never closed", window[0]).rstrip("\n"), 0
    return FIELD.join(cells).replace("\n", BREAK), reader.line_num


def _kept_ends(text: str) -> list[str]:
    # not str.splitlines: that also breaks at signs that are no line ends in a file
    return [line + "\n" for line in text.removesuffix("\n").split("\n")] if text else []


def _joined(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)
