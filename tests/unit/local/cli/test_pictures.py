"""Which files and folders `make demo` accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.formats import FORMATS
from local.cli.pictures import NotAPicture, Picture, find_pictures, is_image
from tests.image_files import encode, marked


@pytest.mark.parametrize("name", [known.name for known in FORMATS])
def test_recognizes_every_format_by_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(encode(marked(), name))
    assert is_image(path)


def test_finds_the_pictures_in_folders(tmp_path: Path) -> None:
    folder = tmp_path / "Holiday"
    for name in ("b.jpg", "day 1/a.png", ".cache/c.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(marked(), "PNG"))
    (folder / "notes.jpg").write_text("notes")
    single = folder / "b.jpg"
    assert find_pictures([single, folder]) == [
        Picture(single, "b.jpg"),
        Picture(single, "Holiday/b.jpg"),
        Picture(folder / "day 1" / "a.png", "Holiday/day 1/a.png"),
    ]


def test_explains_what_is_not_a_picture(tmp_path: Path) -> None:
    notes = tmp_path / "notes.jpg"
    notes.write_text("notes")
    for path, message in (
        (notes, "notes.jpg isn't an image. Choose a photo, such as a JPEG, PNG or HEIC file."),
        (tmp_path, f"The folder {tmp_path} has no pictures in it."),
        (tmp_path / "missing.jpg", f"The file {tmp_path / 'missing.jpg'} doesn't exist."),
    ):
        with pytest.raises(NotAPicture) as caught:
            find_pictures([path])
        assert str(caught.value) == message


def test_leaves_damaged_images_to_the_pipeline(tmp_path: Path) -> None:
    path = tmp_path / "damaged.jpg"
    path.write_bytes(encode(marked(), "JPEG")[:100])
    assert find_pictures([path]) == [Picture(path, "damaged.jpg")]
