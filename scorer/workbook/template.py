"""The template of a workbook: sheets, words, columns, formats and looks, read from one TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from scorer.settings import Language
from scorer.workbook.currencies import price_tail
from scorer.workbook.languages import Code, catalogue, spoken
from scorer.workbook.template_files import as_written

Kind = Literal[
    "text", "wrap", "money", "price", "units", "rate", "percent", "multiple",
    "decimal", "tiny", "gain", "headroom", "count", "flag", "date", "number",
]  # fmt: skip
Role = Literal["key", "input", "model", "calc"]
SheetType = Literal["Guide", "Inputs", "Outputs", "Control"]
P = TypeVar("P", bound="Part")


class Part(BaseModel):
    """A part of a template: frozen, and closed to unknown keys. Its text is words to translate, unless it is a Code."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Part):
    name: Code
    label: str
    unit: str
    kind: Kind
    role: Role
    width: float
    check: Code = ""
    optional: bool = False
    """Left out of a workbook where no row has a value."""
    total: bool = False
    strong: bool = False
    said: Code = ""
    """Its texts are sentences of the engine: the patterns they follow in the catalogues of other languages."""


class Band(Part):
    """Neighbouring columns under one title; unprinted bands stand right of the print area."""

    title: str
    columns: tuple[Column, ...]
    printed: bool = True


class Line(Part):
    """A label with one value beside it."""

    name: Code
    label: str
    unit: str = ""
    kind: Kind = "text"
    check: Code = ""
    meaning: str = ""


class Sheet(Part):
    sheet: str
    type: SheetType
    title: str
    purpose: str


class TableSheet(Sheet):
    """A sheet that is one table."""

    table: Code
    paper: Literal["tables", "pages"]
    frozen: int
    bands: tuple[Band, ...]


class Book(Part):
    name: Code
    version: Code
    title: str
    language: Code
    types: dict[SheetType, str]
    """What the types of sheets are called."""
    not_available: str
    page_footer: str


class Look(Part):
    font: Code
    size: float
    paper_tables: int
    paper_pages: int
    ink: Code
    accent: Code
    quiet: Code
    line: Code
    band: Code
    head: Code
    input_fill: Code
    model_fill: Code
    negative: Code
    heat: tuple[Code, Code]
    tabs: dict[SheetType, Code]
    marks: dict[str, tuple[Code, Code]]
    numbers: dict[Kind, Code]


class VerdictWords(Part):
    key: Code
    words: str
    advice: str


class KeyLine(Part):
    role: Role
    label: str
    meaning: str


class About(Sheet):
    facts: str
    facts_rows: tuple[Line, ...]
    how_title: str
    how: tuple[str, ...]
    conventions_title: str
    conventions: tuple[str, ...]
    key_title: str
    key_rows: tuple[KeyLine, ...]
    map_title: str
    map_headers: tuple[str, str, str]


class Section(Part):
    title: str
    rows: tuple[Line, ...]


class Fixed(Section):
    words: dict[str, str]


class Lists(Part):
    title: str
    note: str
    verdicts: str
    advice: str
    scenarios: str
    scenario_names: tuple[str, str, str]
    reasons: str
    reason_words: dict[str, str]


class CellCheck(Part):
    title: str
    message: str


class Inputs(Sheet):
    headers: tuple[str, ...]
    widths: tuple[float, ...]
    sections: tuple[Section, ...]
    fixed: Fixed
    lists: Lists
    checks: dict[str, CellCheck]


class Extras(Part):
    title: str
    again: str
    """Behind the label of a column that is called like another one."""
    width: float


class Plan(TableSheet):
    extras: Extras


class Roi(TableSheet):
    total: str
    left_out: str
    sentence: str


class LadderSheet(TableSheet):
    """The model's answers: a table whose last columns are the discounts, and beside it what it rests on."""

    knots: str
    step: Code
    step_under: str
    steps_in_units: str
    steps_in_money: str
    success: str
    success_step: str
    success_under: str
    step_unit: str
    success_unit: str
    step_width: float
    shape_table: Code
    facts: str
    facts_rows: tuple[Line, ...]
    shape_bands: tuple[Band, ...]


