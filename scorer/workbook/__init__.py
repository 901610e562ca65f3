"""The planning workbook: scored tables become sheets that live by their own formulas, without any add-in."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scorer.workbook.content import Card, Content, Run
    from scorer.workbook.write import build_template, write_workbook

__all__ = ["Card", "Content", "Run", "build_template", "write_workbook"]

_HOMES = {"build_template": "write", "write_workbook": "write"}


def __getattr__(name: str) -> Any:
    # loaded when first asked for: who only reads a template needs no writer of workbooks
    if name not in __all__:
        raise AttributeError(f"module 'scorer.workbook' has no attribute '{name}'")
    return getattr(import_module(f"scorer.workbook.{_HOMES.get(name, 'content')}"), name)
