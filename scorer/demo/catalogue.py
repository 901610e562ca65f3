"""What the example client sells, where and how it promotes: names, and the tendencies planted behind them."""

from __future__ import annotations

from typing import NamedTuple


class Category(NamedTuple):
    """A product category: its money, its year, and how strongly it answers to a discount."""

    name: str
    subcategories: tuple[str, ...]
    price: float
    """Typical list price, currency per unit."""
    margin: float
    """(price - cost) / price."""
    sensitivity: float
    """Slope of log lift on the saturated discount, for a plain price cut."""
    peak_day: int
    """Day of the year on which the yearly swing is highest."""
    swing: float
    """Height of that swing in logs."""
    christmas: float
    """Extra height around mid December in logs."""


class Mechanic(NamedTuple):
    """A kind of promotion: what it does by itself, and how much of the discount comes through."""

    name: str
    base: float
    """Log lift at no discount."""
    gain: float
    """Multiplies the category's sensitivity; near zero = the discount is money for nothing."""
    weight: float
    """How often it is used."""


CATEGORIES = (
    Category(
        "Beverages", ("Soft drinks", "Mineral water", "Beer", "Juices"), 3.20, 0.55, 1.30, 200, 0.22, 0.10
    ),
    Category("Snacks", ("Crisps", "Nuts", "Chocolate"), 2.10, 0.62, 1.45, 340, 0.08, 0.30),
    Category("Household", ("Detergents", "Paper goods", "Cleaners"), 5.50, 0.58, 1.10, 100, 0.04, 0.05),
    Category("Personal care", ("Shampoo", "Skin care", "Oral care"), 4.20, 0.66, 0.90, 20, 0.05, 0.15),
    Category(
        "Frozen food", ("Pizza", "Ice cream", "Vegetables", "Ready meals"), 3.60, 0.54, 1.25, 190, 0.15, 0.08
    ),
    Category("Coffee and tea", ("Ground coffee", "Coffee pods", "Tea"), 7.90, 0.28, 1.55, 10, 0.12, 0.15),
)

REGIONS = ("North", "South", "East", "West", "Central")

MECHANICS = (
    Mechanic("Price cut", 0.04, 1.00, 0.30),
    Mechanic("Multibuy", 0.08, 0.85, 0.20),
    Mechanic("Display", 0.22, 0.60, 0.15),
    Mechanic("Coupon", -0.05, 0.12, 0.18),
    Mechanic("Loyalty", -0.07, 0.03, 0.17),
)

# Discount depths on offer and how often each is used.
DEPTHS = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50)
DEPTH_WEIGHTS = (0.14, 0.22, 0.18, 0.19, 0.10, 0.08, 0.03, 0.03, 0.01, 0.02)

DURATIONS = (3, 4, 7, 10, 14, 21, 28)
DURATION_WEIGHTS = (0.10, 0.10, 0.42, 0.14, 0.15, 0.06, 0.03)

CHANNELS = ("TV", "Social", "Search", "Print", "Email")
AUDIENCES = ("Families", "Young adults", "Households", "Regular customers")
