from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from catalog.catalog import Catalog
from catalog.keys import PENDING_SHARDS
from catalog.quotas import UploadLimits
from catalog.records import ImageRecord, SourceObject
from catalog.source_records import source_record
from catalog.usage import StackUsage
from common.settings import Dollars, RecoverySettings
from common.storage import Storage
from common.time import format_rfc3339
from limits.ceiling import Ceiling
from recovery.recovery import Recovery, Summary
from retries.queue import QUEUED_SECONDS, RetryQueue
from tests.unit.support import (
    FAILURE,
    IMAGE_ID,
    INPUT_BUCKET,
    LATER,
    NOW,
    OTHER_ID,
    RETRY_QUEUE_URL,
    TABLE,
    completion,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from retries.recoverer import Recoverer

QUEUED_UNTIL = int(NOW.timestamp()) + QUEUED_SECONDS
NOTHING = Summary(recovered=0, active=0, missing=0, given_back=0, failed=0, complete=True)


@pytest.fixture
def build(catalog: Catalog, recoverer: Recoverer) -> Callable[[float], Recovery]:
    """Build a recovery with a ceiling of some dollars."""

    def build(dollars: float) -> Recovery:
        settings = RecoverySettings(INPUT_BUCKET, TABLE, RETRY_QUEUE_URL, 3600, Dollars(dollars))
        return Recovery(settings, catalog, recoverer, Ceiling(catalog, dollars), clock=lambda: NOW)

    return build


@pytest.fixture
def recovery(build: Callable[[float], Recovery]) -> Recovery:
    return build(0)


@pytest.fixture
def run(recovery: Recovery) -> Callable[..., Summary]:
    return lambda seconds_left=60.0: recovery.run(lambda: seconds_left)


@pytest.fixture
def store(catalog: Catalog, s3: Any) -> Callable[..., None]:
    """Create a pending image with its object, by default one hour and a second old."""

    def store(image_id: str = IMAGE_ID, owner: str = "alice", seconds: int = 3601) -> None:
        uploaded_at = NOW - timedelta(seconds=seconds)
        catalog.start(ImageRecord(owner, image_id, "pending", "cat.jpg", "image/jpeg", 1000, uploaded_at))
        s3.put_object(Bucket=INPUT_BUCKET, Key=f"uploads/{owner}/{image_id}", Body=b"x")

    return store


@pytest.fixture
def read_keys(read_messages: Callable[[], list[Any]]) -> Callable[[], set[str]]:
    """Return the keys in the messages of the retry queue."""
    return lambda: {
        record["s3"]["object"]["key"]
        for message in read_messages()
        for record in message["requestPayload"]["Records"]
    }


def start(catalog: Catalog, record: ImageRecord, time: datetime) -> None:
    """Start an image whose upload counts at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "_clock", lambda: time)
        catalog.start(record, UploadLimits(day=100, month=1000))


def test_recovers_each_stored_image_once(run, store, catalog, read_keys, read_metrics) -> None:
    images = [("alice", IMAGE_ID), ("bob", IMAGE_ID), ("bob", OTHER_ID)]
    for owner, image_id in images:
        store(image_id, owner)
    assert run() == Summary(recovered=3, active=0, missing=0, given_back=0, failed=0, complete=True)
    assert read_keys() == {f"uploads/{owner}/{image_id}" for owner, image_id in images}
    assert {catalog.get(owner, image_id).queued_until for owner, image_id in images} == {QUEUED_UNTIL}
    assert read_metrics() == [
        {"ImagesRecovered": 1, "imageId": image_id, "owner": owner} for owner, image_id in sorted(images)
    ]
    assert run() == Summary(recovered=0, active=3, missing=0, given_back=0, failed=0, complete=True)
    assert read_metrics() == []


def test_leaves_images_that_are_young_leased_or_finished(run, store, catalog, read_keys) -> None:
    store("00" * 32, seconds=3600)
    store("10" * 32)
    catalog.acquire_lease("alice", "10" * 32, "processor", 1)
    store("20" * 32)
    assert catalog.complete("alice", "20" * 32, completion("Cat"))
    store("30" * 32)
    assert catalog.fail("alice", "30" * 32, FAILURE)
    store("40" * 32)
    assert catalog.begin_deletion("alice", "40" * 32)
    assert run() == Summary(recovered=0, active=1, missing=0, given_back=0, failed=0, complete=True)
    assert read_keys() == set()


def test_recovers_an_image_whose_lease_or_mark_has_expired(run, store, catalog, read_keys) -> None:
    store()
    catalog.acquire_lease("alice", IMAGE_ID, "processor", 0)
    catalog.mark_queued("alice", IMAGE_ID, int(NOW.timestamp()))
    assert run().recovered == 1
    assert len(read_keys()) == 1


def test_an_image_that_was_never_uploaded_is_left_to_expire(run, store, storage, catalog, read_keys) -> None:
    store()
    storage.delete(INPUT_BUCKET, f"uploads/alice/{IMAGE_ID}")
    assert run() == Summary(recovered=0, active=0, missing=1, given_back=0, failed=0, complete=True)
    assert catalog.get("alice", IMAGE_ID).queued_until is None
    assert read_keys() == set()


def test_an_upload_that_never_arrived_is_given_back_once(run, catalog) -> None:
    uploaded_at = NOW - timedelta(seconds=3601)
    for image_id in (IMAGE_ID, OTHER_ID):
        record = ImageRecord("alice", image_id, "pending", "cat.jpg", "image/jpeg", 1000, uploaded_at)
        start(catalog, record, uploaded_at)
    assert catalog.upload_counts("alice").day == 2
    assert run() == Summary(recovered=0, active=0, missing=2, given_back=2, failed=0, complete=True)
    assert catalog.upload_counts("alice").day == 0
    assert run() == Summary(recovered=0, active=0, missing=2, given_back=0, failed=0, complete=True)
    assert catalog.upload_counts("alice").day == 0


def test_an_upload_that_arrived_is_not_given_back(run, catalog, s3) -> None:
    uploaded_at = NOW - timedelta(seconds=3601)
    start(
        catalog,
        ImageRecord("alice", IMAGE_ID, "pending", "cat.jpg", "image/jpeg", 1000, uploaded_at),
        uploaded_at,
    )
    s3.put_object(Bucket=INPUT_BUCKET, Key=f"uploads/alice/{IMAGE_ID}", Body=b"x")
    assert run().recovered == 1
    s3.delete_object(Bucket=INPUT_BUCKET, Key=f"uploads/alice/{IMAGE_ID}")
    run()
    assert catalog.upload_counts("alice").day == 1


def test_an_upload_that_counts_for_less_than_an_hour_is_not_given_back(run, catalog) -> None:
    """Its record can be older: one whose file is gone keeps its position when it is started again."""
    uploaded_at = NOW - timedelta(seconds=3601)
    start(catalog, ImageRecord("alice", IMAGE_ID, "pending", "a.jpg", "image/jpeg", 1, uploaded_at), NOW)
    assert run() == Summary(recovered=0, active=0, missing=1, given_back=0, failed=0, complete=True)
    assert catalog.upload_counts("alice").day == 1


def test_an_expired_record_is_ignored(run, store, table) -> None:
    store()
    table.update_item(
        Key={"pk": "OWNER#alice", "sk": f"IMAGE#{IMAGE_ID}"},
        UpdateExpression="SET expiresAt = :past",
        ExpressionAttributeValues={":past": LATER - 1001},
    )
    assert run() == NOTHING


def test_an_error_with_one_image_does_not_stop_the_others(
    run, store, retry_queue, monkeypatch, caplog
) -> None:
    store("00" * 32)
    store("01" * 32)  # in the same shard
    store("10" * 32)
    send = retry_queue.send

    def send_or_fail(bucket: str, key: str, *args: Any, **options: Any) -> None:
        if key.endswith("00"):
            raise EndpointConnectionError(endpoint_url="https://sqs.example.com")
        send(bucket, key, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(retry_queue, "send", send_or_fail)
        assert run() == Summary(recovered=2, active=0, missing=0, given_back=0, failed=1, complete=True)
    fields = vars(caplog.records[0])
    assert (fields["msg"], fields["owner"], fields["imageId"]) == ("not recovered", "alice", "00" * 32)
    assert run() == Summary(recovered=1, active=2, missing=0, given_back=0, failed=0, complete=True)


def test_an_error_with_one_shard_does_not_stop_the_others(run, store, catalog, monkeypatch) -> None:
    store("00" * 32)
    store("10" * 32)
    pending = catalog.pending

    def pending_or_fail(shard: str, **options: Any) -> Any:
        if shard == "pending#0":
            raise EndpointConnectionError(endpoint_url="https://dynamodb.example.com")
        return pending(shard, **options)

    with monkeypatch.context() as patch:
        patch.setattr(catalog, "pending", pending_or_fail)
        assert run() == Summary(recovered=1, active=0, missing=0, given_back=0, failed=0, complete=False)
    assert run() == Summary(recovered=1, active=1, missing=0, given_back=0, failed=0, complete=True)


def test_the_next_run_recovers_what_had_no_time(run, store) -> None:
    store()
    assert run(seconds_left=15.0) == Summary(
        recovered=0, active=0, missing=0, given_back=0, failed=0, complete=False
    )
    assert run().recovered == 1


def test_reads_more_images_than_fit_into_one_request(run, store, read_keys) -> None:
    for number in range(101):
        store(f"a{number:063x}")
    assert run() == Summary(recovered=101, active=0, missing=0, given_back=0, failed=0, complete=True)


def test_reads_all_shards_side_by_side(run, store, catalog, monkeypatch) -> None:
    """Otherwise a backlog that takes all the time keeps the last shards from ever being read."""
    for number in range(len(PENDING_SHARDS)):
        store(f"{number:x}" * 64)
    others = threading.Barrier(len(PENDING_SHARDS))
    get_many = catalog.get_many

    def get_many_with_the_others(keys: Any) -> Any:
        others.wait(timeout=10)
        return get_many(keys)

    with monkeypatch.context() as patch:
        patch.setattr(catalog, "get_many", get_many_with_the_others)
        assert run() == Summary(recovered=16, active=0, missing=0, given_back=0, failed=0, complete=True)


def test_each_thread_has_a_connection_to_each_service() -> None:
    clients: list[Any] = [
        Catalog.from_env(TABLE)._table._client,
        Storage.from_env()._client,
        RetryQueue.from_env(RETRY_QUEUE_URL)._client,
    ]
    assert [client.meta.config.max_pool_connections for client in clients] == [len(PENDING_SHARDS)] * 3


def test_logs_a_summary(run, store, caplog) -> None:
    store()
    with caplog.at_level(logging.INFO, logger="recovery"):
        run()
    (line,) = [record for record in caplog.records if record.name == "recovery.recovery"]
    assert line.message == "pending images checked"
    assert {name: vars(line)[name] for name in NOTHING.body()} == {**NOTHING.body(), "recovered": 1}


@pytest.mark.parametrize("is_stored", [True, False])
def test_recovers_an_image_that_is_recognized_again(
    run, store, storage, catalog, read_messages, is_stored: bool
) -> None:
    """Without its file as well: the processor then ends that, and the image is done as before."""
    store()
    assert catalog.complete("alice", IMAGE_ID, completion("Cat"))
    catalog.reopen(catalog.get("alice", IMAGE_ID))
    key = f"uploads/alice/{IMAGE_ID}"
    created_at = storage.head(INPUT_BUCKET, key).modified_at
    if not is_stored:
        storage.delete(INPUT_BUCKET, key)
        created_at = catalog.get("alice", IMAGE_ID).uploaded_at
    assert run() == Summary(recovered=1, active=0, missing=0, given_back=0, failed=0, complete=True)
    ((record,),) = (message["requestPayload"]["Records"] for message in read_messages())
    assert record["eventTime"] == format_rfc3339(created_at)


def test_recovers_an_image_of_the_source_bucket_without_reading_it(run, catalog, read_messages) -> None:
    uploaded_at = NOW - timedelta(hours=2)
    source = SourceObject("a bucket of another stack", "photos/a.jpg", "0f" * 16)
    record = source_record("alice", source, 1000, uploaded_at)
    catalog.start_source(record)
    assert run() == replace(NOTHING, recovered=1)
    assert run() == replace(NOTHING, active=1)
    (message,) = read_messages()
    assert message["requestPayload"]["sourceObject"] == {
        "owner": "alice",
        "bucket": source.bucket,
        "key": source.key,
        "size": 1000,
        "etag": source.etag,
        "time": format_rfc3339(uploaded_at),
    }


@pytest.mark.parametrize(("images", "percent"), [(500, 50), (2000, 200)])
def test_measures_the_ceiling_without_a_request(
    build, catalog, read_metrics, images: int, percent: float
) -> None:
    catalog.add_usage(StackUsage({"image": images}, images))
    assert build(1).run(lambda: 60.0) == NOTHING
    assert read_metrics() == [{"CeilingUsed": percent}]
