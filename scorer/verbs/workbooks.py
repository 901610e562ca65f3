"""Score a list into the planning workbook."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scorer.columns import length
from scorer.errors import NothingToWorkOn, OutputRefused
from scorer.plan import Listing, Plan, fingerprint, read_plan
from scorer.results import ScoredList
from scorer.saying import Say, quiet
from scorer.scoring import Scored
from scorer.scoring import score as score_plan
from scorer.settings import Client, Language, speaking
from scorer.verbs.examining import health_beside
from scorer.verbs.scoring import complain, doubts, spare, summary
from scorer.verbs.serving import load
from scorer.verbs.signature import product, who
from scorer.workspace import Workspace

if TYPE_CHECKING:
    from scorer.lake.health import Examined
    from scorer.model import PromotionModel
    from scorer.planning.scenario_file import Scenario
    from scorer.workbook.content import Content, Run
    from scorer.workbook.extra import ExtraSheet


def workbook(
    workspace: Workspace,
    plan: Listing,
    out: Path,
    client: str | None = None,
    say: Say = quiet,
    language: Language | None = None,
    scenarios: Path | None = None,
) -> ScoredList:
    """Score a list and write the planning workbook, in the client's language or another.

    scenarios: a TOML file of named changes of the list, to be shown side by side on a sheet of their own.
    Raises as ``score`` does, BadSettings for a language there is none of, FileUnreadable and BadQuestion for the scenarios.
    """
    from scorer.planning.ladder import ladders
    from scorer.planning.scenario_file import read_scenarios
    from scorer.workbook.assemble import content_of
    from scorer.workbook.write import write_workbook

    if out.suffix.lower() != ".xlsx":
        raise OutputRefused.because(out, f"'{out.suffix}' is no ending of a workbook", "Use .xlsx.")
    spare(plan, out)
    named = read_scenarios(scenarios) if scenarios is not None else []
    say("Loading the model")
    model, chosen = load(workspace, client)
    if language is not None:
        chosen = speaking(chosen, language)
    say(f"Reading {plan}")
    read = read_plan(plan, chosen)
    say(f"Scoring {read.rows:,} promotions")
    scored = score_plan(read, model, chosen)
    if not length(scored.answer):
        raise NothingToWorkOn.because(
            f"No row of {plan} could be scored", "Look at the reasons: promo score writes them to a file."
        )
    say("Trying other discounts")
    ladder = ladders(scored.plan, model, chosen)
    say("Looking for clashes")
    content = content_of(chosen, scored, ladder, model, run_of(plan, read))
    further, told = further_sheets(content, scored, model, chosen, health_beside(workspace, chosen))
    if named:
        say(f"Scoring {len(named)} scenarios")
        sheets, missing = _scenario_sheets(read, named, model, chosen)
        further, told = [*further, *sheets], [*told, *missing]
    say(f"Writing {out}")
    write_workbook(out, content, further)
    done = summary(model, read, scored, out)
    done = done._replace(notes=[*done.notes, *told, *doubts(model)])
    complain(done, chosen, f"the Rejects sheet of {out}")
    return done


def further_sheets(
    content: Content, scored: Scored, model: PromotionModel, client: Client, found: Examined | None
) -> tuple[list[ExtraSheet], list[str]]:
    """Return the sheets that join the planning workbook, each right of the one it belongs to; and what is left out, in words.

    found: how the data behind the figures is doing; None where nothing is recorded.
    """
    from scorer.workbook.calendar_sheets import calendar_sheets
    from scorer.workbook.sheet_health import HealthSheet
    from scorer.workbook.sheet_payback import PaybackSheet
    from scorer.workbook.sheet_paybacks import PaybacksSheet

    calendar, told = calendar_sheets(content, scored, model, client)
    return [*calendar, PaybackSheet(content), PaybacksSheet(content), HealthSheet(found)], told


def _scenario_sheets(
    read: Plan, named: list[Scenario], model: PromotionModel, client: Client
) -> tuple[list[ExtraSheet], list[str]]:
    """Return the sheets of the scenarios; and which names they choose by that stand nowhere in the list."""
    from scorer.planning.scenario import scenarios
    from scorer.planning.scenario_file import missing_names
    from scorer.workbook.sheet_scenarios import scenario_sheets

    missing = [sentence for scenario in named for sentence in missing_names(scenario, read.columns)]
    return scenario_sheets(scenarios(read, named, model, client), client.workbook.language), missing


def run_of(plan: Listing, read: Plan) -> Run:
    """Return the stamp of the run that makes a workbook of a list: when, by whom, from what."""
    from scorer.workbook.content import Run

    now = datetime.now(UTC).replace(microsecond=0)
    return Run(
        run_id=now.strftime("%Y%m%dT%H%M%SZ"),
        made_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        made_by=who(),
        product_version=product(),
        input_hash=fingerprint(plan),
        source=plan.name,
        rows_in=read.rows + length(read.rejects) + read.blank,
        blank_rows=read.blank,
    )
