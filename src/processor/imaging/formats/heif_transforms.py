"""Crop, rotation and mirroring of a HEIF image (ISO/IEC 23008-12, 6.5.9, 6.5.10 and 6.5.12)."""

from __future__ import annotations

from ctypes import byref, c_int, c_uint32
from typing import TYPE_CHECKING

from PIL import Image

from processor.imaging.formats import libheif

if TYPE_CHECKING:
    from processor.imaging.formats.heif_file import HeifFile

_CROP, _ROTATION, _MIRROR = (int.from_bytes(kind, "big") for kind in (b"clap", b"irot", b"imir"))
_MAX_TRANSFORMS = 16  # three are allowed
_ROTATIONS = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}
_MIRRORS = {0: Image.Transpose.FLIP_TOP_BOTTOM, 1: Image.Transpose.FLIP_LEFT_RIGHT}
_CROP_BOX = b"\0\0\0\x28clap"


def read_crop(file: HeifFile, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return the left, top, right and bottom edge to which a primary image of a size is cropped, or None.

    Edges can be outside the image. They apply before its rotation.
    """
    for each in _list_transforms(file):
        if _read_kind(file, each) == _CROP:
            return _read_edges(file, each, size)
    return None


def apply(file: HeifFile, image: Image.Image) -> Image.Image:
    """Return a decoded primary image after its transforms, in their order."""
    for each in _list_transforms(file):
        kind, arguments = _read_kind(file, each), (file.context, file.primary_id, each)
        transposition = None
        if kind == _CROP:
            left, top, right, bottom = _read_edges(file, each, image.size)
            edges = max(0, left), max(0, top), min(image.width, right), min(image.height, bottom)
            if edges[0] >= edges[2] or edges[1] >= edges[3]:
                raise ValueError("the crop is outside the image")
            image = image.crop(edges)
        elif kind == _ROTATION:
            transposition = _ROTATIONS.get(libheif.rotation(*arguments))
        elif kind == _MIRROR:
            transposition = _MIRRORS.get(libheif.mirror(*arguments))
        if transposition is not None:
            image = image.transpose(transposition)
    return image


def without_crop(data: bytes, size: tuple[int, int]) -> bytes:
    """Return a file whose crops leave the whole image of a size."""
    values = (*size, 0, 0)  # width, height, and the offset of the center, each followed by a denominator
    body = b"".join(value.to_bytes(4, "big") + b"\0\0\0\1" for value in values)
    changed = bytearray(data)
    start = data.find(_CROP_BOX)
    while 0 <= start <= len(data) - len(_CROP_BOX) - len(body):
        first = start + len(_CROP_BOX)
        changed[first : first + len(body)] = body
        start = data.find(_CROP_BOX, first)
    return bytes(changed)


def _list_transforms(file: HeifFile) -> list[int]:
    properties = (c_uint32 * _MAX_TRANSFORMS)()
    count = libheif.transforms(file.context, file.primary_id, properties, _MAX_TRANSFORMS)
    return list(properties[:count])


def _read_kind(file: HeifFile, transform: int) -> int:
    kind: int = libheif.property_type(file.context, file.primary_id, transform)
    return kind


def _read_edges(file: HeifFile, transform: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    borders = c_int(), c_int(), c_int(), c_int()
    libheif.crop_borders(file.context, file.primary_id, transform, *size, *map(byref, borders))
    left, top, right, bottom = (border.value for border in borders)
    return left, top, size[0] - right, size[1] - bottom
