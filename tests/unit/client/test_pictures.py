"""Which files of a folder are uploaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.formats import FORMATS
from glimpse.image_file import MEDIA_TYPES, media_type
from glimpse.pictures import Pictures, find_pictures
from tests.image_files import encode, marked


def test_takes_the_pictures_in_all_folders(tmp_path: Path) -> None:
    for name in ("b.JPG", "a/c.heic", "a/.hidden/d.jpg", ".e.jpg", "notes.txt", "a/Makefile"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0")
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "nowhere")
    found = find_pictures([tmp_path, tmp_path / "b.JPG"])
    assert found == Pictures([tmp_path / "b.JPG", tmp_path / "a/c.heic"], hidden=2, others=2)


def test_takes_a_file_that_is_named_whatever_it_is(tmp_path: Path) -> None:
    notes = tmp_path / ".notes.txt"
    notes.touch()
    assert find_pictures([notes]) == Pictures([notes])
    with pytest.raises(FileNotFoundError):
        find_pictures([tmp_path / "lost.jpg"])


@pytest.mark.parametrize("name", [known.name for known in FORMATS])
def test_finds_every_format_by_its_content(tmp_path: Path, name: str) -> None:
    (tmp_path / "picture").write_bytes(encode(marked(), name))
    assert find_pictures([tmp_path]).paths == [tmp_path / "picture"]


def test_sends_every_format_with_a_media_type_that_the_api_accepts() -> None:
    accepted = {media_type for known in FORMATS for media_type in known.media_types}
    assert set(MEDIA_TYPES.values()) - accepted == set()
    assert [known.name for known in FORMATS if not set(known.media_types) & set(MEDIA_TYPES.values())] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Photo.HEIC", "image/heic"), ("notes.txt", "text/plain"), ("photo", "application/octet-stream")],
)
def test_names_the_media_type_of_a_file(name: str, expected: str) -> None:
    assert media_type(name) == expected
