"""Workbooks in German and French: every word is translated, nothing else is, and the figures are those of the English one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import workbook_contents as contents
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from workbook_gallery import SPOKEN, Gallery, short_list
from workbook_office import Office, values
from workbook_reading import opened

from scorer import verbs
from scorer.assumptions import money_gaps
from scorer.card import LIMITS, MEANINGS
from scorer.cli.options import LanguageName
from scorer.economics.promotion import Terms
from scorer.errors import BadSettings
from scorer.planning.optimise.rules import Rules
from scorer.scoring import score
from scorer.settings import Client, Language, Workbooks, speaking
from scorer.workbook import write_workbook
from scorer.workbook.currencies import decimals
from scorer.workbook.every_template import TEMPLATES, TRANSLATED, missing, to_fill_in, words_of
from scorer.workbook.languages import catalogue
from scorer.workbook.layout import columns_of
from scorer.workbook.sentences import BETWEEN, Sentences
from scorer.workbook.template import read_template
from scorer.workbook.template_files import as_written, templates_folder

BLANK = re.compile(r"\{\w+\}")
MARKS = "▲▼●?"
CENT = 0.005
OTHERS = pytest.mark.parametrize("language", TRANSLATED)


# ---------------------------------------------------------------------------------------------- the catalogues
def test_every_template_is_known() -> None:
    assert {path.stem for path in templates_folder().glob("*.toml")} == set(TEMPLATES), "name it in scorer/workbook/every_template.py"


@OTHERS
def test_every_word_of_every_template_is_translated(language: Language) -> None:
    assert missing(language) == {}, "add to workbook_templates/words:\n" + to_fill_in(language)


@OTHERS
def test_no_translation_is_left_over(language: Language) -> None:
    used = {words for template in TEMPLATES for words in words_of(template)}
    assert set(catalogue(language).words) - used == set()


@OTHERS
def test_blanks_marks_and_spaces_at_the_ends_stay(language: Language) -> None:
    known = catalogue(language)
    for pairs in (known.words, *known.said.values()):
        for english, other in pairs.items():
            assert other.strip(), english
            assert sorted(BLANK.findall(other)) == sorted(BLANK.findall(english)), english
            assert len(other) - len(other.rstrip(" ")) == len(english) - len(english.rstrip(" ")), english
            assert (other[0] if other[0] in MARKS else "") == (english[0] if english[0] in MARKS else ""), english


@OTHERS
def test_identifiers_and_looks_are_the_same_in_every_language(language: Language) -> None:
    english, other = read_template(currency="EUR"), read_template(currency="EUR", language=language)
    for name in ("plan", "roi", "what_if", "ladder", "rejects"):
        mine, theirs = (columns_of(getattr(template, name).bands) for template in (english, other))
        assert [column.name for column in mine] == [column.name for column in theirs]
        assert [column.check for column in mine] == [column.check for column in theirs]
        assert getattr(english, name).table == getattr(other, name).table
    assert [row.key for row in english.verdicts] == [row.key for row in other.verdicts]
    assert english.look.model_dump(exclude={"numbers"}) == other.look.model_dump(exclude={"numbers"})
    assert {**english.look.numbers, "date": ""} == {**other.look.numbers, "date": ""}


def test_there_is_a_catalogue_for_every_language_that_can_be_asked_for() -> None:
    literal = get_args(get_args(LanguageName)[0])[0]
    assert set(get_args(literal)) == set(get_args(Language)) == {"en", *TRANSLATED}
    assert {path.stem for path in (templates_folder() / "words").glob("*.toml")} == set(TRANSLATED)


# ---------------------------------------------------------------------------------------------- the engine's sentences
@OTHERS
def test_every_sentence_of_a_scored_list_is_known(demo_home: Any, language: Language) -> None:
    sentences = Sentences(catalogue(language))
    found = score(demo_home.plan(), demo_home.model, demo_home.client)
    said = {group: found.answer[group] for group in ("flags", "remedy", "reasons", "money_sources", "baseline_method")}
    said |= {"reason": found.rejects["reason"], "evidence": np.array([demo_home.model.worth.sentence], dtype=object)}
    for group, column in said.items():
        texts = {cell for cell in column.tolist() if cell}
        assert texts, group
        assert not [text for text in texts if not understood(sentences, group, text)], group


def understood(sentences: Sentences, group: str, english: str) -> bool:
    """Whether every sentence follows a pattern: then none of their English words is left."""
    pieces = english.split(BETWEEN)
    if not pieces[0]:
        return True
    for many in range(1, len(pieces) + 1):
        if sentences.knows(group, BETWEEN.join(pieces[:many])):
            return many == len(pieces) or understood(sentences, group, BETWEEN.join(pieces[many:]))
    return False


@OTHERS
def test_every_sentence_of_a_workbook_is_known(gallery: Gallery, language: Language) -> None:
    """Columns whose template names the patterns of their texts: all of them, in every kind of workbook."""
    sentences, found = Sentences(catalogue(language)), set()
    groups = {
        (sheet["sheet"], part["label"]): part["said"]
        for template in TEMPLATES
        for sheet in parts(as_written(template))
        if "sheet" in sheet
        for part in parts(sheet)
        if "said" in part
    }
    for kind in SPOKEN:
        for sheet in gallery.values(f"{kind}-en"):
            for table in sheet.tables.values():
                heads, *rows = sheet[table.ref]
                for at, head in enumerate(heads):
                    group = groups.get((sheet.title, head.value))
                    said = {row[at].value for row in rows if isinstance(row[at].value, str) and row[at].value and " " in row[at].value}
                    if group and said:
                        assert not [one for one in said if not understood(sentences, group, one)], (sheet.title, head.value)
                        found.add(group)
    assert {"flags", "reasons", "money_sources", "reason", "advice", "changed", "why_not", "note", "waiting", "sources"} <= found


@OTHERS
def test_every_rule_of_a_choice_is_known(demo_home: Any, language: Language, tmp_path: Path) -> None:
    sentences, plan = Sentences(catalogue(language)), short_list(demo_home.upcoming, tmp_path / "upcoming.csv")
    first, second, third, *_ = ids_of(plan)
    rules = Rules(
        budget=500.0, most_promotions=2, max_concurrent=1, minimum_gap_weeks=1, most_per_item=1, apart=((first, second),),
        together=((second, third),), minimum_units=10.0, unit_penalty=1.0,
    )  # fmt: skip
    found = verbs.optimise(demo_home.workspace, plan, rules, client=demo_home.client.client).portfolio
    said = [("objective", found.objective), *(("rule", one.words) for one in found.binding)]
    said += [("why_not", why) for why in found.rows["why_not"].tolist() if why]
    assert len(said) > 5
    assert not [one for group, one in said if not understood(sentences, group, one)]


def ids_of(plan: Path) -> list[str]:
    return [line.split(",", 1)[0] for line in plan.read_text(encoding="utf-8").splitlines()[1:]]


def parts(template: object) -> Iterator[dict[str, Any]]:
    """Every table of a template, however deep it stands."""
    if isinstance(template, dict):
        yield template
    for value in template.values() if isinstance(template, dict) else template if isinstance(template, list) else ():
        yield from parts(value)


@OTHERS
def test_what_is_always_said_the_same_way_is_known(language: Language) -> None:
    sentences = Sentences(catalogue(language))
    gaps = money_gaps(Terms(np.array([np.nan, 1, np.nan]), np.array([1, np.nan, np.nan]), 0.1, 0.0, 0.0, 1.0))
    for group, texts in (("limits", LIMITS), ("meaning", MEANINGS.values()), ("flags", gaps.tolist())):
        assert not [text for text in texts if not sentences.knows(group, text)]


def test_figures_in_sentences_follow_the_language_and_names_stay() -> None:
    german = Sentences(catalogue("de"))
    assert german.say("reasons", "1.5 l ▲ lift +35%, profit +1,312 EUR; season and days ▼ lift -4%") == (
        "1.5 l ▲ Mehrabsatz +35%, Gewinn +1.312 EUR; Saison und Tage ▼ Mehrabsatz -4%"
    )
    seen = "nearest past: A (Coupon, 25%, 7 days, lift +12%), B (Display, 20%, 14 days, lift +8%)"
    assert german.say("flags", seen) == (
        "ähnlichste frühere: A (Coupon, 25%, 7 Tage, Mehrabsatz +12%), B (Display, 20%, 14 Tage, Mehrabsatz +8%)"
    )
    whole = "unit cost is 0: the whole price counts as margin; leave it empty if it is not known"
    assert german.say("flags", f"{whole}; baseline given in the plan").endswith("bekannt sind; Basisabsatz im Plan angegeben")
    assert german.say("flags", "something nobody foresaw; baseline given in the plan") == (
        "something nobody foresaw; Basisabsatz im Plan angegeben"
    )


# ---------------------------------------------------------------------------------------------- the workbooks
@pytest.fixture(params=[f"{kind}-{language}" for kind in SPOKEN for language in TRANSLATED])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_sheets_have_names_a_spreadsheet_takes(gallery: Gallery, name: str) -> None:
    titles, english = gallery.book(name).sheetnames, gallery.book(f"{name[:-3]}-en").sheetnames
    assert len(titles) == len(english) and titles != english
    assert len({title.casefold() for title in titles}) == len(titles)
    for title in titles:
        assert len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) and not title.startswith("'") and not title.endswith("'")


def test_no_english_word_of_ours_is_left(gallery: Gallery, name: str) -> None:
    """A cell of words says in another language what the same cell says in English, or is the same in both."""
    words = catalogue(gallery.language(name)).words
    changed = {english for english, other in words.items() if other != english and len(english) > 1}
    left = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in gallery.values(name)
        for cell in texts(sheet)
        if cell.value in changed and cell.value not in set(words.values()) | OWN
    ]
    assert left == []


OWN = {"Coupon", "Display", "Tea", "Coffee", "units"}
"""Texts of the list itself, and what a column of sales is called."""


def texts(sheet: Any) -> list[Cell]:
    return [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def test_figures_and_formulas_are_those_of_the_english_workbook(gallery: Gallery, name: str) -> None:
    english, other = (gallery.values(one) for one in (f"{name[:-3]}-en", name))
    for mine, theirs in zip(english.worksheets, other.worksheets, strict=True):
        assert figures(mine) == figures(theirs), theirs.title
    mine, theirs = (gallery.book(one) for one in (f"{name[:-3]}-en", name))
    assert formulas(mine) == formulas(theirs)


def figures(sheet: Any) -> dict[str, Any]:
    """The numbers of a sheet; the run's own stamp differs."""
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)}


