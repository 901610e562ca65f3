"""Workbooks in other languages: a catalogue of translations, applied once, where words are read from a template.

A catalogue (workbook_templates/words/<language>.toml) goes from the English words, as they stand in a template with
their {blanks}, to the words of its language. What is a word and what an identifier is said by the type of its field in
the template's model: text is words unless the field is a ``Code``, or the key of a table.
"""

from __future__ import annotations

from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from scorer.settings import Language
from scorer.workbook.template_files import as_written


class Identifier(NamedTuple):
    """Marks text that is no words."""


Code: TypeAlias = Annotated[str, Identifier()]
"""A name formulas and programs use, a colour, a font, a number format: the same in every language."""


class Catalogue(BaseModel):
    """The words of one language; English, the language of the templates, needs none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Language = "en"
    date: str = "yyyy-mm-dd"
    """Number format of a date."""
    decimal: Literal[".", ","] = "."
    thousands: str = ","
    words: dict[str, str] = {}
    """English, as it stands in a template with its {blanks} -> this language."""
    said: dict[str, dict[str, str]] = {}
    """Sentences the engine writes, by the column they stand in: English pattern with {blanks} -> this language."""

    def word(self, english: str) -> str:
        """Return the translation; words that have none stay English."""
        return self.words.get(english, english)


def catalogue(language: Language) -> Catalogue:
    """Return the words of a language.

    Raises FileUnreadable where its file is missing or broken.

    >>> catalogue("de").word("Owner"), catalogue("en").word("Owner")
    ('Verantwortlich', 'Owner')
    """
    if language == "en":
        return Catalogue()
    return Catalogue.model_validate({"language": language} | as_written(f"words/{language}"))


def spoken(part: Any, kind: Any, say: Callable[[str], str]) -> Any:
    """Return a part of a template with ``say`` applied to all its words; ``kind`` is its type in the model.

    >>> spoken({"name": "go", "notes": ["a", "b"]}, _Example, str.upper)
    {'name': 'go', 'notes': ['A', 'B']}
    """
    if get_origin(kind) is Annotated:
        kind, *marks = get_args(kind)
        return part if Identifier() in marks else spoken(part, kind, say)
    if isinstance(part, str):
        return say(part) if kind is str else part
    if isinstance(part, dict):
        return {name: spoken(value, _of_field(kind, name), say) for name, value in part.items()}
    if isinstance(part, list):
        return [spoken(value, one, say) for value, one in zip(part, _of_items(kind, len(part)), strict=True)]
    return part


class _Example(BaseModel):
    name: Code
    notes: tuple[str, ...]


def _of_field(kind: Any, name: str) -> Any:
    """Return the type of a model's field or a table's values."""
    kind = _without_none(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(name)
        if field is None:
            return None  # the model itself will refuse it
        return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return get_args(kind)[1] if get_args(kind) else None


def _of_items(kind: Any, many: int) -> list[Any]:
    """Return the types of a list's items: tuple[x, ...], tuple[x, y] or list[x]."""
    items = [item for item in get_args(_without_none(kind)) if item is not Ellipsis]
    return items if len(items) == many else [items[0] if items else None] * many


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        return next(one for one in get_args(kind) if one is not type(None))
    return kind
