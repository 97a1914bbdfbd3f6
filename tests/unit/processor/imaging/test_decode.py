"""Thousands of damaged files: each is decoded or rejected, quickly and within the memory limit."""

from __future__ import annotations

import io
import resource
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from common.rejections import Rejection
from processor.imaging import thumbnail
from processor.imaging.interface import Limits
from tests.unit.processor.imaging.support import prepare_file
from tests.unit.processor.support import make_file

EXAMPLES = 250  # per file, more than 2,000 in total
MAX_MEGABYTES = 1769  # the processor's memory in template.yaml
REJECTION_CODES = {"not-an-image", "unsupported-format", "broken", "too-many-pixels", "too-narrow"}
FILES: dict[str, dict[str, Any]] = {
    "JPEG": {"orientation": 6},
    "JPEG progressive": {"orientation": 3, "progressive": True},
    "PNG": {"orientation": 8},
    "PNG RGBA": {"mode": "RGBA"},
    "WebP": {"orientation": 5},
    "WebP lossless": {"mode": "RGBA", "lossless": True},
    "HEIC": {"orientation": 6},
    "AVIF": {"orientation": 7},
    "GIF": {"mode": "P"},
    "TIFF": {"orientation": 4},
    "TIFF deflate": {"orientation": 6, "compression": "tiff_adobe_deflate"},
    "BMP": {},
    "MPO": {"orientation": 2},
}
MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(("set", "set", "set", "insert", "delete", "truncate")),
        st.one_of(st.integers(0, 160), st.integers(0, 100_000)),  # mostly in the header
        st.one_of(st.sampled_from((0, 1, 127, 128, 254, 255)), st.integers(0, 255)),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(params=FILES)
def title(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def data(title: str) -> bytes:
    return make_file(title.split()[0], size=(90, 82), **FILES[title])


def mutate(data: bytes, mutations: list[tuple[str, int, int]]) -> bytes:
    mutated = bytearray(data)
    for kind, position, value in mutations:
        offset = position % len(mutated) if mutated else 0
        if kind == "insert":
            mutated.insert(offset, value)
        elif kind == "truncate":
            del mutated[offset:]
        elif mutated and kind == "delete":
            del mutated[offset]
        elif mutated:
            mutated[offset] = value
    return bytes(mutated)


def process(data: bytes) -> str:
    """Prepare a file and render its thumbnail. Return the rejection code, or "done"."""
    try:
        prepared = prepare_file(data)
    except Rejection as rejection:
        return rejection.code
    assert max(Image.open(io.BytesIO(thumbnail.render(prepared.image))).size) <= 480
    if prepared.body is not None:
        converted = Image.open(io.BytesIO(prepared.body))
        assert converted.format == "JPEG"
        assert min(converted.size) >= 80
        assert max(converted.size) <= 4096
        assert len(prepared.body) <= Limits().max_bytes
    return "done"


def test_a_mutated_file_is_decoded_or_rejected(data: bytes) -> None:
    assert process(data) == "done"

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(MUTATIONS)
    def check(mutations: list[tuple[str, int, int]]) -> None:
        mutated = mutate(data, mutations)
        started = time.process_time()  # CPU seconds, independent of the load on the machine
        assert process(mutated) in REJECTION_CODES | {"done"}
        assert time.process_time() - started < 1

    check()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 < MAX_MEGABYTES


def pixels_end(data: bytes, title: str) -> int:
    """Return the end of the pixels that must be there."""
    if title == "MPO":
        return data.rindex(b"\xff\xd8\xff")  # where the second image begins
    if title == "WebP":
        return data.index(b"EXIF")
    return len(data)


def test_a_truncated_file_is_rejected(data: bytes, title: str) -> None:
    end = pixels_end(data, title)
    codes = {process(data[: end * part // 20]) for part in range(1, 19)}
    assert codes <= REJECTION_CODES


@pytest.mark.parametrize("title", ["MPO", "WebP"])
def test_a_file_that_is_truncated_behind_its_pixels_is_decoded(data: bytes, title: str) -> None:
    end = pixels_end(data, title)
    kept = {end, end + 1, (end + len(data)) // 2, len(data) - 1}
    assert {process(data[:each]) for each in kept} == {"done"}
