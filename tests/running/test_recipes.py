"""Recipes are run, as near to where they will run as a test can come."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from scorer.errors import BadQuestion
from scorer.recipes.render import RECIPES, Facts, command, recipe
from tests.promo_command import ROOT, promo
from tests.running.conftest import CLIENT, Night

HERE = Path(__file__).parent
VERSION = "0.3.0"
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def facts(root: object = "/srv/promo", promo: str = "/opt/promo/bin/promo", client: str = "acme") -> Facts:
    return Facts(promo, str(root), client, VERSION)


@pytest.mark.parametrize("name", RECIPES)
def test_no_gap_is_left(name):
    assert "@@" not in recipe(name, facts())


def test_an_unknown_recipe_names_the_nearest():
    with pytest.raises(BadQuestion, match="Did you mean 'cron'"):
        recipe("corn", facts())


def test_the_command_line_shows_and_writes_them(night: Night):
    shown = promo(night.root, "recipes", "cron", "--client", CLIENT)
    assert str(night.root) in shown.out
    assert promo(night.root, "recipes", "windows", "--out", "task.xml").code == 0
    assert (night.root / "task.xml").read_text(encoding="utf-8").startswith("<?xml")
    assert {line.split()[0] for line in promo(night.root, "recipes").out.splitlines()} == set(RECIPES)


# cron


def test_the_cron_line_runs_in_the_environment_of_cron(night: Night):
    night.drop("a.csv")
    line = recipe("cron", facts(night.root, command(), CLIENT)).splitlines()[-1]
    minute, hour, *rest, told = re.fullmatch(r"(\S+) (\S+) (\S+) (\S+) (\S+) (.*)", line).groups()
    assert (minute, hour, rest) == ("15", "2", ["*", "*", "*"])
    # as crontab(5) says: nothing but these, a shell, and a percent sign that is not escaped ends the command
    environment = {"HOME": str(night.root), "LOGNAME": "nobody", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    assert "%" not in told.replace(r"\%", "")
    done = subprocess.run(["/bin/sh", "-c", told.replace(r"\%", "%")], env=environment, cwd="/", capture_output=True, timeout=300, check=False)
    said = (night.root / "logs" / "last_run.txt").read_text(encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), said
    assert len(list(night.outputs.glob("*/a/scores.csv"))) == 1


def test_cron_quotes_what_a_shell_would_split():
    line = recipe("cron", facts("/srv/our promotions 100%")).splitlines()[-1]
    assert r"cd '/srv/our promotions 100\%' &&" in line


# Windows


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(HERE / "task_scheduler.xsd")


def test_the_windows_task_keeps_to_the_schema(schema):
    text = recipe("windows", facts(PureWindowsPath(r"C:\Promo & more"), r"C:\Tools\promo.exe"))
    schema.validate(text)
    action = ET.fromstring(text).find(f"{TASK}Actions/{TASK}Exec")
    told = {part.tag.removeprefix(TASK): part.text for part in action}
    assert told == {
        "Command": r"C:\Tools\promo.exe",
        "Arguments": "run --client acme",
        "WorkingDirectory": r"C:\Promo & more",
    }


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("IgnoreNew", "IgnoreOld"), ("PT6H", "6h"), ("<DaysInterval>1<", "<DaysInterval>0<"), ("<Command>", "<Commands>")],
)
def test_the_schema_finds_what_windows_would_refuse(schema, right, wrong):
    text = recipe("windows", facts())
    spoilt = text.replace(right, wrong).replace("</Command>", "</Commands>" if wrong == "<Commands>" else "</Command>")
    assert spoilt != text
    assert not schema.is_valid(spoilt)


def test_what_the_windows_task_starts_runs(night: Night):
    """The same words, without Windows: the command and its arguments, in the working folder."""
    night.drop("a.csv")
    action = ET.fromstring(recipe("windows", facts(night.root, command(), CLIENT))).find(f"{TASK}Actions/{TASK}Exec")
    program, arguments, folder = (action.findtext(f"{TASK}{name}") for name in ("Command", "Arguments", "WorkingDirectory"))
    done = subprocess.run([program, *shlex.split(arguments)], cwd=folder, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


# Docker: there is no engine here, so the lines of the file are run in an environment that is as bare as the image


def instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_dockerfile_says_what_runs_and_gives_root_away():
    told = instructions(recipe("docker", facts()))
    words = [word for word, _ in told]
    assert words[0] == "FROM"
    assert set(words) <= {"FROM", "ARG", "COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}
    last_root = max(place for place, word in enumerate(words) if word == "RUN")
    assert last_root < words.index("USER") < words.index("ENTRYPOINT")
    asked = dict(told)
    assert asked["USER"] not in ("root", "0")
    assert re.fullmatch(r"python:3\.\d+-slim", asked["FROM"]), "an image whose version is named"
    assert (asked["ENTRYPOINT"], asked["CMD"]) == ('["promo"]', '["run", "--client", "acme", "--json"]')


def test_the_dockerfiles_lines_give_a_core_that_runs(night: Night, tmp_path: Path):
    uv = shutil.which("uv")
    if uv is None:
        assert not os.environ.get("CI"), "uv must be there"
        pytest.skip("uv is not installed")
    image = tmp_path / "image"
    # the Python of this environment, where the image has the one its first line names
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(image)], check=True, timeout=120)
    subprocess.run([uv, "build", "-q", "--wheel", "--out-dir", str(tmp_path), str(ROOT)], check=True, timeout=300)
    (image / "bin" / "pip").write_text(f'#!/bin/sh\nexec {uv} pip "$@" -q --python {image}/bin/python\n')
    (image / "bin" / "pip").chmod(0o755)
    told = instructions(recipe("docker", facts(client=CLIENT)))
    (copied,) = [rest.split()[0] for word, rest in told if word == "COPY"]
    assert (tmp_path / Path(copied).name).exists(), "the wheel is called as the recipe says"
    bare = {"PATH": f"{image}/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    for word, rest in told:
        if word == "RUN" and not rest.startswith("useradd"):
            # where packages come from is this machine's own business
            building = {**os.environ, "PATH": bare["PATH"]}
            subprocess.run(["/bin/sh", "-c", rest.replace("/tmp/", f"{tmp_path}/")], env=building, check=True, timeout=300)
    night.configure('[run]\ntrain = "never"\nworkbook_rows = 6')
    night.drop("a.csv")
    ran = subprocess.run(["promo", "run", "--client", CLIENT, "--json"], cwd=night.root, env=bare, capture_output=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    assert len(list(night.outputs.glob("*/a/plan.xlsx"))) == 1
    assert not list(image.rglob("sklearn")), "the core only"
