"""Conversion of any pixel mode to sRGB as viewers show it: on white if transparent."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_RESIZABLE_MODES = frozenset(("RGB", "L", "RGBA", "RGBa", "LA", "La", "CMYK", "I;16", "I", "F"))
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
    if image.mode in ("I;16B", "I;16L", "I;16N"):
        return image.convert("I;16")
    if image.mode == "LAB":
        return _convert_profile(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return image if image.mode in _RESIZABLE_MODES else image.convert("RGB")


def is_opaque(image: Image.Image) -> bool:
    """Return whether a resizable image has no transparent pixel."""
    if image.mode not in _ALPHA_MODES:
        return True
    return bool(image.getchannel(image.getbands()[-1]).getextrema() == (255, 255))


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a resizable image in sRGB. An ICC profile that can't be applied is ignored, as viewers do."""
    plain = _to_8_bit(image)
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
    if image.mode in ("I", "F"):
        # These modes have no defined range: map the darkest pixel to black and the lightest to white.
        darkest, lightest = image.getextrema()
        if not isinstance(darkest, int | float) or not isinstance(lightest, int | float):
            raise TypeError(f"extrema of {image.mode}")
        scale = 255 / (lightest - darkest) if lightest > darkest else 0.0
        return image.convert("F").point(lambda value: value * scale + -darkest * scale).convert("L")
    return image


def _flatten(image: Image.Image) -> Image.Image:
    """Return a transparent image on a white background."""
    rgba = image.convert("LA").convert("RGBA") if image.mode == "La" else image.convert("RGBA")
    background = Image.new("RGB", image.size, _WHITE)
    background.paste(rgba, mask=rgba.getchannel("A"))
    return background
