"""Lists that nobody should have to read: broken, huge or meant to do harm, each with what is to become of it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import xlsxwriter

from tests.hostile.tiny import HEADER, row

# What a spreadsheet would run, or a reader might trip over; each of them is a note that must survive as text.
FORMULAS = (
    "=cmd|'/c calc'!A1",
    "=1+1",
    '=HYPERLINK(""http://example.org"")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",
    "'=1+1",
    "''@SUM(A1)",
)
STRANGE = ("🙂👩‍👩‍👧‍👦", "مرحبا שלום", "a\u200bb\u200f\u202e", "e\u0301", "\ufffd", "NULL", "nan", "it's", 'say "yes"', "<b>&amp;</b>", "x" * 30_000)


class Hostile(NamedTuple):
    """A file, and what it ends in: the words of a refusal, or how many rows are usable, refused and blank."""

    name: str
    make: Callable[[Path], object]
    words: str = ""
    usable: int = 0
    refused: int = 0
    blank: int = 0

    def __str__(self) -> str:
        return self.name


def text(*lines: str, header: str = HEADER, end: str = "\n", encoding: str = "utf-8") -> Callable[[Path], object]:
    """Return what writes a header and lines."""
    return lambda path: path.write_bytes((end.join([header, *lines]) + end).encode(encoding))


def raw(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


GOOD = [row("A1"), row("A2"), row("A3")]
PLAIN = "\n".join([HEADER, *GOOD, ""]).encode()


def sheet(path: Path, lines: list[list[object]], blank_to: int = 0) -> None:
    """Write a workbook; ``blank_to`` formats every row up to there without saying anything in it."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True})
    style, page = book.add_format({"bg_color": "#FFF8E1"}), book.add_worksheet()
    for at, line in enumerate([list[object](HEADER.split(",")), *lines]):
        for place, cell in enumerate(line):
            if isinstance(cell, str):
                page.write_string(at, place, cell)
            else:
                page.write(at, place, cell)
    for at in range(len(lines) + 1, blank_to):
        for place in range(8):
            page.write_blank(at, place, None, style)
    book.close()


def cells(promotion_id: object, discount: object = 0.2, days: object = 7, note: object = "") -> list[object]:
    return [promotion_id, "North", "Beverages", "Juice", discount, "2026-07-20", days, note]


