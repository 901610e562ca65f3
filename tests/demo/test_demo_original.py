"""The plainest exports: their headers, and an effect that is there when planted and only then."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from scorer import demo
from scorer.columns import Floats
from scorer.demo import Plain
from scorer.demo.original import CAMPAIGNS_FILE, DAYS, PROMOTIONS_FILE, TRANSACTIONS_FILE, UNTIL
from scorer.settings import read_client
from scorer.workspace import Workspace


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def observed_log_lift(plain: Plain) -> Floats:
    """Log of the sales counted in the region of each promotion over those to be expected."""
    rows = read(plain.files.folder / TRANSACTIONS_FILE)
    sales = Counter((r["region"], r["transaction_date"]) for r in rows if r["transaction_type"] == "Sale")
    days = np.arange(UNTIL - DAYS + 1, UNTIL + 1).astype(str)
    truth = plain.files.truth
    fields = (truth[name] for name in ("region", "first", "last"))
    counted = [
        sum(sales[region, day] for day in days[f : e + 1]) for region, f, e in zip(*fields, strict=True)
    ]
    return np.log(np.maximum(counted, 0.5) / truth["baseline_sales"])


def test_tables_carry_the_headers_a_client_file_without_settings_expects(tmp_path: Path) -> None:
    plain = demo.pure_noise(Workspace(tmp_path))
    assert read_client(plain.client_file).exports.promotions.files == ("promotions*",)
    names = (PROMOTIONS_FILE, TRANSACTIONS_FILE, CAMPAIGNS_FILE)
    tables = {name: read(plain.files.folder / name) for name in names}
    assert [len(rows) for rows in tables.values()] == [tally.rows for tally in plain.files.tallies.values()]
    assert "product_category" not in tables[TRANSACTIONS_FILE][0]
    assert "product_subcategory" not in tables[PROMOTIONS_FILE][0]
    kinds = Counter(row["transaction_type"] for row in tables[TRANSACTIONS_FILE])
    assert set(kinds) == {"Sale", "Refund", "Expense", "Investment", "Tax Payment"}
    assert len(read(plain.files.upcoming)) == 30


def test_in_pure_noise_promotions_move_nothing(tmp_path: Path) -> None:
    plain = demo.pure_noise(Workspace(tmp_path))
    seen = observed_log_lift(plain)
    assert not plain.files.truth["log_lift"].any()
    assert seen.mean() == pytest.approx(0, abs=0.03)
    assert abs(np.corrcoef(seen, plain.files.truth["discount"])[0, 1]) < 0.15


def test_a_planted_effect_is_there(tmp_path: Path) -> None:
    plain = demo.original(Workspace(tmp_path))
    slope = np.polyfit(plain.files.truth["log_lift"], observed_log_lift(plain), 1)[0]
    assert slope == pytest.approx(1, abs=0.15)
