from __future__ import annotations

import pytest

from common.formats import FORMATS, find_format


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
def test_finds_the_format_of_a_media_type(media_type: str, name: str) -> None:
    found = find_format(media_type)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "media_type", ["", "image", "image/svg+xml", "image/*", "text/html", "image/jpeg; q=1"]
)
def test_returns_none_for_other_media_types(media_type: str) -> None:
    assert find_format(media_type) is None


def test_media_types_are_unique() -> None:
    media_types = [media_type for each in FORMATS for media_type in each.media_types]
    assert sorted(set(media_types)) == sorted(media_types)
