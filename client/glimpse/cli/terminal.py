"""What the commands share: exit codes, messages on stderr, and files for their output."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from stat import S_IMODE
from typing import IO

from glimpse.errors import GlimpseError

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130
_NEW, _PRIVATE = 0o666, 0o600  # modes, less what the umask takes


class UsageError(Exception):
    """The arguments don't make sense together."""


class OutputError(GlimpseError):
    """A file can't be written."""


def say(line: str) -> None:
    """Print a line for people; stdout belongs to programs."""
    print(line, file=sys.stderr, flush=True)


def number(count: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun, such as "1,000 pictures"."""
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"


def is_stdout(path: Path) -> bool:
    """Return whether a path is `-`, which stands for stdout."""
    return str(path) == "-"


@contextmanager
def output(path: Path | None, *, whole: bool = False) -> Iterator[IO[str]]:
    """Open a file for text in UTF-8 with its line ends as they are, or stdout if the path is None or `-`.

    With `whole`, an earlier file is replaced only if the `with` block succeeds.
    """
    if path is None or is_stdout(path):
        yield sys.stdout
        sys.stdout.flush()
        return
    target = replacement(path) if whole else nullcontext(path)
    with explained(path), target as part, part.open("w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def replacement(path: Path) -> Iterator[Path]:
    """Yield the path of a new file, which replaces the one at `path` if the `with` block succeeds.

    It gets the mode of the earlier file. For a device or a pipe, this is the path itself.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    target = path.resolve()  # a symbolic link stays
    mode = S_IMODE(target.stat().st_mode) if target.exists() else None
    part = target.with_name(f".glimpse-{secrets.token_hex(8)}")
    part.touch(_NEW if mode is None else _PRIVATE, exist_ok=False)
    try:
        yield part
        if mode is not None:
            part.chmod(mode)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise OutputError, with the name of the file, within a `with` block."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror}.") from error
