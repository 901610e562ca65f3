"""Scenario lines: every promotion in every scenario, its terms and lifts as scored, its money by formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scorer.columns import Array, Columns, Floats, length, stack, text
from scorer.economics.promotion import return_on
from scorer.errors import OutputRefused
from scorer.planning.scenario import Scenarios
from scorer.settings import Language
from scorer.workbook.content import MOST_ROWS
from scorer.workbook.extra import Check
from scorer.workbook.figures import flag, money
from scorer.workbook.layout import MARGIN, Places, area, table_at
from scorer.workbook.native import scenario_line_formulas
from scorer.workbook.page import Page
from scorer.workbook.sentences import speaker
from scorer.workbook.sheets_out import Result
from scorer.workbook.template import TableSheet, Template, read_words

LINES = "scenario_lines"


class ScenarioFigures:
    """What both sheets come to at the expected lift, by the engine."""

    def __init__(self, found: Scenarios, language: Language = "en") -> None:
        base, *others = (case.name for case in found.cases)
        self.names: list[str] = [speaker(language).say("scenario", base), *others]
        self.promotions = found.rows
        answers = stack([case.answer for case in found.cases])
        rows = length(answers)
        if rows > MOST_ROWS:
            raise OutputRefused.because(
                "the sheet of scenarios",
                f"{len(self.names)} scenarios of {found.rows:,} promotions are too many to work with",
                "Name fewer scenarios, or write the differences with promo scenarios --out FILE.",
            )
        profit = answers["incremental_profit_expected"].reshape(len(self.names), -1)
        terms = found.cases[0].terms._replace(
            **{
                name: np.concatenate([np.broadcast_to(getattr(case.terms, name), found.rows) for case in found.cases])
                for name in found.cases[0].terms._fields
            }
        )
        low, expected, high = (answers[f"lift_{end}"] for end in ("low", "expected", "high"))
        self.lines: Columns = {
            **money(terms, answers["baseline_units"], low, expected, high, lift=expected),
            **{name: np.asarray(value, dtype=np.float64) for name, value in terms._asdict().items()},
            "lift_low": low,
            "lift_expected": expected,
            "lift_high": high,
            "scenario": text(np.repeat(np.array(self.names, dtype=object), found.rows)),
            "promotion_id": np.tile(found.cases[0].plan["promotion_id"], len(self.names)),
            "changed": np.concatenate([case.changed for case in found.cases]),
            "baseline_units": answers["baseline_units"],
            "label": answers["verdict"],
            "number": np.repeat(np.arange(1.0, len(self.names) + 1), found.rows),
            "in_all": np.tile(flag(~np.isnan(profit).any(axis=0)), len(self.names)),
            "profit_scored": answers["incremental_profit_expected"],
        }
        lines = self.lines
        lines["counted"] = lines["in_all"] * lines["has_profit"]
        lines["group"] = lines["counted"] * lines["number"]
        lines["gap"] = np.nan_to_num(np.abs(lines["profit_expected"] - lines["profit_scored"]))
        self.totals = self._totals(found)
        self.chosen = min(1, len(self.names) - 1)
        self.known = bool(lines["counted"].any())

    def _totals(self, found: Scenarios) -> Columns:
        counted = self.lines["counted"] == 1
        number = np.arange(1.0, len(self.names) + 1)
        sums = {name: self._by_scenario(np.where(counted, self.lines[name], 0.0)) for name in ("promotion_cost", "profit")}
        told = text(case.note for case in found.cases)
        return {
            **sums,
            "scenario": text(self.names),
            "promotions_changed": self._by_scenario(flag(self.lines["changed"] != None)),  # cell by cell
            "roi": np.atleast_1d(np.asarray(return_on(sums["profit"], sums["promotion_cost"]), dtype=np.float64)),
            "difference": sums["profit"] - sums["profit"][0],
            **{name: found.summary[name] for name in ("profit_low", "profit_high", "probability_of_profit")},
            "note": told,
            "number": number,
        }

    def _by_scenario(self, values: Floats) -> Floats:
        sums: Floats = values.reshape(len(self.names), -1).sum(axis=1)
        return sums

    def promotions_of(self, number: int, template: Template) -> Columns:
        """The table of the chosen scenario, counted from 0."""
        here = slice(number * self.promotions, (number + 1) * self.promotions)
        planned = slice(0, self.promotions)
        words = verdict_words(self.lines["label"], template)
        place = np.arange(1.0, self.promotions + 1)
        lines = self.lines
        return {
            **{name: lines[name][here] for name in ("promotion_id", "discount", "lift", "promotion_cost", "profit", "counted")},
            "profit_planned": lines["profit"][planned],
            "difference": lines["profit"][here] - lines["profit"][planned],
            "verdict_planned": words[planned],
            "verdict": words[here],
            "changed": text("" if cell is None else cell for cell in lines["changed"][here].tolist()),
            "place": place,
            "line": number * self.promotions + place,
        }

    def workings(self) -> dict[str, float]:
        profit = self.totals["profit"]
        best = int(np.argmax(profit))
        return {
            "number": self.chosen + 1,
            "promotions": self.promotions,
            "known": float(self.known),
            "is_base": float(self.chosen == 0),
            "gain": float(self.totals["difference"][self.chosen]),
            "most": float(profit[best]),
            "best_number": best + 1,
            "best_gain": float(profit[best] - profit[0]),
        }


def verdict_words(labels: Array, template: Template) -> Array:
    """Return verdicts as the workbook writes them."""
    words = {row.key: row.words for row in template.verdicts}
    return text(words.get(label, label) for label in labels.tolist())


class ScenarioLinesSheet:
    """Every promotion in every scenario: what Scenarios reads."""

    name = LINES
    after = "ladder"

    def __init__(self, figures: ScenarioFigures) -> None:
        self._figures = figures
        self._spec: TableSheet | None = None

    def spec(self, words: Mapping[str, str]) -> TableSheet:
        """Read the words."""
        self._spec = read_words(LINES, TableSheet, words)
        return self._spec

    @property
    def _words(self) -> TableSheet:
        return self._spec or self.spec({})

    def place(self, places: Places, result: Result) -> None:
        """Say where the table stands."""
        del result
        table = places.tables[LINES] = table_at(self._words.bands, length(self._figures.lines))
        places.ranges[LINES] = {"whole": area(table.first, MARGIN, table.last, max(table.columns.values()))}

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write one line per scenario and promotion."""
        del result
        spec, table, lines = self._words, page.places.tables[LINES], self._figures.lines
        page.table_sheet(spec, spec.bands, table, state)
        values: dict[str, Any] = lines | {"verdict": verdict_words(lines["label"], page.template)}
        page.table(spec.table, spec.bands, table, values, scenario_line_formulas())

    def checks(self, result: Result) -> Sequence[Check]:
        """Scenarios checks its lines."""
        del result
        return ()
