"""Any kind of pixels as plain sRGB: what a viewer shows, on white where the picture is transparent."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_RESIZABLE = frozenset(("RGB", "L", "RGBA", "RGBa", "LA", "La", "CMYK", "I;16", "I", "F"))
_PROFILE_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_WHITE = (255, 255, 255)


def resizable(image: Image.Image) -> Image.Image:
    """Return a picture whose pixels can be averaged: no palette, no colour that stands for transparent."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("PA", "P"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode in ("RGB", "L") and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("I;16B", "I;16L", "I;16N"):
        return image.convert("I;16")
    if image.mode == "LAB":
        return _through_profiles(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return image if image.mode in _RESIZABLE else image.convert("RGB")


def is_opaque(image: Image.Image) -> bool:
    """Tell whether nothing shines through a (resizable) picture."""
    if image.mode not in ("RGBA", "RGBa", "LA", "La"):
        return True
    return bool(image.getchannel(image.getbands()[-1]).getextrema() == (255, 255))


def srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a resizable picture in sRGB; a profile that cannot be used is left out, as viewers do."""
    plain = _eight_bits(image)
    if plain.mode in ("RGBA", "RGBa", "LA", "La"):
        plain = _on_white(plain)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if _PROFILE_SPACES.get(source.profile.xcolor_space) == plain.mode:
                return _through_profiles(plain, source)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return plain.convert("RGB")


def _through_profiles(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if converted is None:  # only when told to work in place
        raise ValueError("no converted picture")
    return converted


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        return image.point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("I", "F"):
        # no range is agreed for these, so the darkest becomes black and the lightest white
        darkest, lightest = image.getextrema()
        if not isinstance(darkest, int | float) or not isinstance(lightest, int | float):
            raise TypeError(f"extrema of {image.mode}")
        scale = 255 / (lightest - darkest) if lightest > darkest else 0.0
        return image.convert("F").point(lambda value: value * scale + -darkest * scale).convert("L")
    return image


def _on_white(image: Image.Image) -> Image.Image:
    coloured = image.convert("LA").convert("RGBA") if image.mode == "La" else image.convert("RGBA")
    ground = Image.new("RGB", image.size, _WHITE)
    ground.paste(coloured, mask=coloured.getchannel("A"))
    return ground
