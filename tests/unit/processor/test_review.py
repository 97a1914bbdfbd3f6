"""Which results need review, and what their record and the index then say."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.records import Review
from processor.review import ReviewRules, find_review
from tests.unit.processor.support import make_file
from tests.unit.support import IMAGE_ID, UPLOAD_KEY

ALL = frozenset({"Helmet", "Mask", "Gloves"})


def moderation(*found: tuple[str, float, str]) -> dict[str, Any]:
    labels = [
        {"Name": name, "Confidence": confidence, "ParentName": parent} for name, confidence, parent in found
    ]
    return {"ModerationLabels": labels}


def person(*parts: tuple[str, float]) -> dict[str, Any]:
    """Return a person without any equipment, of whom these parts of the body are visible."""
    found = [
        {"Name": name, "Confidence": confidence, "EquipmentDetections": []} for name, confidence in parts
    ]
    return {"Id": 0, "BodyParts": found}


@pytest.mark.parametrize(
    ("values", "review"),
    [
        ({}, None),
        (moderation(("Violence", 79.9, "")), None),
        (moderation(("Violence", 80.0, "")), Review(("Violence",))),
        (moderation(("Violence", 80.0, ""), ("Explicit", 93.0, "")), Review(("Explicit", "Violence"))),
        (
            moderation(("Violence", 90.0, ""), ("Weapons", 90.0, "Violence"), ("Alcohol", 60.0, "")),
            Review(("Violence",)),
        ),
    ],
)
def test_unsafe_content_needs_review_from_a_confidence_on(
    values: dict[str, Any], review: Review | None
) -> None:
    assert find_review(values, ReviewRules(80.0, ALL), 50.0) == review


@pytest.mark.parametrize(
    ("people", "required", "missing"),
    [
        ([person(("HEAD", 99.0))], {"Helmet"}, ("Helmet",)),
        ([person(("HEAD", 99.0))], {"Mask", "Gloves"}, ()),
        ([person(("HEAD", 99.0))], set(), ()),
        ([person(("HEAD", 49.9))], {"Helmet"}, ()),
        ([person(("HEAD", 50.0))], {"Helmet"}, ("Helmet",)),  # the confidence for flags is another one
        (
            [person(("HEAD", 60.0)), person(("LEFT_HAND", 99.0), ("FACE", 80.0))],
            ALL,
            ("Gloves", "Mask", "Helmet"),
        ),
        ([person(("LEFT_HAND", 99.0), ("RIGHT_HAND", 98.0))], ALL, ("Gloves",)),
        ([person()], ALL, ()),
    ],
)
def test_a_person_without_required_equipment_needs_review(
    people: list[dict[str, Any]], required: set[str], missing: tuple[str, ...]
) -> None:
    found = find_review({"Persons": people}, ReviewRules(80.0, frozenset(required)), 50.0)
    assert found == (Review((), missing) if missing else None)


def test_the_record_and_the_index_say_what_needs_review(
    make_processor, invocation, put, rekognition, get_record, catalog
) -> None:
    rekognition.queue_response(
        "DetectModerationLabels",
        {**moderation(("Violence", 91.5, ""), ("Alcohol", 89.0, "")), "ModerationModelVersion": "7.0"},
    )
    rekognition.queue_response(
        "DetectProtectiveEquipment", {"Persons": [person(("HEAD", 99.0), ("FACE", 99.0))]}
    )
    processor = make_processor(
        detect_moderation=True,
        detect_protective_equipment=True,
        review_confidence=90.0,
        required_equipment=frozenset({"Helmet"}),
    )
    processor.process(put(make_file("JPEG"), UPLOAD_KEY), invocation)
    record = get_record()
    assert (record.id, record.flags) == (IMAGE_ID, ("Violence", "Alcohol"))
    assert record.review == Review(("Violence",), ("Helmet",))
    assert catalog.index.vocabulary("alice").count("is:review") == 1
