"""The result store: the order of writes, and images deleted or restarted while they are processed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from common.object_keys import output_keys, preview_key, result_key, thumbnail_key
from processor.invocation import Invocation
from tests.unit.processor.support import make_file
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, OTHER_ID, OUTPUT_BUCKET, UPLOAD_KEY

if TYPE_CHECKING:
    from catalog.catalog import Catalog


def test_the_record_is_written_after_the_objects(
    processor, invocation, put, storage, catalog, monkeypatch
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    write, complete = storage.write, catalog.complete
    order: list[str] = []

    def record_write(bucket: str, key: str, *args: Any, **options: Any) -> None:
        order.append(key)
        write(bucket, key, *args, **options)

    def record_complete(*args: Any, **options: Any) -> bool:
        order.append("record")
        return bool(complete(*args, **options))

    monkeypatch.setattr(storage, "write", record_write)
    monkeypatch.setattr(catalog, "complete", record_complete)
    processor.process(event, invocation)
    assert order == [preview_key(UPLOAD_KEY), thumbnail_key(UPLOAD_KEY), result_key(UPLOAD_KEY), "record"]


def test_the_categories_of_labels_are_known_before_the_record_says_that_it_is_done(
    processor, invocation, put, rekognition, catalog, monkeypatch
) -> None:
    labels = [
        {"Name": "Cat", "Confidence": 90, "Categories": [{"Name": "Animals and Pets"}]},
        {"Name": "Thing", "Confidence": 90, "Categories": []},
        {"Name": "Unicorn", "Confidence": 90},
    ]
    rekognition.queue_response("DetectLabels", {"Labels": labels})
    complete, known = catalog.complete, []

    def find_and_complete(*args: Any, **options: Any) -> bool:
        known.append(catalog.label_categories.find(["Cat", "Thing", "Unicorn"]))
        return bool(complete(*args, **options))

    monkeypatch.setattr(catalog, "complete", find_and_complete)
    assert processor.process(put(make_file("JPEG"), UPLOAD_KEY), invocation).status == "done"
    assert known == [{"Cat": "Animals and Pets"}]


def test_an_image_is_done_although_the_categories_of_its_labels_cannot_be_added(
    processor, invocation, put, rekognition, catalog, monkeypatch
) -> None:
    label = {"Name": "Cat", "Confidence": 90, "Categories": [{"Name": "Animals and Pets"}]}
    rekognition.queue_response("DetectLabels", {"Labels": [label]})
    event = put(make_file("JPEG"), UPLOAD_KEY)
    monkeypatch.setattr(catalog.label_categories, "find", raise_connection_error)
    assert processor.process(event, invocation).status == "done"


def raise_connection_error(labels: Any) -> Any:
    raise EndpointConnectionError(endpoint_url="https://dynamodb.example.com")


@pytest.mark.parametrize(
    ("age", "is_kept"), [(timedelta(0), False), (timedelta(seconds=-1), True)], ids=["same", "newer"]
)
def test_an_upload_without_a_record_is_deleted_unless_newer_than_its_event(
    processor, invocation, put, rekognition, storage, object_keys, age: timedelta, is_kept: bool
) -> None:
    event = put(make_file("JPEG"), f"uploads/alice/{OTHER_ID}")
    event = replace(event, created_at=storage.head(INPUT_BUCKET, event.key).modified_at + age)
    assert processor.process(event, invocation).status == "skipped"
    assert rekognition.requests == []
    assert object_keys(INPUT_BUCKET) == ([event.key] if is_kept else [])


def test_the_output_of_an_interrupted_attempt_is_deleted_with_its_image(
    processor, invocation, put, delete_image, storage, object_keys
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    delete_image()
    for key in output_keys(UPLOAD_KEY):
        storage.write(OUTPUT_BUCKET, key, b"late", content_type="application/octet-stream")
    assert processor.process(event, invocation).status == "skipped"
    assert object_keys(OUTPUT_BUCKET) == []


def test_an_image_restarted_while_an_orphan_is_deleted_keeps_its_objects(
    processor, invocation, put, delete_image, catalog, get_record, storage, monkeypatch
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    event = replace(event, created_at=storage.head(INPUT_BUCKET, UPLOAD_KEY).modified_at)
    record = get_record()
    delete_image()
    storage.write(OUTPUT_BUCKET, f"{UPLOAD_KEY}.json", b"new", content_type="application/json")
    acquire_lease = catalog.acquire_lease

    def acquire_then_restart(*args: Any, **options: Any) -> Any:
        missing = acquire_lease(*args, **options)
        catalog.start(record)
        return missing

    monkeypatch.setattr(catalog, "acquire_lease", acquire_then_restart)
    assert processor.process(event, invocation).status == "skipped"
    assert storage.head(INPUT_BUCKET, UPLOAD_KEY).size > 0
    assert storage.read(OUTPUT_BUCKET, f"{UPLOAD_KEY}.json") == b"new"


@pytest.mark.parametrize("outcome", ["result", "failure"])
def test_an_image_restarted_while_it_is_processed_is_left_to_its_own_event(
    processor,
    invocation,
    put,
    delete_image,
    catalog,
    get_record,
    storage,
    object_keys,
    rekognition,
    monkeypatch,
    outcome: str,
) -> None:
    """Otherwise it would be done without a preview, or fail because its file was gone."""
    data = make_file("JPEG")
    event = put(data, UPLOAD_KEY)
    if outcome == "failure":
        rekognition.queue_errors("DetectLabels", "InvalidS3ObjectException")

    def restart_before(finish: Callable[..., bool]) -> Callable[..., bool]:
        def restart_then_finish(*args: Any, **options: Any) -> bool:
            delete_image()
            for key in output_keys(UPLOAD_KEY):
                storage.delete(OUTPUT_BUCKET, key)
            put(data, UPLOAD_KEY)
            return finish(*args, **options)

        return restart_then_finish

    with monkeypatch.context() as patch:
        patch.setattr(catalog, "complete", restart_before(catalog.complete))
        patch.setattr(catalog, "fail", restart_before(catalog.fail))
        assert processor.process(event, invocation).status == "skipped"
    assert get_record().status == "pending"
    assert processor.process(event, Invocation("request-2", lambda: 60.0)).status == "done"
    assert object_keys(OUTPUT_BUCKET) == sorted(
        [preview_key(UPLOAD_KEY), result_key(UPLOAD_KEY), thumbnail_key(UPLOAD_KEY)]
    )


def test_an_image_deleted_while_it_is_processed_stays_deleted(
    processor, invocation, put, catalog: Catalog, get_record, table, object_keys, monkeypatch
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    complete = catalog.complete

    def delete_then_complete(*args: Any, **options: Any) -> bool:
        table.delete_item(Key={"pk": "OWNER#alice", "sk": f"IMAGE#{IMAGE_ID}"})
        return complete(*args, **options)

    monkeypatch.setattr(catalog, "complete", delete_then_complete)
    assert processor.process(event, invocation).status == "skipped"
    assert get_record() is None
    assert object_keys(OUTPUT_BUCKET) == []
