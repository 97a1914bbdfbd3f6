"""The pictures that a command is asked to recognize: files, and folders of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pi_heif
from PIL import Image, UnidentifiedImageError

pi_heif.register_heif_opener()


class NotAPicture(Exception):
    """A path can't be used; the message says why."""


@dataclass(frozen=True)
class Picture:
    path: Path
    name: str  # for people, and of its result; with the folder if a folder was given


def find_pictures(paths: Iterable[Path]) -> list[Picture]:
    """Return the files, and the images in the folders. Raises NotAPicture."""
    pictures: list[Picture] = []
    for path in paths:
        if path.is_dir():
            found = list(_search(path))
            if not found:
                raise NotAPicture(f"The folder {path} has no pictures in it.")
            pictures += found
        elif not path.is_file():
            raise NotAPicture(f"The file {path} doesn't exist.")
        elif not is_image(path):
            raise NotAPicture(
                f"{path.name} isn't an image. Choose a photo, such as a JPEG, PNG or HEIC file."
            )
        else:
            pictures.append(Picture(path, path.name))
    return pictures


def is_image(path: Path) -> bool:
    """Tell from the file's header. Whether the pipeline supports the format, it decides itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about metadata, and about sizes
        try:
            with Image.open(path):
                return True
        except UnidentifiedImageError:
            return False
        except Exception:  # a decoder recognized the file, but it is damaged or too large
            return True


def _search(folder: Path) -> Iterator[Picture]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and is_image(path):
            yield Picture(path, (Path(folder.resolve().name) / relative).as_posix())
