"""Previews and thumbnails: their size and their pixels."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from processor.imaging import preview, thumbnail
from tests.image_files import marked, red_box


def read(rendering: bytes) -> Image.Image:
    return Image.open(io.BytesIO(rendering), formats=("WEBP",))


@pytest.mark.parametrize(
    ("size", "preview_size", "thumbnail_size"),
    [
        ((4096, 3072), (2048, 1536), (480, 360)),
        ((3072, 4096), (1536, 2048), (360, 480)),
        ((4032, 3024), (2016, 1512), (480, 360)),  # halved, as a draft of a JPEG is
        ((3970, 2978), (2048, 1536), (480, 360)),  # half of it would be too small
        ((4033, 3025), (2017, 1513), (480, 360)),
        ((2048, 1000), (2048, 1000), (480, 234)),
        ((100, 60), (100, 60), (100, 60)),  # never enlarged
        ((4096, 1), (2048, 1), (480, 1)),
    ],
)
def test_the_longer_side_is_limited(
    size: tuple[int, int], preview_size: tuple[int, int], thumbnail_size: tuple[int, int]
) -> None:
    image = Image.new("RGB", size, (10, 120, 200))
    assert read(preview.render(image)).size == preview_size
    assert read(thumbnail.render(image)).size == thumbnail_size


def test_a_preview_shows_the_whole_image() -> None:
    rendering = read(preview.render(marked((3000, 1800))))
    assert red_box(rendering) == pytest.approx((0, 0, 0.2, 1 / 3), abs=0.003)
