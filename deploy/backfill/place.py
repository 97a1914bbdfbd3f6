"""Where a stack runs: on AWS or on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from deploy.backfill.progress import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deploy.environments import Environment


class Place(Protocol):
    """What the commands say about the place of a stack."""

    @property
    def name(self) -> str:
        """The stack, as sentences name it."""

    def price(self, dollars: float) -> str:
        """Return what Rekognition costs."""

    def time(self, seconds: float, rate: float) -> str:
        """Return how long a run takes at a rate."""

    def advise(self, values: Sequence[str]) -> str:
        """Return how to give the stack parameters such as `Name=value`, as the end of a sentence."""


@dataclass(frozen=True)
class Deployed:
    """A stack on AWS."""

    name: str
    environment: Environment

    def price(self, dollars: float) -> str:
        """Return what Rekognition costs, before discounts."""
        return f"about ${dollars:,.2f} at list prices"

    def time(self, seconds: float, rate: float) -> str:
        """Return how long a run takes."""
        return f"about {duration(seconds)} at {rate:g} images/s"

    def advise(self, values: Sequence[str]) -> str:
        """Return what to change in samconfig.toml."""
        listed = ", ".join(f'"{value}"' for value in values)
        return (
            f"set {listed} in parameter_overrides of samconfig.toml under "
            f"[{self.environment.name}.global.parameters], then run {self.environment.command('deploy')}."
        )


@dataclass(frozen=True)
class Local:
    """The stack of `make run`."""

    name: str = "the local stack"

    def price(self, dollars: float) -> str:
        """Return what the same would cost on AWS: the local engine is free."""
        return f"on AWS, about ${dollars:,.2f} at list prices"

    def time(self, seconds: float, rate: float) -> str:
        """Return how long a run takes at least: the local engine may be slower than Rekognition's quota."""
        return (
            f"about {duration(seconds)} at {rate:g} images/s by Rekognition's quota; "
            "the local engine may need longer"
        )

    def advise(self, values: Sequence[str]) -> str:
        """Return how to start the stack again: its earlier values of SET, and DATA, aren't kept anywhere."""
        return (
            f'stop the stack, then run make run SET="{" ".join(values)}", with DATA and the other values of '
            "SET as before."
        )
