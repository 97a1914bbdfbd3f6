"""Ways to make a preview and a thumbnail of a photo, all with the same encoder and the same settings."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pi_heif
from PIL import Image

from processor.imaging import preview, thumbnail
from processor.imaging.interface import Limits
from processor.imaging.prepare import prepare_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image as PilImage

Way = tuple[bytes, bytes]  # the preview and the thumbnail
_HALF = (2000, 1500)  # pixels of the JPEG, halved


def ours(data: bytes) -> Way:
    """Do what the function does: also check the file, convert a HEIC to a JPEG, and find colors and facts."""
    prepared = prepare_image(data, Limits())
    return prepared.preview, prepared.thumbnail


def pillow_draft(data: bytes) -> Way:
    """Let libjpeg halve the photo while it decodes it."""
    with Image.open(io.BytesIO(data)) as image:
        image.draft(None, _HALF)
        image.thumbnail((preview.MAX_SIDE, preview.MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return _render(image)


def pillow_lanczos(data: bytes) -> Way:
    """Decode all pixels, and reduce them with the best filter."""
    return _render(_lanczos(open_whole(data)))


def opencv(data: bytes) -> Way:
    """Let libjpeg halve the photo for OpenCV, which the function doesn't have."""
    half = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    if half is None:
        raise ValueError("not read")
    return _render(Image.fromarray(cv2.cvtColor(half, cv2.COLOR_BGR2RGB)))


def pi_heif_average(data: bytes) -> Way:
    """Use the package as it is made to be used, and average squares of pixels."""
    image = open_whole(data)
    return _render(image.reduce(max(1, round(max(image.size) / preview.MAX_SIDE))))


def pi_heif_lanczos(data: bytes) -> Way:
    """Use the package as it is made to be used, and the best filter."""
    return _render(_lanczos(open_whole(data)))


def open_whole(data: bytes) -> PilImage:
    """Return all pixels of a JPEG or a HEIC."""
    if data.startswith(b"\xff\xd8"):
        return Image.open(io.BytesIO(data)).convert("RGB")
    image: PilImage = pi_heif.open_heif(data, convert_hdr_to_8bit=True).to_pillow()
    return image


def _render(image: PilImage) -> Way:
    return preview.render(image), thumbnail.render(image)


def _lanczos(image: PilImage) -> PilImage:
    scale = preview.MAX_SIDE / max(image.size)
    size = round(image.width * scale), round(image.height * scale)
    return image.resize(size, Image.Resampling.LANCZOS)


OURS = "the function"
JPEG_WAYS: dict[str, Callable[[bytes], Way]] = {
    OURS: ours,
    "Pillow, halved by libjpeg": pillow_draft,
    "Pillow, Lanczos": pillow_lanczos,
    "OpenCV, halved by libjpeg": opencv,
}
HEIC_WAYS: dict[str, Callable[[bytes], Way]] = {
    OURS: ours,
    "pi-heif, averaged": pi_heif_average,
    "pi-heif, Lanczos": pi_heif_lanczos,
}
