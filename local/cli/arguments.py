"""Options of commands: types and errors that say what would be right."""

from __future__ import annotations

import math
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable


class MakeParser(ArgumentParser):
    """A parser for a command of the Makefile. Its errors name the variable that the user set."""

    def error(self, message: str) -> NoReturn:
        """Exit with one line, such as `make cost: IMAGES must be …`."""
        named = re.sub(r"^argument (?:--)?(\w+): ", lambda match: f"{match[1].upper()} ", message)
        self.exit(2, f"{self.prog}: {named}\n")


def whole_number(minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    """Return a function that reads a whole number. It raises ArgumentTypeError outside the bounds."""
    bounds = f"of {minimum} or more" if maximum is None else f"from {minimum} to {maximum}"

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = minimum - 1
        if number < minimum or (maximum is not None and number > maximum):
            raise ArgumentTypeError(f"must be a whole number {bounds}, not {text}")
        return number

    return read


def number_from(minimum: float) -> Callable[[str], float]:
    """Return a function that reads a finite number. It raises ArgumentTypeError below the minimum."""

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not minimum <= number < math.inf:
            raise ArgumentTypeError(f"must be a number of {minimum:g} or more, not {text}")
        return number

    return read
