"""Where a stack runs: on AWS or on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deploy.environments import Environment


class Place(Protocol):
    """What the commands say about the place of a stack."""

    @property
    def name(self) -> str:
        """The stack, as sentences name it."""

    def advise(self, values: Sequence[str]) -> str:
        """Return how to give the stack parameters such as `Name=value`, as the end of a sentence."""


@dataclass(frozen=True)
class Deployed:
    """A stack on AWS."""

    name: str
    environment: Environment

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

    def advise(self, values: Sequence[str]) -> str:
        """Return how to start the stack again: its earlier values of SET, and DATA, aren't kept anywhere."""
        return (
            f'stop the stack, then run make run SET="{" ".join(values)}", with DATA and the other values of '
            "SET as before."
        )
