"""The tables of history that travel with a model: columns and types, exactly, and which columns tell a row from all others."""

from __future__ import annotations

from enum import StrEnum


class Type(StrEnum):
    """How a column of the history is stored."""

    TEXT = "VARCHAR"
    NUMBER = "DOUBLE"
    WHOLE = "BIGINT"
    DAY = "DATE"
    YES_NO = "BOOLEAN"


_LETTERS = {"t": Type.TEXT, "n": Type.NUMBER, "w": Type.WHOLE, "d": Type.DAY, "y": Type.YES_NO}
# one letter for the type of the columns that follow it
_WORDS = {
    "settings": "y has_units rows_are_totals absent_is_zero w period_days observations minimum n price_dip spike w lead_days "
    "y use_season n prior_weight d data_cut w cut_number last_week",
    "date_table": "d day w week_index d week_start w day_of_week month quarter week_of_year "
    "y is_weekend is_holiday is_holiday_season w day_number holidays_so_far",
    "weekday_counts": "w day_of_week duration_days half n0 n1 n2 n3 n4 n5 n6",
    "item_asof": "t item_key product_key category_key w week_index n observations d0 d1 d2 d3 d4 d5 d6 spread regular_price "
    "unit_cost w weeks_since_clean n promoted_share weeks_since_promotion",
    "parent_asof": "t parent parent_key w week_index n d0 d1 d2 d3 d4 d5 d6 observations regular_price unit_cost spread",
    "season_index": "t category_key w week_index n level w observations n level_before w weeks_before",
    "recent_sales": "t item_key d day n transactions revenue days",
    "promoted_weeks": "t item_key place_key category_key product_key w week_index",
    "overlap_calendar": "t place_key category_key w week_index n products usual",
    "priors": "t cohort level level_key w week_index n n total successes",
    "campaigns": "t campaign_id campaign_name campaign_type product_category target_audience d start_date end_date t region "
    "n budget reach conversion_rate t file w line t unparsed fault reason",
    "costs": "t product_category product_subcategory product region store n list_price unit_cost funding_share fixed_cost "
    "redemption_share cannibalised_share pulled_forward_share halo_share cannibalised_margin halo_margin t file w line "
    "t unparsed cost_key w copy_number",
}


def _columns(words: str) -> dict[str, Type]:
    found: dict[str, Type] = {}
    kind = Type.TEXT
    for word in words.split():
        if word in _LETTERS and not (word == "n" and kind == Type.NUMBER):
            kind = _LETTERS[word]
        else:
            found[word] = kind
    return found


SNAPSHOT = {name: _columns(words) for name, words in _WORDS.items()}
KEYS = {"date_table": ("day",), "weekday_counts": ("day_of_week", "duration_days"), "costs": ("cost_key",)}
"""Tables that rows of a plan are joined to: a key that stood there twice would double the row."""
