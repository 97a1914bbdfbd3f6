"""What the functions write, on the terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

Log = Callable[[str, str], None]  # takes the name of who says it, and a line
_USUAL = ("DEBUG", "INFO")


def log_line(name: str, line: str) -> None:
    """Write one line of a function's log to the terminal, whole even when several write."""
    os.write(2, f"[{name}] {line.rstrip()}\n".encode(errors="replace"))


def log_trouble(name: str, line: str) -> None:
    """Write a line, unless it is a record that only tells how things go."""
    try:
        level = json.loads(line)["level"]
    except (ValueError, LookupError, TypeError):  # printed, or a traceback of Python's own
        level = None
    if level not in _USUAL:
        log_line(name, line)
