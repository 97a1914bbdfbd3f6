from __future__ import annotations

import pytest

from common.formats import FORMATS, accepted_formats, format_of


def test_the_formats_as_people_are_told() -> None:
    assert accepted_formats() == "JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP"


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("image/jpeg", "JPEG"),
        ("IMAGE/JPG", "JPEG"),
        (" image/png ", "PNG"),
        ("image/heif", "HEIC"),
        ("image/mpo", "MPO"),
    ],
)
def test_a_media_type_declares_a_format(media_type: str, name: str) -> None:
    known = format_of(media_type)
    assert known is not None
    assert known.name == name


@pytest.mark.parametrize(
    "media_type", ["", "image", "image/svg+xml", "image/*", "text/html", "image/jpeg; q=1"]
)
def test_other_media_types_declare_none(media_type: str) -> None:
    assert format_of(media_type) is None


def test_no_media_type_is_listed_twice() -> None:
    media_types = [media_type for known in FORMATS for media_type in known.media_types]
    assert sorted(set(media_types)) == sorted(media_types)
