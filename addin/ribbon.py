"""The buttons of the ribbon, in the order they stand: what each is called, what it looks like, and what it promises.

The first line of a docstring is the screen tip, the paragraph after it the help. The work itself lies in ``addin.buttons``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from addin.catalog import button

if TYPE_CHECKING:
    from addin.run import Finished, Run


@button(group="Plan", label="Check data", icon="DataValidation", keytip="D", command="promo check LIST", large=True)
def check_data(run: Run) -> Finished:
    """Check the plan without scoring it.

    Reads the plan on the active sheet and adds a sheet that names every row that cannot be used, its column and the reason,
    and every row that has changed since it was scored. The plan itself stays as it is.
    """
    from addin.buttons.checking import check

    return check(run)


@button(group="Plan", label="Score list", icon="CalculateNow", keytip="S", command="promo score LIST", large=True)
def score_list(run: Run) -> Finished:
    """Score every promotion of the plan.

    Fills the columns that are named like a figure, or adds eight on the right of the plan. Asks before it writes over cells
    that are not empty; Restore takes everything back. A row that cannot be scored gets the reason, a blank row stays blank.
    """
    from addin.buttons.scoring import score

    return score(run)


@button(group="Plan", label="What-if", icon="WhatIfAnalysisMenu", keytip="W", command="promo what-if LIST", large=True)
def what_if(run: Run) -> Finished:
    """Try other discounts and lengths for one promotion.

    Takes the promotion of the selected row, or the first of the plan, and adds a sheet with what each step would bring; the
    step that earns most is marked.
    """
    from addin.buttons.asking import try_changes

    return try_changes(run)


@button(group="Plan", label="Optimise", icon="GoalSeek", keytip="O", command="promo optimise LIST")
def optimise(run: Run) -> Finished:
    """Choose the promotions that earn most under your rules.

    Reads rules.toml beside the workbook, else in the workspace, else keeps the rules that everybody starts with, and adds a
    sheet that says of every promotion whether it is chosen, at which discount, and why.
    """
    from addin.buttons.optimising import choose

    return choose(run)


@button(group="Plan", label="Calendar", icon="CalendarInsert", keytip="K", command="promo calendar LIST")
def calendar(run: Run) -> Finished:
    """Lay the plan out by week and category.

    Adds a sheet with the promotions of every week, and the clashes between them: what each costs, and what would avoid it.
    """
    from addin.buttons.calendars import lay_out

    return lay_out(run)


@button(group="Plan", label="Restore", icon="Undo", keytip="Z", command="promo restore BOOK")
def restore(run: Run) -> Finished:
    """Take back the newest button run on this workbook.

    Puts back the cells as they were before the run and removes the sheets it added. Press it again to take back the run
    before that. It asks first where somebody has changed those cells since.
    """
    from addin.buttons.restoring import take_back

    return take_back(run)


@button(group="Finance", label="ROI sheet", icon="ChartInsert", keytip="R", command="promo workbook LIST", large=True)
def roi_sheet(run: Run) -> Finished:
    """Make the planning workbook of this plan.

    Scores the plan and writes a workbook for finance beside this one, with a waterfall, a break-even and a what-if of every
    promotion in live formulas, and opens it. This workbook stays as it is.
    """
    from addin.buttons.further_books import roi_book

    return roi_book(run)


@button(group="Finance", label="Commit", icon="AcceptInvitation", keytip="C", command="promo commit LIST")
def commit(run: Run) -> Finished:
    """Freeze the forecasts of this plan in the plan log.

    Asks first, with the number of promotions. What is in the log stays as it was said, so that Post-event can compare it
    with what happened.
    """
    from addin.buttons.committing import commit_plan

    return commit_plan(run)


@button(group="Finance", label="Post-event", icon="ReviewCompareTwoVersions", keytip="E", command="promo post-event")
def post_event(run: Run) -> Finished:
    """Compare committed promotions with what happened.

    Measures what came of the promotions of the plan log, writes a workbook that shows plan against actual and why profit
    differed, and opens it.
    """
    from addin.buttons.further_books import post_event_book

    return post_event_book(run)


@button(group="Finance", label="PDF", icon="PublishToPdfOrEdoc", keytip="P", command="promo pdf BOOK")
def pdf(run: Run) -> Finished:
    """Print this workbook into a PDF.

    Writes all sheets that can be seen into one PDF beside the workbook and says where it lies.
    """
    from addin.buttons.further_books import print_book

    return print_book(run)


@button(group="Model", label="Model card", icon="FileProperties", keytip="M", command="promo models show")
def model_card(run: Run) -> Finished:
    """Show which model answers and how well it foretold.

    Adds a sheet with the version of the model, the last day of sales it knows, what it is for and not for, and how wrong it
    was on promotions it had not seen.
    """
    from addin.buttons.model_sheets import card

    return card(run)


@button(group="Model", label="Reload", icon="RefreshAll", keytip="L", command="promo models list")
def reload(run: Run) -> Finished:
    """Load the model in use anew.

    Lets go of everything that is kept in memory, loads the model that is in use now, and says which it is.
    """
    from addin.buttons.model_sheets import load_anew

    return load_anew(run)


@button(group="Model", label="Diagnose", icon="FileDocumentInspect", keytip="G", command="promo addin doctor")
def diagnose(run: Run) -> Finished:
    """Test this installation.

    Looks at versions, paths, the add-in and the model, and adds a sheet that says of each whether it is right, and what to
    do if it is not. No administrator rights are needed.
    """
    from addin.buttons.model_sheets import examine

    return examine(run)


@button(group="Help", label="Help", icon="Help", keytip="H", command="promo --help")
def help(run: Run) -> Finished:  # noqa: A001 - the ribbon calls its buttons by these names
    """Show every button and worksheet function.

    Adds a sheet that lists the buttons and the worksheet functions, each with its arguments, an example, and the command
    that does the same.
    """
    from addin.help_sheet import add_help

    return add_help(run)