def formulas(book: Workbook) -> list[set[str]]:
    return [{cell.coordinate for cell in texts(sheet) if cell.data_type == "f"} for sheet in book]


def test_a_spreadsheet_comes_to_the_same_words_and_figures(gallery: Gallery, office: Office) -> None:
    for book in ("planning-de", "portfolio-fr", "post_event-de"):
        written, worked = values(gallery.path(book)), office.values(gallery.path(book))
        for title, cells in written.items():
            for place, value in cells.items():
                other = worked[title].get(place)
                if isinstance(value, int | float) and not isinstance(value, bool):
                    assert other == pytest.approx(value, rel=1e-9, abs=CENT), (book, title, place)
                elif isinstance(value, str):
                    assert (other or "") == value, (book, title, place)


def test_no_word_of_a_heading_is_broken_and_no_words_are_cut_by_their_column(gallery: Gallery, name: str) -> None:
    """By an estimate of how wide letters are; the look of it is judged by eye."""
    for sheet in gallery.book(name):
        for table in sheet.tables.values():
            for head in sheet[table.ref][0]:
                width = sheet.column_dimensions[head.column_letter].width
                longest = max(len(word) for word in head.value.split())
                assert longest * 0.85 <= width, (sheet.title, head.value, width)


def test_dates_follow_the_language(gallery: Gallery) -> None:
    for language, shown in (("en", "yyyy-mm-dd"), ("de", "dd.mm.yyyy"), ("fr", "dd/mm/yyyy")):
        book = gallery.book(f"planning-{language}")
        assert book[catalogue(language).word("Plan")]["H8"].number_format == shown or shown in formats(book)


