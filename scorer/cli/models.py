"""``promo models``: which models a client has, which one is in use, changing that, and proving that they are to be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scorer.cli import machine
from scorer.cli.answering import answer, at
from scorer.cli.options import HERE, AsJson, ClientName, Folder, TaskName, Why
from scorer.cli.progress import stages
from scorer.tasks import PROMOTION_LIFT

if TYPE_CHECKING:
    from scorer.artifacts.store import Decision, Store
    from scorer.campaign import Campaign
    from scorer.results import KeyMade, Signed

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


@models_app.command(epilog="Example: promo models keygen --out keys/acme.key")
def keygen(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The key file to write.", show_default=False)],
    kind: Annotated[
        Literal["hmac-sha256", "ed25519"],
        typer.Option("--kind", help="One key that signs and checks, or a pair of which one half only checks (needs [sign])."),
    ] = "hmac-sha256",
    as_json: AsJson = False,
) -> None:
    """Make a key to sign models with. Name its file in the client file ([trust] key_file) or in PROMO_MODEL_KEY_FILE."""
    from scorer import verbs

    answer(verbs.keygen(out, kind), as_json, _tell_key)


@models_app.command(epilog="Example: promo models sign 20260401T093000Z-0a1b2c3d --key keys/acme.key")
def sign(
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="Left out: the one in use.", show_default=False)
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Key file to sign with; left out: the configured one.")
    ] = None,
    task: TaskName = LIFT,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Sign a model, so that it is believed where a key is configured."""
    from scorer import verbs

    answer(verbs.sign(at(workspace), version, client, key, task), as_json, _tell_signed)


@models_app.command(epilog="Example: promo models fuzz --rounds 100000 --seed 7")
def fuzz(
    version: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="Left out: the one in use.", show_default=False)
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", metavar="N", min=1, help="How many spoilt copies to read.")] = 2_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another seed spoils them in other ways.")] = 7,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Spoil copies of a model in thousands of ways, and see that none is believed; ends with 1 when one is."""
    from scorer import campaign

    folder = _store(workspace, client).open(LIFT, version).folder
    with stages(as_json) as say:
        found = campaign.run(folder, rounds, seed, say=say)
    answer(found, as_json, _tell_campaign)
    if not found.held:
        raise typer.Exit(1)


def _store(workspace: Path, client: str | None) -> Store:
    from scorer import verbs
    from scorer.workspace import Workspace

    return verbs.store_of(Workspace(workspace), client)


def _tell(decision: Decision) -> None:
    typer.echo(f"In use since {decision.at}: {decision.version} ({decision.why}; {decision.who})")


def _tell_key(made: KeyMade) -> None:
    typer.echo(f"Key {made.name} written to {made.file}. Keep it away from the drive that the models lie on.")
    if made.public:
        typer.echo(f"The half that only checks: {made.public}. Give that one to everybody who uses models.")


def _tell_signed(done: Signed) -> None:
    typer.echo(f"{done.version} signed with key {done.key}: {done.file}")
    if done.doubt:
        typer.echo(done.doubt)


def _tell_campaign(found: Campaign) -> None:
    for what, kinds in (("Damaged", found.damaged), ("Forged", found.forged)):
        for kind, ends in kinds.items():
            typer.echo(f"{what}, {kind}: " + ", ".join(f"{count:,} {ending}" for ending, count in ends.items()))
    for one in found.findings:
        if one.ending != "different":
            typer.echo(f"Round {one.round} ({one.kind}, {one.part}): {one.ending}; {one.words}")
    unseen = found.ended(forged=True, ending="different")
    typer.echo(
        f"{found.rounds:,} spoilt copies in {found.seconds:,.0f} s (seed {found.seed}). Forged with new hashes and then other "
        f"answers: {unseen:,}; only a signature stops those."
    )
    typer.echo("Held: nothing else was believed." if found.held else "NOT HELD: see above.")
