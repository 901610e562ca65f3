"""Run without anybody watching: what is new is learnt, what waits is scored, what is wrong is said."""

from __future__ import annotations

from datetime import date

from scorer.errors import FileUnreadable, RunLocked
from scorer.lock import client_lock, lent
from scorer.recipes.render import Facts, command
from scorer.recipes.render import recipe as filled
from scorer.running.alerts import Alert, Level
from scorer.running.log import Tell, untold
from scorer.running.run import Ran
from scorer.running.work import Work
from scorer.saying import Say, quiet
from scorer.verbs.signature import product
from scorer.workspace import Workspace


def run(
    workspace: Workspace, client: str | None = None, day: date | None = None, say: Say = quiet, tell: Tell = untold
) -> tuple[Ran, ...]:
    """Refresh, train when due, score every list in the inbox, say what is wrong, remove what is old.

    A run that was cut short is finished first, so there may be two to report. day: the day the run counts as; left out,
    today. tell: is given each line of the log. What goes wrong with a list or a stage is in the report and its exit code.
    Raises RunLocked, ClientNotFound, BadSettings, and OutputRefused where not even the journal can be written.
    """
    from scorer.running.course import Setting, tell_all
    from scorer.running.identity import idle_run
    from scorer.running.places import Places
    from scorer.running.run import run_all

    chosen = workspace.choose(client)
    today = day or date.today()  # noqa: DTZ011 - the day of whoever lives here
    setting = Setting(Places(workspace, chosen.client), chosen, _work(workspace, chosen.client, today, say), today, say, tell)
    lock = workspace.lock(chosen.client)
    try:
        with client_lock(lock, chosen.client, say) as held, lent(lock, held):
            return run_all(setting)
    except RunLocked as why:
        tell_all(setting, idle_run(today), "lock", "held by another run", 0.0, {}, str(why))
        raise


def recipe(workspace: Workspace, name: str, client: str | None = None) -> str:
    """Return how a scheduler starts ``promo run``, filled in for this workspace: airflow, cron, dagster, docker, windows.

    Raises BadQuestion for another name, ClientNotFound.
    """
    chosen = workspace.choose(client).client
    return filled(name, Facts(command(), str(workspace.root.resolve()), chosen, product()))


def _work(workspace: Workspace, client: str, today: date, say: Say) -> Work:
    from scorer.verbs.learning import train
    from scorer.verbs.preparing import refresh
    from scorer.verbs.scoring import score
    from scorer.verbs.workbooks import workbook

    return Work(
        refresh=lambda: refresh(workspace, client, say),
        train=lambda: train(workspace, client, say),
        score=lambda path, out: score(workspace, path, out, client, say),
        workbook=lambda path, out: workbook(workspace, path, out, client, say),
        examine=lambda: _examined(workspace, client, today),
        product=product(),
    )


def _examined(workspace: Workspace, client: str, today: date) -> list[Alert]:
    """Return what the health checks of a lake found, or why it cannot be looked at."""
    from scorer.lake.health import State
    from scorer.verbs.examining import health

    if not workspace.lake(client).exists():
        return []
    levels: dict[State, Level] = {State.WARNING: "warning", State.TROUBLE: "alarm"}
    try:
        found = health(workspace, client, today).findings
    except FileUnreadable as why:
        return [Alert("warning", "health", str(why))]
    return [Alert(levels[one.state], one.name, f"{one.words} {one.remedy}".strip()) for one in found if one.state in levels]
