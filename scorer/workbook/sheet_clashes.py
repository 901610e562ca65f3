"""Clashes: promotions that share days, what that costs as scored, and by formulas whether it is still so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scorer.columns import DAY, Columns, length, take, text
from scorer.planning.clashes import SAME_ITEM, Clashes
from scorer.workbook.extra import Check
from scorer.workbook.layout import MARGIN, Places, area, quoted, sentence, table_at
from scorer.workbook.page import Page
from scorer.workbook.sheets_out import Result, fixed
from scorer.workbook.template import TableSheet, read_words

NAME = "clashes"
MOST_SHOWN = 500


class ClashWords(TableSheet):
    """The words of the sheet."""

    sentence: str
    none: str
    more: str
    same_item: str
    same_category: str
    there: str
    moved: str
    ended: str


class ClashesSheet:
    """The list of clashes, the dearest first."""

    name = NAME
    after = "roi"

    def __init__(self, clashes: Clashes) -> None:
        self._all = length(clashes.table)
        self._table = take(clashes.table, np.arange(min(self._all, MOST_SHOWN)))
        self._notes = clashes.notes
        self._spec: ClashWords | None = None

    def spec(self, words: Mapping[str, str]) -> ClashWords:
        """Read the words."""
        self._spec = read_words(NAME, ClashWords, words)
        return self._spec

    def place(self, places: Places, result: Result) -> None:
        """Say where the table stands; one without any keeps an empty line."""
        del result
        table = places.tables[NAME] = table_at(self._words.bands, length(self._table))
        span = table.columns.values()
        places.ranges[NAME] = {"whole": area(table.first, min(span), table.last, max(span))}

    def write(self, page: Page, result: Result, state: str) -> None:
        """Write the clashes, and below them what their prices rest on."""
        spec, table = self._words, page.places.tables[NAME]
        page.table_sheet(spec, spec.bands, table, state)
        if length(self._table):
            columns = self._columns(result.columns, spec)
            page.table(spec.table, spec.bands, table, columns, _formulas(spec))
            self._finding(page, spec)
        else:
            page.table(spec.table, spec.bands, table, dict.fromkeys(table.columns, text([None])), {})
            page.words(1, MARGIN, spec.none, "finding")
        notes = [page.say("clash_notes", note) for note in self._notes]
        if self._all > MOST_SHOWN:
            notes.append(spec.more.format(shown=MOST_SHOWN, count=self._all))
        for at, note in enumerate(notes):
            page.words(table.last + 2 + at, MARGIN, note, "line")
        printed = [column.name for band in spec.bands if band.printed for column in band.columns]
        titles = (table.first - 3, table.first - 1)
        page.printing(page.styles.look.paper_pages, table.last + 2 + len(notes), table.columns[printed[-1]], titles)

    def checks(self, result: Result) -> Sequence[Check]:
        """Nothing here must tie: prices are the model's."""
        del result
        return ()

    @property
    def _words(self) -> ClashWords:
        return self._spec or self.spec({})

    def _columns(self, roi: Columns, spec: ClashWords) -> Columns:
        ids = roi["promotion_id"].tolist()
        own = self._table
        rows = {name: np.array([ids.index(one) + 1.0 for one in own[name].tolist()]) for name in ("first", "second")}
        kinds = text(spec.same_item if kind == SAME_ITEM else spec.same_category for kind in own["kind"].tolist())
        return {
            **own,
            "kind": kinds,
            "days_now": own["days"],
            "state": text([spec.there] * length(own)),
            "first_row": rows["first"],
            "second_row": rows["second"],
            "begins": own["from_day"],
            "ends": own["from_day"] + (own["days"].astype(np.int64) - 1) * DAY,
        }

    def _finding(self, page: Page, spec: ClashWords) -> None:
        rows = length(self._table)
        source = sentence(
            spec.sentence,
            there='COUNTIF({days_now:all},">0")',
            rows="COUNT({days_now:all})",
            currency="{inputs.currency}",
            price="FIXED(SUMIFS({price:all},{days_now:all}," + quoted(">0") + f",{{kind:all}},{quoted(spec.same_item)}),0)",
        )
        twice = float(np.nansum(self._table["price"][self._table["kind"] == SAME_ITEM]))
        now: dict[str, Any] = {"price": fixed(twice), "currency": page.currency}
        words = spec.sentence.format(there=rows, rows=rows, **now)
        page.formula(1, MARGIN, source, words, page.styles.word("finding"))


def _formulas(spec: ClashWords) -> dict[str, str]:
    cases = ",".join(quoted(words) for words in (spec.ended, spec.moved, spec.there))
    same = "(({begins}={from_day})*({ends}={to_day}))"
    return {
        "first_row": "MATCH({first},{plan.promotion_id:all},0)",
        "second_row": "MATCH({second},{plan.promotion_id:all},0)",
        "begins": "MAX(INDEX({plan.start_date:all},{first_row}),INDEX({plan.start_date:all},{second_row}))",
        "ends": "MIN(INDEX({plan.end_date:all},{first_row}),INDEX({plan.end_date:all},{second_row}))",
        "days_now": "MAX(0,{ends}-{begins}+1)",
        "state": f"CHOOSE(1+({{days_now}}>0)+({{days_now}}>0)*{same},{cases})",
    }
