"""The ribbon follows from the list of buttons: valid mark-up, and a macro behind everything it calls."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from addin import catalog
from addin.build import ribbon_xml, vba_ribbon, vba_words
from addin.build.vba_text import TAB_ID, button_id, group_id
from addin.words import button_words, group_words, open_a_book
from tests.addin.build.reading_back import macros

SCHEMA = Path(ribbon_xml.__file__).with_name("customui14.xsd")
BUTTON = f"{{{ribbon_xml.NAMESPACE}}}button"
GROUP = f"{{{ribbon_xml.NAMESPACE}}}group"
LONGEST_SUPERTIP = 1024


@pytest.fixture
def ribbon():
    return ET.fromstring(ribbon_xml.ribbon_xml())


def test_it_is_valid():
    xmlschema.XMLSchema(SCHEMA).validate(ribbon_xml.ribbon_xml().decode())


@pytest.mark.parametrize(
    "wrong",
    [
        ('size="large"', 'size="huge"'),
        ('imageMso="CalculateNow"', 'imageMso="Calculate Now"'),
        ('id="promo_help"', 'id="promo_pdf"'),
        ("onAction", "onClick"),
        ("2009/07", "2006/01"),
        ('getKeytip="PromoRibbon.GetKeytip"', ""),
    ],
)
def test_what_office_would_refuse_is_found(wrong):
    text = ribbon_xml.ribbon_xml().decode()
    assert wrong[0] in text
    assert not xmlschema.XMLSchema(SCHEMA).is_valid(text.replace(*wrong))


def test_groups_and_buttons_stand_in_the_order_of_the_list(ribbon):
    shown = [(group.get("id"), [one.get("id") for one in group.iter(BUTTON)]) for group in ribbon.iter(GROUP)]
    assert shown == [(group_id(group), [button_id(one) for one in every]) for group, every in catalog.groups().items()]


def test_a_button_looks_as_it_is_recorded(ribbon):
    looks = {one.get("id"): (one.get("imageMso"), one.get("size") == "large") for one in ribbon.iter(BUTTON)}
    assert looks == {button_id(one): (one.icon, one.large) for one in catalog.buttons().values()}


def test_every_callback_is_a_macro_that_can_be_called(ribbon, built):
    found = macros(built.path)
    called = {(name, value) for one in ribbon.iter() for name, value in one.attrib.items() if name.startswith(("on", "get"))}
    assert len(called) == len(catalog.buttons()) + len(vba_ribbon.ASKED) + 1
    for name, value in called:
        module, _, macro = value.partition(".")
        kind = {"onLoad": "ribbon As IRibbonUI", "onAction": "control As IRibbonControl"}
        given = kind.get(name, "control As IRibbonControl, ByRef returned")
        assert f"\nPublic Sub {macro}({given})\n" in found[module], value


def test_a_click_runs_the_button_it_belongs_to(ribbon, built):
    code = macros(built.path)[vba_ribbon.MODULE]
    for button in catalog.buttons().values():
        body = re.search(rf"Public Sub {vba_ribbon.callback(button.name)}\(.*?\)\n(.*?)\nEnd Sub", code, re.DOTALL)
        assert body is not None
        assert body[1].strip() == f"RunPython \"import addin.hosts.excel as host; host.click('{button.name}')\""


def test_the_words_of_the_three_languages_are_behind_every_control(built):
    code = macros(built.path)[vba_words.MODULE]

    def spoken(words):
        return f"Spoken({', '.join(chr(34) + word.replace(chr(34), chr(34) * 2) + chr(34) for word in words)})"

    languages = ("en", "de", "fr")
    for button in catalog.buttons().values():
        words = [button_words(button, language) for language in languages]
        for function, part in (("LabelOf", "label"), ("ScreentipOf", "screen_tip"), ("SupertipOf", "help"), ("KeytipOf", "keytip")):
            line = f'Case "{button_id(button)}": {function} = {spoken(getattr(one, part) for one in words)}'
            assert line in code
    for group in catalog.groups():
        assert f'Case "{group_id(group)}": LabelOf = {spoken(group_words(group, one) for one in languages)}' in code
    assert f'Case "{TAB_ID}": LabelOf = ' in code
    assert f"NoBook = {spoken(open_a_book(one) for one in languages)}" in code


def test_loading_the_ribbon_does_no_more_than_describe_the_functions(built):
    code = macros(built.path)[vba_ribbon.MODULE]
    body = re.search(rf"Public Sub {vba_ribbon.ON_LOAD}\(.*?\)\n(.*?)End Sub", code, re.DOTALL)
    assert body is not None
    assert [line.strip() for line in body[1].splitlines()] == ["Set promoRibbon = ribbon", "DescribeFunctions"]
