"""Where things lie: a workspace is a folder, and every client has its own corner of each part of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scorer.settings import Client, choose_client


class Workspace(NamedTuple):
    """A folder that ``promo`` works in; nothing is read or written outside it unless the user names a path."""

    root: Path

    @property
    def clients(self) -> Path:
        """The folder of the client files."""
        return self.root / "clients"

    def client_file(self, client: str) -> Path:
        """Return the client file."""
        return self.clients / f"{client}.toml"

    def exports(self, client: str) -> Path:
        """Return the folder of a client's exports."""
        return self.root / "exports" / client

    def inbox(self, client: str) -> Path:
        """Return the folder of the lists that wait for the next run."""
        return self.root / "inbox" / client

    def lake(self, client: str) -> Path:
        """Return the database file of a client."""
        return self.root / "lake" / f"{client}.duckdb"

    def models(self, client: str) -> Path:
        """Return the folder of a client's models, by task."""
        return self.root / "models" / client

    def outputs(self, client: str, run: str) -> Path:
        """Return the folder of what one run gave."""
        return self.root / "outputs" / client / run

    def lock(self, client: str) -> Path:
        """Return the file that says which run is at work on a client."""
        return self.root / "lake" / f"{client}.lock"

    def log(self, client: str) -> Path:
        """Return the plan log of a client, where it is a file."""
        return self.root / "log" / f"{client}.db"

    def choose(self, client: str | None) -> Client:
        """Read the named client, or the only one there is. Raises ClientNotFound or BadSettings."""
        return choose_client(self.clients, client)
