"""Score list: the figures of every promotion beside its row, after a question where something stands there already."""

from __future__ import annotations

from typing import NamedTuple

from addin import blocks
from addin.before import Written
from addin.blocks import GENERAL, Area
from addin.buttons.lists import (
    hear,
    input_of,
    notes_in_words,
    plan_of_run,
    reasons_by_line,
    reasons_in_words,
    rows_in_words,
    verdicts_in_words,
)
from addin.buttons.long_lists import LONG, score_into_file
from addin.buttons.target_cells import Answers, Targets, neighbours, occupied, pieces, targets_of
from addin.look import NUMBERS, paint
from addin.plan_sheets import PlanOnSheet
from addin.run import Finished, Run
from scorer.contracts.scored import SCORED
from scorer.errors import OutputRefused, listed
from scorer.results import AnsweredList

KEPT = "Nothing was written: the cells are as they were. Clear them, or press again and answer yes."


class _Block(NamedTuple):
    """Neighbouring columns to fill: where, which answers, and what was there before."""

    area: Area
    names: list[str]
    there: Written


def score(run: Run) -> Finished:
    """Score the plan of the active sheet and write its figures beside its rows."""
    from scorer import verbs

    plan = plan_of_run(run)
    _must_not_be_planning_workbook(plan)
    if sum(plan.filled()) > LONG:
        return score_into_file(run, plan)
    client = run.desk.client
    targets = targets_of(plan, client)
    explain = "reasons" in targets.columns
    found = verbs.answer_list(run.desk.workspace, plan.cells, client.client, hear(run), reasons=explain)
    answers = _answers(plan, found)
    todo = [_before(run, plan, targets, first, names) for first, names in neighbours(targets)]
    question = _question(todo, plan, answers, targets)
    done = _finished(plan, found, answers)
    if question and not run.talk.ask("Score list", f"{question} {_rows(plan, answers)}."):
        return done._replace(words=KEPT, done=False)
    say = hear(run)
    for one in todo:
        say(f"Writing {listed(one.names)}")
        _write(plan, one, answers, added=targets.added)
    if targets.added:
        _extend(plan, targets)
    return done._replace(words=_words(plan, found, answers, targets, done))


def _must_not_be_planning_workbook(plan: PlanOnSheet) -> None:
    from scorer.workbook.template import read_template

    if plan.place.table is not None and plan.place.table.name == read_template().plan.table:
        raise OutputRefused.because(
            plan.place.name,
            "it is a planning workbook, whose figures stand together with the row each was worked out for",
            "Press ROI sheet to write it anew; or score the list it was made of on a sheet of your own.",
        )


def _answers(plan: PlanOnSheet, found: AnsweredList) -> Answers:
    at = {int(line): place for place, line in enumerate(found.lines.tolist())}
    return Answers(found.answer, at, {**plan.asked.refused, **reasons_by_line(found.rejects)})


def _before(run: Run, plan: PlanOnSheet, targets: Targets, first: int, names: list[str]) -> _Block:
    """Take down what stands in the cells to write; of added columns with their header."""
    area = Area(plan.body.row, first, plan.body.rows, len(names))
    if not targets.added:
        return _Block(area, names, run.before.writes(plan.sheet, area))
    whole = area._replace(row=area.row - 1, rows=area.rows + 1)
    return _Block(area, names, run.before.writes(plan.sheet, whole, plan.place.table))


def _question(todo: list[_Block], plan: PlanOnSheet, answers: Answers, targets: Targets) -> str:
    """Return what to ask before anything is written over; nothing where nothing stands there."""
    cells, columns = 0, []
    if not targets.added:
        for one in todo:
            for at, count in enumerate(occupied(one.area, one.there.rows, answers)):
                cells += count
                if count:
                    columns.append(plan.place.headers[one.area.column + at - plan.place.area.column])
    if not cells:
        return ""
    named = f"{'columns' if len(columns) > 1 else 'column'} {listed(columns)}"
    if cells == 1:
        return f"1 cell in {named} holds something: overwrite it?"
    return f"{cells:,} cells in {named} hold something: overwrite them?"


def _rows(plan: PlanOnSheet, answers: Answers) -> str:
    blank = plan.body.rows - len(answers.at) - len(answers.reasons)
    return rows_in_words(len(answers.at), len(answers.reasons), blank)


def _write(plan: PlanOnSheet, one: _Block, answers: Answers, *, added: bool) -> None:
    held = one.there.rows[1:] if added else one.there.rows
    _number_formats(plan, one)
    for piece in pieces(one.area, one.names, held, answers):
        blocks.write(plan.sheet, piece.area, piece.rows)
    if added:
        _headers(plan, one)


def _number_formats(plan: PlanOnSheet, one: _Block) -> None:
    """Show figures as the planning workbook does, in columns that have no number format yet."""
    from scorer.workbook.filling.cell_styles import planning_shapes

    shapes = planning_shapes()
    shown = {column for area, code in one.there.formats if code != GENERAL for column in range(area.column, area.right + 1)}
    for at, name in enumerate(one.names):
        code = shapes.get(name) or NUMBERS.get(SCORED.kinds.get(name))  # type: ignore[arg-type]
        if code and one.area.column + at not in shown:
            one.area._replace(column=one.area.column + at, columns=1).of(plan.sheet).number_format = code


def _headers(plan: PlanOnSheet, one: _Block) -> None:
    from scorer.workbook.filling.added_columns import widths

    head = Area(one.area.row - 1, one.area.column, 1, one.area.columns)
    blocks.write(plan.sheet, head, [one.names])
    if one.there.looks is None or not one.there.looks.plain:
        return
    cells = head.of(plan.sheet)
    cells.color, cells.font.bold = paint().head, True
    known = widths()
    for at, name in enumerate(one.names):
        plan.sheet.range((head.row, head.column + at)).column_width = max(known.get(name, 0), len(name) + 3)


def _extend(plan: PlanOnSheet, targets: Targets) -> None:
    """Make the added columns a part of the plan's table, where it is one."""
    table = plan.place.table
    if table is None:
        return
    whole = blocks.area_of(table.range)
    right = max(targets.columns.values())
    table.resize(whole._replace(columns=right - whole.column + 1).of(plan.sheet))


def _finished(plan: PlanOnSheet, found: AnsweredList, answers: Answers) -> Finished:
    return Finished(
        words="",
        model=found.done.model_version,
        data_cut="".join(map(str, found.answer["data_cut"][:1].tolist())),
        input_hash=input_of(plan),
        rows_in=plan.body.rows,
        scored=len(answers.at),
        rejected=len(answers.reasons),
    )


def _words(plan: PlanOnSheet, found: AnsweredList, answers: Answers, targets: Targets, done: Finished) -> str:
    columns = sorted(targets.columns.values())
    where = ", ".join(
        Area(plan.body.row, first, plan.body.rows, count).address for first, count in blocks.runs(columns)
    )
    totals = found.done.totals
    told = [
        f"{_rows(plan, answers)}. The figures are in {where} of sheet '{plan.sheet.name}'.",
        verdicts_in_words(found.done.verdicts),
        "Expected in all: profit {:+,.0f}, cost {:,.0f}, extra units {:,.0f}.".format(
            *(totals[f"{name}_expected"] for name in ("incremental_profit", "promotion_cost", "incremental_units"))
        ),
        *reasons_in_words(dict(answers.reasons)),
    ]
    full = [f"The sheet is full ({blocks.LAST_ROW:,} rows): what did not fit is in no figure."] if plan.is_full else []
    return "\n".join(line for line in told if line) + notes_in_words([*full, *found.done.notes]) + f"\nModel {done.model}."
