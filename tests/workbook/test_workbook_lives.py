"""A workbook flexes by itself: an edited discount or length moves lift, probabilities, money and verdict as the engine would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import workbook_contents as contents
from openpyxl.workbook import Workbook
from workbook_office import Office
from workbook_reading import TEMPLATE, beside, cell_of, input_cell, opened, read_table

from scorer.answer import as_unit_lift
from scorer.columns import Columns, length
from scorer.economics.break_even import probability_of_profit
from scorer.economics.promotion import Terms, outcome
from scorer.planning.ladder import read
from scorer.workbook import Content, write_workbook

WORDS = {row.key: row.words for row in TEMPLATE.verdicts}
NA = TEMPLATE.book.not_available
FIXED = TEMPLATE.inputs.fixed.words
ROWS = 300
TERMS = ("list_price", "unit_cost", "funding_share", "fixed_cost", "redemption_share", "unit_adjustment")


class Sheets(NamedTuple):
    plan: dict[str, list[Any]]
    roi: dict[str, list[Any]]
    what_if: dict[str, list[Any]]
    values: dict[str, dict[str, Any]]
    book: Workbook


def edited(office: Office, folder: Path, content: Content, edit: Callable[[Workbook], None]) -> Sheets:
    path = folder / "plan.xlsx"
    write_workbook(path, content)
    book = opened(path)
    edit(book)
    book.save(path)
    found, book = office.values(path), opened(path)
    tables = [read_table(book, found, title) for title in ("Plan", "ROI", "What-if")]
    return Sheets(*tables, found, book)


def new_plan(content: Content, seed: int) -> Columns:
    """Other terms for every row: prices, costs, shares at random; discounts and lengths on the steps of the ladder."""
    rng, rows = np.random.default_rng(seed), length(content.scored)
    price = rng.lognormal(2, 1, rows)
    return {
        "discount_percentage": rng.choice(contents.DISCOUNTS, rows),
        "days": rng.choice(contents.LENGTHS, rows),
        "list_price": price,
        "unit_cost": price * rng.uniform(0, 1.2, rows),
        "funding_share": rng.choice([0, 1, *rng.random(4)], rows),
        "fixed_cost": rng.choice([0, *rng.lognormal(6, 2, 4)], rows),
        "redemption_share": rng.choice([0, 1, *rng.random(4)], rows),
        "unit_adjustment": rng.choice([0, *rng.normal(0, 1, 4)], rows),
    }


def enter(book: Workbook, content: Content, new: Columns) -> None:
    for row in range(length(content.scored)):
        for name in ("discount_percentage", *TERMS):
            cell_of(book["Plan"], name, row).value = float(new[name][row])
        start = content.scored["start_date"][row]
        cell_of(book["Plan"], "end_date", row).value = (start + np.timedelta64(int(new["days"][row]) - 1, "D")).item()


@pytest.fixture(scope="module", params=["units", "money", "classifier"])
def flexed(request: pytest.FixtureRequest, office: Office, tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, Columns, Sheets]:
    """Every row of a list edited at once, for each way a model may speak; one run of LibreOffice each."""
    content = contents.content(ROWS, seed=5, in_units=request.param != "money", classifier=request.param == "classifier")
    new = new_plan(content, 8)
    found = edited(office, tmp_path_factory.mktemp(request.param), content, lambda book: enter(book, content, new))
    return content, new, found


def engine(content: Content, new: Columns) -> dict[str, Any]:
    """What the invented model and the real engine say to the edited rows, without any ladder."""
    ladder = content.ladder
    plan = content.scored | {"unit_adjustment": new["unit_adjustment"]}
    made = contents.forecast(plan, 5, False, new["discount_percentage"], new["days"])
    terms = Terms(discount=new["discount_percentage"], **{name: new[name] for name in TERMS})
    ends = {"low": made.quantile(0.1), "expected": made.expected, "high": made.quantile(0.9)}
    baseline = contents.per_day(plan, 5, new["days"]) * new["days"]
    found = {f"lift_{end}": as_unit_lift(value, terms, ladder.in_units) for end, value in ends.items()}
    above = contents.chance_above(made, terms, ladder.in_units)
    found["probability_of_profit"] = probability_of_profit(terms, baseline, above)
    found["success_probability"] = made.chance_above(np.zeros(length(plan)))
    money = outcome(terms, baseline, found["lift_expected"])
    return found | {"profit": money.profit, "roi": money.roi, "promotion_cost": money.promotion_cost, "baseline_units": baseline}


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("lift_low", 1e-9),
        ("lift_expected", 1e-9),
        ("lift_high", 1e-9),
        ("probability_of_profit", 1e-9),
        ("success_probability", 1e-9),
        ("profit", 0.005),
        ("promotion_cost", 0.005),
        ("baseline_units", 1e-6),
    ],
)
def test_edited_rows_are_what_the_engine_says(flexed: tuple[Content, Columns, Sheets], name: str, within: float) -> None:
    content, new, found = flexed
    wanted = np.asarray(engine(content, new)[name], dtype=np.float64)
    shown = np.array(found.roi[name], dtype=np.float64)
    assert np.abs(shown - wanted).max() < within
    if name in ("lift_expected", "probability_of_profit"):
        assert np.std(wanted) > 0.05, "the edits should reach every corner"


def test_edited_rows_are_judged_on_their_new_figures(flexed: tuple[Content, Columns, Sheets]) -> None:
    content, new, found = flexed
    wanted = engine(content, new)
    profit, chance = np.asarray(wanted["profit"]), np.asarray(wanted["probability_of_profit"])
    meets = np.asarray(wanted["roi"]) >= content.client.verdict.hurdle_roi
    free = np.asarray(wanted["promotion_cost"]) == 0
    goes = (profit > 0) & (chance >= content.client.verdict.minimum_probability_of_profit) & (meets | free)
    shown = np.array(found.roi["verdict"])
    judged = shown != WORDS["NOT ENOUGH EVIDENCE"]
    assert judged.mean() > 0.5
    assert ((shown == WORDS["GO"]) == (goes & judged)).all()
    assert set(found.plan["status"]) <= {FIXED["status_ladder"], FIXED["status_edited"], FIXED["status_scored"]}
    assert found.plan["now_profit"] == found.roi["profit_expected"]


def one_edit(office: Office, folder: Path, content: Content, **edits: tuple[int, Any]) -> Sheets:
    def edit(book: Workbook) -> None:
        for name, (row, value) in edits.items():
            cell_of(book["Plan"], name, row).value = value

    return edited(office, folder, content, edit)


def test_between_steps_the_lift_lies_on_a_straight_line(office: Office, tmp_path: Path) -> None:
    content = contents.content(6)
    found = one_edit(office, tmp_path, content, discount_percentage=(2, 0.1234))
    wanted = read(content.ladder, np.array([3.0]), np.array([0.1234]), contents.own_days(content.scored)[2:3]).lift[0]
    assert found.roi["lift_expected"][2] == pytest.approx(wanted, abs=1e-12)
    steps = np.searchsorted(content.ladder.discounts, 0.1234)
    assert content.ladder.lift[:, steps - 1].min() < wanted < content.ladder.lift[:, steps].max()
    assert found.plan["status"][2] == FIXED["status_ladder"]


def test_nothing_is_guessed_outside_of_what_was_learnt(office: Office, tmp_path: Path) -> None:
    content = contents.content(6)
    start = content.scored["start_date"][1]
    late = (start + np.timedelta64(59, "D")).item()
    found = one_edit(office, tmp_path, content, discount_percentage=(0, 0.95), end_date=(1, late))
    for row in (0, 1):
        assert found.plan["status"][row] == FIXED["status_outside"]
        assert found.plan["verdict"][row] == WORDS["NOT ENOUGH EVIDENCE"]
        assert {found.roi[name][row] for name in ("lift_low", "lift_expected", "lift_high")} == {FIXED["outside"]}
        assert found.plan["now_lift"][row] == FIXED["outside"]
        assert {found.roi[name][row] for name in ("profit", "roi", "probability_of_profit")} == {NA}
        assert TEMPLATE.inputs.lists.reason_words["lift_expected"] in found.roi["reason"][row]
    assert found.values["Checks"][beside(found.book["Checks"], TEMPLATE.checks.rows["no_errors"][0], 2).coordinate] == 0


def test_another_item_or_first_day_waits_without_a_verdict(office: Office, tmp_path: Path) -> None:
    content = contents.content(6)
    later = (content.scored["start_date"][3] + np.timedelta64(1, "D")).item()
    found = one_edit(office, tmp_path, content, region=(2, "East"), start_date=(3, later))
    for row in (2, 3):
        assert found.plan["status"][row] == FIXED["status_waits"]
        assert found.plan["verdict"][row] == WORDS["NOT ENOUGH EVIDENCE"]


def test_optimise_needs_a_way_that_is_known(office: Office, tmp_path: Path) -> None:
    """A GO whose discount is spoilt is OPTIMISE: going back helps. Spoilt by its cost, nobody knows a way."""
    content = contents.content(60)
    goes = np.flatnonzero(content.scored["verdict"] == "GO")
    deep, dear = int(goes[0]), int(goes[1])

    def edit(book: Workbook) -> None:
        cell_of(book["Plan"], "discount_percentage", deep).value = 0.6
        cell_of(book["Plan"], "unit_cost", dear).value = 1000
        cell_of(book["Plan"], "funding_share", deep).value = None

    found = edited(office, tmp_path, content, edit)
    shown = {row: found.plan["verdict"][row] for row in (deep, dear)}
    assert shown[dear] == WORDS["DON'T LAUNCH"]
    if np.isnan(content.scored["funding_share"][deep]):
        assert shown[deep] in (WORDS["OPTIMISE"], WORDS["GO"])
    unedited = [row for row in range(60) if row not in (deep, dear)]
    assert [found.plan["verdict"][row] for row in unedited] == [WORDS[content.scored["verdict"][row]] for row in unedited]


def test_an_own_step_on_what_if_is_what_the_plan_would_say(office: Office, tmp_path: Path) -> None:
    content = contents.content(24)
    spec = TEMPLATE.what_if

    def own(sheet: Any, name: str) -> Any:
        labels = [line.label for line in spec.own_rows]
        title = next(cell for row in sheet.iter_rows() for cell in row if cell.value == spec.own)
        at = [line.name for line in spec.own_rows].index(name) + 1
        assert sheet.cell(title.row + at, title.column).value == labels[at - 1]
        return sheet.cell(title.row + at, title.column + 2)

    def edit(book: Workbook) -> None:
        sheet = book["What-if"]
        beside(sheet, spec.choose).value = "U0003"
        own(sheet, "own_discount").value = 0.2
        own(sheet, "own_days").value = 11
        cell_of(book["Plan"], "discount_percentage", 2).value = 0.2
        start = content.scored["start_date"][2]
        cell_of(book["Plan"], "end_date", 2).value = (start + np.timedelta64(10, "D")).item()

    found = edited(office, tmp_path, content, edit)

    sheet = found.book["What-if"]
    for name, column in (("own_lift", "lift_expected"), ("own_chance", "probability_of_profit"), ("own_profit", "profit_expected"),
                         ("own_roi", "roi_expected"), ("own_success", "success_probability")):  # fmt: skip
        assert found.values["What-if"][own(sheet, name).coordinate] == pytest.approx(found.roi[column][2], abs=1e-9), name
    assert found.values["What-if"][own(sheet, "own_verdict").coordinate] == found.roi["verdict"][2]


def test_grids_and_tornado_are_what_the_engine_says(office: Office, tmp_path: Path) -> None:
    """Choosing another promotion moves both grids and the tornado; each figure is the engine's."""
    content, spec = contents.content(24), TEMPLATE.what_if

    def edit(book: Workbook) -> None:
        beside(book["What-if"], spec.choose).value = "U0009"

    found = edited(office, tmp_path, content, edit)
    cells, sheet = found.values["What-if"], found.book["What-if"]
    row, terms = 8, contents.row_terms(content, 8)
    head = beside(sheet, spec.grid, 0)
    depths = [step for step in content.client.verdict.discount_steps if step in contents.DISCOUNTS]
    profits = {}
    for down, depth in enumerate(depths):
        for right, days in enumerate(content.client.verdict.duration_steps):
            wanted = engine_profit(content, row, terms._replace(discount=depth), days)
            shown = cells[sheet.cell(head.row + 3 + down, head.column + 1 + right).coordinate]
            assert shown == pytest.approx(wanted, abs=0.005), (depth, days)
            profits[depth, days] = wanted
    best = max(profits, key=profits.__getitem__)
    if profits[best] > 0:
        said = spec.grid_best.format(discount=f"{best[0]:.0%}", days=best[1], currency="EUR", profit=f"{profits[best]:,.0f}")
        assert cells[sheet.cell(head.row + 1, head.column).coordinate] == said
    own = float(contents.own_days(content.scored)[row])
    base = engine_profit(content, row, terms, own)
    widths = {
        "price": [engine_profit(content, row, terms._replace(list_price=terms.list_price * f), own) - base for f in (0.95, 1.05)],
        "cost": [engine_profit(content, row, terms._replace(unit_cost=terms.unit_cost * f), own) - base for f in (0.95, 1.05)],
        "days": [engine_profit(content, row, terms, own + d) - base if 3 <= own + d <= 28 else None for d in (-7, 7)],
    }
    title = beside(sheet, spec.tornado_headers[1], 0)
    shown = {}
    for at in range(len(spec.factors)):
        what = cells[sheet.cell(title.row + 1 + at, title.column).coordinate]
        shown[what] = [cells[sheet.cell(title.row + 1 + at, title.column + 3 + side).coordinate] for side in (0, 1, 2)]
    assert [ends[2] for ends in shown.values()] == sorted((ends[2] for ends in shown.values()), reverse=True)
    for name, changes in widths.items():
        label = next(factor.label for factor in spec.factors if factor.name == name)
        (ends,) = [ends for what, ends in shown.items() if what.startswith(label)]
        for change, end in zip(changes, ends, strict=False):
            assert end == (NA if change is None else pytest.approx(change, abs=0.005)), name


