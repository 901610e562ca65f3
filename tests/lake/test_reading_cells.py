"""One cell of text becomes one value, the same way whatever door it came through."""

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.contracts.table import Column, Kind
from scorer.lake import cells
from scorer.lake.cells import read_date, read_number

CONVENTIONS = {"en": (",", "."), "de": (".", ","), "fr": ("\u202f", ","), "fr, older": (" ", ","), "swiss": ("'", ".")}


def written(number: float, group: str, decimal: str) -> str:
    return f"{number:,.2f}".replace(",", "G").replace(".", decimal).replace("G", group)


@settings(max_examples=20, deadline=None)
@given(numbers=st.lists(st.floats(-1e12, 1e12).map(lambda x: round(x, 2)), min_size=1, max_size=30))
@pytest.mark.parametrize("name", CONVENTIONS)
def test_numbers_come_back_in_every_convention(name, numbers):
    group, decimal = CONVENTIONS[name]
    with duckdb.connect() as con:
        texts = [written(number, group, decimal) for number in numbers]
        expression = cells.number(cells.trimmed("cell"), decimal)
        got = con.execute(f"SELECT {expression} FROM (SELECT unnest(?) AS cell)", [texts]).fetchall()
    assert [row[0] for row in got] == pytest.approx(numbers, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("$1,234.50", ".", 1234.5), ("1.234,50 €", ",", 1234.5), ("EUR 12", ".", 12), ("12 chf", ".", 12),
        ("(1,200)", ".", -1200), ("-$5", ".", -5), ("$-5", ".", -5), ("12.50-", ".", -12.5), ("−7", ".", -7),
        ("\u00a01\u202f234,5\u00a0", ",", 1234.5), ("1e3", ".", 1000), (".5", ".", 0.5), ("+3", ".", 3),
    ],
)  # fmt: skip
def test_dressed_numbers(text, decimal, number):
    assert read_number(text, decimal) == number


@pytest.mark.parametrize(
    "text",
    ["abc", "12 34", "1,23,456", "--5", "1.2.3", "NaN", "inf", "1e400", "1e308", "0x10", "1_000", "٣", "5 %", "12€34", "🙂"],
)
def test_what_is_no_number_is_none(text):
    assert read_number(text) is None


def test_percent_is_a_fraction_only_where_one_is_wanted():
    assert cells.percent_means(Column("d", Kind.SHARE, "")) == "fraction"
    assert cells.percent_means(Column("m", Kind.NUMBER, "", "%")) == "points"
    assert cells.percent_means(Column("p", Kind.MONEY, "")) == "refused"
    assert read_number("7%", percent="fraction") == 0.07
    assert read_number("7,5 %", ",", percent="points") == 7.5


@settings(max_examples=12, deadline=None)
@given(day=st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_dates_come_back_however_they_are_written(day):
    assert read_date(day.isoformat()) == day
    assert read_date(f"{day:%d/%m/%Y}", "dmy") == day
    assert read_date(f"{day:%m/%d/%Y}", "mdy") == day
    assert read_date(f"{day:%d.%m.%y}", "dmy") == day
    assert read_date(f"{day.isoformat()}T23:59:59.5+09:00") == day


def test_dates_of_other_shapes():
    serial = (date(2024, 1, 1) - date(1899, 12, 30)).days
    assert read_date(str(serial)) == read_date(f"{serial}.75") == date(2024, 1, 1)
    assert read_date("20240229") == read_date("29 Feb 2024") == read_date("29-Feb-24") == date(2024, 2, 29)
    assert read_date("February 29, 2024") == date(2023, 2, 28) + timedelta(days=366)


@pytest.mark.parametrize("text", ["13/13/2024", "2024-02-30", "0024-01-01", "infinity", "epoch", "next week", "1", "99999999"])
def test_what_is_no_date_is_none(text):
    assert read_date(text) is None


def test_ids_lose_the_fraction_a_spreadsheet_gave_them():
    with duckdb.connect() as con:
        got = con.execute(
            f"SELECT {cells.text('cell')} FROM (SELECT unnest(['123.0', '007', '12.5', ?, 'v2.0', 'NA']) AS cell)",
            [cells.as_text(5.0)],
        ).fetchall()
    assert [row[0] for row in got] == ["123", "007", "12.5", "5", "v2.0", "NA"]
