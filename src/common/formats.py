"""The supported image formats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """An image format and the media types that browsers and tools send for it, the standard one first.

    `extensions` are those of its files, in lower case.
    """

    name: str
    media_types: tuple[str, ...]
    extensions: tuple[str, ...]
    is_listed: bool = True  # False for MPO, which cameras save with the extension .jpg


FORMATS = (
    Format("JPEG", ("image/jpeg", "image/jpg", "image/pjpeg"), ("jpg", "jpeg", "jpe", "jfif")),
    Format("PNG", ("image/png", "image/x-png", "image/apng"), ("png", "apng")),
    Format("WebP", ("image/webp",), ("webp",)),
    Format(
        "HEIC",
        ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"),
        ("heic", "heif", "hif"),
    ),
    Format("AVIF", ("image/avif", "image/avif-sequence"), ("avif",)),
    Format("GIF", ("image/gif",), ("gif",)),
    Format("TIFF", ("image/tiff", "image/tif", "image/x-tiff"), ("tiff", "tif")),
    Format("BMP", ("image/bmp", "image/x-bmp", "image/x-ms-bmp"), ("bmp", "dib")),
    Format("MPO", ("image/mpo",), ("mpo",), is_listed=False),
)
_BY_MEDIA_TYPE = {media_type: each for each in FORMATS for media_type in each.media_types}
_BY_EXTENSION = {extension: each for each in FORMATS for extension in each.extensions}
_ANY_BYTES = "application/octet-stream"


def find_format(media_type: str) -> Format | None:
    """Return the format of a media type (case-insensitive), or None if it isn't supported."""
    return _BY_MEDIA_TYPE.get(media_type.strip().lower())


def media_type_of(file_name: str) -> str:
    """Return the standard media type that a file's extension stands for, that of any bytes if none."""
    found = _BY_EXTENSION.get(file_name.rpartition(".")[2].lower()) if "." in file_name else None
    return found.media_types[0] if found else _ANY_BYTES


def is_picture_name(file_name: str) -> bool:
    """Return whether a file's name has the extension of a supported format."""
    return media_type_of(file_name) != _ANY_BYTES


def supported_formats() -> str:
    """Return the format names for use in a sentence: "JPEG, PNG, …, or BMP"."""
    *first, last = (each.name for each in FORMATS if each.is_listed)
    return f"{', '.join(first)}, or {last}"
