"""DetectText: words that are really read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from local.rekognition.text import Reader
from tests.unit.local.rekognition.support import client_of, encoded, flat

SIGN = (600, 200)
SAMPLES = Path(__file__).parents[4] / "samples"


@pytest.fixture(scope="session")
def sign() -> bytes:
    image = Image.new("RGB", SIGN, "white")
    draw = ImageDraw.Draw(image)
    draw.text((30, 20), "Mind the gap", "black", font_size=48)
    draw.text((60, 120), "Platform 42", "navy", font_size=40)
    return encoded(image, "PNG")


def words(answer: dict[str, Any], kind: str) -> list[str]:
    return [found["DetectedText"] for found in answer["TextDetections"] if found["Type"] == kind]


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture
def client(rekognition: Any, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(rekognition, "_engine", type(rekognition._engine)(reader, None))
    return client_of(rekognition)


def test_lines_and_their_words(client: Any, sign: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    answer = client.detect_text(Image={"Bytes": sign})
    assert answer["TextModelVersion"] == "local-rapidocr-3"
    assert [
        (found["Type"], found["Id"], found.get("ParentId"), found["DetectedText"])
        for found in answer["TextDetections"]
    ] == [
        ("LINE", 0, None, "Mind the gap"),
        ("LINE", 1, None, "Platform 42"),
        ("WORD", 2, 0, "Mind"),
        ("WORD", 3, 0, "the"),
        ("WORD", 4, 0, "gap"),
        ("WORD", 5, 1, "Platform"),
        ("WORD", 6, 1, "42"),
    ]
    for found in answer["TextDetections"]:
        box, corners = found["Geometry"]["BoundingBox"], found["Geometry"]["Polygon"]
        assert found["Confidence"] > 90
        assert len(corners) == 4
        assert box["Left"] == min(corner["X"] for corner in corners)
        assert box["Top"] == min(corner["Y"] for corner in corners)
    gap = answer["TextDetections"][4]["Geometry"]["BoundingBox"]
    assert 200 < gap["Left"] * SIGN[0] < 265
    assert 290 < (gap["Left"] + gap["Width"]) * SIGN[0] < 360
    assert gap["Top"] * SIGN[1] < 45 < (gap["Top"] + gap["Height"]) * SIGN[1] < 100
    assert capfd.readouterr() == ("", "")


def test_an_eye_is_no_letter(client: Any) -> None:
    cat = (SAMPLES / "chelsea.jpg").read_bytes()
    assert client.detect_text(Image={"Bytes": cat})["TextDetections"] == []


def test_no_text_is_no_error(client: Any) -> None:
    assert client.detect_text(Image={"Bytes": flat(200, 200)})["TextDetections"] == []


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "the upper half": (
        {"RegionsOfInterest": [{"BoundingBox": {"Left": 0, "Top": 0, "Width": 1, "Height": 0.5}}]},
        ["Mind", "the", "gap"],
    ),
    "two places": (
        {
            "RegionsOfInterest": [
                {"BoundingBox": {"Left": 0, "Top": 0, "Width": 0.3, "Height": 0.5}},
                {"Polygon": [{"X": 0, "Y": 1}, {"X": 1, "Y": 1}, {"X": 1, "Y": 0.5}, {"X": 0, "Y": 0.5}]},
            ]
        },
        ["Mind", "Platform", "42"],
    ),
    "no place": ({"RegionsOfInterest": [{"Polygon": [{"X": 0, "Y": 0}, {"X": 1, "Y": 1}]}]}, []),
    "wide words": ({"WordFilter": {"MinBoundingBoxWidth": 0.2}}, ["Platform"]),
    "high words": ({"WordFilter": {"MinBoundingBoxHeight": 0.9}}, []),
    "sure words": ({"WordFilter": {"MinConfidence": 100}}, []),
    "words": ({"WordFilter": {}}, ["Mind", "the", "gap", "Platform", "42"]),
}


@pytest.mark.parametrize("case", FILTERS)
def test_filters(client: Any, sign: bytes, case: str) -> None:
    filters, expected = FILTERS[case]
    answer = client.detect_text(Image={"Bytes": sign}, Filters=filters)
    assert words(answer, "WORD") == expected
    lines = {found["Id"] for found in answer["TextDetections"] if found["Type"] == "LINE"}
    assert {found["ParentId"] for found in answer["TextDetections"] if found["Type"] == "WORD"} == lines


class Page:
    """A reader's result: lines of single characters, as it splits scripts without spaces."""

    def __init__(self, lines: int, text: str, parts: list[str]) -> None:
        self.txts = (text,) * lines
        self.scores = (0.9,) * lines
        self.boxes = np.array([[[10, 10], [90, 10], [90, 20], [10, 20]]] * lines, dtype=float)
        step = 80 / len(parts)
        self.word_results = (
            tuple(
                (
                    part,
                    0.8 + number / 100,
                    [
                        [10 + number * step, 10],
                        [10 + (number + 1) * step, 10],
                        [10 + (number + 1) * step, 20],
                        [10 + number * step, 20],
                    ],
                )
                for number, part in enumerate(parts)
            ),
        ) * lines

    def __call__(self, pixels: object) -> Page:
        return self


def test_at_most_a_hundred_words(client: Any, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_engine", Page(60, "two words", ["two", "words"]))
    answer = client.detect_text(Image={"Bytes": flat(100, 100)})
    assert len(words(answer, "WORD")) == 100
    assert len(words(answer, "LINE")) == 50


def test_characters_are_joined_to_words(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> None:
    monkeypatch.setattr(reader, "_engine", Page(1, "早安 世界", ["早", "安", "世", "界"]))
    (line,) = reader.read(np.zeros((100, 100, 3), dtype=np.uint8))
    assert [(word.text, round(word.confidence), word.polygon) for word in line.words] == [
        ("早安", 80, ((0.1, 0.1), (0.5, 0.1), (0.5, 0.2), (0.1, 0.2))),
        ("世界", 82, ((0.5, 0.1), (0.9, 0.1), (0.9, 0.2), (0.5, 0.2))),
    ]
