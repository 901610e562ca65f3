"""The module ``PromoRibbon``: what the ribbon calls. A click runs Python; words are asked for by what they belong to."""

from __future__ import annotations

from addin.build.vba_functions import SERVED_BY
from addin.build.vba_text import comment, source
from addin.catalog import buttons

MODULE = "PromoRibbon"
ON_LOAD = "OnRibbonLoad"
ASKED = {"getLabel": "LabelOf", "getScreentip": "ScreentipOf", "getSupertip": "SupertipOf", "getKeytip": "KeytipOf"}
"""What the ribbon asks for, and the function of PromoWords that knows it."""

# The private RunPython stands before xlwings' own for this module: that one stops in the debugger without a workbook.
_BEGIN = f"""\
Private promoRibbon As IRibbonUI

Public Sub {ON_LOAD}(ribbon As IRibbonUI)
    Set promoRibbon = ribbon
    DescribeFunctions
End Sub

Private Sub RunPython(command As String)
    If ActiveWorkbook Is Nothing Then
        MsgBox NoBook(), vbExclamation, "Promo Planner"
    Else
        xlwings.RunPython command
    End If
End Sub
"""


def ribbon_module() -> str:
    """Return the source of the module."""
    lines = [
        *comment("Callbacks of the ribbon. Made by 'promo addin build' from the list of buttons."),
        "Option Explicit",
        "",
        *_BEGIN.splitlines(),
        "",
        *clicks().splitlines(),
    ]
    for asked, known in ASKED.items():
        lines += [
            "",
            f"Public Sub {asker(asked)}(control As IRibbonControl, ByRef returned)",
            f"    returned = {known}(control.ID)",
            "End Sub",
        ]
    return source(lines)


def clicks() -> str:
    """Return the macros that the buttons run, one for each."""
    return "\n".join(
        f'Public Sub {callback(name)}(control As IRibbonControl)\n    RunPython "{python_line(name)}"\nEnd Sub\n'
        for name in buttons()
    )


def python_line(button: str) -> str:
    """Return the line of Python that a click runs.

    >>> python_line("help")
    "import addin.hosts.excel as host; host.click('help')"
    """
    return f"import {SERVED_BY} as host; host.click('{button}')"


def callback(button: str) -> str:
    """Return the name of the macro that a click on a button runs.

    >>> callback("score_list")
    'OnScoreList'
    """
    return "On" + "".join(word.title() for word in button.split("_"))


def asker(attribute: str) -> str:
    """Return the name of the macro that answers an attribute of the ribbon.

    >>> asker("getLabel")
    'GetLabel'
    """
    return attribute[:1].upper() + attribute[1:]
