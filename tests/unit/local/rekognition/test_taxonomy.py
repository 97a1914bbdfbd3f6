"""Names, ancestors, aliases and categories of labels."""

from __future__ import annotations

import pytest

from local.rekognition.detectors.objects import LABELS
from local.rekognition.detectors.onnx_model import read_labels
from local.rekognition.taxonomy import Entry, canonical_name, find_entry

# The classes of the COCO data set whose name isn't Rekognition's in another case.
RENAMED = {
    "cell phone": "Mobile Phone",
    "hair drier": "Blow Dryer",
    "keyboard": "Computer Keyboard",
    "remote": "Remote Control",
    "skis": "Skiing",
    "snowboard": "Snowboarding",
    "sports ball": "Ball",
    "stop sign": "Stopsign",
    "tv": "TV",
}
CLASSES = [name for name in read_labels(LABELS) if not name.startswith("none ")]


def test_there_are_80_classes() -> None:
    assert len(set(CLASSES)) == 80


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_of_coco_is_named_as_in_rekognition(name: str) -> None:
    label = canonical_name(name)
    assert label == RENAMED.get(name, name.title())
    entry = find_entry(label)
    assert entry.category
    assert all(find_entry(parent).category for parent in entry.parents)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("Person", Entry((), ("Human",), "Person Description")),
        ("Face", Entry(("Head", "Person"), (), "Person Description")),
        ("Dog", Entry(("Animal", "Canine", "Mammal", "Pet"), (), "Animals and Pets")),
        ("Car", Entry(("Transportation", "Vehicle"), ("Automobile",), "Vehicles and Automotive")),
        ("Cup", Entry((), ("Mug",), "Kitchen and Dining")),
        ("Couch", Entry(("Furniture",), (), "Furniture and Furnishings")),
        ("Mobile Phone", Entry(("Electronics", "Phone"), ("Cell Phone",), "Technology and Computing")),
        ("Orange", Entry(("Citrus Fruit", "Food", "Fruit", "Plant"), (), "Food and Beverage")),
        ("lucky charm", Entry()),
    ],
)
def test_entries(name: str, entry: Entry) -> None:
    assert find_entry(name) == entry


@pytest.mark.parametrize(
    ("name", "label"),
    [("HUMAN", "Person"), ("Television", "TV"), ("tvmonitor", "TV"), ("lucky charm", "lucky charm")],
)
def test_finds_a_label_by_its_alias_or_a_models_name_for_it(name: str, label: str) -> None:
    assert canonical_name(name) == label
