"""A workbook filled: find the place, look, decide, keep a copy, write, take the old one's place."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from scorer.atomic import replacing
from scorer.settings import Client
from scorer.workbook.filling.added_columns import with_added_columns
from scorer.workbook.filling.addresses import column_letters
from scorer.workbook.filling.book import Book, calculated_on_load, read_book, without_calculation_chain
from scorer.workbook.filling.cell_styles import CellStyles
from scorer.workbook.filling.cells import Value, with_values
from scorer.workbook.filling.decisions import Answers, Count, Decided, decide
from scorer.workbook.filling.look import Looked, look, must_be_free
from scorer.workbook.filling.looks import Looks
from scorer.workbook.filling.package import Change, Package, opened
from scorer.workbook.filling.places import BY_KEY, BY_ROW, Place, find_place
from scorer.workbook.filling.rows import Row, rewritten
from scorer.workbook.filling.safety import (
    State,
    back_up,
    must_be_closed,
    must_be_unchanged,
    must_be_writable,
    state_of,
)
from scorer.workbook.filling.survey import survey
from scorer.workbook.filling.tables import extended


class Opened(NamedTuple):
    """A workbook that was looked at, and is closed again: where its plan stands and what stands there."""

    path: Path
    state: State
    book: Book
    place: Place
    looked: Looked


class Filled(NamedTuple):
    """What was done to a workbook. ``backup`` is None where there was nothing to write."""

    path: Path
    backup: Path | None
    counts: dict[str, Count]
    added: tuple[str, ...]
    notes: list[str]


def open_to_fill(path: Path, client: Client, wanted: str | None, *, own: bool) -> Opened:
    """Look at a workbook: which rows and columns of it are meant, and what stands there. Nothing is written.

    ``own``: its own rows are to be scored, so they need discounts and dates; otherwise they need a promotion_id.
    Raises OutputRefused where the workbook cannot be filled, with what to do.
    """
    path = path.resolve()  # a link stays a link to what is filled
    with opened(path) as package:
        must_be_writable(path)
        must_be_closed(path)
        state, book = state_of(path), read_book(package)
        seen = survey(package, book)
        place = find_place(seen, path, client, wanted, BY_ROW if own else BY_KEY)
        looked = look(package, place, seen.blank_strings, book.strings, read=set(place.known.values()) if own else ())
        must_be_free(looked, place, path)
    return Opened(path, state, book, place, looked)


def fill(target: Opened, answers: Answers, *, overwrite: bool = False, now: datetime | None = None) -> Filled:
    """Write answers into the workbook that was looked at, after a copy of it was laid beside it.

    Raises OutputRefused where it cannot be done without tearing something apart; the workbook is then as it was.
    """
    path, place = target.path, target.place
    decided = decide(
        target.looked, place, answers, overwrite=overwrite, since_1904=target.book.since_1904, where=path
    )
    if not decided.writes:
        return Filled(path, None, decided.counts, (), _notes(target, decided))
    must_be_closed(path)
    must_be_unchanged(path, target.state)
    backup = back_up(path, now)
    with replacing(path) as temporary:
        with opened(path) as package:
            changes = _changes(package, target, decided)
            gone = [target.book.calculation_chain] if decided.formulas and target.book.calculation_chain else []
            package.rewritten(temporary, changes, [package.known(name) or name for name in gone])
        shutil.copymode(path, temporary)
        must_be_closed(path)
        must_be_unchanged(path, target.state)
    return Filled(path, backup, decided.counts, place.added, _notes(target, decided))


def _changes(package: Package, target: Opened, decided: Decided) -> dict[str, Change]:
    """Return the parts that change, and nothing else."""
    book, place = target.book, target.place
    looks = _looks(package, book)
    styles = CellStyles(place, target.looked, looks)
    changes: dict[str, Change] = {}
    if place.added and place.table:
        part = place.table.part
        changes[part] = extended(package.read(part), package.path, part, place.added)
    sheet = place.survey.sheet.part

    def row(one: Row, prefix: bytes) -> bytes:
        wanted = decided.values(one.number)
        if place.added and one.number == place.header_row:
            wanted |= {place.targets[name]: Value("inlineStr", name) for name in place.added}
        if not wanted:
            return one.raw
        return with_values(one, prefix, styles.of(one, wanted), package.path)

    changes[sheet] = lambda pieces: rewritten(pieces, package.path, sheet, lambda before: with_added_columns(before, place), row)
    if looks is not None and looks.is_changed and book.styles is not None:
        changes[package.known(book.styles) or book.styles] = looks.xml
    told = package.read(book.part)
    recalculated = calculated_on_load(told, package.path, book.part)
    if recalculated != told:
        changes[book.part] = recalculated
    return changes | (without_calculation_chain(package, book) if decided.formulas else {})


def _looks(package: Package, book: Book) -> Looks | None:
    part = package.known(book.styles) if book.styles else None
    return Looks(package.read(part), package.path, part) if part else None


def _notes(target: Opened, decided: Decided) -> list[str]:
    place, unknown = target.place, target.looked.unknown
    notes = []
    if unknown:
        notes.append(
            f"{unknown:,} formulas of the plan have no stored value and were read as empty cells: "
            "open the workbook in a spreadsheet program, save it, and fill it again."
        )
    if not decided.writes:
        return notes
    if place.added:
        columns = sorted(place.targets[name] for name in place.added)
        first, last = column_letters(columns[0]), column_letters(columns[-1])
        notes.append(f"It had none of the columns to fill; {len(columns)} were added, {first} to {last}.")
    if hidden := sum(row in decided.writes for row in target.looked.hidden):
        notes.append(f"{hidden:,} of the rows filled are hidden or filtered out.")
    if place.survey.is_protected:
        notes.append("The sheet is protected and stays so; its cells were filled all the same.")
    if decided.formulas:
        notes.append(f"{decided.formulas:,} formulas were written over.")
    if target.book.has_pivots:
        notes.append("Pivot tables show the old figures until they are refreshed.")
    if target.book.by_hand:
        notes.append("The workbook calculates by hand: its formulas follow once, when it is opened.")
    return notes