class Factor(Part):
    """Something that may turn out otherwise, and how far: a share, points of a rate, or days."""

    name: Code
    label: str
    unit: str
    swing: float
    kind: Kind
    check: Code
    format: Code
    suffix: str


class WhatIf(Sheet):
    choose: str
    choose_message: str
    planned: str
    own: str
    terms: str
    best: str
    chart_axis: str
    chart_alt: str
    chart_series: str
    sentence_unknown: str
    sentence_none: str
    sentence_best: str
    workings: str
    table: Code
    term_rows: tuple[Line, ...]
    planned_rows: tuple[Line, ...]
    own_rows: tuple[Line, ...]
    working_rows: tuple[Line, ...]
    bands: tuple[Band, ...]
    no_override: str
    grid: str
    grid_corner: str
    grid_length: str
    grid_unknown: str
    grid_none: str
    grid_best: str
    margins: str
    margins_lift: str
    margins_never: str
    margin_step: Line
    tornado: str
    tornado_swings: str
    tornado_headers: tuple[str, str, str, str, str]
    tornado_axis: str
    tornado_alt: str
    tornado_sentence: str
    tornado_unknown: str
    cases_table: Code
    factors_table: Code
    depths_table: Code
    lengths_table: Code
    factors: tuple[Factor, ...]
    case_bands: tuple[Band, ...]
    factor_bands: tuple[Band, ...]
    depth_bands: tuple[Band, ...]
    length_bands: tuple[Band, ...]


class Model(Sheet):
    facts: str
    facts_rows: tuple[Line, ...]
    evidence: str
    skill: str
    skill_headers: tuple[str, ...]
    support: str
    support_headers: tuple[str, ...]
    limits: str
    measures: dict[str, str]
    widths: tuple[float, ...]


class Rejects(TableSheet):
    none: str


class Checks(Sheet):
    headers: tuple[str, ...]
    widths: tuple[float, ...]
    master: str
    integrity: str
    attention: str
    state_failed: str
    state_open: str
    state_fine: str
    failed_label: str
    open_label: str
    state_label: str
    rows: dict[str, tuple[str, str]]


class Audit(Sheet):
    run: str
    run_rows: tuple[Line, ...]
    log: str
    log_headers: tuple[str, ...]
    log_first: str
    log_empty_rows: int
    widths: tuple[float, ...]


class Template(Part):
    """A whole template; `sheets` gives its sheets from left to right."""

    book: Book
    look: Look
    verdicts: tuple[VerdictWords, ...]
    about: About
    inputs: Inputs
    plan: Plan
    roi: Roi
    what_if: WhatIf
    ladder: LadderSheet
    model: Model
    rejects: Rejects
    checks: Checks
    audit: Audit

    @property
    def sheets(self) -> dict[str, Sheet]:
        order = "about", "inputs", "plan", "roi", "what_if", "ladder", "model", "rejects", "checks", "audit"
        return {name: getattr(self, name) for name in order}


def read_template(**words: str) -> Template:
    """Read the template of the planning workbook and fill in its {words}.

    >>> read_template(currency="CHF").plan.bands[2].columns[1].unit
    'CHF/unit'
    """
    return read_words("planning", Template, words)


def read_words(name: str, kind: type[P], words: Mapping[str, str]) -> P:
    """Read the template of that name and fill in its {words}; a word that is not given stays as it is written.

    Among the words, ``language`` says in which language (en when left out); formats of dates and prices follow it and
    the ``currency``.
    """
    known = catalogue(cast("Language", words.get("language", "en")))
    formats = {"language": known.language, "date_format": known.date, "price_tail": price_tail(words.get("currency", ""))}
    return kind.model_validate(_filled(spoken(as_written(name), kind, known.word), formats | dict(words)))


def _filled(part: Any, words: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        for name, word in words.items():
            part = part.replace("{" + name + "}", word)
        return part
    if isinstance(part, dict):
        return {key: _filled(value, words) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, words) for value in part]
    return part
