"""Deleting takes everything about a picture, for good, at whatever moment it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.client import send, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stack.client import Arriving, Picture, Pipeline


def traces(person: Pipeline, picture: Picture) -> dict[str, Any]:
    """What S3 and the table hold about a picture of a person's."""
    pages = person.stack.client("dynamodb").get_paginator("scan").paginate(TableName="CatalogTable")
    items = [
        f"{item['pk']['S']} {item['sk']['S']}"
        for page in pages
        for item in page["Items"]
        if person.owner in item["pk"]["S"]
    ]
    key = person.key(picture)
    return {
        "objects": person.keys(person.input, key) | person.keys(person.output, key),
        "items": sorted(item for item in items if picture.id in item),
    }


NOTHING: dict[str, Any] = {"objects": set(), "items": []}


def gone(person: Pipeline, picture: Picture) -> None:
    """Check that the API tells nothing of a picture, which was its person's only one."""
    assert person.status(picture.id).status == 404
    assert person.delete(picture.id) == 404
    assert (person.page(), person.counts()) == ({"images": [], "cursor": None}, {})
    assert person.page(label="person") == {"images": [], "cursor": None}
    assert traces(person, picture) == NOTHING


@pytest.fixture
def rekognition(pipeline: Pipeline) -> Iterator[Callable[..., None]]:
    """Change how Rekognition behaves, until the test is over."""
    yield lambda **changes: pipeline.stack.rekognition.configure(changes)
    pipeline.stack.rekognition.configure({"reset": True})


def test_everything_about_a_picture_goes(person: Pipeline, photograph: Callable[[], Picture]) -> None:
    picture = photograph()
    person.recognised(picture)
    key = person.key(picture)
    found = traces(person, picture)
    assert found["objects"] == {key, f"{key}.json", f"{key}.thumb.webp"}
    assert [item.partition("#")[2].rpartition("#")[0].split(" ")[0] for item in found["items"]] == [
        person.owner,
        f"{person.owner}#IMAGES",
        f"{person.owner}#LABEL#face",
        f"{person.owner}#LABEL#head",
        f"{person.owner}#LABEL#person",
    ]
    assert person.delete(picture.id) == 204
    gone(person, picture)


def test_a_failed_picture_goes(person: Pipeline, file_of: Callable[..., Picture]) -> None:
    picture = file_of(b"these are notes, ")
    person.upload(picture)
    person.finished(picture)
    assert len(traces(person, picture)["objects"]) == 2
    assert person.delete(picture.id) == 204
    gone(person, picture)


def test_a_picture_that_was_never_uploaded_goes(person: Pipeline, photograph: Callable[[], Picture]) -> None:
    picture = photograph()
    person.permission(picture)
    assert person.delete(picture.id) == 204
    gone(person, picture)


def test_others_stay(person: Pipeline, photograph: Callable[..., Picture]) -> None:
    first, second, cat = photograph(), photograph(), photograph("chelsea")
    for picture in (first, second, cat):
        person.recognised(picture)
    assert person.delete(first.id) == 204
    assert person.listed() == [cat.id, second.id]
    assert person.listed(label="person") == [second.id]
    assert person.counts() == dict.fromkeys(("Animal", "Cat", "Face", "Head", "Mammal", "Person", "Pet"), 1)
    assert person.call("GET", "/labels").document["thisMonth"] == {"images": 3, "billedCalls": 3}


def test_a_link_that_was_given_before_leads_nowhere(
    person: Pipeline, photograph: Callable[[], Picture]
) -> None:
    picture = photograph()
    links = person.recognised(picture)["links"]
    person.delete(picture.id)
    assert {name: send("GET", url).status in (403, 404) for name, url in links.items()} == {
        "original": True,
        "thumbnail": True,
        "result": True,
    }


def test_an_event_that_comes_after_the_deletion_brings_nothing_back(
    person: Pipeline,
    arriving: Arriving,
    process: Callable[..., Any],
) -> None:
    picture, event = arriving()
    assert person.delete(picture.id) == 204
    billed = person.billed()
    assert process(event)["status"] == "skipped"
    assert person.billed() == billed
    gone(person, picture)


def test_a_picture_that_is_put_after_its_deletion_goes_as_well(
    person: Pipeline, photograph: Callable[[], Picture], held: Callable[..., Any], process: Callable[..., Any]
) -> None:
    picture = photograph()
    permission = person.permission(picture)
    assert person.delete(picture.id) == 204
    billed = person.billed()
    event = held(lambda: person.put(picture, permission))
    assert process(event)["status"] == "skipped"
    assert person.billed() == billed
    gone(person, picture)


def test_a_picture_deleted_while_it_is_looked_at_does_not_come_back(
    person: Pipeline,
    arriving: Arriving,
    process: Callable[..., Any],
    rekognition: Callable[..., None],
) -> None:
    (picture, event), billed = arriving(), person.billed()
    rekognition(latencyMs=2000)
    with ThreadPoolExecutor(1) as meanwhile:
        outcome = meanwhile.submit(process, event)
        wait_until(lambda: person.billed() > billed or None)  # it waits for the answer from now on
        assert person.delete(picture.id) == 204
        assert not outcome.done()
        assert person.status(picture.id).status == 404
        assert outcome.result()["status"] == "skipped"
    gone(person, picture)


def test_a_picture_deleted_between_two_tries_does_not_come_back(
    person: Pipeline,
    arriving: Arriving,
    process: Callable[..., Any],
    rekognition: Callable[..., None],
) -> None:
    picture, event = arriving()
    rekognition(faults={"code": "ThrottlingException", "count": 6})
    assert person.stack.functions.invoke("ProcessorFunction", event).failed
    assert person.delete(picture.id) == 204
    assert process(event)["status"] == "skipped"
    gone(person, picture)


def test_a_picture_uploaded_again_while_the_old_one_is_looked_at_is_a_new_one(
    person: Pipeline,
    arriving: Arriving,
    held: Callable[..., Any],
    process: Callable[..., Any],
    rekognition: Callable[..., None],
) -> None:
    (picture, event), billed = arriving(), person.billed()
    rekognition(latencyMs=2000)
    with ThreadPoolExecutor(1) as meanwhile:
        outcome = meanwhile.submit(process, event)
        wait_until(lambda: person.billed() > billed or None)
        assert person.delete(picture.id) == 204
        rekognition(latencyMs=0)
        again = held(lambda: person.upload(picture))
        outcome.result()
    process(again)
    assert person.finished(picture)["image"]["status"] == "done"
    assert (person.listed(), person.counts()) == ([picture.id], {"Face": 1, "Head": 1, "Person": 1})
    assert set(person.status(picture.id).document["links"]) == {"original", "thumbnail", "result"}


def test_two_deletions_at_once_do_it_once(person: Pipeline, photograph: Callable[..., Picture]) -> None:
    picture, other = photograph(), photograph()
    for each in (picture, other):
        person.recognised(each)
    with ThreadPoolExecutor(2) as both:
        statuses = sorted(both.map(person.delete, [picture.id] * 2))
    assert statuses in ([204, 204], [204, 404])
    assert traces(person, picture) == NOTHING
    assert (person.listed(), person.counts()) == ([other.id], {"Face": 1, "Head": 1, "Person": 1})
