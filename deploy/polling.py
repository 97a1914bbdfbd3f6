"""How often the commands ask AWS whether work is finished."""

from __future__ import annotations

from typing import TypedDict

POLL_SECONDS = 5


class WaiterConfig(TypedDict, total=False):
    """The settings of a boto3 waiter."""

    Delay: int
    MaxAttempts: int


def waiter_config(minutes: int) -> WaiterConfig:
    """Return the settings of a boto3 waiter that gives up after a time."""
    return {"Delay": POLL_SECONDS, "MaxAttempts": minutes * 60 // POLL_SECONDS}
