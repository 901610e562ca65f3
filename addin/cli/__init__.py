"""The command line with the add-in: the verbs of ``promo``, and ``promo addin`` beside them."""

from __future__ import annotations


def main() -> None:
    """Run ``promo`` and leave the process with the exit code of what happened."""
    from addin.cli.app import addin_app
    from scorer.cli import endings

    endings.main(addin=addin_app)
