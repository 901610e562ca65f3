"""`python -m scorer.workbook` builds the empty workbook beside its template again.

With ``--missing-words`` it prints what the catalogues of other languages have no words for yet.
"""

import sys

from scorer.workbook.every_template import TRANSLATED, missing, to_fill_in
from scorer.workbook.template_files import templates_folder
from scorer.workbook.write import build_template

if __name__ == "__main__":
    if "--missing-words" in sys.argv:
        for language in TRANSLATED:
            print(to_fill_in(language) if missing(language) else f"# {language}.toml: nothing is missing")  # noqa: T201
    else:
        build_template(templates_folder() / "planning.xlsx")
