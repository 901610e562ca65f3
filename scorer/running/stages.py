"""The stages of a run, in the order in which they are called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from time import monotonic

from scorer.artifacts.store import Store
from scorer.errors import InputRefused, ModelNotFound
from scorer.model import BUNDLE_TASK
from scorer.running import alerts, exports, manifest, needs
from scorer.running.blame import fault
from scorer.running.course import Course, Outcome, Setting, now, since
from scorer.running.findings import findings
from scorer.running.identity import learning_hash, settings_hash
from scorer.running.inbox import put_away
from scorer.running.journal import Listed
from scorer.running.memory import Refreshment, Training, recall, remember
from scorer.running.retention import retain
from scorer.running.scored_list import Key, Maker, made


def refresh(course: Course) -> Outcome:
    """Make the lake again if the exports are others than those it was made from."""
    setting = course.setting
    need = needs.refreshing(setting)
    if not need.needed:
        return Outcome("skipped", {}, need.why)
    setting.say(f"Reading the exports again ({need.why})")
    done = setting.work.refresh()
    memory = recall(setting.places)
    files = exports.as_read(need.files, done.reads, memory.refreshed.files if memory.refreshed else ())
    made_from = exports.made_from(files, learning_hash(setting.client, setting.work.product))
    remember(setting.places, memory._replace(refreshed=Refreshment(made_from, course.journal.run, files)))
    counts = {
        one.table: {"rows": one.rows, "used": one.used, "apart": one.apart, "rejected": one.rejected} for one in done.counts
    }
    counts_of_all = {**counts, "promotions": done.promotions, "learnable": done.learnable, "set_aside": len(done.aside)}
    if not done.aside:
        return Outcome("done", counts_of_all, need.why)
    # the lake was built without them; health goes on saying so until they are exported again
    aside = "; ".join(one.why for one in done.aside)
    return Outcome("done", counts_of_all, f"{need.why}; set aside: {aside}", InputRefused.exit_code)


def train(course: Course) -> Outcome:
    """Train when it is time, and never without anything new to learn."""
    setting = course.setting
    due = needs.training(setting)
    if not due.now:
        return Outcome("skipped", {}, due.why)
    setting.say(f"Training: {due.why}")
    trained = setting.work.train()
    memory = recall(setting.places)
    made_from = memory.refreshed.made_from if memory.refreshed else ""
    there_is = exports.material(setting.places.workspace.lake(setting.client.client), made_from)
    if there_is is not None:
        learnt = Training(trained.version, setting.day.isoformat(), made_from, there_is.promotions, there_is.sales)
        remember(setting.places, memory._replace(trained=learnt))
    contest = trained.contest
    counts = {"version": trained.version, "promoted": trained.promoted, "decision": contest.words, "events": contest.events}
    return Outcome("done", counts, due.why)


def score(course: Course) -> Outcome:
    """Score every list that waits; one that cannot be used never keeps another from being scored."""
    maker = _maker(course)
    done = _done_so_far(course)
    for listed in course.journal.lists:
        if listed.state == "waiting":
            course.setting.say(f"Scoring {listed.name}")
            told = _one(course, listed, maker, done)
            if told.state == "scored":
                done[maker.key(told)] = f"{course.journal.run}/{told.folder}"
            course.keep_list(told)
    states = [listed.state for listed in course.journal.lists]
    counts = {state.replace(" ", "_"): states.count(state) for state in dict.fromkeys(states)}
    code = worst(listed.code for listed in course.journal.lists)
    return Outcome("done" if states else "skipped", counts, "" if states else "the inbox is empty", code)


def health(course: Course) -> Outcome:
    """Look at what the run left behind, and collect what somebody should look at."""
    found = [*findings(course.journal), *course.setting.work.examine()]
    course.keep(course.journal._replace(alerts=tuple(found)))
    counts = {level: sum(alert.level == level for alert in found) for level in ("alarm", "warning", "note")}
    return Outcome("done", counts)


def report(course: Course) -> Outcome:
    """Write the manifest and the alerts."""
    setting, journal = course.setting, course.journal
    if not journal.has("health"):
        course.keep(journal._replace(alerts=tuple(findings(course.journal))))
    told = manifest.as_data(course.journal, recall(setting.places).refreshed, setting.work.product, now())
    manifest.write(setting.places, told)
    alerts.write(setting.places.alerts, setting.places.client, journal.run, course.journal.alerts)
    return Outcome("done", told["control_totals"])


def put_lists_away(course: Course) -> Outcome:
    """Move the lists that are settled out of the inbox."""
    moved = [put_away(course.setting.places, course.journal.run, listed) for listed in course.journal.lists]
    return Outcome("done" if moved else "skipped", {"moved": sum(moved)})


def remove_old_runs(course: Course) -> Outcome:
    """Remove what is older than the settings say."""
    return old_runs_removed(course.setting, course.setting.day)


def old_runs_removed(setting: Setting, today: date) -> Outcome:
    gone = retain(setting.places, today, setting.client.run)
    return Outcome("done" if gone else "skipped", {"removed": gone} if gone else {})


def worst(codes: Iterable[int]) -> int:
    """Return the exit code that matters most: a bug, no model, something refused, too many rows refused.

    >>> worst([0, 5, 3]), worst([])
    (3, 0)
    """
    found = set(codes)
    return next((code for code in (1, 4, 2, 3, 6, 5) if code in found), 0)


def _maker(course: Course) -> Maker:
    setting = course.setting
    # a model that is missing is told list by list, so that the lists stay where they are
    model = Store(setting.places.workspace.models(setting.client.client)).current(BUNDLE_TASK) or ""
    # as they are now: a run that is resumed may find others than it began with
    known_by = settings_hash(setting.client, setting.work.product)
    return Maker(setting.work.score, setting.work.workbook, setting.client.run, model, known_by)


def _done_so_far(course: Course) -> dict[Key, str]:
    done = manifest.scored_before(course.setting.places)
    for listed in course.journal.lists:
        if listed.state == "scored":
            done[Key(listed.sha256, listed.model, listed.settings)] = f"{course.journal.run}/{listed.folder}"
    return done


def _one(course: Course, listed: Listed, maker: Maker, done: dict[Key, str]) -> Listed:
    places, run = course.setting.places, course.journal.run
    began, where = monotonic(), done.get(maker.key(listed))
    if where is not None:
        return listed._replace(state="already done", where=where, model=maker.model)
    try:
        if not maker.model:
            raise ModelNotFound.for_task(course.setting.client.client, BUNDLE_TASK)
        return made(listed, places.inbox / listed.name, places.output(run) / listed.folder, maker)
    except Exception as why:  # noqa: BLE001 - told in the journal, beside the list and by the exit code; the others go on
        found = fault(why)
        course.failed(why, f"list-{listed.folder}")
        return listed._replace(state="stays" if found.passing else "failed", why=found.why, code=found.code, seconds=since(began))
