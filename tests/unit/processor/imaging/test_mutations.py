"""Damaged files of every format, by the thousand: each is a picture or is rejected, soon, within memory."""

from __future__ import annotations

import io
import resource
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from common.rejections import Rejection
from processor.detectors import Limits
from processor.imaging.pictures import open_picture, prepare
from processor.imaging.thumbnail import thumbnail

EXAMPLES = 250  # for each of the files: more than 2,000 in all
MEMORY_MEGABYTES = 2048  # the processor's, in template.yaml
CODES = {"not-an-image", "unsupported-format", "broken", "too-many-pixels", "too-narrow"}
FILES = {
    "JPEG": {"turn": 6},
    "JPEG progressive": {"turn": 3, "progressive": True},
    "PNG": {"turn": 8},
    "PNG RGBA": {"mode": "RGBA"},
    "WebP": {"turn": 5},
    "WebP lossless": {"mode": "RGBA", "lossless": True},
    "HEIC": {"turn": 6},
    "AVIF": {"turn": 7},
    "GIF": {"mode": "P"},
    "TIFF": {"turn": 4},
    "TIFF deflate": {"turn": 6, "compression": "tiff_adobe_deflate"},
    "BMP": {},
    "MPO": {"turn": 2},
}
MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(("set", "set", "set", "insert", "delete", "cut")),
        st.one_of(st.integers(0, 160), st.integers(0, 100_000)),  # headers are where it matters most
        st.one_of(st.sampled_from((0, 1, 127, 128, 254, 255)), st.integers(0, 255)),
    ),
    min_size=1,
    max_size=4,
)


def mutated(data: bytes, mutations: list[tuple[str, int, int]]) -> bytes:
    changed = bytearray(data)
    for kind, place, value in mutations:
        at = place % len(changed) if changed else 0
        if kind == "insert":
            changed.insert(at, value)
        elif kind == "cut":
            del changed[at:]
        elif changed and kind == "delete":
            del changed[at]
        elif changed:
            changed[at] = value
    return bytes(changed)


def look_at(data: bytes) -> str:
    """What the processor does with a file: the code it is rejected with, or "done"."""
    try:
        prepared = prepare(open_picture(data), data, Limits())
    except Rejection as rejection:
        return rejection.code
    small = Image.open(io.BytesIO(thumbnail(prepared.image)))
    assert max(small.size) <= 480
    if prepared.body is not None:
        sent = Image.open(io.BytesIO(prepared.body))
        assert sent.format == "JPEG"
        assert min(sent.size) >= 80
        assert max(sent.size) <= 4096
        assert len(prepared.body) <= Limits().most_bytes
    return "done"


@pytest.mark.parametrize("title", FILES)
def test_each_ends_as_a_picture_or_a_rejection(make, title) -> None:
    options = dict(FILES[title])
    data = make(title.split()[0], options.pop("turn", 1), size=(90, 82), **options)
    assert look_at(data) == "done"

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(MUTATIONS)
    def check(mutations: list[tuple[str, int, int]]) -> None:
        changed = mutated(data, mutations)
        started = time.process_time()  # the processor's time, whatever else the machine does
        assert look_at(changed) in CODES | {"done"}
        assert time.process_time() - started < 1

    check()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 < MEMORY_MEGABYTES


@pytest.mark.parametrize("title", FILES)
def test_a_file_cut_short_is_never_half_a_picture(make, title) -> None:
    options = dict(FILES[title])
    data = make(title.split()[0], options.pop("turn", 1), size=(90, 82), **options)
    ends = {look_at(data[: len(data) * part // 20]) for part in range(1, 19)}
    assert ends <= CODES | (
        {"done"} if title == "MPO" else set()
    )  # of an MPO, the second picture may be missing
