"""The making of promo.xlam: macros and ribbon are written from the catalogue, and put into xlwings' own empty add-in."""

from __future__ import annotations

from addin.build.package import Built, build

__all__ = ["Built", "build"]
