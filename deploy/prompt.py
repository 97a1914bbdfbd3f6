"""Ask the person who runs a command."""

from __future__ import annotations

import sys

from deploy.errors import DeploymentError


def confirm(question: str, command: str) -> bool:
    """Return whether the person answers yes, in full. Raises DeploymentError if nobody answers `command`."""
    try:
        answer = input(f"{question} Type yes to confirm: ")
    except (EOFError, OSError, RuntimeError, UnicodeDecodeError) as error:  # no terminal, or no text
        print()  # end the line of the question
        raise DeploymentError(
            f"Nobody answered, so nothing was changed. To answer without a terminal: echo yes | {command}"
        ) from error
    if not sys.stdin.isatty():
        print()  # likewise: only a terminal shows the answer and its newline
    return answer.strip().lower() == "yes"
