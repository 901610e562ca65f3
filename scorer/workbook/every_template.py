"""Every template there is, and the words in it that a language has no translation for yet.

To add words: they stand in workbook_templates/<sheet>.toml, never in code. In the template's model text is words unless it
is a ``Code``; a column whose texts are the engine's sentences names their patterns, ``said = "flags"``, which stand in the
catalogues under [said.flags]. ``python -m scorer.workbook --missing-words`` prints what the catalogues in words/ lack.
To add a template: its line in ``TEMPLATES``. To add a language: one more catalogue, and its name in ``Language`` of
scorer/settings.py and in scorer/cli/options.py.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, get_args

from scorer.settings import Language
from scorer.workbook.languages import catalogue, spoken
from scorer.workbook.template_files import as_written

TEMPLATES = {
    "planning": "scorer.workbook.template.Template",
    "scenarios": "scorer.workbook.sheet_scenarios.ScenariosWords",
    "scenario_lines": "scorer.workbook.template.TableSheet",
    "calendar": "scorer.workbook.sheet_calendar.CalendarWords",
    "clashes": "scorer.workbook.sheet_clashes.ClashWords",
    "portfolio": "scorer.workbook.sheet_portfolio.PortfolioWords",
    "post_event": "scorer.workbook.post_event.words.PostEventWords",
    "health": "scorer.workbook.health_words.HealthWords",
    "payback": "scorer.workbook.sheet_payback.Payback",
    "paybacks": "scorer.workbook.sheet_paybacks.Paybacks",
}
"""File in workbook_templates -> the model that reads it."""
TRANSLATED: tuple[Language, ...] = tuple(language for language in get_args(Language) if language != "en")


def words_of(template: str) -> list[str]:
    """Return the words of a template in the order they stand in, each once, as they are written.

    >>> words_of("planning")[:2]
    ['Promotion plan', 'not available']
    """
    module, _, model = TEMPLATES[template].rpartition(".")
    found: dict[str, None] = {}

    def note(words: str) -> str:
        found[words] = None
        return words

    spoken(as_written(template), getattr(import_module(module), model), note)
    return [words for words in found if words.strip()]


def missing(language: Language) -> dict[str, list[str]]:
    """Return the words that have no translation, by template; words that stand in several are named once."""
    known: set[str] = set(catalogue(language).words)
    gaps: dict[str, list[str]] = {}
    for template in TEMPLATES:
        gaps[template] = [words for words in words_of(template) if words not in known]
        known.update(gaps[template])
    return {template: words for template, words in gaps.items() if words}


def to_fill_in(language: Language) -> str:
    """Return the lines to add under [words] of a language's catalogue, its own side still empty."""
    lines = [f"# {language}.toml, under [words]"]
    for template, words in missing(language).items():
        lines += [f"# {template}.toml", *(f'{_quoted(english)} = ""' for english in words)]
    return "\n".join(lines)


def _quoted(words: Any) -> str:
    return json.dumps(words, ensure_ascii=False)
