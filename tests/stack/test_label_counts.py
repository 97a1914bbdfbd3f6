"""Counts of labels are exact, however often the same event comes, and whatever was before."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from catalog.keys import DAY_SECONDS, Place, count_key
from catalog.records import item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.stack.client import Arriving, Picture, Pipeline

ONE = {"Face": 1, "Head": 1, "Person": 1}


@pytest.fixture
def faults(pipeline: Pipeline) -> Iterator[Callable[..., None]]:
    """Make the next call of Rekognition fail."""
    yield lambda code: pipeline.stack.rekognition.configure({"faults": {"code": code, "count": 1}})
    pipeline.stack.rekognition.configure({"faults": {}})


def is_exact(person: Pipeline, *ids: str) -> None:
    assert person.counts() == {name: len(ids) for name in ONE if ids}
    for label in (None, *ONE):
        assert person.listed(**({"label": label} if label else {})) == list(ids)


def test_a_repeated_event_counts_nothing_twice(
    person: Pipeline,
    arriving: Arriving,
    process: Callable[..., Any],
) -> None:
    (picture, event), billed = arriving(), person.billed()
    assert [process(event)["status"] for _ in range(3)] == ["done", "skipped", "skipped"]
    assert person.billed() == billed + 1
    is_exact(person, picture.id)


def test_an_event_that_comes_twice_at_once_counts_nothing_twice(
    person: Pipeline,
    arriving: Arriving,
    process: Callable[..., Any],
) -> None:
    (picture, event), billed = arriving(), person.billed()
    with ThreadPoolExecutor(2) as both:
        outcomes = sorted(outcome["status"] for outcome in both.map(process, [event, event]))
    assert outcomes in (["busy", "done"], ["done", "skipped"])  # before or after the other one is over
    assert person.billed() == billed + 1
    is_exact(person, picture.id)


def test_an_event_that_comes_back_through_the_queue_counts_nothing_twice(
    person: Pipeline, arriving: Arriving, event_file: Any
) -> None:
    picture, event = arriving()
    batch = event_file("sqs-retry")
    record = json.loads(batch["Records"][0]["body"]) | {"requestPayload": event}
    batch["Records"][0]["body"] = json.dumps(record)
    for _ in range(2):
        answer = person.stack.functions.invoke("ProcessorFunction", batch)
        assert answer.payload == {"batchItemFailures": []}
    is_exact(person, picture.id)


def test_a_picture_that_failed_first_is_counted_once(
    person: Pipeline, photograph: Callable[[], Picture], faults: Callable[[str], None]
) -> None:
    picture = photograph()
    faults("InvalidImageFormatException")
    person.upload(picture)
    assert person.finished(picture)["image"]["reason"]["code"] == "broken"
    assert (person.counts(), person.listed()) == ({}, [picture.id])
    person.recognised(picture)
    is_exact(person, picture.id)


def test_a_picture_that_was_deleted_and_uploaded_again_is_counted_once(
    person: Pipeline, photograph: Callable[[], Picture]
) -> None:
    picture = photograph()
    for _ in range(2):
        person.recognised(picture)
        is_exact(person, picture.id)
        assert person.delete(picture.id) == 204
        is_exact(person)


def test_a_label_that_only_a_cut_off_try_found_is_taken_back(
    person: Pipeline,
    photograph: Callable[[], Picture],
    held: Callable[..., Any],
    process: Callable[..., Any],
) -> None:
    picture, table = photograph(), person.stack.client("dynamodb")
    event = held(lambda: person.upload(picture))

    def update(key: Mapping[str, str], expression: str, **values: Any) -> Any:
        return table.update_item(
            TableName="CatalogTable",
            Key={name: {"S": value} for name, value in key.items()},
            UpdateExpression=expression,
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
            ReturnValues="ALL_NEW",
        )["Attributes"]

    record = update(item_key(person.owner, picture.id), "ADD indexNames :names", names={"SS": ["dog"]})
    place = Place(person.owner, picture.id, record["uploadedAt"]["S"], int(record["expiresAt"]["N"]))
    entered = {"image": {"S": picture.id}, "expires": record["expiresAt"]}
    update(place.label_key("dog"), "SET id = :image, expiresAt = :expires", **entered)
    day = f"day{place.expires_at // DAY_SECONDS}"
    counted = {"one": {"N": "1"}, "entry": {"S": place.list_key["sk"]}}
    update(count_key(person.owner, "dog"), f"SET lastEntry = :entry ADD {day} :one", **counted)
    assert process(event)["status"] == "done"
    assert person.listed(label="dog") == []
    is_exact(person, picture.id)


def test_many_at_once_are_all_counted(person: Pipeline, photograph: Callable[[], Picture]) -> None:
    pictures = [photograph() for _ in range(8)]
    with ThreadPoolExecutor(4) as several:
        list(several.map(person.recognised, pictures))
        assert person.counts() == dict.fromkeys(ONE, 8)
        assert set(person.listed(label="person")) == {picture.id for picture in pictures}
        assert list(several.map(person.delete, [picture.id for picture in pictures[:5]])) == [204] * 5
    assert person.counts() == dict.fromkeys(ONE, 3)
    assert set(person.listed(label="face")) == {picture.id for picture in pictures[5:]}