def formats(book: Workbook) -> set[str]:
    return {cell.number_format for sheet in book for row in sheet.iter_rows() for cell in row}


# ---------------------------------------------------------------------------------------------- settings
def test_the_language_is_a_setting_that_can_be_overruled() -> None:
    client = Client(client="x", workbook=Workbooks(language="fr"))
    assert speaking(client, "de").workbook.language == "de"
    with pytest.raises(BadSettings, match="must be one of en, de, fr"):
        speaking(client, "it")  # type: ignore[arg-type]


@pytest.mark.parametrize(("currency", "price"), [("EUR", "#,##0.00"), ("JPY", "#,##0"), ("KWD", "#,##0.000")])
def test_prices_have_the_decimals_of_their_currency(tmp_path: Path, currency: str, price: str) -> None:
    content = contents.content(3)
    path = tmp_path / "plan.xlsx"
    write_workbook(path, content._replace(client=content.client.model_copy(update={"currency": currency})))
    sheet = opened(path)["Plan"]
    heads = {cell.value: cell for cell in sheet[7]}
    assert sheet.cell(8, heads["List price"].column).number_format.split(";")[0] == price
    assert sheet.cell(6, heads["List price"].column).value == f"{currency}/unit"
    assert sheet.cell(8, heads["Fixed cost"].column).number_format.split(";")[0] == "#,##0"


def test_currencies_have_the_minor_units_of_iso_4217() -> None:
    assert [decimals(currency) for currency in ("EUR", "USD", "CHF", "JPY", "KRW", "KWD", "CLF")] == [2, 2, 2, 0, 0, 3, 4]


def test_words_that_are_missing_are_printed_to_be_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    from scorer.workbook import every_template

    german = catalogue("de")
    without = german.model_copy(update={"words": {name: words for name, words in german.words.items() if name != "Owner"}})
    monkeypatch.setattr(every_template, "catalogue", lambda language: without)
    assert to_fill_in("de").splitlines()[-2:] == ["# planning.toml", '"Owner" = ""']
