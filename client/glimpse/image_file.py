"""A file to upload: its name, media type, size and hash. The bytes are read in pieces."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import TypedDict

from glimpse.errors import UnreadableFile

_CHUNK = 262_144  # bytes
# Python's own table lacks some, and depends on the machine. The bytes decide the format.
MEDIA_TYPES = {
    "apng": "image/apng",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "dib": "image/bmp",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "hif": "image/heif",
    "jfif": "image/jpeg",
    "jpe": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "mpo": "image/mpo",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "webp": "image/webp",
}
_UNKNOWN_TYPE = "application/octet-stream"


class UploadRequest(TypedDict):
    """The body of `POST /uploads`."""

    fileName: str
    contentType: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ImageFile:
    """A file to upload. `chunks()` yields its bytes."""

    name: str
    size: int
    sha256: str
    chunks: Callable[[], Iterator[bytes]]

    @classmethod
    def from_path(cls, path: Path) -> ImageFile:
        """Read and hash a file. Raises UnreadableFile if it can't be read or is empty."""
        digest, size = hashlib.sha256(), 0
        for chunk in _read(path):
            digest.update(chunk)
            size += len(chunk)
        if not size:
            raise UnreadableFile(f"{path.name} is empty. Choose another file.")
        return cls(printable(path).name, size, digest.hexdigest(), partial(_read, path))

    @classmethod
    def from_bytes(cls, name: str, content: bytes) -> ImageFile:
        """Return a file whose bytes are in memory."""
        return cls(name, len(content), hashlib.sha256(content).hexdigest(), lambda: iter((content,)))

    @property
    def request(self) -> UploadRequest:
        """The body of `POST /uploads`."""
        return {
            "fileName": self.name,
            "contentType": media_type(self.name),
            "size": self.size,
            "sha256": self.sha256,
        }


def printable(path: Path) -> Path:
    """Return a path in which what isn't UTF-8 is replaced; Linux accepts any bytes in names."""
    return Path(os.fsencode(path).decode("utf-8", "replace"))


def media_type(name: str) -> str:
    """Return the media type for a file name's extension."""
    known = MEDIA_TYPES.get(PurePath(name).suffix.lower().removeprefix("."))
    return known or mimetypes.guess_type(PurePath(name).name)[0] or _UNKNOWN_TYPE


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from iter(partial(file.read, _CHUNK), b"")
    except OSError as error:
        raise UnreadableFile(f"{path} can't be read: {error.strerror}.") from error
