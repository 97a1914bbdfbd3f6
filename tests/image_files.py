"""Test images in any format and orientation, with a marker in the upper left corner."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
from PIL import Image

# The transposition from upright to stored pixels; EXIF orientation reverses it.
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
_PILLOW_NAMES = {"WebP": "WEBP"}

pillow_heif.register_heif_opener()


def marked(size: tuple[int, int] = (200, 120), mode: str = "RGB") -> Image.Image:
    """Return a gray image whose upper left corner is red: 1/5 of the width by 1/3 of the height."""
    image = Image.new("RGB", size, (128, 128, 128))
    image.paste((255, 0, 0), (0, 0, size[0] // 5, size[1] // 3))
    return image.convert(mode)


def encode(image: Image.Image, name: str, orientation: int = 1, **options: Any) -> bytes:
    """Encode an upright image in a format, stored in the given EXIF orientation, as are `append_images`."""
    stored = _store(image, orientation)
    if "append_images" in options:
        options["append_images"] = [_store(frame, orientation) for frame in options["append_images"]]
    if orientation != 1 and name == "TIFF":
        options["tiffinfo"] = {274: orientation}
    elif orientation != 1:
        exif = Image.Exif()
        exif[274] = orientation
        options["exif"] = exif.tobytes()
    file = io.BytesIO()
    if name == "HEIC":
        heif = pillow_heif.from_pillow(stored)
        heif.save(file, quality=90, **options)
    elif name == "MPO":
        stored.save(file, "MPO", save_all=True, append_images=[stored.copy()], **options)
    else:
        stored.save(file, _PILLOW_NAMES.get(name, name), **options)
    return file.getvalue()


def _store(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_TRANSPOSITIONS[orientation]) if orientation in _TRANSPOSITIONS else image


def red_box(image: Image.Image) -> tuple[float, float, float, float] | None:
    """Return left, top, width, and height of the red area as ratios of the image's size."""
    red, green, _ = image.convert("RGB").split()
    box = (
        Image.composite(red, Image.new("L", red.size), green.point(lambda v: 255 * (v < 70)))
        .point(lambda v: 255 * (v > 180))
        .getbbox()
    )
    if box is None:
        return None
    width, height = image.size
    return box[0] / width, box[1] / height, (box[2] - box[0]) / width, (box[3] - box[1]) / height
