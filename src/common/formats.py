"""The picture formats that the product takes, in one table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A picture format; `media_types` are the names that browsers and tools give it, the usual one first."""

    name: str
    media_types: tuple[str, ...]
    told: bool = True  # whether people are told of it: nobody knows that some cameras' JPEGs are MPOs


FORMATS = (
    Format("JPEG", ("image/jpeg", "image/jpg", "image/pjpeg")),
    Format("PNG", ("image/png", "image/x-png", "image/apng")),
    Format("WebP", ("image/webp",)),
    Format("HEIC", ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")),
    Format("AVIF", ("image/avif", "image/avif-sequence")),
    Format("GIF", ("image/gif",)),
    Format("TIFF", ("image/tiff", "image/tif", "image/x-tiff")),
    Format("BMP", ("image/bmp", "image/x-bmp", "image/x-ms-bmp")),
    Format("MPO", ("image/mpo",), told=False),
)
_BY_MEDIA_TYPE = {media_type: known for known in FORMATS for media_type in known.media_types}


def format_of(media_type: str) -> Format | None:
    """Look up the format that a media type (any case) declares; None when it is not taken."""
    return _BY_MEDIA_TYPE.get(media_type.strip().lower())


def accepted_formats() -> str:
    """Name the formats for use in a sentence: "JPEG, PNG, … or BMP"."""
    *first, last = (known.name for known in FORMATS if known.told)
    return f"{', '.join(first)} or {last}"
