"""DetectText with RapidOCR."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from local.rekognition.detectors.ocr import TextReader
from local.rekognition.service import Rekognition
from tests.unit.local.rekognition.support import client_of, encoded, flat

SIGN = (600, 200)


@pytest.fixture(scope="session")
def sign() -> bytes:
    image = Image.new("RGB", SIGN, "white")
    draw = ImageDraw.Draw(image)
    draw.text((30, 20), "Mind the gap", "black", font_size=48)
    draw.text((60, 120), "Platform 42", "navy", font_size=40)
    return encoded(image, "PNG")


def texts(response: dict[str, Any], kind: str) -> list[str]:
    return [found["DetectedText"] for found in response["TextDetections"] if found["Type"] == kind]


@pytest.fixture(scope="session")
def reader() -> TextReader:
    return TextReader()


@pytest.fixture
def client(rekognition: Rekognition, reader: TextReader, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client that shares the RapidOCR engine of all tests, because loading it takes a second."""
    monkeypatch.setattr(rekognition, "_reader", reader)
    return client_of(rekognition)


def test_returns_lines_and_their_words(client: Any, sign: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    response = client.detect_text(Image={"Bytes": sign})
    assert response["TextModelVersion"] == "local-rapidocr-3"
    assert [
        (found["Type"], found["Id"], found.get("ParentId"), found["DetectedText"])
        for found in response["TextDetections"]
    ] == [
        ("LINE", 0, None, "Mind the gap"),
        ("LINE", 1, None, "Platform 42"),
        ("WORD", 2, 0, "Mind"),
        ("WORD", 3, 0, "the"),
        ("WORD", 4, 0, "gap"),
        ("WORD", 5, 1, "Platform"),
        ("WORD", 6, 1, "42"),
    ]
    for found in response["TextDetections"]:
        box, corners = found["Geometry"]["BoundingBox"], found["Geometry"]["Polygon"]
        assert found["Confidence"] > 90
        assert len(corners) == 4
        assert box["Left"] == min(corner["X"] for corner in corners)
        assert box["Top"] == min(corner["Y"] for corner in corners)
    gap = response["TextDetections"][4]["Geometry"]["BoundingBox"]
    assert 200 < gap["Left"] * SIGN[0] < 265
    assert 290 < (gap["Left"] + gap["Width"]) * SIGN[0] < 360
    assert gap["Top"] * SIGN[1] < 45 < (gap["Top"] + gap["Height"]) * SIGN[1] < 100
    assert capfd.readouterr() == ("", "")


def test_does_not_read_eyes_as_letters(client: Any, cat: bytes) -> None:
    assert client.detect_text(Image={"Bytes": cat})["TextDetections"] == []


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "region": (
        {"RegionsOfInterest": [{"BoundingBox": {"Left": 0, "Top": 0, "Width": 1, "Height": 0.5}}]},
        ["Mind", "the", "gap"],
    ),
    "two regions": (
        {
            "RegionsOfInterest": [
                {"BoundingBox": {"Left": 0, "Top": 0, "Width": 0.3, "Height": 0.5}},
                {"Polygon": [{"X": 0, "Y": 1}, {"X": 1, "Y": 1}, {"X": 1, "Y": 0.5}, {"X": 0, "Y": 0.5}]},
            ]
        },
        ["Mind", "Platform", "42"],
    ),
    "degenerate polygon": ({"RegionsOfInterest": [{"Polygon": [{"X": 0, "Y": 0}, {"X": 1, "Y": 1}]}]}, []),
    "min width": ({"WordFilter": {"MinBoundingBoxWidth": 0.2}}, ["Platform"]),
    "min height": ({"WordFilter": {"MinBoundingBoxHeight": 0.9}}, []),
    "min confidence": ({"WordFilter": {"MinConfidence": 100}}, []),
    "default word filter": ({"WordFilter": {}}, ["Mind", "the", "gap", "Platform", "42"]),
}


@pytest.mark.parametrize("case", FILTERS)
def test_filters(client: Any, sign: bytes, case: str) -> None:
    filters, expected = FILTERS[case]
    response = client.detect_text(Image={"Bytes": sign}, Filters=filters)
    assert texts(response, "WORD") == expected
    lines = {found["Id"] for found in response["TextDetections"] if found["Type"] == "LINE"}
    assert {found["ParentId"] for found in response["TextDetections"] if found["Type"] == "WORD"} == lines


class FakeEngine:
    """An OCR engine that always returns the same lines, each split into the given parts."""

    def __init__(self, lines: int, text: str, parts: list[str]) -> None:
        def corners(left: float, right: float) -> list[list[float]]:
            return [[left, 10], [right, 10], [right, 20], [left, 20]]

        self.txts = (text,) * lines
        self.scores = (0.9,) * lines
        self.boxes = np.array([corners(10, 90)] * lines)
        step = 80 / len(parts)
        words = [
            (part, 0.8 + number / 100, corners(10 + number * step, 10 + (number + 1) * step))
            for number, part in enumerate(parts)
        ]
        self.word_results = (words,) * lines

    def __call__(self, pixels: object) -> FakeEngine:
        return self


class ObservedEngine(FakeEngine):
    """Remembers the threads it is called in."""

    def __call__(self, pixels: object) -> FakeEngine:
        self.threads = {*getattr(self, "threads", ()), threading.get_ident()}
        return self


def test_reads_one_image_at_a_time(reader: TextReader, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = ObservedEngine(1, "text", ["text"])
    monkeypatch.setattr(reader, "_engine", engine)
    with ThreadPoolExecutor(4) as pool:
        lines = list(pool.map(reader.read, [flat(100, 100)] * 8))
    assert [line.text for (line,) in lines] == ["text"] * 8
    assert len(engine.threads) == 1


def test_warming_up_counts_no_calls(rekognition: Rekognition, client: Any) -> None:
    rekognition.warm_up()
    assert set(rekognition.calls().values()) == {0}


def test_returns_at_most_100_words(client: Any, reader: TextReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_engine", FakeEngine(60, "two words", ["two", "words"]))
    response = client.detect_text(Image={"Bytes": flat(100, 100)})
    assert len(texts(response, "WORD")) == 100
    assert len(texts(response, "LINE")) == 50


def test_joins_characters_to_words(monkeypatch: pytest.MonkeyPatch, reader: TextReader) -> None:
    monkeypatch.setattr(reader, "_engine", FakeEngine(1, "早安 世界", ["早", "安", "世", "界"]))
    (line,) = reader.read(flat(100, 100))
    assert [(word.text, round(word.confidence), word.polygon) for word in line.words] == [
        ("早安", 80, ((0.1, 0.1), (0.5, 0.1), (0.5, 0.2), (0.1, 0.2))),
        ("世界", 82, ((0.5, 0.1), (0.9, 0.1), (0.9, 0.2), (0.5, 0.2))),
    ]