def parquet(path: Path, select: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")


def cut(make: Callable[[Path], object], share: float = 0.6) -> Callable[[Path], object]:
    def half(path: Path) -> None:
        make(path)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    return half


def repacked(path: Path, parts: dict[str, bytes]) -> None:
    """Put other bytes in the place of parts of a small workbook."""
    sheet(path, [cells("A1")])
    with zipfile.ZipFile(path) as old:
        kept = {name: old.read(name) for name in old.namelist()} | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in kept.items():
            new.writestr(name, content)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere.csv")


_NUMBERS = ["1e308", "inf", "-inf", "nan", "1" + "0" * 400, "-1e308", "1e-320", "٠٫٢", "0x10", "1_000"]
_PARQUET_ROW = "'North' region, 'Beverages' product_category, 'Juice' product_subcategory, DATE '2026-07-20' start_date, 7 duration_days"

READABLE = (
    Hostile("utf-16.csv", text(*GOOD, encoding="utf-16"), usable=3),
    Hostile("utf-16-without-mark.csv", text(*GOOD, encoding="utf-16-le"), usable=3),
    Hostile("byte-order-mark.csv", raw(b"\xef\xbb\xbf" + PLAIN), usable=3),
    Hostile("latin-1.csv", text(row("A1", "Süß"), encoding="latin-1"), usable=1),
    Hostile("mixed-encodings.csv", raw(PLAIN + row("A4", "Süß").encode() + b"\n" + row("A5", "Süß").encode("latin-1") + b"\n"), usable=5),
    Hostile("carriage-returns-only.csv", text(*GOOD, end="\r"), usable=3),
    Hostile("mixed-line-ends.csv", raw(PLAIN + (row("A4") + "\r\n" + row("A5") + "\r" + row("A6") + "\n").encode()), usable=6),
    Hostile("no-last-line-end.csv", raw(PLAIN[:-1]), usable=3),
    Hostile("quoted-newlines.csv", text(*[row(f"A{at}", '"one\ntwo\r\n\nthree, ""four"""') for at in range(3)]), usable=3),
    Hostile("cut-in-a-line.csv", raw(PLAIN + b"A9,North,Bev"), usable=3, refused=1),
    Hostile("open-quote.csv", text(row("A1", '"never closed'), row("A2"), row("A3")), usable=2, refused=1),
    Hostile("formulas.csv", text(*[row(f"A{at}", quoted(cell.replace('""', '"'))) for at, cell in enumerate(FORMULAS)]), usable=len(FORMULAS)),
    Hostile("formula-keys.csv", text(*[row(quoted(cell.replace('""', '"'))) for cell in FORMULAS[:6]]), usable=6),
    Hostile("strange-text.csv", text(*[row(f"A{at}", quoted(cell)) for at, cell in enumerate(STRANGE)]), usable=len(STRANGE)),
    Hostile("strange-keys.csv", text(*[row(quoted(cell)) for cell in STRANGE[:4]]), usable=4),
    Hostile("numbers.csv", text(row("A1"), *[row(f"B{at}", discount=number) for at, number in enumerate(_NUMBERS)]), usable=1, refused=10),
    Hostile("days.csv", text(row("A1"), *[row(f"B{at}", days=days) for at, days in enumerate(["1e308", "-0", "0", "nan", "99999999999999999999", "7.5"])]), usable=1, refused=6),
    Hostile("dates.csv", text(row("A1"), *[row(f"B{at}", start=day) for at, day in enumerate(["0000-00-00", "9999-12-31", "2026-02-30", "1e9", "-1", "2262-04-12"])]), usable=1, refused=6),
    Hostile("minus-zero.csv", text(row("A1", discount="-0"), row("A2", discount="-0.0")), usable=2),
    Hostile("keys-that-are-none.csv", text(*[row(name) for name in ("nan", "NULL", "N/A", "-")]), usable=4),
    Hostile("repeated-keys.csv", text(row("A1"), row("A1"), row("a1")), usable=2, refused=1),
    Hostile("blank-lines.csv", text(row("A1"), "", ",,,,,,,", "   ", row("A2")), usable=2, blank=3),
    Hostile("cell-of-ten-megabytes.csv", text(row("A1"), row("A2", "x" * 10_000_000), row("A3")), usable=2, refused=1),
    Hostile("1,900-columns.csv", text(row("A1") + "," * 1900, header=HEADER + "," + ",".join(f"c{at}" for at in range(1900))), usable=1),
    Hostile("formulas.xlsx", lambda path: sheet(path, [cells(f"A{at}", note=cell) for at, cell in enumerate(FORMULAS)]), usable=len(FORMULAS)),
    Hostile("numbers.xlsx", lambda path: sheet(path, [cells("A1"), *[cells(f"B{at}", number) for at, number in enumerate((1e307, float("inf"), float("nan"), "1e308", True))]]), usable=1, refused=5),
    Hostile("error-cells.xlsx", lambda path: sheet(path, [cells("A1"), cells("A2", "=1/0"), cells("A3", note="#N/A")]), usable=2, refused=1),
    Hostile("formulas.parquet", lambda path: parquet(path, f"SELECT id AS promotion_id, 0.2 discount_percentage, {_PARQUET_ROW}, id note FROM (SELECT unnest(['=1+1', '@SUM(A1)', 'A3']) id)"), usable=3),
    Hostile("numbers.parquet", lambda path: parquet(path, f"SELECT row_number() OVER () promotion_id, d discount_percentage, {_PARQUET_ROW} FROM (SELECT unnest([0.2::DOUBLE, 'inf'::DOUBLE, '-inf'::DOUBLE, 'nan'::DOUBLE, 1e308, -0.0]) d)"), usable=2, refused=4),
    Hostile("keys-of-nan.parquet", lambda path: parquet(path, f"SELECT k promotion_id, 0.2 discount_percentage, {_PARQUET_ROW} FROM (SELECT unnest(['nan'::DOUBLE, 'nan'::DOUBLE, 1, 2]) k)"), usable=3, refused=1),
    Hostile("huge-integers.parquet", lambda path: parquet(path, f"SELECT k promotion_id, 0.2 discount_percentage, {_PARQUET_ROW} FROM (SELECT unnest([170141183460469231731687303715884105727, 1]::HUGEINT[]) k)"), usable=2),
    Hostile("nested.parquet", lambda path: parquet(path, f"SELECT 'A1' promotion_id, 0.2 discount_percentage, {_PARQUET_ROW}, {{'a': [1, 2]}} note, '\\xAA'::BLOB bytes"), usable=1),
    Hostile("dates-of-infinity.parquet", lambda path: parquet(path, "SELECT unnest(['A1','A2','A3','A4']) promotion_id, 0.2 discount_percentage, 'North' region, unnest(['infinity'::DATE, '-infinity'::DATE, '2026-07-20'::DATE, '3175347-01-06 (BC)'::DATE]) start_date, 7 duration_days"), usable=1, refused=3),
)  # fmt: skip

REFUSED = (
    Hostile("empty.csv", raw(b""), "empty"),
    Hostile("absent.csv", lambda path: None, "There is no file"),
    Hostile("folder.csv", lambda path: path.mkdir(), "folder"),
    Hostile("loop.csv", _loop, "There is no file"),
    Hostile("dangling.csv", _dangling, "There is no file"),
    Hostile("pipe.csv", os.mkfifo, "a pipe"),
    Hostile("zeros.csv", raw(b"\0" * 5_000), "cannot be read"),
    Hostile("half-zeros.csv", raw(PLAIN + b"\0" * 5_000), "half written"),
    Hostile("one-zero.csv", raw(PLAIN + b"A4\0,North"), "zero bytes"),
    Hostile("picture.csv", raw(b"\x89PNG\r\n\x1a\n" + os.urandom(100)), "picture"),
    Hostile("half-utf-16.csv", raw(PLAIN.decode().encode("utf-16")[:-1]), "utf-16"),
    Hostile("doubled-headers.csv", text("A1,0.1,0.2,2026-07-20,7", header="promotion_id,discount_percentage,discount_percentage,start_date,duration_days"), "several columns"),
    Hostile("10,000-columns.csv", text(header=",".join(["discount_percentage,start_date,duration_days", *[f"c{at}" for at in range(10_000)]])), "10,003 columns"),
    Hostile("headers-only.csv", text(), "no rows"),
    Hostile("other-headers.csv", text("1,2", header="a,b"), "no column"),
    Hostile("cut.xlsx", cut(lambda path: sheet(path, [cells("A1")])), "not a whole workbook"),
    Hostile("cut.parquet", cut(lambda path: parquet(path, f"SELECT 'A1' promotion_id, 0.2 discount_percentage, {_PARQUET_ROW}")), "cannot be read"),
    Hostile("noise.parquet", raw(b"PAR1" + bytes(range(256)) * 20 + b"PAR1"), "cannot be read"),
    Hostile("noise.xlsx", raw(b"PK\x03\x04" + bytes(range(256)) * 20), "not a whole workbook"),
    Hostile("password.xlsx", raw(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 2_000), "not a whole workbook"),
    Hostile("entities.xlsx", lambda path: repacked(path, {"xl/sharedStrings.xml": _laughs()}), "cannot be read"),
)  # fmt: skip


def _laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "ha">{lines}]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&l9;</t></si></sst>'.encode()
