"""What the add-in offers: worksheet functions and buttons, each recorded once.

A function is recorded by its decorator, its docstring and its annotations; a button by its decorator and docstring. The
function wizard, the Help sheet, the README's tables, the VBA, the ribbon and the tests all follow from these records.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_type_hints

FUNCTION_HOMES = ("addin.functions", "addin.money")
BUTTON_HOMES = ("addin.ribbon",)
LONGEST_HELP = 255
"""The function wizard shows no more characters than this."""
DESK = "desk"
"""The keyword of functions that need a model: not an argument of the worksheet function."""

Work = TypeVar("Work", bound=Callable[..., Any])
Group = Literal["Plan", "Finance", "Model", "Help"]


class Argument(NamedTuple):
    """One argument of a worksheet function: its name, help, what it is read as, and what it is when it is left out."""

    name: str
    help: str
    kind: Any
    default: Any

    @property
    def optional(self) -> bool:
        """Whether it may be left out."""
        return self.default is not inspect.Parameter.empty


class Function(NamedTuple):
    """A worksheet function. ``needs_model`` functions are handed the desk of the book that asks."""

    name: str
    help: str
    gives: str
    example: str
    arguments: tuple[Argument, ...]
    needs_model: bool
    work: Callable[..., Any]

    @property
    def signature(self) -> str:
        """The call as the help writes it; what may be left out stands in brackets."""
        return f"{self.name}({', '.join(f'[{one.name}]' if one.optional else one.name for one in self.arguments)})"


class Button(NamedTuple):
    """A button of the ribbon: its place, looks, words, the command that does the same, and its handler."""

    name: str
    group: Group
    label: str
    screen_tip: str
    help: str
    icon: str
    keytip: str
    large: bool
    command: str
    work: Callable[..., Any]


class _FunctionMark(NamedTuple):
    gives: str
    example: str


class _ButtonMark(NamedTuple):
    group: Group
    label: str
    icon: str
    keytip: str
    large: bool
    command: str


_MARK = "_recorded"


def function(*, gives: str, example: str) -> Callable[[Work], Work]:
    """Record a worksheet function: what it gives back, with its unit, and a formula that shows its use."""

    def mark(work: Work) -> Work:
        setattr(work, _MARK, _FunctionMark(gives, example))
        return work

    return mark


def button(
    *, group: Group, label: str, icon: str, keytip: str, command: str, large: bool = False
) -> Callable[[Work], Work]:
    """Record a button: icon is the name of one of Office's own pictures, command the `promo` verb that does the same."""

    def mark(work: Work) -> Work:
        setattr(work, _MARK, _ButtonMark(group, label, icon, keytip, large, command))
        return work

    return mark


@cache
def functions() -> dict[str, Function]:
    """Return every worksheet function by name, in the order they are written down."""
    return {work.__name__: _function(work, mark) for work, mark in _recorded(FUNCTION_HOMES, _FunctionMark)}


@cache
def buttons() -> dict[str, Button]:
    """Return every button by name, in the order they stand in the ribbon."""
    return {work.__name__: _button(work, mark) for work, mark in _recorded(BUTTON_HOMES, _ButtonMark)}


def groups() -> dict[Group, list[Button]]:
    """Return the buttons of each group of the ribbon, in order."""
    found: dict[Group, list[Button]] = {}
    for one in buttons().values():
        found.setdefault(one.group, []).append(one)
    return found


def _recorded(homes: tuple[str, ...], kind: type[Any]) -> list[tuple[Callable[..., Any], Any]]:
    return [
        (work, mark)
        for home in homes
        for work in _own(import_module(home))
        if isinstance(mark := getattr(work, _MARK, None), kind)
    ]


def _own(module: ModuleType) -> list[Callable[..., Any]]:
    return [work for work in vars(module).values() if inspect.isfunction(work) and work.__module__ == module.__name__]


def _function(work: Callable[..., Any], mark: _FunctionMark) -> Function:
    hints = get_type_hints(work, include_extras=True)
    parameters = inspect.signature(work).parameters
    return Function(
        name=work.__name__,
        help=_first_paragraph(work),
        gives=mark.gives,
        example=mark.example,
        arguments=tuple(_argument(one, hints[one.name]) for one in parameters.values() if one.name != DESK),
        needs_model=DESK in parameters,
        work=work,
    )


def _argument(parameter: inspect.Parameter, hint: Any) -> Argument:
    kind, words = get_args(hint)
    return Argument(parameter.name, words, kind, parameter.default)


def _button(work: Callable[..., Any], mark: _ButtonMark) -> Button:
    tip, _, words = inspect.cleandoc(work.__doc__ or "").partition("\n\n")
    return Button(
        name=work.__name__,
        group=mark.group,
        label=mark.label,
        screen_tip=_one_line(tip).rstrip("."),
        help=_one_line(words.partition("\n\n")[0]),
        icon=mark.icon,
        keytip=mark.keytip,
        large=mark.large,
        command=mark.command,
        work=work,
    )


def _first_paragraph(work: Callable[..., Any]) -> str:
    return _one_line(inspect.cleandoc(work.__doc__ or "").partition("\n\n")[0])


def _one_line(text: str) -> str:
    return " ".join(text.split())
