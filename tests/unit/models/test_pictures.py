"""The pictures of a model: those of its owner that are done, have its classes, and have a usable shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog.records import Box, ImageRecord, OwnData, ResultSummary
from catalog.transitions.finish import Completion
from models.pictures import Picture, Pictures, find_pictures
from tests.unit.support import FAILURE, LATER, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog

    Store = Callable[..., str]


def find(catalog: Catalog, *classes: str) -> Pictures:
    return find_pictures(catalog.index, "alice", "classification", classes)


def test_a_picture_has_all_of_its_classes_as_the_model_spells_them(catalog: Catalog, store: Store) -> None:
    first, second = store("good", "BAD", "other"), store("bad")
    store("other")
    store("good", owner="bob")
    assert find(catalog, "Good", "bad") == Pictures(
        (Picture(first, ("Good", "bad")), Picture(second, ("bad",)))
    )


def test_only_boxes_of_the_classes_count_for_a_detection(catalog: Catalog, store: Store) -> None:
    image_id = store(boxes=("scratch", "dent", "scratch"))
    store("scratch")
    box = Box("Scratch", 0.1, 0.2, 0.3, 0.4)
    found = find_pictures(catalog.index, "alice", "detection", ["Scratch"])
    assert found == Pictures((Picture(image_id, ("Scratch",), (box, box)),))


def test_a_picture_that_failed_or_has_lost_its_tag_does_not_count(catalog: Catalog, store: Store) -> None:
    untagged = store("good")
    catalog.annotate("alice", untagged, lambda _: OwnData())
    failed = "f" * 64
    catalog.start(ImageRecord("alice", failed, "pending", "a.jpg", "image/jpeg", 1, NOW))
    assert catalog.fail("alice", failed, FAILURE)
    catalog.annotate("alice", failed, lambda _: OwnData(tags=("good",)))
    assert find(catalog, "good") == Pictures(())


@pytest.mark.parametrize(("size", "left_out"), [((2000, 100), 0), ((2001, 100), 1), ((100, 2001), 1)])
def test_a_picture_that_rekognition_rejects_for_its_shape_is_left_out(
    catalog: Catalog, size: tuple[int, int], left_out: int
) -> None:
    catalog.start(ImageRecord("alice", "a" * 64, "pending", "a.jpg", "image/jpeg", 1, NOW))
    completion = Completion(ResultSummary(*size, ()), 1, NOW, LATER)
    assert catalog.complete("alice", "a" * 64, completion)
    catalog.annotate("alice", "a" * 64, lambda _: OwnData(tags=("good",)))
    found = find(catalog, "good")
    assert (len(found.pictures), found.left_out) == (1 - left_out, left_out)


def test_more_pictures_than_a_model_can_have_are_not_read(
    catalog: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.pictures.MAX_IMAGES", 2)
    for _ in range(2):
        store("good")
    assert find(catalog, "good").is_complete
    store("good")
    assert find(catalog, "good") == Pictures((), is_complete=False)


def test_an_estimate_ends_when_it_has_read_too_many_records(
    catalog: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.pictures._MAX_READ", 2)
    for _ in range(2):
        store("scratch")
    assert find_pictures(catalog.index, "alice", "detection", ["scratch"]) == Pictures(())
    store("scratch")
    tagged = find_pictures(catalog.index, "alice", "detection", ["scratch"])
    assert tagged == Pictures((), is_complete=False)


def test_pictures_without_a_box_do_not_count_for_a_detection(
    catalog: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.pictures.MAX_IMAGES", 2)
    monkeypatch.setattr("models.pictures._PAGE", 2)
    monkeypatch.setattr("models.pictures._BATCH", 1)
    for _ in range(3):
        store("scratch")
    ids = [store(boxes=("scratch",)) for _ in range(2)]

    def detection() -> Pictures:
        return find_pictures(catalog.index, "alice", "detection", ["scratch", "dent"])

    assert [picture.id for picture in detection().pictures] == ids
    store(boxes=("scratch", "dent"))
    assert detection() == Pictures((), is_complete=False)
