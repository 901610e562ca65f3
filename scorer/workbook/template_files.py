"""Where the templates of workbooks lie, and what stands in their files."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from scorer.errors import FileUnreadable


def templates_folder() -> Path:
    """Where the templates lie: inside the package when installed, beside it in a checkout.

    Raises FileUnreadable where neither is there.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "templates", here.parents[1] / "workbook_templates"):
        if folder.is_dir():
            return folder
    raise FileUnreadable.absent("workbook_templates/*.toml", here.parents[1])


@cache
def as_written(name: str) -> dict[str, Any]:
    """Return what stands in a file of the templates' folder, given without its ending; nobody may change it.

    Raises FileUnreadable for a file that is not there or is no TOML.
    """
    path = templates_folder() / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as why:
        raise FileUnreadable.because(path, why, "Install the product again.") from why
