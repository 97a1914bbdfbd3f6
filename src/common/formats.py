"""The supported image formats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """An image format and the media types that browsers and tools send for it, the standard one first."""

    name: str
    media_types: tuple[str, ...]
    is_listed: bool = True  # False for MPO, which cameras save with the extension .jpg


FORMATS = (
    Format("JPEG", ("image/jpeg", "image/jpg", "image/pjpeg")),
    Format("PNG", ("image/png", "image/x-png", "image/apng")),
    Format("WebP", ("image/webp",)),
    Format("HEIC", ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")),
    Format("AVIF", ("image/avif", "image/avif-sequence")),
    Format("GIF", ("image/gif",)),
    Format("TIFF", ("image/tiff", "image/tif", "image/x-tiff")),
    Format("BMP", ("image/bmp", "image/x-bmp", "image/x-ms-bmp")),
    Format("MPO", ("image/mpo",), is_listed=False),
)
_BY_MEDIA_TYPE = {media_type: each for each in FORMATS for media_type in each.media_types}


def find_format(media_type: str) -> Format | None:
    """Return the format of a media type (case-insensitive), or None if it isn't supported."""
    return _BY_MEDIA_TYPE.get(media_type.strip().lower())


def supported_formats() -> str:
    """Return the format names for use in a sentence: "JPEG, PNG, …, or BMP"."""
    *first, last = (each.name for each in FORMATS if each.is_listed)
    return f"{', '.join(first)}, or {last}"
