"""The pictures in files and folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from glimpse.image_file import MEDIA_TYPES

_HEAD = 16  # bytes
# How the files of the supported formats begin.
_SIGNATURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|BM|II\*\0|MM\0\*|II\+\0|MM\0\+"
    rb"|....ftyp(?:hei|hev|mif1|msf1|avi)",
    re.DOTALL,
)


@dataclass
class Pictures:
    """The files to upload, each once, and how many files of folders were skipped."""

    paths: list[Path] = field(default_factory=list)
    hidden: int = 0
    others: int = 0


def find_pictures(paths: Iterable[Path]) -> Pictures:
    """Return the given files, and the pictures in the given folders and in the folders below.

    A file that is named itself is taken whatever it is. Raises FileNotFoundError if one doesn't exist.
    """
    found = Pictures()
    for path in paths:
        if path.is_dir():
            _search(path, found)
        elif path.exists():
            found.paths.append(path)
        else:
            raise FileNotFoundError(path)
    found.paths = list(dict.fromkeys(found.paths))
    return found


def _search(folder: Path, found: Pictures) -> None:
    for path, is_hidden in _walk(folder):
        if is_hidden:
            found.hidden += 1
        elif _is_picture(path):
            found.paths.append(path)
        else:
            found.others += 1


def _walk(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the files in a folder in order, and whether they or a folder below are hidden."""
    for parent, folders, files in os.walk(folder):
        folders.sort()
        inside = Path(parent).relative_to(folder).parts
        for name in sorted(files):
            path = Path(parent, name)
            if path.is_file():  # not a socket or a broken link
                yield path, any(part.startswith(".") for part in (*inside, name))


def _is_picture(path: Path) -> bool:
    if path.suffix.lower().removeprefix(".") in MEDIA_TYPES:
        return True
    try:
        with path.open("rb") as file:
            return _SIGNATURE.match(file.read(_HEAD)) is not None
    except OSError:
        return False
