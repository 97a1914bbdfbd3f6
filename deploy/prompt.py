"""Ask the person who runs a command."""

from __future__ import annotations


def confirm(question: str) -> bool:
    """Return whether the person answers yes. Without a terminal, the answer is no."""
    try:
        return input(f"{question} (yes/no) ").strip().lower() == "yes"
    except EOFError:
        return False
