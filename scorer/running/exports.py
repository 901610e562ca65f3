"""The exports as they lie there, and whether the lake was made from them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import duckdb

from scorer.contracts.exports import EXPORTS
from scorer.lake.bronze import TableRead, files_of
from scorer.lake.engines.duckdb import connect
from scorer.running.due import Material
from scorer.running.identity import hash_of
from scorer.running.memory import ExportFile
from scorer.settings import Client


def survey(client: Client, folder: Path) -> tuple[ExportFile, ...]:
    """Return every file that a refresh would read, with its hash. Raises FileUnreadable for a pattern that leads elsewhere."""
    return tuple(
        ExportFile(table, path.relative_to(folder).as_posix(), hash_of(path), path.stat().st_size)
        for table in EXPORTS
        for path in files_of(folder, getattr(client.exports, table).files)
    )


def made_from(files: Iterable[ExportFile], settings: str) -> str:
    """Return what tells one state of exports and settings from another.

    >>> one = ExportFile("sales", "sales.csv", "ab12", 10)
    >>> made_from([one], "s") == made_from([one._replace(rows=3)], "s") != made_from([one._replace(sha256="ab13")], "s")
    True
    """
    told = sorted((file.table, file.name, file.sha256) for file in files)
    return sha256(json.dumps([settings, told]).encode()).hexdigest()


def as_read(seen: Iterable[ExportFile], reads: Iterable[TableRead], before: Iterable[ExportFile] = ()) -> tuple[ExportFile, ...]:
    """Return the files with what a refresh found in them; one that was not read again has the rows it had before.

    A file that changed between the look and the reading counts as it was read.
    """
    found = {(table.table, file.file): file for table in reads for file in table.files}
    known = {(file.table, file.name, file.sha256): file.rows for file in before}
    told = []
    for file in seen:
        read = found.get((file.table, file.name))
        if read is None:
            told.append(file._replace(rows=known.get((file.table, file.name, file.sha256), -1)))
        else:
            rows = read.rows + read.rejected
            told.append(ExportFile(file.table, file.name, read.sha256, read.bytes, rows))
    return tuple(told)


def material(lake: Path, made: str) -> Material | None:
    """Return what a lake gives to learn from; None where there is no lake, or none that can be read."""
    if not lake.exists():
        return None
    ask = (
        "SELECT (SELECT COUNT(*) FROM training_rows WHERE cohort = 'real'), (SELECT COUNT(*) FROM sales), "
        "(SELECT data_cut FROM about)"
    )
    try:
        with closing(connect(lake, threads=1, read_only=True)) as con:
            promotions, sales, cut = con.execute(ask).fetchall()[0]
    except duckdb.Error:
        return None  # a damaged lake is rebuilt as one that is not there
    return Material(promotions, sales, cut, made)
