from __future__ import annotations

import pytest

from common.formats import FORMATS, find_format, media_type_of


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


@pytest.mark.parametrize(
    ("file_name", "media_type"),
    [
        ("cat.jpg", "image/jpeg"),
        ("cat.v2.TIF", "image/tiff"),
        (".heic", "image/heic"),
        ("jpg", "application/octet-stream"),
        ("cat.pdf", "application/octet-stream"),
        ("cat.", "application/octet-stream"),
    ],
)
def test_finds_the_media_type_of_a_file_name(file_name: str, media_type: str) -> None:
    assert media_type_of(file_name) == media_type


def test_media_types_and_extensions_are_unique() -> None:
    media_types = [media_type for each in FORMATS for media_type in each.media_types]
    assert sorted(set(media_types)) == sorted(media_types)
    extensions = [extension for each in FORMATS for extension in each.extensions]
    assert sorted(set(extensions)) == sorted(extensions)
