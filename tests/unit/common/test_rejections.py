from __future__ import annotations

from typing import Any

import pytest

from common.rejections import MESSAGES, Rejection

VALUES: dict[str, dict[str, Any]] = {
    "unsupported-format": {"format": "ICO"},
    "too-many-pixels": {"width": 20000, "height": 10000, "megapixels": 100},
    "too-narrow": {"width": 79, "height": 200, "min_side": 80},
    "too-large": {"megabytes": 25},
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
    assert Rejection.of("unsupported-format", format="ICO").message == (
        "ICO files aren't supported. Save the picture as JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, or BMP."
    )
    assert Rejection.of("unsupported-format", format="ICO", formats="JPEG or PNG").message == (
        "ICO files aren't supported. Save the picture as JPEG or PNG."
    )


@pytest.mark.parametrize("code", VALUES)
def test_raises_if_a_value_is_missing(code: str) -> None:
    with pytest.raises(KeyError):
        Rejection.of(code)
