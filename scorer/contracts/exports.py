"""The tables a client exports, and the plan a marketer brings."""

from __future__ import annotations

from scorer.contracts.table import Column, Contract, Kind

_REGION = Column("region", Kind.TEXT, "Sales region or market", aliases=("market", "area", "gebiet", "région"))
_STORE = Column("store", Kind.TEXT, "Store, outlet or shop", aliases=("store_id", "outlet", "shop", "filiale", "magasin"))
_CATEGORY = Column("product_category", Kind.TEXT, "Product category", aliases=("category", "kategorie", "catégorie"))
_SUBCATEGORY = Column(
    "product_subcategory",
    Kind.TEXT,
    "Product subcategory",
    aliases=("subcategory", "sub_category", "product_sub_category", "unterkategorie"),
)
_PRODUCT = Column(
    "product",
    Kind.TEXT,
    "Product or article",
    aliases=("product_id", "product_name", "sku", "item", "article", "artikel", "produkt", "produit"),
)
_KEYS = (_CATEGORY, _SUBCATEGORY, _PRODUCT, _REGION, _STORE)

_TERMS = (
    Column("list_price", Kind.MONEY, "Regular price of one unit", "currency/unit", 0, 1e9, aliases=("price", "regular_price")),
    Column("unit_cost", Kind.MONEY, "Variable cost of one unit", "currency/unit", 0, 1e9, aliases=("cost", "cogs")),
    Column("funding_share", Kind.SHARE, "Share of the discount a partner pays", "fraction", 0, 1, aliases=("funding",)),
    Column("fixed_cost", Kind.MONEY, "Fixed cost of the promotion", "currency", 0, 1e12),
    Column("redemption_share", Kind.SHARE, "Share of baseline units that redeem the discount", "fraction", 0, 1),
    Column("cannibalised_share", Kind.SHARE, "Extra units taken from other products", "fraction of incremental units", 0, 1),
    Column("pulled_forward_share", Kind.SHARE, "Incremental units bought early", "fraction of incremental units", 0, 1),
    Column("halo_share", Kind.SHARE, "Units of other products sold along", "fraction of incremental units", 0, 10),
    Column("cannibalised_margin", Kind.MONEY, "Margin of one cannibalised unit", "currency/unit", -1e9, 1e9),
    Column("halo_margin", Kind.MONEY, "Margin of one halo unit", "currency/unit", -1e9, 1e9),
)
# What is said of a promotion, planned or run.
_ID = Column("promotion_id", Kind.TEXT, "Identifier of the promotion", required=True, aliases=("promo_id", "id"))
_TYPE = Column("promotion_type", Kind.TEXT, "Mechanic of the promotion", aliases=("promo_type", "mechanic", "type", "typ"))
_DISCOUNT = Column(
    "discount_percentage",
    Kind.SHARE,
    "Depth of the discount",
    "fraction of list price",
    0,
    1,
    required=True,
    aliases=("discount", "discount_pct", "discount_percent", "rabatt", "remise"),
)
_START = Column("start_date", Kind.DATE, "First day", required=True, aliases=("start", "from_date", "date_from", "beginn"))
_END = Column("end_date", Kind.DATE, "Last day, included", required=True, aliases=("end", "to_date", "date_to", "ende"))

PROMOTIONS = Contract(
    "promotions",
    "one row per promotion that was run",
    (
        _ID,
        *_KEYS,
        _TYPE,
        _DISCOUNT,
        _START,
        _END,
        *_TERMS,
    ),
)

SALES = Contract(
    "sales",
    "one row per transaction, or per day or week and matching key",
    (
        Column(
            "sale_date",
            Kind.DATE,
            "Day of the sale, or first day of the week",
            required=True,
            aliases=("transaction_date", "date", "day", "week_start", "week"),
        ),
        Column("transaction_id", Kind.TEXT, "Identifier of the transaction"),
        Column("transaction_type", Kind.TEXT, "Sale, Refund, Expense, Investment, Tax Payment; only sales count as sales"),
        *_KEYS,
        Column(
            "units",
            Kind.NUMBER,
            "Units sold; negative units are refunds",
            "units",
            -1e12,
            1e12,
            aliases=("quantity", "qty", "units_sold", "volume", "menge"),
        ),
        Column(
            "revenue",
            Kind.MONEY,
            "Amount paid by customers",
            "currency",
            -1e12,
            1e12,
            required=True,
            aliases=("amount", "sales", "net_sales", "sales_value", "umsatz", "turnover"),
        ),
        Column(
            "transactions",
            Kind.COUNT,
            "Number of receipts behind the row",
            "count",
            0,
            1e12,
            aliases=("transactions_count", "receipts"),
        ),
        Column("unit_cost", Kind.MONEY, "Variable cost of one unit", "currency/unit", 0, 1e9, aliases=("cost", "cogs")),
        Column(
            "gross_margin_pct",
            Kind.NUMBER,
            "Gross margin as a percentage of revenue",
            "%",
            -1000,
            100,
            aliases=("margin_pct", "gross_margin"),
        ),
        Column("stock_out", Kind.FLAG, "The shelf was empty for part of the period", aliases=("out_of_stock", "oos")),
        Column("payment_method", Kind.TEXT, "How the customer paid"),
        Column("entity", Kind.TEXT, "Legal entity"),
        Column("account_code", Kind.TEXT, "Ledger account"),
    ),
)

CAMPAIGNS = Contract(
    "campaigns",
    "one row per marketing campaign",
    (
        Column("campaign_id", Kind.TEXT, "Identifier of the campaign", required=True),
        Column("campaign_name", Kind.TEXT, "Name of the campaign"),
        Column("campaign_type", Kind.TEXT, "Channel or kind of campaign"),
        Column("product_category", Kind.TEXT, "Product category it advertises", aliases=("category",)),
        Column("target_audience", Kind.TEXT, "Whom it addresses"),
        Column("start_date", Kind.DATE, "First day", required=True, aliases=("start",)),
        Column("end_date", Kind.DATE, "Last day, included", required=True, aliases=("end",)),
        Column("region", Kind.TEXT, "Region it runs in"),
        Column("budget", Kind.MONEY, "Budget", "currency", 0, 1e12),
        Column("reach", Kind.COUNT, "People reached", "people", 0, 1e12),
        Column("conversion_rate", Kind.SHARE, "Share of reached people who bought", "fraction", 0, 1),
    ),
)

COSTS = Contract(
    "costs",
    "one row per matching key of the cost master",
    (*_KEYS, *_TERMS),
)

PLAN = Contract(
    "plan",
    "one row per promotion that is being considered",
    (
        _ID._replace(meaning="Identifier of the planned promotion", required=False),
        *_KEYS,
        _TYPE,
        _DISCOUNT,
        _START,
        _END._replace(meaning="Last day, included (or give duration_days)", required=False),
        Column(
            "duration_days",
            Kind.COUNT,
            "Length in days (or give end_date)",
            "days",
            1,
            366,
            aliases=("duration", "days", "dauer"),
        ),
        Column(
            "num_overlapping_campaigns",
            Kind.COUNT,
            "Campaigns running at that time; looked up when empty",
            "count",
            0,
            100,
            aliases=("campaigns", "overlapping_campaigns"),
        ),
        Column(
            "baseline_override",
            Kind.NUMBER,
            "Your own baseline, used instead of the model's",
            "units/day",
            0,
            1e12,
            aliases=("baseline_units_override", "own_baseline"),
        ),
        *_TERMS,
    ),
)

EXPORTS = {contract.name: contract for contract in (PROMOTIONS, SALES, CAMPAIGNS, COSTS)}
