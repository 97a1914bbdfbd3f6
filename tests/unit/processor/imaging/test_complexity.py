"""Files whose decoding would take long for their size are rejected before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from common.rejections import Rejection
from processor.imaging.color import to_srgb
from processor.imaging.decode import reject_damaged
from processor.imaging.formats import bmp_pixels, gif, jpeg_markers, png_chunks, webp
from processor.imaging.interface import Limits
from processor.imaging.prepare import prepare_image
from tests.unit.processor.imaging import hostile_files
from tests.unit.processor.imaging.support import linear_profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

LIMIT = 100


@pytest.mark.parametrize(
    ("make", "module", "name"),
    [
        (hostile_files.gif_extensions, gif, "MAX_BLOCKS"),
        (hostile_files.gif_extension_blocks, gif, "MAX_BLOCKS"),
        (hostile_files.png_chunks, png_chunks, "MAX_CHUNKS"),
        (hostile_files.png_empty_pixels, png_chunks, "MAX_CHUNKS"),
        (hostile_files.png_split_pixels, png_chunks, "MAX_CHUNKS"),
        (hostile_files.png_frames, png_chunks, "MAX_CHUNKS"),
        (hostile_files.jpeg_segments, jpeg_markers, "MAX_SEGMENTS"),
        (hostile_files.jpeg_segments_after_pixels, jpeg_markers, "MAX_SEGMENTS"),
        (hostile_files.webp_chunks, webp, "MAX_CHUNKS"),
        (hostile_files.bmp_runs, bmp_pixels, "MAX_RUNS"),
    ],
)
def test_a_file_of_too_many_parts_is_too_complex(
    make: Callable[[int], bytes], module: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, LIMIT)
    assert prepare_image(make(LIMIT * 8 // 10), Limits()).preview
    with pytest.raises(Rejection) as caught:
        prepare_image(make(LIMIT * 12 // 10), Limits())
    assert caught.value.code == "too-complex"


@pytest.mark.parametrize(
    "make", [hostile_files.gif_frames, hostile_files.gif_garbage, hostile_files.jpeg_restarts]
)
def test_any_number_of_parts_that_are_skipped_at_once_is_read(make: Callable[[int], bytes]) -> None:
    assert prepare_image(make(1_000_000), Limits()).preview


@pytest.mark.parametrize("count", [1, 100_000])
def test_a_profile_is_used_without_its_processing_elements(count: int) -> None:
    image = Image.new("RGB", (10, 10), (50, 100, 200))
    converted = to_srgb(image, hostile_files.icc_elements(count))
    assert converted.tobytes() == to_srgb(image, linear_profile()).tobytes() != image.tobytes()


@pytest.mark.parametrize(
    "error",
    [MemoryError(), OSError("out of memory when reading image file"), RuntimeError("Out of memory")],
)
def test_a_decoder_without_memory_does_not_mean_damage(error: Exception) -> None:
    with pytest.raises(Rejection) as caught, reject_damaged():
        raise error
    assert caught.value.code == "too-complex"
