"""Which files and folders `make demo` accepts."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from PIL import Image

from common.formats import FORMATS
from local.cli.pictures import Picture, find_pictures
from tests.image_files import encode, marked

NOT_AN_IMAGE = "{} isn't an image. Choose a photo, such as a JPEG, PNG or HEIC file."
SVG = b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'


def find_problem(folder: Path, name: str, content: bytes) -> str | None:
    path = folder / name
    path.write_bytes(content)
    ([picture], left_out) = find_pictures([path])
    assert (picture.path, picture.name, left_out) == (path, name, 0)
    return picture.problem


@pytest.mark.parametrize("name", [known.name for known in FORMATS])
def test_accepts_every_format_by_content(tmp_path: Path, name: str) -> None:
    assert find_problem(tmp_path, "picture", encode(marked(), name)) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.jpg", encode(marked(), "JPEG")[:100]),
        ("cut.heic", encode(marked(), "HEIC")[:60]),
        ("unknown.PNG", b"\x89PNG\r\n\x1a\n\0\0"),
        ("photo.jxl", b"\xff\x0a\xfa\x1f\x01\x91"),
        ("photo.cr3", b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom"),
        ("noise.jpg", bytes(range(256))),
        ("utf-16.jpg", "notes".encode("utf-16")),
        ("drawing.svg", SVG),
        ("drawing.jpg", SVG),
        ("drawing", b"\xef\xbb\xbf" + SVG),
        ("drawing.svgz", gzip.compress(SVG, mtime=0)),
        ("plain.ppm", b"P3 1 1 255 9 9 9\n"),
    ],
)
def test_leaves_what_may_be_an_image_to_the_pipeline(tmp_path: Path, name: str, content: bytes) -> None:
    assert find_problem(tmp_path, name, content) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.jpg", b"notes"),
        ("Bücher.HEIC", "Bücher, ".encode() * 20_000),
        ("page.svg", b"<!DOCTYPE html><html><svg></svg></html>"),
        ("p2.png", b"P2 is the second paragraph"),
        ("notes.txt", b"notes"),
        ("noise.bin", bytes(range(256))),
        ("song.mp3", b"ID3\x04\0\0\0\0\0\0\xff\xfb"),
    ],
)
def test_rejects_what_certainly_is_not_an_image(tmp_path: Path, name: str, content: bytes) -> None:
    assert find_problem(tmp_path, name, content) == NOT_AN_IMAGE.format(name)


def test_says_that_a_file_is_empty(tmp_path: Path) -> None:
    assert find_problem(tmp_path, "new.jpg", b"") == "new.jpg is empty. Choose another file."


def test_finds_the_pictures_in_folders(tmp_path: Path) -> None:
    folder = tmp_path / "Holiday"
    for name in ("b.jpg", "day 1/a.png", "day 1/c", ".cache/c.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(marked(), "PNG"))
    (folder / "notes.jpg").write_text("notes")
    (folder / "notes.txt").write_text("notes")
    (folder / "day 1" / "clip.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    (folder / ".hidden.txt").write_text("notes")
    (folder / "lost.jpg").symlink_to(tmp_path / "lost.jpg")
    single = folder / "b.jpg"
    assert find_pictures([single, folder]) == (
        [
            Picture(single, "b.jpg"),
            Picture(single, "Holiday/b.jpg"),
            Picture(folder / "day 1" / "a.png", "Holiday/day 1/a.png"),
            Picture(folder / "day 1" / "c", "Holiday/day 1/c"),
            Picture(folder / "notes.jpg", "Holiday/notes.jpg", NOT_AN_IMAGE.format("notes.jpg")),
        ],
        2,
    )


def test_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    missing = tmp_path / "missing.jpg"
    assert find_pictures([tmp_path, missing]) == (
        [
            Picture(tmp_path, str(tmp_path), f"The folder {tmp_path} has no pictures in it."),
            Picture(missing, "missing.jpg", f"The file {missing} doesn't exist."),
        ],
        1,
    )


def test_leaves_an_unreadable_file_to_the_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"notes")

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Image, "open", deny)  # permissions don't stop root
    monkeypatch.setattr(Path, "open", deny)
    assert find_pictures([path]) == ([Picture(path, "photo.jpg")], 0)
