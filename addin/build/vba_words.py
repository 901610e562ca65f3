"""The module ``PromoWords``: what buttons and functions are called, in the language that Office speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import get_args

from addin.build.vba_text import TAB_ID, button_id, comment, group_id, quoted, source
from addin.catalog import buttons, functions, groups
from addin.words import button_words, function_words, group_words, open_a_book, tab_label
from scorer.settings import Language

MODULE = "PromoWords"
LANGUAGES: tuple[Language, ...] = get_args(Language)

# The user's promo.conf goes before the language of Office. An error in the line of a Select Case would lead into its first
# case, so what may fail stands in a line of its own.
_LANGUAGE = """\
Private Function InterfaceLanguage() As String
    Static known As String
    Dim primary As Long, wanted As String
    If known = "" Then
        On Error Resume Next
        primary = Application.LanguageSettings.LanguageID(2) And 1023
        wanted = LCase$(GetConfig("PROMO_LANGUAGE", "", "user"))
        On Error GoTo 0
        known = "en"
        If primary = 7 Then known = "de"
        If primary = 12 Then known = "fr"
        If wanted = "en" Or wanted = "de" Or wanted = "fr" Then known = wanted
    End If
    InterfaceLanguage = known
End Function

Public Function Spoken(en As String, de As String, fr As String) As String
    Select Case InterfaceLanguage()
        Case "de": Spoken = de
        Case "fr": Spoken = fr
        Case Else: Spoken = en
    End Select
End Function
"""

_DESCRIBE = """\
Private Sub Describe(functionName As String, told As String, ParamArray given() As Variant)
    Dim arguments() As String, at As Long, macroName As String
    macroName = "'" & ThisWorkbook.Name & "'!" & functionName
    If UBound(given) < 0 Then
        Application.MacroOptions Macro:=macroName, Description:=told, Category:="Promo Planner"
    Else
        ReDim arguments(1 To UBound(given) + 1)
        For at = 0 To UBound(given)
            arguments(at + 1) = given(at)
        Next at
        Application.MacroOptions Macro:=macroName, Description:=told, Category:="Promo Planner", _
            ArgumentDescriptions:=arguments
    End If
End Sub
"""


def words_module() -> str:
    """Return the source of the module. Nothing in it is listed among Excel's own macros and functions."""
    labels = {TAB_ID: _said(tab_label)}
    labels |= {group_id(group): _said(partial(group_words, group)) for group in groups()}
    return source([
        *comment("Words of the ribbon and the function wizard: English, German, French. Made by 'promo addin build'."),
        "Option Explicit",
        "Option Private Module",
        "",
        *_LANGUAGE.splitlines(),
        "",
        *_lookup("LabelOf", labels | _of_buttons("label")),
        *_lookup("ScreentipOf", _of_buttons("screen_tip")),
        *_lookup("SupertipOf", _of_buttons("help")),
        *_lookup("KeytipOf", _of_buttons("keytip")),
        "Public Function NoBook() As String",
        f"    NoBook = {_spoken(_said(open_a_book))}",
        "End Function",
        "",
        *_descriptions(),
    ])  # fmt: skip


def _said(word: Callable[[Language], str]) -> list[str]:
    return [word(language) for language in LANGUAGES]


def _of_buttons(part: str) -> dict[str, list[str]]:
    found = {one: [button_words(one, language) for language in LANGUAGES] for one in buttons().values()}
    return {button_id(one): [str(getattr(words, part)) for words in said] for one, said in found.items()}


def _spoken(words: Sequence[str]) -> str:
    return f"Spoken({', '.join(quoted(word) for word in words)})"


def _lookup(name: str, words: dict[str, list[str]]) -> list[str]:
    cases = [f"        Case {quoted(control)}: {name} = {_spoken(said)}" for control, said in words.items()]
    return [
        f"Public Function {name}(control As String) As String",
        "    Select Case control",
        *cases,
        "    End Select",
        "End Function",
        "",
    ]


def _descriptions() -> list[str]:
    """Return a procedure for each function, because one for all would outgrow what VBA compiles."""
    lines = [
        *comment("Tells Excel's function wizard what each function does; Excel may refuse, and works without."),
        "Public Sub DescribeFunctions()",
        "    On Error Resume Next",
        *(f"    Describe{one}" for one in functions()),
        "End Sub",
        "",
        *_DESCRIBE.splitlines(),
        "",
    ]
    for function in functions().values():
        words = [function_words(function, language) for language in LANGUAGES]
        told = [_spoken([one.help for one in words])]
        told += [_spoken([one.arguments[argument.name] for one in words]) for argument in function.arguments]
        statement = f"    Describe {quoted(function.name)}, " + ", _\n        ".join(told)
        lines += [f"Private Sub Describe{function.name}()", *statement.splitlines(), "End Sub", ""]
    return lines
