"""Log lines on the terminal, for every part of the stack."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

Log = Callable[[str, str], None]  # log(source name, line)


def log_line(name: str, line: str) -> None:
    """Print one log line to the terminal; a single write keeps lines of several threads apart."""
    os.write(2, f"[{name}] {line.rstrip()}\n".encode(errors="replace"))


def log_problems(name: str, line: str) -> None:
    """Print a log line unless it is a JSON record of level DEBUG or INFO."""
    try:
        level = json.loads(line)["level"]
    except (ValueError, LookupError, TypeError):  # printed text or a traceback
        level = None
    if level not in ("DEBUG", "INFO"):
        log_line(name, line)
