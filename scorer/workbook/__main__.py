"""`python -m scorer.workbook` builds the empty workbook beside its template again."""

from scorer.workbook.template_files import templates_folder
from scorer.workbook.write import build_template

if __name__ == "__main__":
    build_template(templates_folder() / "planning.xlsx")
