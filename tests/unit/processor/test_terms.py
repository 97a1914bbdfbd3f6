"""The terms of a result, from everything that its detectors and its file say."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.records import LabelSummary
from catalog.terms import Term
from processor.imaging.interface import ImageFacts
from processor.terms import find_colors, find_terms

NO_FACTS = ImageFacts()
CAR = {"Name": "Car", "Confidence": 90.0, "Parents": [{"Name": "Vehicle"}], "Instances": []}
DOG = {"Name": "Dog", "Confidence": 95.0, "Parents": [{"Name": "Animal"}, {"Name": "Pet"}]}


def terms(values: dict[str, Any], facts: ImageFacts = NO_FACTS, *labels: str) -> list[str]:
    summaries = [LabelSummary(name, 90.0) for name in labels]
    return [str(term) for term in find_terms(values, summaries, facts, 50.0)]


def word(text: str, confidence: float = 99.0, kind: str = "WORD") -> dict[str, Any]:
    return {"Type": kind, "DetectedText": text, "Confidence": confidence}


def part(name: str, *equipment: dict[str, Any], confidence: float = 99.0) -> dict[str, Any]:
    return {"Name": name, "Confidence": confidence, "EquipmentDetections": list(equipment)}


def equipment(type_: str, covers: bool | None = True) -> dict[str, Any]:
    found: dict[str, Any] = {"Type": type_, "Confidence": 99.0}
    return found if covers is None else {**found, "CoversBodyPart": {"Value": covers, "Confidence": 99.0}}


def test_a_result_without_findings_has_no_terms() -> None:
    assert terms({}) == []


def test_parents_that_are_not_labels_themselves() -> None:
    values = {"Labels": [CAR, DOG, {"Name": "Animal", "Confidence": 95.0}]}
    assert terms(values, NO_FACTS, "Car", "Dog", "ANIMAL") == ["label:Pet", "label:Vehicle"]


def test_custom_labels_are_labels() -> None:
    assert terms({"CustomLabels": [{"Name": "Our logo", "Confidence": 80.0}]}) == ["label:Our logo"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EXIT", ["text:EXIT"]),
        ("EXIT!", ["text:EXIT"]),
        ("«open-air»", ["text:open-air"]),
        ("don't", ["text:don't"]),
        ("Straße", ["text:Straße"]),
        ("ABC123", ["text:ABC123"]),
        ("A1", []),
        ("12345", []),
        ("no", []),
        ("...", []),
        ("", []),
        ("two words", ["text:two", "text:words"]),
        ("x" * 101, []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert terms({"TextDetections": [word(text)]}) == expected


def test_words_are_found_once_and_lines_are_ignored() -> None:
    detections = [word("EXIT here", kind="LINE"), word("EXIT"), word("exit"), word("here")]
    assert terms({"TextDetections": detections}) == ["text:EXIT", "text:here"]


def test_at_most_20_words_the_most_confident_ones() -> None:
    names = [f"word{chr(97 + number)}" for number in range(25)]
    detections = [word(name, 60.0 + number) for number, name in enumerate(names)]
    assert terms({"TextDetections": detections}) == [f"text:{name}" for name in names[:4:-1]]


def test_a_word_below_the_minimum_confidence_is_left_out() -> None:
    assert terms({"TextDetections": [word("maybe", 49.9), word("surely", 50.0)]}) == ["text:surely"]


def test_flags_are_the_categories_of_unsafe_content() -> None:
    labels = [
        {"Name": "Weapons", "Confidence": 80.0, "ParentName": "Violence"},
        {"Name": "Violence", "Confidence": 80.0, "ParentName": ""},
        {"Name": "Alcohol", "Confidence": 90.0},
    ]
    assert terms({"ModerationLabels": labels}) == ["flag:Alcohol", "flag:Violence"]


def test_celebrities() -> None:
    found = [
        {"Name": name, "MatchConfidence": match} for name, match in (("A B", 60.0), ("C", 99.0), ("D", 40.0))
    ]
    assert terms({"CelebrityFaces": found}) == ["people:3", "celebrity:C", "celebrity:A B"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([part("HEAD")], ["missing:Helmet"]),
        ([part("HEAD", equipment("HEAD_COVER"))], []),
        ([part("HEAD", equipment("HEAD_COVER", covers=None))], []),
        ([part("HEAD", equipment("HEAD_COVER", covers=False))], ["missing:Helmet"]),
        ([part("HEAD", equipment("FACE_COVER"))], ["missing:Helmet"]),
        ([part("FACE")], ["missing:Mask"]),
        ([part("LEFT_HAND", equipment("HAND_COVER")), part("RIGHT_HAND")], ["missing:Gloves"]),
        ([part("LEFT_HAND"), part("RIGHT_HAND")], ["missing:Gloves"]),
        ([part("HEAD", confidence=49.0)], []),
        ([part("FOOT")], []),
        ([], []),
    ],
)
def test_missing_equipment(parts: list[dict[str, Any]], expected: list[str]) -> None:
    assert terms({"Persons": [{"Id": 0, "BodyParts": parts}]}) == ["people:1", *expected]


def test_equipment_is_missing_if_one_person_lacks_it() -> None:
    persons = [
        {"BodyParts": [part("HEAD", equipment("HEAD_COVER"))]},
        {"BodyParts": [part("HEAD")]},
        {"Id": 2},
    ]
    assert terms({"Persons": persons}) == ["people:3", "missing:Helmet"]


@pytest.mark.parametrize(
    ("instances", "faces", "celebrities", "persons", "expected"),
    [(2, 1, 0, 0, 2), (0, 3, 1, 0, 3), (1, 0, 2, 0, 2), (1, 0, 0, 4, 4), (0, 0, 0, 0, None)],
)
def test_the_number_of_people_is_the_largest(
    instances: int, faces: int, celebrities: int, persons: int, expected: int | None
) -> None:
    values = {
        "Labels": [{"Name": "Person", "Confidence": 99.0, "Instances": [{}] * instances}, CAR],
        "FaceDetails": [{}] * faces,
        "CelebrityFaces": [{"Name": "A", "MatchConfidence": 1.0}] * celebrities,
        "Persons": [{}] * persons,
    }
    found = [term for term in terms(values) if term.startswith("people:")]
    assert found == ([] if expected is None else [f"people:{expected}"])


def test_the_camera_and_the_colors_of_the_pixels() -> None:
    facts = ImageFacts({"Camera": "Canon EOS R5"}, ("blue", "white"))
    assert terms({}, facts) == ["camera:Canon EOS R5", "color:blue", "color:white"]


def test_measured_colors_replace_those_of_the_pixels() -> None:
    measured = [
        {"Red": 250, "Green": 10, "Blue": 10, "PixelPercent": 20.0},
        {"Red": 10, "Green": 10, "Blue": 10, "PixelPercent": 45.0},
        {"Red": 200, "Green": 0, "Blue": 20, "PixelPercent": 30.0},
        {"Red": 255, "Green": 255, "Blue": 255, "PixelPercent": 5.0},
    ]
    facts = ImageFacts(colors=("blue",))
    assert find_colors({"ImageProperties": {"DominantColors": measured}}, facts) == ("red", "black")
    assert find_colors({"ImageProperties": {}}, facts) == ("blue",)


def test_at_most_40_terms_the_most_confident_first() -> None:
    labels = [
        {"Name": f"L{number}", "Confidence": 50.0 + number, "Parents": [{"Name": f"P{number}"}]}
        for number in range(50)
    ]
    found = terms({"Labels": labels, "TextDetections": [word("exit", 98.5)]}, ImageFacts(colors=("red",)))
    assert found == [
        "color:red",
        "label:P49",
        "text:exit",
        *(f"label:P{number}" for number in range(48, 11, -1)),
    ]
    assert len(found) == 40


def test_a_custom_label_is_never_left_out_for_others() -> None:
    parents = [{"Name": f"Parent {number:02}"} for number in range(60)]
    custom = [{"Name": f"class {number:02}", "Confidence": 60.0} for number in range(41)]
    found = terms({"Labels": [{**CAR, "Parents": parents}], "CustomLabels": custom[:2]})
    assert found == [f"label:Parent {number:02}" for number in range(38)] + [
        "label:class 00",
        "label:class 01",
    ]
    found = terms({"Labels": [{**CAR, "Parents": parents}], "CustomLabels": custom})
    assert found == [f"label:class {number:02}" for number in range(40)]


def test_terms_can_be_stored() -> None:
    found = find_terms({"Labels": [DOG]}, [], NO_FACTS, 50.0)
    assert [Term.parse(str(term)) for term in found] == list(found)
