"""Who runs which product: what every output is signed with."""

from __future__ import annotations

from importlib.metadata import version as installed_version


def product() -> str:
    """Return the version of the product."""
    return installed_version("promo-planner")


def who() -> str:
    """Return who is logged in; the systems that do not say make getpass raise."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
