"""Boxes in manifests are within the picture and large enough, whatever their owner drew."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.model_records import ModelRecord
from catalog.records import Box
from local.rekognition.custom_labels.manifest import parse_lines
from tests.unit.support import IMAGE_ID, NOW
from trainer.evaluation import parse_wrong
from trainer.manifests import to_manifest
from trainer.plan import PlannedImage

MODEL = ModelRecord("alice", "a" * 16, "Parts", "detection", ("dent", "scratch"), "owner", "preparing", NOW)


@st.composite
def boxes(draw: Any) -> Box:
    left, top = draw(st.floats(0, 0.999)), draw(st.floats(0, 0.999))
    width, height = draw(st.floats(1e-6, 1)), draw(st.floats(1e-6, 1))
    return Box("scratch", left, top, min(width, 1 - left), min(height, 1 - top))


@given(st.lists(boxes(), min_size=1, max_size=50), st.tuples(st.integers(64, 4096), st.integers(64, 4096)))
def test_every_box_is_valid(found: list[Box], size: tuple[int, int]) -> None:
    image = PlannedImage(IMAGE_ID, ("scratch",), tuple(found), is_test=False, size=size)
    [entry] = parse_lines(to_manifest(MODEL, [image], lambda _: "s3://bucket/a.jpg").decode())
    assert not entry.has_errors
    assert [labeled.label for labeled in entry.boxes] == ["scratch"] * len(found)


def test_a_box_that_was_missed_and_one_too_many_are_wrong() -> None:
    def details(**members: bool) -> dict[str, Any]:
        names = {f"is-{name}": True for name in members}
        return {"confidence": 0.5, "rekognition-custom-labels-evaluation-details": names}

    line = {
        "source-ref": f"s3://bucket/images/{IMAGE_ID}.jpg",
        "evaluation-0": {"annotations": [{"class_id": 0}, {"class_id": 1}, {"class_id": 1}]},
        "evaluation-0-metadata": {
            "class-map": {"0": "dent", "1": "scratch"},
            "objects": [
                details(**{"true-positive": True, "present-in-ground-truth": True}),
                details(**{"false-negative": True, "present-in-ground-truth": True}),
                details(**{"false-positive": True}),
            ],
        },
    }
    [wrong] = parse_wrong(json.dumps(line).encode())
    assert (wrong.id, wrong.expected, wrong.found) == (IMAGE_ID, ("dent", "scratch"), ("dent", "scratch"))
