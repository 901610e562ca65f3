"""Taking out again what was written for one host."""

from __future__ import annotations

from addin.installation.ledger import Host, Ledger, Undone
from addin.installation.places import record_file
from addin.installation.system import System
from scorer.errors import OutputRefused


def undo(host: Host, program: str, system: System) -> Undone:
    """Remove what was written for a host and no other one needs. Raises OutputRefused, FileUnreadable."""
    ledger = Ledger(record_file(system))
    try:
        return ledger.undo(host)
    except OSError as why:
        remedy = f"Close {program} and uninstall again; what is left is still on record."
        raise OutputRefused.because(why.filename, f"it could not be removed ({why.strerror})", remedy) from why
