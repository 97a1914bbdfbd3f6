"""Whose request it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def owner_of(event: Mapping[str, Any]) -> str:
    """Name the owner on whose behalf an API request acts: everybody shares one while nobody signs in."""
    return "public"
