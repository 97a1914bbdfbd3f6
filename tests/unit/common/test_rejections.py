from __future__ import annotations

from typing import Any

import pytest

from common.rejections import MESSAGES, Rejection

VALUES: dict[str, dict[str, Any]] = {
    "unsupported-format": {"format": "ICO"},
    "too-many-pixels": {"width": 20000, "height": 10000, "megapixels": 100},
    "too-narrow": {"width": 79, "height": 200, "min_side": 80},
    "too-large": {"megabytes": 25},
    "key-too-long": {"bytes": 1012, "max_bytes": 1011},
    "malformed-event": {"field": "Records"},
    "foreign-event": {"bucket": "stack-input"},
}


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_a_complete_sentence(code: str) -> None:
    rejection = Rejection.of(code, **VALUES.get(code, {}))
    assert rejection.code == code
    assert rejection.message.endswith(".")
    assert "{" not in rejection.message
    assert str(rejection) == f"{code}: {rejection.message}"


def test_inserts_numbers_into_the_message() -> None:
    assert Rejection.of("too-narrow", width=79, height=2000, min_side=80).message == (
        "The picture is 79 × 2,000 pixels, which is too long and narrow. "
        "Its shorter side must have at least 80 pixels. Crop it and upload it again."
    )


def test_inserts_the_supported_formats_unless_given() -> None:
    assert Rejection.of("not-an-image").message == (
        "This file isn't an image. "
        "Choose a file in one of these formats: JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, or BMP."
    )
    assert Rejection.of("not-an-image", formats="JPEG or PNG").message == (
        "This file isn't an image. Choose a file in one of these formats: JPEG or PNG."
    )


def test_names_the_format_that_is_not_supported() -> None:
    assert Rejection.of("unsupported-format", format="12-bit JPEG").message == (
        "12-bit JPEG files aren't supported. Save the picture as a standard JPEG or PNG file."
    )


@pytest.mark.parametrize("code", VALUES)
def test_raises_if_a_value_is_missing(code: str) -> None:
    with pytest.raises(KeyError):
        Rejection.of(code)
