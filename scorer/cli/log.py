"""``promo commit``, ``decide``, ``plans`` and ``post-event``: what was promised, who decided, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scorer.cli.answering import answer, at, complain, listed
from scorer.cli.options import DECIDE, HERE, AsJson, ClientName, Folder, PlanFile
from scorer.cli.progress import stages

log_app = typer.Typer()
plans_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode="rich", help="See what the plan log holds: every plan, its history, how planning goes."
)
log_app.add_typer(plans_app, name="plans", rich_help_panel=DECIDE)

NO_REASON = ""
Reason = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; kept with the decision or override.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Promotions, as 'promo plans list' names them.")]


@log_app.command(
    rich_help_panel=DECIDE,
    epilog="Example: promo commit upcoming.csv --promotion P-17 --override lift=0.35 --why 'new display'",
)
def commit(
    plan: PlanFile,
    status: Annotated[
        str, typer.Option("--status", metavar="STATUS", help="How far the plans are: draft, planned, approved or committed.")
    ] = "planned",
    promotion: Annotated[
        list[str] | None, typer.Option("--promotion", metavar="ID", help="Only this row; may be given several times.")
    ] = None,
    override: Annotated[
        list[str] | None,
        typer.Option("--override", metavar="FIGURE", help="Your own figure for the one promotion: lift=0.35 or baseline=12.5."),
    ] = None,
    why: Reason = NO_REASON,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Put a list into the plan log: its predictions are frozen with everything they rest on."""
    from scorer import verbs
    from scorer.cli import log_printing
    from scorer.planning.log.overrides import parse

    figures = parse(override or ())
    with stages(as_json) as say:
        done, refused = listed(lambda: verbs.commit(at(workspace), plan, status, promotion or (), figures, why, client, say))
    answer(done, as_json, log_printing.committed, log_printing.committed_data)
    complain(refused)


@log_app.command(rich_help_panel=DECIDE, epilog="Example: promo decide approve P-17 P-18 --why 'budget confirmed'")
def decide(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="plan, approve, commit or reject.", show_default=False)],
    promotions: Ids,
    why: Reason = NO_REASON,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Decide on plans of the log, and keep who, when and why: all of the named ones, or none."""
    from scorer import verbs
    from scorer.cli import log_printing

    answer(verbs.decide(at(workspace), decision, promotions, why, client), as_json, log_printing.decided)


@plans_app.command("list", epilog="Example: promo plans list --status approved")
def list_plans(
    status: Annotated[str | None, typer.Option("--status", metavar="STATUS", help="Only plans that are this far.")] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List every plan: what was promised, how far it is, and who decided."""
    from scorer import verbs
    from scorer.cli import log_printing

    entries = verbs.plans(at(workspace), client, status)
    answer(entries, as_json, log_printing.plans, log_printing.plans_data)


@plans_app.command(epilog="Example: promo plans show P-17")
def show(
    promotion: Annotated[str, typer.Argument(metavar="ID", help="As 'promo plans list' names it.", show_default=False)],
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show one plan: the figures as they were frozen, and everything that happened to it."""
    from scorer import verbs
    from scorer.cli import log_printing

    found = verbs.plan_history(at(workspace), promotion, client)
    answer(found, as_json, log_printing.history, log_printing.history_data)


@plans_app.command(epilog="Example: promo plans tracking --json")
def tracking(client: ClientName = None, workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """Count how planning goes: plans a week, adopted, rejected, success rate, return; all from the log."""
    from scorer import verbs
    from scorer.cli import log_printing

    answer(verbs.track(at(workspace), client), as_json, log_printing.tracked, log_printing.tracked_data)


@log_app.command("post-event", rich_help_panel=DECIDE, epilog="Example: promo post-event --out post_event.xlsx")
def post_event(
    actuals: Annotated[
        Path | None,
        typer.Option("--actuals", metavar="FILE", help="Units sold by promotion, where the sales history does not know them."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the post-event workbook: .xlsx.")] = None,
    client: ClientName = None,
    workspace: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Compare committed promotions with what came of them: why profit differed, and whether the forecast held."""
    from scorer import verbs
    from scorer.cli import log_printing

    with stages(as_json) as say:
        done = verbs.post_event(at(workspace), actuals, out, client, say)
    answer(done, as_json, log_printing.learnt, log_printing.learnt_data)
