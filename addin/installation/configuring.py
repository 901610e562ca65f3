"""What the add-in is to work with, from the options of an installation and from what was configured before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from addin.configuration import Configuration, configuration_file, read_configuration, write_configuration
from addin.installation.ledger import Host, Ledger
from addin.installation.system import System
from scorer.errors import BadArgument
from scorer.settings import Language
from scorer.workspace import Workspace

# they hold for one process and must not end up in the file
_PASSING = {"PROMO_WORKSPACE", "PROMO_CLIENT"}


def settled(
    environment: Mapping[str, str], workspace: Path | None = None, client: str | None = None, language: Language | None = None
) -> Configuration:
    """Return what is to be configured: what is given, else what was before, else the current folder.

    Raises BadArgument where the folder is not there, ClientNotFound, BadSettings.
    """
    before = read_configuration({name: value for name, value in environment.items() if name not in _PASSING})
    root = (workspace or before.workspace).absolute()
    if not root.is_dir():
        raise BadArgument.named("--workspace", f"there is no folder {root}", "Name the folder that holds clients and models.")
    if client is not None:
        Workspace(root).choose(client)
    given = {"workspace": root, "client": client or before.client, "language": language or before.language}
    return before.model_copy(update=given)


def configure(configured: Configuration, host: Host, ledger: Ledger, system: System) -> tuple[Path, bool]:
    """Write the configuration of this user; return its file and whether anything changed. Raises OutputRefused."""
    file = configuration_file(system.environment)
    before = file.read_bytes() if file.is_file() else b""
    with ledger.writing(file, host):
        write_configuration(file, configured)
    return file, file.read_bytes() != before