def engine_profit(content: Content, row: int, terms: Terms, days: float) -> float:
    made = contents.forecast(content.scored, 7, False, float(terms.discount), float(days))
    baseline = contents.per_day(content.scored, 7, float(days))[row] * days
    return float(outcome(terms, baseline, made.expected[row]).profit)


def test_the_ladder_vouches_for_itself_on_checks(office: Office, tmp_path: Path) -> None:
    """A ladder that is off between its steps says by how much; past the limit it asks to be looked at."""
    content = contents.content(6)
    off = content.ladder._replace(measured=content.ladder.measured._replace(points=320, lift=0.034))
    path = tmp_path / "plan.xlsx"
    write_workbook(path, content._replace(ladder=off))
    found, book = office.values(path), opened(path)
    title, _ = TEMPLATE.checks.rows["ladder_close"]
    assert found["Checks"][beside(book["Checks"], title).coordinate] == 0
    assert found["Checks"][beside(book["Checks"], TEMPLATE.ladder.facts_rows[6].label, 2).coordinate] == 0.034
    facts = {line.name: line.label for line in TEMPLATE.ladder.facts_rows}
    assert found["Ladder"][beside(book["Ladder"], facts["lift_off"]).coordinate] == 0.034
    assert found["Ladder"][beside(book["Ladder"], facts["points"]).coordinate] == 320


def test_a_wrong_stamp_is_found_by_the_checks(office: Office, tmp_path: Path) -> None:
    content = contents.content(6)
    own = content.ladder.own | {"lift": content.ladder.own["lift"] + np.array([0, 0.001, 0, 0, 0, 0])}
    path = tmp_path / "plan.xlsx"
    write_workbook(path, content._replace(ladder=content.ladder._replace(own=own)))
    found, book = office.values(path), opened(path)
    for name in ("lifts_tie", "ladder_ties"):
        assert found["Checks"][beside(book["Checks"], TEMPLATE.checks.rows[name][0], 2).coordinate] == 1, name


def test_the_minimum_probability_is_read_where_it_is_entered(office: Office, tmp_path: Path) -> None:
    content = contents.content(40)

    def edit(book: Workbook) -> None:
        input_cell(book, "minimum_probability").value = 0

    found = edited(office, tmp_path, content, edit)
    for verdict, profit in zip(found.roi["verdict"], found.roi["profit_expected"], strict=True):
        assert verdict != WORDS["GO"] or profit > 0
