"""`make demo` with several pictures, without a stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from glimpse import GlimpseError
from local.cli import demo
from local.cli.demo import recognize_pictures
from local.cli.pictures import Picture

CAT: dict[str, Any] = {
    "image": {"status": "done"},
    "result": {"Labels": [{"Name": "Cat", "Confidence": 93.0, "Instances": []}]},
}
REJECTED: dict[str, Any] = {
    "image": {"status": "failed", "reason": {"message": "This file isn't an image."}},
    "result": {"Failure": {}},
}
PICTURES = [
    Picture(Path(f"/photos/{name}"), f"photos/{name}") for name in ("cat.jpg", "notes.jpg", "lost.jpg")
]


def recognize(path: Path) -> Mapping[str, Any]:
    if path.name == "lost.jpg":
        raise GlimpseError("The API can't be reached.")
    return CAT if path.name == "cat.jpg" else REJECTED


def test_prints_the_findings_of_one_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert recognize_pictures(PICTURES[:1], recognize, as_lines=False, folder=tmp_path) == 0
    output, errors = capsys.readouterr()
    saved = tmp_path / "photos" / "cat.jpg.json"
    assert output == "Label  Confidence  Box (left, top, width, height)\nCat        93.0 %\n"
    assert errors == f"The result is saved as {saved}\n"
    assert json.loads(saved.read_text()) == CAT["result"]


def test_continues_after_a_picture_that_failed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert recognize_pictures(PICTURES, recognize, as_lines=False, folder=tmp_path) == 1
    output, errors = capsys.readouterr()
    assert output.splitlines()[:2] == ["photos/cat.jpg", ""]
    assert errors.splitlines() == [
        "1 of 3: photos/cat.jpg",
        f"The result is saved as {tmp_path / 'photos' / 'cat.jpg.json'}",
        "2 of 3: photos/notes.jpg",
        "photos/notes.jpg wasn't recognized: This file isn't an image.",
        f"The result is saved as {tmp_path / 'photos' / 'notes.jpg.json'}",
        "3 of 3: photos/lost.jpg",
        "The API can't be reached.",
    ]


def test_prints_a_line_of_json_for_each_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert recognize_pictures(PICTURES, recognize, as_lines=True, folder=tmp_path) == 1
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"file": "/photos/cat.jpg", **CAT},
        {"file": "/photos/notes.jpg", **REJECTED},
        {"file": "/photos/lost.jpg", "error": "The API can't be reached."},
    ]


def test_continues_after_a_file_that_is_not_an_image(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    notes = Picture(Path("/photos/notes.txt"), "notes.txt", "notes.txt isn't an image.")
    assert recognize_pictures([notes, PICTURES[0]], recognize, as_lines=True, folder=tmp_path) == 1
    output, errors = capsys.readouterr()
    assert [json.loads(line) for line in output.splitlines()] == [
        {"file": "/photos/notes.txt", "error": "notes.txt isn't an image."},
        {"file": "/photos/cat.jpg", **CAT},
    ]
    assert errors.splitlines()[:2] == ["1 of 2: notes.txt", "notes.txt isn't an image."]


@pytest.fixture
def no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(**_: object) -> None:
        raise AssertionError("the stack was started")

    monkeypatch.setattr(demo, "Stack", start)


@pytest.mark.usefixtures("no_stack")
def test_asks_for_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        demo.main([])
    assert exit_.value.code == 2
    assert capsys.readouterr().err == "make demo: name a picture or a folder: make demo FILE=photo.jpg\n"


def test_rejects_a_file_before_anything_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("notes")
    message = "notes.txt isn't an image. Choose a photo, such as a JPEG, PNG or HEIC file."
    assert demo.main([str(notes)]) == 1
    assert capsys.readouterr() == ("", f"{message}\n")
    assert demo.main([str(notes), "--jsonl"]) == 1
    output, errors = capsys.readouterr()
    assert (json.loads(output), errors) == ({"file": str(notes), "error": message}, f"{message}\n")


@pytest.mark.usefixtures("no_stack")
def test_says_how_many_files_of_a_folder_it_skips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.txt").write_text("notes")
        assert demo.main([str(tmp_path)]) == 1
        assert capsys.readouterr().err.splitlines() == [
            f"Skipped {number} {'file' if number == 1 else 'files'} without a picture.",
            f"The folder {tmp_path} has no pictures in it.",
        ]
