"""Mutates whole files for a while and reads each of them: ``python -m tests.hostile.campaign csv SEED SECONDS FOLDER``.

Ends with an error at the first file that ends in anything but a refusal in words or a result that ties.
"""

from __future__ import annotations

import random
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from scorer.errors import PromoError
from scorer.plan import read_plan
from scorer.settings import Client, read_client
from tests.hostile.lists import HEADER, PLAIN, cells, parquet, sheet
from tests.hostile.tiny import row

CLIENT = Client(client="fuzzed")
TOO_LONG = 20.0
WORDS = (b'"', b"'", b",", b";", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"=1+1", b"1e308", b"nan", b"-", b"\x1c", b"\x1d", b"\x1e", b"\x1f", b"\x01", "🙂".encode(), b"\xc3", b"sep=;", b"2026-02-30", b"%", b" " * 50, b'""', b"\t", b"<", b">", b"&", b"[", b"]", b"{", b"}", b"=", b"#", b"9" * 400)


def lines_tie(path: Path) -> bool:
    """Read a list; what is read accounts for its rows. Returns whether it could be read."""
    try:
        plan = read_plan(path, CLIENT)
    except PromoError as refused:
        return _told(path, refused)
    lines = [*plan.lines.tolist(), *plan.rejects["line"].tolist()]
    assert len(set(lines)) == len(lines), "a line is there twice"
    assert plan.blank >= 0
    assert all(plan.rejects["reason"].tolist())
    return True


def _told(path: Path, refused: PromoError) -> bool:
    """Return that the file could not be read, once the refusal names it."""
    assert path.name in str(refused), refused
    return False


def settings_read(path: Path) -> bool:
    try:
        read_client(path)
    except PromoError as refused:
        return _told(path, refused)
    return True


def mutated(chance: random.Random, content: bytes) -> bytes:
    """Change a few places: bits, runs cut out, doubled or moved, words put in, the end cut off."""
    work = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(work) + 1)
        run = chance.choice((1, 2, 8, 64))
        change = chance.randrange(7)
        if change == 0 and at < len(work):
            work[at] ^= 1 << chance.randrange(8)
        elif change == 1:
            del work[at : at + run]
        elif change == 2:
            work[at:at] = work[at : at + run] * chance.choice((1, 2, 50))
        elif change == 3:
            work[at:at] = chance.choice(WORDS)
        elif change == 4:
            work[at : at + run] = chance.randbytes(run)
        elif change == 5:
            other = chance.randrange(len(work) + 1)
            work[at : at + run], work[other : other + run] = work[other : other + run], work[at : at + run]
        elif chance.random() < 0.2:
            del work[at:]
    return bytes(work)


def in_a_part(chance: random.Random, book: bytes, scratch: Path) -> bytes:
    """Mutate what one part of a workbook unfolds into, and pack it whole again."""
    scratch.write_bytes(book)
    with zipfile.ZipFile(scratch) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    parts[name] = mutated(chance, parts[name])
    with zipfile.ZipFile(scratch, "w") as new:
        for part, content in parts.items():
            new.writestr(part, content)
    return scratch.read_bytes()


def seeds(kind: str, folder: Path) -> list[bytes]:
    """Return whole files of a kind."""
    if kind == "csv":
        odd = [row("A1", '"one\ntwo"'), row("A2", "Süß"), row("A3", "'=1+1")]
        text = "\n".join([HEADER, *odd, ""])
        return [PLAIN, text.encode(), text.encode("utf-16"), text.encode("latin-1"), text.replace(",", ";").replace("\n", "\r\n").encode()]
    if kind == "toml":
        from scorer.demo.client_file import DEMO

        return [DEMO.format(client="file").encode()]
    path = folder / f"seed.{kind}"
    if kind == "xlsx":
        sheet(path, [cells("A1"), cells("A2", 0.3, 14, "note"), cells("A3", "20 %")])
    else:
        parquet(path, "SELECT 'A' || i promotion_id, 0.2 discount_percentage, DATE '2026-07-20' + i::INT start_date, 7 duration_days, 'North' region, [i] note FROM range(20) t(i)")
    return [path.read_bytes()]


def campaign(kind: str, seed: int, seconds: float, folder: Path, say: Callable[[str], object] = print) -> None:
    chance, whole = random.Random(f"{kind}{seed}"), seeds(kind, folder)
    path, scratch = folder / f"file.{kind}", folder / "scratch.zip"
    tried, readable, until = 0, 0, time.monotonic() + seconds
    while time.monotonic() < until:
        start = chance.choice(whole)
        path.write_bytes(in_a_part(chance, start, scratch) if kind == "xlsx" and chance.random() < 0.7 else mutated(chance, start))
        began = time.monotonic()
        readable += settings_read(path) if kind == "toml" else lines_tie(path)
        assert time.monotonic() - began < TOO_LONG, f"reading took {time.monotonic() - began:.0f} s"
        tried += 1
    assert tried
    say(f"{kind}: {tried:,} files, {readable:,} of them could be read")


if __name__ == "__main__":
    campaign(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
