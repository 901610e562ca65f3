"""The one number that says how a model folder is laid out.

Raise it when a reader of the number before would misread or refuse what is written now: another set of
files, another meaning or name of a manifest entry, another way to make the version. Do not raise it for new
metrics, new features, new parts of a model or another library version: those are content. When it is
raised, the reader of the number before moves to ``scorer/artifacts/old/`` and is entered below, so models
trained earlier stay readable.
"""

from __future__ import annotations

PROTOCOL = 1
READABLE = (PROTOCOL,)

MANIFEST = "manifest.json"
BOOSTER = ".ubj"
DOCUMENT = ".json"
TABLE = ".parquet"
# For people: carried and hashed with the rest, never opened by the product.
CARD = ".md"
PICTURE = ".png"

# The booster layout is XGBoost's own; these releases write it alike.
XGBOOST_MAJOR = 3
