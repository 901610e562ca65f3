"""The add-in's README cannot lie: its tables are the catalogue, its map is there, its paths exist."""

from __future__ import annotations

import re

from addin.catalog import buttons, functions
from tests.promo_command import ROOT

README = (ROOT / "addin" / "README.md").read_text(encoding="utf-8")


def test_every_function_has_its_row():
    rows = [f"| `{one.signature}` | {one.help} | {one.gives} |" for one in functions().values()]
    assert [row for row in rows if row not in README] == []
    assert re.findall(r"^\| `(PROMO_\w+)\(", README, re.MULTILINE) == list(functions())


def test_every_button_has_its_row():
    rows = [f"| {one.group} | {one.label} | {one.screen_tip} | `{one.command}` |" for one in buttons().values()]
    assert [row for row in rows if row not in README] == []


def test_the_other_readme_counts_them():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{len(functions())} functions and {len(buttons())} buttons" in page


def test_the_map_shows_what_is_there():
    drawn = README.split("## How it is made")[1].split("```")[1]
    named = re.findall(r"\b([\w]+(?:\.py|/))", drawn)
    assert len(named) > 20
    assert [name for name in named if name != "addin/" and not list((ROOT / "addin").rglob(name.rstrip("/")))] == []


def test_paths_in_the_text_exist():
    named = re.findall(r"`(tests/[\w./-]+|addin/[\w./-]+)`", README)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_lines_are_short_enough_to_read():
    assert max(len(line) for line in README.splitlines() if not line.startswith("|")) <= 145
