"""Ask the person who runs a command."""

from __future__ import annotations


def confirm(question: str) -> bool:
    """Return whether the person answers yes, in full. Without a terminal, the answer is no."""
    try:
        return input(f"{question} Type yes to confirm: ").strip().lower() == "yes"
    except EOFError:
        print()  # end the line of the question
        return False
