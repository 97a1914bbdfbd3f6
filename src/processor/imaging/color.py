"""Conversion of any pixel mode to sRGB as viewers show it: on white if transparent."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageCms

from processor.imaging import cicp

if TYPE_CHECKING:
    from processor.imaging.cicp import CodePoints

_RESIZABLE_MODES = frozenset(("RGB", "L", "RGBA", "RGBa", "LA", "La", "CMYK", "I;16"))
_ALPHA_MODES = frozenset(("RGBA", "RGBa", "LA", "La"))
_MODE_OF_PROFILE = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_WHITE = (255, 255, 255)


def to_resizable(image: Image.Image) -> Image.Image:
    """Return an image whose pixels can be averaged: without a palette or a transparent color."""
    if image.mode in ("RGB", "L", "1") and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("PA", "P"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode == "LAB":
        return _convert_profile(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return image if image.mode in _RESIZABLE_MODES else image.convert("RGB")


def is_opaque(image: Image.Image) -> bool:
    """Return whether a resizable image has no transparent pixel."""
    if image.mode not in _ALPHA_MODES:
        return True
    return bool(image.getchannel(image.getbands()[-1]).getextrema() == (255, 255))


def to_srgb(image: Image.Image, profile: bytes | None, code_points: CodePoints | None = None) -> Image.Image:
    """Return a resizable image in sRGB, by its code points or else its ICC profile.

    A profile that can't be applied is ignored, as viewers do.
    """
    plain = _to_8_bit(image)
    if code_points and not code_points.is_srgb:
        plain = cicp.to_srgb(
            _to_rgba(plain) if plain.mode in _ALPHA_MODES else plain.convert("RGB"), code_points
        )
        profile = None
    if plain.mode in _ALPHA_MODES:
        plain = _flatten(plain)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if _MODE_OF_PROFILE.get(source.profile.xcolor_space) == plain.mode:
                return _convert_profile(plain, source)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return plain.convert("RGB")


def _convert_profile(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if converted is None:  # only with inPlace=True
        raise ValueError("the profile conversion returned no image")
    return converted


def _to_8_bit(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        return image.point(lambda value: value * (1 / 257)).convert("L")
    return image


def _flatten(image: Image.Image) -> Image.Image:
    """Return a transparent image on a white background."""
    rgba = _to_rgba(image)
    background = Image.new("RGB", image.size, _WHITE)
    background.paste(rgba, mask=rgba.getchannel("A"))
    return background


def _to_rgba(image: Image.Image) -> Image.Image:
    return image.convert("LA").convert("RGBA") if image.mode == "La" else image.convert("RGBA")
