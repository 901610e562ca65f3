"""What an installation of the add-in knows: which workspace and client it serves. One small file per user.

The environment goes before the file: ``PROMO_WORKSPACE``, ``PROMO_CLIENT`` and, for the file itself, ``PROMO_ADDIN_FILE``.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from scorer import atomic
from scorer.errors import BadSettings
from scorer.settings import Language, Section, parse_settings

FILE = "addin.toml"
FILE_NAMED = "PROMO_ADDIN_FILE"
FOLDER = "promo-planner"


class Configuration(Section):
    """The workspace whose models answer, the client where the workbook names none, the language of the buttons.

    pipe: the name under which LibreOffice and the process that answers it find each other.
    """

    workspace: Path = Path()
    client: str | None = None
    language: Language | None = None
    pipe: str | None = None


def configuration_file(environment: Mapping[str, str] | None = None) -> Path:
    """Return where the file of this user lies; it need not be there."""
    named = (os.environ if environment is None else environment).get(FILE_NAMED)
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path(FOLDER, appauthor=False) / FILE


def read_configuration(environment: Mapping[str, str] | None = None) -> Configuration:
    """Read what is configured; without a file the workspace is the current folder. Raises BadSettings."""
    environment = os.environ if environment is None else environment
    path = configuration_file(environment)
    raw = {}
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        raise BadSettings.unreadable(path, why, "a configuration of the add-in") from why
    given = {"workspace": environment.get("PROMO_WORKSPACE"), "client": environment.get("PROMO_CLIENT")}
    return parse_settings(Configuration, raw | {name: value for name, value in given.items() if value}, path)


def write_configuration(path: Path, configured: Configuration) -> None:
    """Write the file. Raises OutputRefused."""
    lines = ["# What the Promo Planner add-in of this user works with; 'promo addin install' writes it."]
    lines += [f"{name} = {_quoted(value)}" for name, value in configured.model_dump(mode="json", exclude_none=True).items()]
    atomic.write_text(path, "\n".join(lines) + "\n")


def _quoted(text: str) -> str:
    r"""Return a text as TOML writes it: in single quotes as it is, where nothing in it needs another form.

    >>> print(_quoted(r"C:\Promo"), _quoted("L'Oie\n"))
    'C:\Promo' "L'Oie\n"
    """
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
