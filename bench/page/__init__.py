"""The page, measured with Lighthouse and by scrolling."""

from __future__ import annotations

from bench.page.section import measure

__all__ = ["measure"]
