"""The macros that LibreOffice runs: the same functions and buttons as in Excel's VBA, and a bridge to our process.

LibreOffice's Basic reads VBA but not its ``#If``: of each choice the branch for hosts other than Excel stays. What xlwings'
own VBA offers in Excel, ``XLPy`` and ``RunPython``, is here a UNO service of our process, which is started when it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from addin.build.vba_functions import wrappers
from addin.build.vba_ribbon import clicks
from addin.hosts.libreoffice.bridge import SERVICE

LIBRARY = "Standard"
FUNCTIONS, BUTTONS, BRIDGE = "PromoFunctions", "PromoButtons", "PromoBridge"
MODULES = (BRIDGE, FUNCTIONS, BUTTONS)
START_SECONDS = 30
_HEAD = "' Written by 'promo addin install'; changes are lost with the next one.\nOption VBASupport 1\n\n"
_CLICK = re.compile(r"^(Public Sub On\w+)\(control As IRibbonControl\)", re.MULTILINE)
_FUNCTION = re.compile(r"\s*(Public )?Function \w+\(")
# LibreOffice has no function wizard that is open while cells are worked out
_WIZARD = "Application.CommandBars("


def modules(python: Path, arguments: Sequence[str]) -> dict[str, str]:
    """Return the text of every module; python and arguments start our process."""
    return {
        BRIDGE: _HEAD + _bridge(python, arguments),
        FUNCTIONS: _HEAD + without_choices(wrappers()),
        BUTTONS: _HEAD + without_controls(clicks()),
    }


def without_choices(vba: str, app: str = "LibreOffice") -> str:
    """Return VBA with each ``#If App = …`` settled, and every function ready to say why it failed.

    >>> print(without_choices('#If App = "Microsoft Excel" Then\\nx = 1\\n#Else\\nx = 2\\n#End If'))
    x = 2
    """
    kept: list[str] = []
    open_choices: list[bool] = []
    for line in vba.splitlines():
        told = line.strip()
        if told.startswith("#If "):
            open_choices.append(f'"{app}"' in told)
        elif told == "#Else":
            open_choices[-1] = not open_choices[-1]
        elif told == "#End If":
            open_choices.pop()
        elif told.startswith(("#Const", "Attribute ")) or _WIZARD in line or not all(open_choices):
            continue
        else:
            kept.append(line)
            if _FUNCTION.match(line):
                kept.append("    On Error GoTo failed")
    return "\n".join(kept)


def without_controls(vba: str) -> str:
    """Return the macros of clicks without what Excel hands over: a menu of LibreOffice hands over nothing.

    >>> print(without_controls("Public Sub OnHelp(control As IRibbonControl)"))
    Public Sub OnHelp()
    """
    return _CLICK.sub(r"\1()", "\n".join(vba.splitlines()))


def _bridge(python: Path, arguments: Sequence[str]) -> str:
    blanks: Mapping[str, str] = {
        "service": SERVICE,
        "python": python.absolute().as_uri(),
        "arguments": " ".join(_quoted(one) for one in arguments).replace('"', '""'),
        "tries": str(START_SECONDS * 10),
    }
    text = _BRIDGE
    for name, value in blanks.items():
        text = text.replace(f"<{name}>", value)
    return text


def _quoted(argument: str) -> str:
    return f'"{argument}"' if " " in argument else argument


_BRIDGE = """\
' The number of the service that answered last: a process that died leaves its own behind, broken.
Global promoNumber As Long

' The process that answers, as xlwings' wrappers ask for it.
Public Function XLPy() As Object
    Dim tries As Long
    Dim found As Object
    Set found = PromoAnswering()
    If IsNull(found) Then PromoStart
    Do While IsNull(found) And tries < <tries>
        Wait 100
        tries = tries + 1
        Set found = PromoAnswering()
    Loop
    If IsNull(found) Then Err.Raise 1000, "Promo Planner", "Promo Planner does not start; 'promo addin doctor' says why"
    Set XLPy = found
End Function

' The first service with a living process behind it.
Private Function PromoAnswering() As Object
    Dim number As Long
    Dim found As Object
    For number = promoNumber To promoNumber + 5
        Set found = PromoAt(number)
        If Not IsNull(found) Then
            promoNumber = number
            Set PromoAnswering = found
            Exit Function
        End If
    Next number
    Set PromoAnswering = Nothing
End Function

Private Function PromoAt(number As Long) As Object
    Dim found As Object
    On Error GoTo nobody
    Set found = CreateUnoService("<service>." & number)
    If found.Ping() Then
        Set PromoAt = found
        Exit Function
    End If
nobody:
    Set PromoAt = Nothing
End Function

Private Sub PromoStart()
    Shell "<python>", 0, "<arguments>", False
End Sub

' A button: it works on by itself, so the office stays usable.
Public Sub RunPython(command As String)
    Dim said As String
    On Error GoTo failed
    said = XLPy().RunPython(command, ThisComponent)
    If said <> "" Then MsgBox said, 48, "Promo Planner"
    Exit Sub
failed:
    MsgBox "Promo Planner did not answer: " & Error & ". Click again.", 16, "Promo Planner"
End Sub

' What the button that was clicked last is at, and what it said.
Public Function PromoState() As String
    On Error GoTo failed
    PromoState = XLPy().State()
    Exit Function
failed:
    PromoState = "gone"
End Function

Public Sub PromoStop()
    On Error Resume Next
    XLPy().Stop()
End Sub
"""
