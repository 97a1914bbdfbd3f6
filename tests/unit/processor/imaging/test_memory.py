"""A decoder that lacks memory doesn't make a file a damaged one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from common.rejections import Rejection
from common.units import MEGABYTE
from processor.imaging import memory
from processor.imaging.imaging_process import ImagingProcess
from processor.imaging.interface import Limits
from tests.image_files import encode
from tests.unit.processor.imaging.formats.reading import rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = 160 * MEGABYTE
SIZE = (4000, 5000)
PICTURE = Image.new("RGB", (200, 200), "red")


def without_codes() -> bytes:
    """Return a progressive JPEG without Huffman tables, which its decoder reports like a lack of memory."""
    return encode(PICTURE, "JPEG", progressive=True).replace(b"\xff\xc4", b"\xff\xfe")


@pytest.fixture(scope="module")
def process() -> Iterator[ImagingProcess]:
    started = ImagingProcess(MEMORY)
    yield started
    started.close()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(encode(Image.new("CMYK", SIZE), "JPEG", progressive=True), id="progressive JPEG"),
        pytest.param(encode(Image.new("RGBA", SIZE), "WebP", lossless=True, quality=0), id="WebP"),
    ],
)
def test_a_file_that_does_not_fit_into_memory_is_too_complex(process: ImagingProcess, data: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        process.prepare(data, Limits())
    assert caught.value.code == "too-complex"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(without_codes(), "too-complex", id="progressive JPEG"),
        pytest.param(encode(PICTURE, "JPEG")[:640], "broken", id="JPEG, which needs only a few rows"),
        pytest.param(encode(PICTURE, "WebP")[:60], "too-complex", id="WebP"),
    ],
)
def test_damage_is_told_only_if_there_is_memory(
    data: bytes, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rejection(data).code == "broken"
    monkeypatch.setattr(memory, "has_memory", lambda size: not size)
    assert rejection(data).code == code


def test_memory_is_measured() -> None:
    assert memory.has_memory(0)
    assert memory.has_memory(MEGABYTE)
    assert not memory.has_memory(1 << 50)
