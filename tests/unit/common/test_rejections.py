from __future__ import annotations

import pytest

from common.rejections import SENTENCES, Rejection

VALUES = {
    "unsupported-format": {"format": "ICO"},
    "too-many-pixels": {"width": 20000, "height": 10000, "megapixels": 100},
    "too-narrow": {"width": 79, "height": 200, "least": 80},
    "too-large": {"megabytes": 25},
    "malformed-event": {"missing": "Records"},
    "foreign-event": {"bucket": "stack-input"},
}


def test_the_codes() -> None:
    assert set(SENTENCES) == {
        "not-an-image",
        "unsupported-format",
        "broken",
        "too-many-pixels",
        "too-narrow",
        "too-large",
        "empty",
        "gone",
        "not-permitted",
        "unavailable",
        "not-recognised",
        "malformed-event",
        "foreign-event",
    }


@pytest.mark.parametrize("code", SENTENCES)
def test_each_code_has_a_finished_sentence(code: str) -> None:
    rejection = Rejection.of(code, **VALUES.get(code, {}))
    assert rejection.code == code
    assert rejection.message.endswith(".")
    assert "{" not in rejection.message
    assert str(rejection) == f"{code}: {rejection.message}"


def test_the_numbers_are_in_the_sentence() -> None:
    rejection = Rejection.of("too-narrow", width=79, height=200, least=80)
    assert rejection.message == (
        "The picture is 79 × 200 pixels; each side must have at least 80. Choose a larger picture."
    )


def test_the_formats_fill_themselves_in_unless_given() -> None:
    assert Rejection.of("unsupported-format", format="ICO").message == (
        "Pictures in the format ICO are not taken. Save it as JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP."
    )
    assert Rejection.of("unsupported-format", format="ICO", formats="JPEG or PNG").message == (
        "Pictures in the format ICO are not taken. Save it as JPEG or PNG."
    )


@pytest.mark.parametrize("code", VALUES)
def test_a_sentence_is_never_told_with_a_gap(code: str) -> None:
    with pytest.raises(KeyError):
        Rejection.of(code)
