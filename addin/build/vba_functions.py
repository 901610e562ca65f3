"""The module ``xlwings_udfs``: for each worksheet function the VBA function that hands its arguments to Python.

The text is the one xlwings itself would write; without Excel xlwings cannot write it, so it is written here.
"""

from __future__ import annotations

from addin.build.vba_text import quoted, source
from addin.catalog import Function, functions

MODULE = "xlwings_udfs"
SERVED_BY = "addin.hosts.excel"
HEADER = '#Const App = "Microsoft Excel"'

_WRAPPER = """\
Function {name}({signature})
    If (Not Application.CommandBars("Standard").Controls(1).Enabled) Then Exit Function
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        {name} = XLPy.CallUDF("{module}", "{name}", Array({given}), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        {name} = XLPy.CallUDF("{module}", "{name}", Array({given}))
        Exit Function
    #End If
failed:
    {name} = Err.Description
End Function

"""


def functions_module() -> str:
    """Return the source of the module, with each function's help where Excel looks for it."""
    lines = [HEADER]
    for function in _in_order():
        head, *rest = wrapper(function).splitlines()
        lines += [head, f"Attribute {function.name}.VB_Description = {quoted(function.help)}", *rest]
    return source(lines)


def wrappers() -> str:
    """Return the VBA functions of all worksheet functions, in the order in which xlwings writes them."""
    return "".join(map(wrapper, _in_order()))


def wrapper(function: Function) -> str:
    """Return the VBA function of one worksheet function. ``Nothing`` keeps the place of the cell that asks."""
    signature = ", ".join(f"{'Optional ' if one.optional else ''}{one.name}" for one in function.arguments)
    given = ", ".join([*(one.name for one in function.arguments), "Nothing"])
    return _WRAPPER.format(name=function.name, signature=signature, module=SERVED_BY, given=given)


def _in_order() -> list[Function]:
    return [functions()[name] for name in sorted(functions())]
