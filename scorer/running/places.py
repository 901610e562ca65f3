"""Where the files of runs lie in a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scorer.workspace import Workspace

MANIFEST = "manifest.json"


class Places(NamedTuple):
    """The corner of a workspace in which one client's runs live."""

    workspace: Workspace
    client: str

    @property
    def inbox(self) -> Path:
        """Where lists wait to be scored."""
        return self.workspace.inbox(self.client)

    def done(self, run: str) -> Path:
        """Return where the lists go that a run scored."""
        return self.inbox / "done" / run

    def failed(self, run: str) -> Path:
        """Return where the lists go that a run could not use, each with its reason beside it."""
        return self.inbox / "failed" / run

    @property
    def outputs(self) -> Path:
        """Where each run has a folder for what it gave."""
        return self.workspace.root / "outputs" / self.client

    def output(self, run: str) -> Path:
        """Return the folder of what one run gave."""
        return self.workspace.outputs(self.client, run)

    def manifest(self, run: str) -> Path:
        """Return the file that says what went into a run and what came out of it."""
        return self.output(run) / MANIFEST

    @property
    def alerts(self) -> Path:
        """The file a monitor reads: always that of the last run."""
        return self.outputs / "alerts.json"

    @property
    def journals(self) -> Path:
        """Where each run has its journal."""
        return self.workspace.root / "runs" / self.client

    def journal(self, run: str) -> Path:
        """Return the journal of a run."""
        return self.journals / f"{run}.json"

    @property
    def memory(self) -> Path:
        """What the lake and the model were last made from."""
        return self.journals / "memory.json"

    @property
    def log(self) -> Path:
        """One line of JSON per stage, of all runs."""
        return self.workspace.root / "logs" / f"{self.client}.jsonl"
