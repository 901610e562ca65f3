"""``promo models``: which models a client has, which one is in use, and changing that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scorer.cli import machine
from scorer.cli.options import HERE, AsJson, ClientName, Folder, TaskName, Why
from scorer.tasks import PROMOTION_LIFT

if TYPE_CHECKING:
    from scorer.artifacts.store import Decision, Store

LIFT = PROMOTION_LIFT.name
BY_HAND = "decided by hand"

models_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="rich", help="See the trained models, and choose which one is in use."
)


@models_app.command("list", epilog="Example: promo models list --client acme")
def list_models(client: ClientName = None, workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """List every model, newest first, with its figures; the one in use is marked."""
    from scorer.cli import printing

    store = _store(workspace, client)
    versions = {task: store.versions(task) for task in store.tasks()}
    if as_json:
        typer.echo(machine.to_json(versions))
    else:
        printing.model_list(store.client, versions)


@models_app.command(epilog="Example: promo models show --client acme")
def show(
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="Left out: the one in use.", show_default=False)
    ] = None,
    task: TaskName = LIFT,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show one model: what it learnt from, how good it is, and who put it in use."""
    from scorer.cli import printing

    store = _store(workspace, client)
    found = store.open(task, version)
    decisions = [decision for decision in store.history(task) if decision.version == found.version]
    if as_json:
        facts = {**vars(found.facts), "version": found.version, "folder": found.folder, "decisions": decisions}
        typer.echo(machine.to_json(facts))
    else:
        printing.one_model(found, decisions, in_use=found.version == store.current(task))


@models_app.command(epilog="Example: promo models promote 20260401T093000Z-0a1b2c3d --why 'checked by finance'")
def promote(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="As 'promo models list' shows it.", show_default=False)],
    why: Why = BY_HAND,
    task: TaskName = LIFT,
    client: ClientName = None,
    workspace: Folder = HERE,
) -> None:
    """Put a model in use: from now on lists are scored by it."""
    from scorer import verbs
    from scorer.workspace import Workspace

    _tell(verbs.promote(Workspace(workspace), version, why, client, task))


@models_app.command(epilog="Example: promo models rollback --client acme --why 'odd figures for dairy'")
def rollback(why: Why = BY_HAND, task: TaskName = LIFT, client: ClientName = None, workspace: Folder = HERE) -> None:
    """Go back to the model that was in use before."""
    from scorer import verbs
    from scorer.workspace import Workspace

    _tell(verbs.rollback(Workspace(workspace), why, client, task))


def _store(workspace: Path, client: str | None) -> Store:
    from scorer import verbs
    from scorer.workspace import Workspace

    return verbs.store_of(Workspace(workspace), client)


def _tell(decision: Decision) -> None:
    typer.echo(f"In use since {decision.at}: {decision.version} ({decision.why}; {decision.who})")
