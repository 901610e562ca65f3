"""What ties a promotion to sales, what makes one event, and where the cost master comes in."""

import pytest

from scorer.errors import NothingToWorkOn
from scorer.lake.matching import Matching, resolve
from scorer.settings import parse_client
from tests.small_lakes import daily_sales, refreshed

AUTO = parse_client({"client": "x"})
SALES = "date,region,store,product_category,product,units,revenue"
PROMOTIONS = "promotion_id,region,store,product_category,product,promotion_type,discount_percentage,start_date,end_date"


def of(*keys, **more):
    return parse_client({"client": "x", "matching": {"keys": list(keys), **more}})


@pytest.mark.parametrize(
    ("in_promotions", "in_sales", "keys"),
    [
        (["region", "product_category"], ["region"], ("region",)),
        (["region", "product_category"], ["region", "product_category"], ("region", "product_category")),
        (["product", "store", "region"], ["store", "product"], ("store", "product")),
        ([], ["region"], ()),
    ],
)
def test_keys_are_those_that_both_exports_fill(in_promotions, in_sales, keys):
    assert resolve(AUTO, in_promotions, in_sales).keys == keys


def test_the_clients_own_keys_count():
    assert resolve(of("store"), ["region", "store"], ["region", "store"]).keys == ("store",)


def test_a_key_that_is_empty_in_one_export_is_refused_in_words():
    with pytest.raises(NothingToWorkOn, match=r"'product'.*Filled in both: region"):
        resolve(of("product"), ["region", "product"], ["region"])


def test_one_event_is_what_agrees_on_everything_but_the_place():
    filled = ["region", "store", "product_category"]
    assert resolve(AUTO, filled, filled).event == ("product_category",)
    assert resolve(AUTO, filled, ["region"]).event == ()  # tied to the same sales, so one event a week
    assert resolve(of("region", event=["promotion_type"]), ["region"], ["region"]).event == ("promotion_type",)


def test_a_match_without_products_says_what_it_cannot_see():
    assert "matched by region only" in Matching(("region",), ()).notes[0]
    assert Matching(("region", "product"), ()).notes == []


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Two stores of one region, two products; the master knows costs by product, once stated twice."""
    where = [f"North,S{store},Tea,{product}" for store in (1, 2) for product in ("Green", "Black")]
    return refreshed(
        tmp_path_factory.mktemp("matching"),
        of("store", "product"),
        promotions=f"""
            {PROMOTIONS}
            A,North,S1,Tea,GREEN,Cut,0.2,2026-03-02,2026-03-08
            B,North,S2,Tea,Green,Cut,0.2,2026-03-04,2026-03-10
            C,North,S1,Tea,Black,Cut,0.2,2026-03-02,2026-03-08
            D,North,S1,Tea,Green,Display,0.2,2026-03-09,2026-03-15
        """,
        sales=[SALES, *(line for at, w in enumerate(where) for line in daily_sales("2026-01-05", [10.0 * (at + 1)] * 80, w))],
        costs="""
            product,unit_cost,list_price
            green,4.00,10.00
            Black,5.00,
            Green,4.50,11.00
        """,
    )


def test_promotions_meet_the_sales_of_their_own_store_and_product(lake):
    rows = lake.rows("SELECT promotion_id, baseline_units_per_day AS daily FROM training_rows WHERE cohort = 'real' ORDER BY 1")
    assert [(row["promotion_id"], row["daily"]) for row in rows] == [
        ("A", pytest.approx(10)), ("B", pytest.approx(30)), ("C", pytest.approx(20)), ("D", pytest.approx(10)),
    ]  # fmt: skip


def test_events_are_the_same_product_type_and_week(lake):
    event = {row["promotion_id"]: row["event_key"] for row in lake.rows("SELECT promotion_id, event_key FROM keyed_promotions")}
    assert event["A"] == event["B"]
    assert len(set(event.values())) == 3


def test_promotions_from_before_the_first_sale_are_listed_and_not_learnt_from(tmp_path):
    lake = refreshed(
        tmp_path,
        of("store", "product"),
        promotions=f"""
            {PROMOTIONS}
            A,North,S1,Tea,Green,Cut,0.2,2026-03-02,2026-03-08
            LONG_AGO,North,S1,Tea,Green,Cut,0.2,2024-03-02,2024-03-08
            ACROSS,North,S1,Tea,Green,Cut,0.2,2025-12-20,2026-01-08
            FAR_AHEAD,North,S1,Tea,Green,Cut,0.2,2039-03-02,2039-03-08
        """,
        sales=[SALES, *daily_sales("2026-01-05", [10.0] * 80, "North,S1,Tea,Green")],
    )
    learnt = lake.rows("SELECT promotion_id FROM training_rows WHERE cohort = 'real'")
    assert learnt == [{"promotion_id": "A"}]
    events = lake.rows("SELECT event_key FROM keyed_promotions")
    assert len({row["event_key"] for row in events} - {None}) == 4


def test_the_last_row_of_the_cost_master_counts(lake):
    plan = lake.rows("SELECT promotion_id, unit_cost, list_price FROM plan WHERE cohort = 'real' ORDER BY 1")
    found = {row["promotion_id"]: (row["unit_cost"], row["list_price"]) for row in plan}
    assert found == {"A": (4.5, 11.0), "B": (4.5, 11.0), "C": (5.0, None), "D": (4.5, 11.0)}
