"""The README cannot lie: its commands run, its names exist, its tables are complete."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import scorer
from addin.cli.app import addin_app
from scorer import errors
from scorer.cli.app import app
from scorer.planning.scenario_file import parse_scenarios
from scorer.settings import parse_client
from tests.promo_command import ROOT, promo

README = (ROOT / "README.md").read_text(encoding="utf-8")
# What a test cannot run inside itself, or must not: installing, the checks themselves, moving the pins.
NOT_RUN = {"pip install uv", "uv run pytest", "uv run ruff check", "uv run mypy", "uv run --no-project python .ci/pin"}


def blocks(language: str) -> list[str]:
    return [text for found, text in re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE) if found == language]


def commands() -> list[tuple[str, int]]:
    """Return every command of the README with the exit code it says it ends with."""
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]
    found = []
    for line in lines:
        command, _, remark = line.partition("  # ")
        code = re.match(r"ends with (\d+)", remark)
        found.append((command.strip(), int(code[1]) if code else 0))
    return found


def test_every_command_runs_in_order(demo_run, demo_workspace):
    ran = []
    (demo_workspace / "scenarios.toml").write_text(blocks("ini")[0], encoding="utf-8")
    for command, code in commands():
        words = shlex.split(command)
        if command == "uv run promo demo":
            assert json.loads((demo_run / "demo.ended").read_text(encoding="utf-8"))["code"] == code
        elif words[0] == "cp":
            for path in demo_workspace.glob(words[1]):
                shutil.copy(path, demo_workspace / words[2])
        elif words[:3] == ["uv", "run", "promo"]:
            ended = promo(demo_workspace, *words[3:])
            assert ended.code == code, f"{command}: {ended.err}"
        else:
            assert command in NOT_RUN
            continue
        ran.append(command)
    assert len(ran) > 8


def test_the_first_screen_shows_the_job_and_its_two_commands():
    assert [command for command, _ in commands()][:2] == ["pip install uv", "uv run promo demo"]
    assert README.index("uv run promo demo") < 1200


def verbs(command: object, path: str = "promo") -> Iterator[tuple[str, set[str]]]:
    """Yield every command of the line with its options."""
    yield path, {name for option in command.params for name in [*option.opts, *option.secondary_opts] if name.startswith("--")}
    for name, inner in getattr(command, "commands", {}).items():
        yield from verbs(inner, f"{path} {name}")


EVERY_VERB = [*verbs(typer.main.get_command(app)), *verbs(typer.main.get_command(addin_app), "promo addin")]


@pytest.mark.parametrize(("verb", "options"), EVERY_VERB)
def test_every_command_and_option_is_described(verb, options):
    words = verb.split()
    assert f"`promo {words[1]}`" in README if len(words) > 1 else "# Promo Planner" in README
    assert all(f"`{word}`" in README for word in words[2:])
    assert {option for option in options if f"`{option}`" not in README} == set()


def test_every_exit_code_is_listed():
    families = [found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, errors.PromoError)]
    codes = {family.exit_code for family in families} | {errors.EXIT_DONE, 130}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} >= codes


def house() -> list[str]:
    """Return the paths of the map, from its indentation."""
    (drawn,) = blocks("")
    folders: list[str] = []
    found = []
    for line in drawn.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        folders = [*folders[:depth], name]
        found.append("".join(folders))
        found += ["".join(folders[:depth]) + more for more in re.findall(r" {4,}(\w+\.py)  ", line)]
    return found


def test_the_map_shows_what_is_there():
    assert [path for path in house() if not (ROOT / path).exists()] == []
    parts = {path.name for path in (ROOT / "scorer").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert {path.split("/")[1] for path in house() if re.fullmatch(r"scorer/\w+/", path)} == parts


def test_paths_in_the_text_exist():
    named = re.findall(r"`((?:scorer|tests|workbook_templates|models|\.ci)/[\w./-]+)`", README)
    assert len(named) > 15
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_client_file_is_one():
    (shown,) = blocks("toml")
    assert parse_client({"client": "acme", **tomllib.loads(shown)}).matching.keys == ("store", "product")


def test_the_file_of_scenarios_is_one():
    (shown,) = blocks("ini")
    named = parse_scenarios(tomllib.loads(shown))
    assert [len(scenario.parts) for scenario in named] == [1, 1, 2]


def test_every_sheet_is_explained():
    template = tomllib.loads((ROOT / "workbook_templates" / "planning.toml").read_text(encoding="utf-8"))
    sheets = {part["sheet"] for part in template.values() if isinstance(part, dict) and "sheet" in part}
    assert {sheet for sheet in sheets if f"| {sheet} |" not in README} == set()


def test_the_changes_know_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == scorer.__version__
    assert f"**{scorer.__version__}**" in README


def test_it_is_one_page_for_people():
    assert max(len(line) for line in README.splitlines() if not line.startswith("|")) <= 140
    assert Path(ROOT / "README.md").stat().st_size < 31_000
