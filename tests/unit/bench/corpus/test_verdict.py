"""The verdict on a file is the processor's."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from bench.corpus.reduction import Reduction
from bench.corpus.verdict import Verdict, judge
from common.rejections import Rejection

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "picture"


def encode(image: Image.Image, name: str) -> bytes:
    file = io.BytesIO()
    image.save(file, name)
    return file.getvalue()


def test_done_has_the_upright_size_and_the_colors(path: Path) -> None:
    path.write_bytes(encode(Image.new("RGB", (200, 100), "white"), "PNG"))
    reduction = Reduction(32, 16, b"\xff" * 32 * 16 * 3)
    assert judge(path) == Verdict("done", format="PNG", width=200, height=100, reduction=reduction)


def test_tells_whether_the_image_is_converted(path: Path) -> None:
    path.write_bytes(encode(Image.new("RGB", (200, 100), "white"), "GIF"))
    assert judge(path).is_converted


def test_a_rejection_has_its_sentence_and_the_error_behind_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(*_: object) -> None:
        raise Rejection.of("broken") from OSError("truncated")

    path.write_bytes(encode(Image.new("RGB", (200, 100)), "GIF"))
    monkeypatch.setattr("bench.corpus.verdict.convert", convert)
    message = Rejection.of("broken").message
    assert judge(path) == Verdict("broken", message, "OSError: truncated", "GIF", 200, 100)


def test_a_file_of_no_supported_format(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7")
    message = Rejection.of("unsupported-format", format="PDF").message
    assert judge(path) == Verdict("unsupported-format", message)
