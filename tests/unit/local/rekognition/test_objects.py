"""The built-in object detector and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cv2.typing import MatLike

from local.rekognition.detectors import objects
from local.rekognition.detectors.objects import MODEL, SHA256, check_sha256, find_objects
from local.rekognition.detectors.onnx_model import Prediction
from local.rekognition.errors import ModelError
from local.rekognition.geometry import Box
from local.rekognition.images import DETECTION_SIDE, decode_pixels


def test_finds_the_cat(cat: bytes) -> None:
    (found,) = find_objects(decode_pixels(cat, DETECTION_SIDE))
    assert (found.label, round(found.confidence)) == ("cat", 93)
    assert found.box is not None
    assert [round(value, 1) for value in found.box] == [0, 0, 0.9, 1]


def test_finds_nothing_in_a_plain_image() -> None:
    assert find_objects(np.full((300, 400, 3), 128, dtype=np.uint8)) == ()


class FakeModel:
    """Finds a cheetah that might be a dog or a bird, and something that is probably not there."""

    def predict(self, pixels: object) -> tuple[Prediction, ...]:
        return (
            Prediction("dog", 71, Box(0.15, 0.34, 0.61, 0.35)),
            Prediction("bird", 70, Box(0.18, 0.35, 0.57, 0.35)),
            Prediction("chair", 60, Box(0.2, 0.4, 0.3, 0.2)),
            Prediction("vase", 49, Box(0.7, 0.1, 0.1, 0.1)),
        )


def test_keeps_the_likeliest_class_of_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "load_object_model", FakeModel)
    found = find_objects(np.zeros((1, 1, 3), dtype=np.uint8))
    assert [prediction.label for prediction in found] == ["dog", "chair"]


class FakeModelForViews:
    """Finds a dog in the whole image; a dog, a ball and, with a low confidence, a cat in its squares."""

    def predict(self, pixels: MatLike) -> tuple[Prediction, ...]:
        height, width = pixels.shape[:2]
        if width > height:
            return (Prediction("dog", 70, Box(0.1, 0.2, 0.3, 0.6)),)
        return (
            Prediction("dog", 90, Box(0.2, 0.2, 0.6, 0.6)),
            Prediction("ball", 80, Box(0.85, 0.4, 0.1, 0.2)),
            Prediction("cat", 54, Box(0.1, 0.8, 0.1, 0.1)),
        )


def test_squares_add_what_is_not_found_in_the_whole_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "load_object_model", FakeModelForViews)
    found = find_objects(np.zeros((100, 200, 3), dtype=np.uint8))
    assert [(prediction.label, prediction.confidence) for prediction in found] == [
        ("dog", 90),  # in the right half
        ("ball", 80),
        ("ball", 80),
        ("dog", 70),  # in the left half; its square's confidence doesn't count
    ]
    assert [prediction.box for prediction in found] == [
        pytest.approx(box)
        for box in (
            (0.6, 0.2, 0.3, 0.6),
            (0.425, 0.4, 0.05, 0.2),
            (0.925, 0.4, 0.05, 0.2),
            (0.1, 0.2, 0.3, 0.6),
        )
    ]


def test_describes_the_model_that_is_loaded() -> None:
    check_sha256(MODEL, SHA256)
    assert SHA256 in (MODEL.parent / "README.md").read_text(encoding="utf-8")


def test_rejects_a_changed_or_missing_model(tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    advice = f"Restore it: git checkout {tmp_path}"
    with pytest.raises(ModelError) as missing:
        check_sha256(model, SHA256)
    assert str(missing.value) == f"The model {model} is missing. {advice}"
    model.write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    with pytest.raises(ModelError) as changed:
        check_sha256(model, SHA256)
    assert str(changed.value) == f"The model {model} has the SHA-256 {empty}; it must be {SHA256}. {advice}"
