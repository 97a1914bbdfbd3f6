"""Conversion of any pixel mode to sRGB as viewers show it: on white if transparent."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from PIL import Image, ImageCms

from processor.imaging import cicp

if TYPE_CHECKING:
    from processor.imaging.cicp import CodePoints

_RESIZABLE_MODES = frozenset(("RGB", "L", "RGBA", "RGBa", "LA", "La", "CMYK", "I;16"))
_ALPHA_MODES = frozenset(("RGBA", "RGBa", "LA", "La"))
_MODE_OF_PROFILE = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_STRAIGHT_MODES = {"La": "LA", "RGBa": "RGBA"}
_MAX_TAGS = 100  # of a profile, in Little CMS
_WHITE = (255, 255, 255)


def to_resizable(image: Image.Image) -> Image.Image:
    """Return an image whose pixels can be averaged: without a palette or a transparent color."""
    if image.mode in ("RGB", "L", "1") and image.has_transparency_data:
        return image.convert("RGBA" if image.mode == "RGB" else "LA")
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

    A profile that can't be applied is ignored. Transparency is blended in sRGB. Both is as in browsers.
    """
    colors, alpha = _split_alpha(_to_8_bit(image))
    if code_points and not code_points.is_srgb:
        colors = cicp.to_srgb(colors.convert("RGB"), code_points)
    elif profile:
        colors = _apply_profile(colors, profile)
    rgb = colors.convert("RGB")
    if alpha is None:
        return rgb
    background = Image.new("RGB", image.size, _WHITE)
    background.paste(rgb, mask=alpha)
    return background


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    if image.mode not in _ALPHA_MODES:
        return image, None
    straight = image.convert(_STRAIGHT_MODES.get(image.mode, image.mode))
    return straight.convert("L" if straight.mode == "LA" else "RGB"), straight.getchannel("A")


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(_hide_elements(profile)))
        mode = _MODE_OF_PROFILE.get(source.profile.xcolor_space)
        if (image.mode, mode) == ("L", "RGB"):
            image = image.convert("RGB")
        return _convert_profile(image, source) if image.mode == mode else image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, struct.error):
        return image


def _hide_elements(profile: bytes) -> bytes:
    """Return a profile without tables of processing elements (ICC.1, 9.2.17 and others), as in browsers.

    Little CMS would apply them in any number: a profile of 1 MB could take minutes.
    """
    (count,) = struct.unpack_from(">I", profile, 128)
    edited = bytearray(profile)
    for start in range(132, 132 + 12 * min(count, _MAX_TAGS), 12):
        if profile[start : start + 3] in (b"D2B", b"B2D"):
            edited[start : start + 4] = profile[start : start + 4].lower()  # a tag that nothing reads
    return bytes(edited)


def _convert_profile(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if converted is None:  # only with inPlace=True
        raise ValueError("the profile conversion returned no image")
    return converted


def _to_8_bit(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        return image.point(lambda value: value * (1 / 257)).convert("L")
    return image
