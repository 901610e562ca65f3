"""``customUI/customUI14.xml``: one tab, a group for each group of buttons, and the buttons in their order.

Names and limits are those of [MS-CUSTOMUI2]; ``customui14.xsd`` holds the part of it that is used here.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from addin.build.vba_ribbon import ASKED, MODULE, ON_LOAD, asker, callback
from addin.build.vba_text import TAB_ID, button_id, group_id
from addin.catalog import Button, groups

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"


def ribbon_xml() -> bytes:
    """Return the ribbon. Words come by callback, in the language of Office; pictures and sizes stand fast."""
    root = Element("customUI", {"xmlns": NAMESPACE, "onLoad": _macro(ON_LOAD)})
    tab = SubElement(SubElement(SubElement(root, "ribbon"), "tabs"), "tab", {"id": TAB_ID} | _asked("getLabel"))
    for group, buttons in groups().items():
        shown = SubElement(tab, "group", {"id": group_id(group)} | _asked("getLabel"))
        for button in buttons:
            SubElement(shown, "button", _attributes(button))
    indent(root)
    text: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return text


def _attributes(button: Button) -> dict[str, str]:
    fixed = {"id": button_id(button), "imageMso": button.icon, "size": "large" if button.large else "normal"}
    return fixed | {"onAction": _macro(callback(button.name))} | _asked(*ASKED)


def _asked(*attributes: str) -> dict[str, str]:
    return {attribute: _macro(asker(attribute)) for attribute in attributes}


def _macro(name: str) -> str:
    """Return a macro as the ribbon calls it: with its module, because another add-in may have one of the same name."""
    return f"{MODULE}.{name}"
