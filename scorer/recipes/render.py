"""Recipes: a text with gaps for each scheduler, and what goes into the gaps, quoted as its language asks."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from scorer.errors import BadQuestion, nearest


class Recipe(NamedTuple):
    """A recipe: the file it is made from, the name it is usually given, what it is, and how its language quotes."""

    template: str
    file: str
    what: str
    quoted: Callable[[str], str]


class Facts(NamedTuple):
    """What goes into the gaps: the command ``promo``, the workspace, the client, and the version of the product."""

    promo: str
    workspace: str
    client: str
    version: str


def in_crontab(text: str) -> str:
    """Quote for a shell that cron starts: a percent sign would end the line.

    >>> in_crontab("/srv/100 %")
    "'/srv/100 \\\\%'"
    """
    return shlex.quote(text).replace("%", r"\%")


RECIPES = {
    "airflow": Recipe("airflow.py.txt", "promo_run.py", "a DAG for Apache Airflow 3", repr),
    "cron": Recipe("cron.txt", "promo.cron", "a line for crontab -e", in_crontab),
    "dagster": Recipe("dagster.py.txt", "definitions.py", "definitions for Dagster: an asset and its schedule", repr),
    "docker": Recipe("Dockerfile.txt", "Dockerfile", "an image with the core only, that runs without root's rights", str),
    "windows": Recipe("windows.xml.txt", "promo_run.xml", "a task: schtasks /Create /TN Promo /XML promo_run.xml", escape),
}


def recipe(name: str, facts: Facts) -> str:
    """Return a recipe with its gaps filled. Raises BadQuestion for one there is none of.

    >>> facts = Facts("/opt/promo/bin/promo", "/srv/promo", "acme", "1.0")
    >>> recipe("cron", facts).splitlines()[-1].partition(" cd ")[0]
    '15 2 * * *'
    """
    if name not in RECIPES:
        raise BadQuestion.because(f"There is no recipe '{name}'", f"There are: {', '.join(RECIPES)}.{nearest(name, RECIPES)}")
    chosen = RECIPES[name]
    text = files("scorer.recipes").joinpath("templates", chosen.template).read_text(encoding="utf-8")
    for gap, value in facts._asdict().items():
        text = text.replace(f"@@{gap}@@", chosen.quoted(value))
    return text


def command() -> str:
    """Return the path of the ``promo`` that is installed beside the Python that runs; else its bare name.

    >>> Path(command()).stem
    'promo'
    """
    beside = shutil.which("promo", path=str(Path(sys.executable).parent))
    return beside or shutil.which("promo") or "promo"
