"""The planning workbook: scored tables become sheets that live by their own formulas, without any add-in."""

from scorer.workbook.content import Card, Content, Run
from scorer.workbook.write import build_template, write_workbook

__all__ = ["Card", "Content", "Run", "build_template", "write_workbook"]
