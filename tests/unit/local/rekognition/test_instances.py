"""Objects that several models find."""

from __future__ import annotations

from local.rekognition.detectors.onnx_model import Prediction
from local.rekognition.geometry import Box
from local.rekognition.instances import Detection, add_faces, group_by_label

LEFT, RIGHT = Box(0.1, 0.2, 0.3, 0.6), Box(0.6, 0.2, 0.3, 0.6)
LARGER_LEFT = Box(0.1, 0.1, 0.3, 0.8)


def test_merges_the_boxes_of_two_models() -> None:
    first = [Prediction("tv", 90, LEFT), Prediction("cat", 80, RIGHT)]
    second = [
        Prediction("Television", 60, LARGER_LEFT),
        Prediction("TV", 70, RIGHT),
        Prediction("dog", 99, None),
    ]
    assert group_by_label([first, second]) == {
        "TV": [Detection(LARGER_LEFT, 90), Detection(RIGHT, 70)],
        "Cat": [Detection(RIGHT, 80)],
    }


def test_keeps_overlapping_boxes_of_one_model() -> None:
    crowd = [Prediction("person", 90, LEFT), Prediction("person", 80, LARGER_LEFT)]
    assert group_by_label([crowd]) == {"Person": [Detection(LEFT, 90), Detection(LARGER_LEFT, 80)]}


def test_a_face_belongs_to_the_person_around_it() -> None:
    own, other = Detection(Box(0.2, 0.2, 0.1, 0.1), 95), Detection(Box(0.9, 0.1, 0.1, 0.1), 60)
    small, large = Detection(LEFT, 55), Detection(Box(0.5, 0, 0.3, 1), 70)
    assert add_faces([small, large], [other, own]) == [large, Detection(LEFT, 95), other]
