"""Preparation of an image for recognition, from its bytes to its renderings."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from processor.imaging import preview, rendering, thumbnail
from processor.imaging.convert import convert
from processor.imaging.decode import open_image
from processor.imaging.dominant_colors import find_colors
from processor.imaging.facts import read_facts
from processor.imaging.interface import ImageFacts, ImageHeader, PreparedImage, ignore
from processor.imaging.perceptual_hash import hash_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from processor.imaging.interface import Limits


def prepare_image(
    data: bytes,
    limits: Limits,
    on_header: Callable[[ImageHeader], None] = ignore,
    on_decoded: Callable[[bytes | None], None] = ignore,
) -> PreparedImage:
    """Decode, convert and render a file.

    `on_header` is called once its header has been read, `on_decoded` once all pixels are decoded: what can
    be wrong with a file is found by then, so that nothing is billed for one that is damaged.
    Raises Rejection if the file isn't a supported image, is damaged or too complex.
    """
    opened = open_image(data)
    header = ImageHeader(opened.format, opened.width, opened.height)
    on_header(header)
    exif = read_facts(opened, data)  # before the conversion, which closes the file
    converted = convert(opened, data, limits)
    on_decoded(converted.body)
    small = rendering.reduce(converted.image, preview.MAX_SIDE)
    return PreparedImage(
        **asdict(header),
        body=converted.body,
        preview=preview.render(small),
        thumbnail=thumbnail.render(small),
        facts=ImageFacts(exif, find_colors(small), hash_pixels(small)),
    )
