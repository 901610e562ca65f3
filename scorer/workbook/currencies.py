"""How many decimals a price has: the minor units of a currency."""

from __future__ import annotations

# ISO 4217, list one: the currencies whose smallest unit is not a hundredth.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_TEN_THOUSANDTHS = "CLF UYW"


def decimals(currency: str) -> int:
    """Return how many decimals a price in this currency has.

    >>> decimals("EUR"), decimals("JPY"), decimals("KWD")
    (2, 0, 3)
    """
    for places, codes in ((0, _WHOLE), (3, _THOUSANDTHS), (4, _TEN_THOUSANDTHS)):
        if currency in codes.split():
            return places
    return 2


def price_tail(currency: str) -> str:
    """Return what a number format of prices ends with.

    >>> price_tail("EUR"), price_tail("JPY")
    ('.00', '')
    """
    places = decimals(currency)
    return "." + "0" * places if places else ""
