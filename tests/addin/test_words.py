"""Every button, group, function and argument speaks English, German and French, within what the wizard shows."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from addin import catalog
from addin.words import button_words, function_words, group_words, tab_label, translations
from scorer.settings import Language

LANGUAGES = get_args(Language)
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
OF_BUTTONS = {"label", "screen_tip", "help", "keytip"}
OF_FUNCTIONS = {"help", "gives"}


def argument_words(language):
    """Return the words of every argument with the English they stand for; what is shared is looked up as the help does."""
    shared = translations(language)["arguments"]
    for function in catalog.functions().values():
        own = translations(language)["functions"][function.name].get("arguments", {})
        for argument in function.arguments:
            yield function.name, argument, own.get(argument.name, shared.get(argument.name))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_group_and_button_is_translated_and_none_is_left_over(language):
    assert translations(language)["groups"].keys() == catalog.groups().keys()
    assert translations(language)["buttons"].keys() == catalog.buttons().keys()
    assert all(words.keys() == OF_BUTTONS for words in translations(language)["buttons"].values())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_function_is_translated_and_none_is_left_over(language):
    known = translations(language)["functions"]
    assert known.keys() == catalog.functions().keys()
    assert all(known[name].keys() - {"arguments"} == OF_FUNCTIONS for name in known)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_argument_is_translated_and_none_is_left_over(language):
    assert [(name, argument.name) for name, argument, words in argument_words(language) if not words] == []
    own = {(name, one) for name, words in translations(language)["functions"].items() for one in words.get("arguments", {})}
    has = {(function.name, one.name) for function in catalog.functions().values() for one in function.arguments}
    assert own <= has
    assert translations(language)["arguments"].keys() <= {argument for _, argument in has - own}


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_english_says_in_one_way_is_translated_in_one_way(language):
    ways = {(argument.help, words) for _, argument, words in argument_words(language)}
    assert [english for english, times in Counter(english for english, _ in ways).items() if times > 1] == []
    assert [words for words, times in Counter(words for _, words in ways).items() if times > 1] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_help_sheet_is_translated_and_nothing_is_left_over(language):
    from addin import help_sheet

    said = {help_sheet.TITLE, help_sheet.FINDING, *help_sheet.NOTES, *help_sheet.HEADINGS}
    assert translations(language)["sheet"].keys() == said


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_else_stands_in_the_file(language):
    assert translations(language).keys() == {"tab", "left_out", "open_a_book", "groups", "buttons", "arguments", "functions", "sheet"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_longer_than_the_wizard_shows(language):
    said = [tab_label(language), *(group_words(group, language) for group in catalog.groups())]
    said += [word for button in catalog.buttons().values() for word in button_words(button, language)]
    for function in catalog.functions().values():
        words = function_words(function, language)
        said += [words.help, words.gives, *words.arguments.values()]
    assert [one for one in said if not 0 < len(one) <= catalog.LONGEST_HELP] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_short_and_tell_the_buttons_apart(language):
    keys = [button_words(button, language).keytip for button in catalog.buttons().values()]
    assert all(key.isascii() and key.isalnum() and key.isupper() and len(key) <= 3 for key in keys)
    clashes = [(one, other) for at, one in enumerate(keys) for other in keys[at + 1 :] if one.startswith(other) or other.startswith(one)]
    assert clashes == [], "after the first letter Excel would act, and the second could never be typed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_tell_the_buttons_apart(language):
    labels = [button_words(button, language).label for button in catalog.buttons().values()]
    assert len(set(labels)) == len(labels)


def test_french_sets_its_signs_apart_with_a_space_that_does_not_break():
    def texts(part):
        return [text for value in part.values() for text in (texts(value) if isinstance(value, dict) else [value])]

    wrong = [text for text in texts(translations("fr")) for sign in ":?!%»" if sign in text and f"\u00a0{sign}" not in text]
    assert wrong == []
    assert [text for text in texts(translations("fr")) if " ;" in text] == []


def test_an_argument_that_may_be_left_out_says_so_in_each_language():
    payback = catalog.functions()["PROMO_PAYBACK"]
    endings = {language: function_words(payback, language).arguments["lasting"].rpartition("(")[2] for language in LANGUAGES}
    assert endings == {"en": "may be left out)", "de": "kann entfallen)", "fr": "facultatif)"}


def test_a_button_without_a_translation_stays_english():
    made = catalog.buttons()["help"]._replace(name="brand_new", label="Brand new")
    assert button_words(made, "de").label == "Brand new"
