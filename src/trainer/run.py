"""A run of the trainer: its time, and its lease of a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """The seconds that are left, and how to keep the lease while a step takes long."""

    seconds_left: Callable[[], float]
    renew_lease: Callable[[], None]
