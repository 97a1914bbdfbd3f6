"""Pictures of the source bucket: read where they lie, stored and recorded as uploads are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import Reason, ResultSummary, SourceObject
from catalog.source_records import source_record
from catalog.transitions.finish import Completion
from common.object_keys import source_image_id
from common.rejections import MESSAGES
from common.settings import Bucket
from common.storage import ObjectForbidden
from processor.errors import TransientError
from processor.events import InvalidRecord, ObjectCreated, parse_records
from processor.invocation import Invocation
from processor.outcome import Outcome
from processor.sources import SourceScope
from processor.worker import handle_event
from tests.unit.processor.support import (
    ALL_SETTLED,
    MESSAGE_FAILED,
    THROTTLED,
    make_file,
    retry_batch,
    source_event,
)
from tests.unit.support import INPUT_BUCKET, NOW, OUTPUT_BUCKET, SOURCE_BUCKET

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from common.storage import Storage
    from processor.process import Processor

KEY = "photos/2019/Räuber +1%.jpg"
ID = source_image_id(SOURCE_BUCKET, KEY)
OUTPUT_KEY = f"uploads/alice/{ID}"
SCOPE = SourceScope(SOURCE_BUCKET, "photos/")
JPEG, LARGER = make_file("JPEG"), make_file("JPEG", size=(300, 180))


@pytest.fixture
def put_source(storage: Storage) -> Callable[..., ObjectCreated]:
    """Put a file into the source bucket, and return its event."""

    def put_source(data: bytes, *, seconds: int = 0) -> ObjectCreated:
        storage.write(SOURCE_BUCKET, KEY, data, content_type="binary/octet-stream")
        etag = storage.head(SOURCE_BUCKET, KEY).etag
        time = (NOW + timedelta(seconds=seconds)).isoformat()
        event = source_event(KEY, etag=etag, size=len(data), time=time)
        [parsed] = parse_records(event, INPUT_BUCKET, SCOPE)
        assert isinstance(parsed, ObjectCreated)
        return parsed

    return put_source


@pytest.fixture
def get_source(catalog: Catalog) -> Callable[[], Any]:
    """Return the record of the object's image, or None."""
    return lambda: catalog.get("alice", ID)


@pytest.fixture
def process(processor: Processor, invocation: Invocation) -> Callable[[ObjectCreated], Outcome]:
    """Process an event in an invocation of its own."""
    numbers = iter(range(100))
    return lambda event: processor.process(event, replace(invocation, lease_owner=f"try-{next(numbers)}"))


def test_parses_an_event_about_a_source_object() -> None:
    event = source_event(KEY, size=1234, time="2026-11-22T16:00:00+01:00")
    created_at = NOW.replace(microsecond=0)
    record = source_record("alice", SourceObject(SOURCE_BUCKET, KEY, "0f" * 16), 1234, created_at)
    [parsed] = parse_records(event, INPUT_BUCKET, SCOPE)
    assert isinstance(parsed, ObjectCreated)
    assert (parsed.bucket, parsed.key, parsed.object_key) == (SOURCE_BUCKET, OUTPUT_KEY, KEY)
    assert (parsed.created_at, parsed.record) == (created_at, record)
    assert parsed.log_keys == {"owner": "alice", "imageId": ID}


@pytest.mark.parametrize(
    ("event", "scope", "place"),
    [
        (source_event(KEY, bucket="another"), SCOPE, "archive/photos/"),
        (source_event("photo/a.jpg"), SCOPE, "archive/photos/"),
        (source_event(KEY, bucket=INPUT_BUCKET), SourceScope(SOURCE_BUCKET, ""), "archive"),
        (source_event(KEY), None, INPUT_BUCKET),
    ],
)
def test_rejects_an_event_about_an_object_elsewhere(event: Any, scope: Any, place: str) -> None:
    [invalid] = parse_records(event, INPUT_BUCKET, scope)
    assert isinstance(invalid, InvalidRecord)
    assert (invalid.rejection.code, invalid.rejection.message) == (
        "foreign-event",
        f"The event isn't about an object created in the bucket {place}.",
    )


@pytest.mark.parametrize(
    ("bucket", "scope"),
    [
        (None, None),
        (SOURCE_BUCKET, SCOPE),
        (INPUT_BUCKET, None),
        (OUTPUT_BUCKET, None),
    ],
)
def test_the_buckets_of_the_stack_are_no_source(settings, bucket: str | None, scope: Any) -> None:
    changed = replace(settings, source_bucket=Bucket(bucket) if bucket else None)
    assert SourceScope.from_settings(changed) == scope


@pytest.mark.parametrize(
    "changed",
    [
        {"owner": "a/b"},
        {"owner": None},
        {"key": ""},
        {"key": "photos/\ud800"},
        {"etag": 5},
        {"size": "1"},
        {"time": "2026-11-22T15:00:00"},
        {"time": "now"},
    ],
)
def test_rejects_a_malformed_event(changed: dict[str, Any]) -> None:
    [invalid] = parse_records(source_event(**{"key": KEY, **changed}), INPUT_BUCKET, SCOPE)
    assert isinstance(invalid, InvalidRecord)
    assert (invalid.key, invalid.rejection.message) == (
        "",
        "This isn't a valid event: owner, bucket, key, size, etag or time is missing or invalid.",
    )


@pytest.mark.parametrize("found", [{}, [], None, "text"])
def test_rejects_an_event_without_members(found: Any) -> None:
    [invalid] = parse_records({"sourceObject": found}, INPUT_BUCKET, SCOPE)
    assert isinstance(invalid, InvalidRecord)
    assert invalid.rejection.code == "malformed-event"


@pytest.mark.parametrize("receive_count", [1, 21])
@pytest.mark.parametrize(("bucket", "key"), [("earlier", KEY), (SOURCE_BUCKET, "photo/a.jpg")])
def test_an_image_that_waits_for_an_object_of_an_earlier_bucket_fails(
    handle, catalog, read_document, bucket: str, key: str, receive_count: int
) -> None:
    found = source_record("alice", SourceObject(bucket, key, "0f" * 16), 5, NOW)
    catalog.start_source(found)
    message = retry_batch(source_event(key, bucket=bucket), receive_count=receive_count)
    assert handle(message) == ALL_SETTLED
    reason = Reason("not-permitted", MESSAGES["not-permitted"])
    failed = catalog.get("alice", found.id)
    assert failed == replace(
        found, status="failed", reason=reason, processed_at=failed.processed_at, is_indexed=True, revision=1
    )
    assert read_document(f"uploads/alice/{found.id}")["Failure"]["Code"] == "not-permitted"
    assert handle(message) == ALL_SETTLED
    assert catalog.get("alice", found.id) == failed


def test_an_image_of_an_earlier_bucket_keeps_its_result(handle, catalog) -> None:
    found = source_record("alice", SourceObject("earlier", KEY, "0f" * 16), 5, NOW)
    catalog.start_source(found)
    catalog.complete(
        "alice", found.id, Completion(ResultSummary(512, 256, ()), 1, NOW, int(NOW.timestamp()) + 86400)
    )
    done = catalog.get("alice", found.id)
    event = source_event(KEY, bucket="earlier")
    assert handle(event)["images"][0]["reason"]["code"] == "foreign-event"
    assert catalog.get("alice", found.id) == done
    catalog.reopen(done)
    assert handle(event)["images"][0]["reason"]["code"] == "foreign-event"
    assert catalog.get("alice", found.id) == replace(done, revision=3)


def test_an_event_about_an_object_elsewhere_starts_nothing(handle, catalog) -> None:
    handle(source_event(KEY, bucket="another"))
    assert catalog.get("alice", source_image_id("another", KEY)) is None


def test_the_image_of_an_earlier_bucket_is_refused_again_if_that_could_not_be_recorded(
    handle, catalog, monkeypatch
) -> None:
    found = source_record("alice", SourceObject("earlier", KEY, "0f" * 16), 5, NOW)
    catalog.start_source(found)
    message = retry_batch(source_event(KEY, bucket="earlier"))

    def fail(*_: Any, **__: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(catalog, "acquire_lease", fail)
        assert handle(message) == MESSAGE_FAILED
    assert handle(message) == ALL_SETTLED
    assert catalog.get("alice", found.id).status == "failed"


def test_a_folder_is_no_picture(handle) -> None:
    assert handle(source_event("photos/2019/", size=0)) == {"images": []}


@pytest.mark.parametrize("key", ["photos/a.xmp", "photos/a.json", "photos/a.jpg.bak", "photos/raw"])
def test_an_object_that_is_no_picture_by_its_name_starts_no_image(handle, catalog, key: str) -> None:
    [image] = handle(source_event(key))["images"]
    assert image["status"] == "skipped"
    assert catalog.get("alice", source_image_id(SOURCE_BUCKET, key)) is None


def test_a_record_is_kept_current_whatever_the_name_of_its_object(handle, catalog) -> None:
    found = source_record("alice", SourceObject(SOURCE_BUCKET, "photos/a.xmp", "0f" * 16), 5, NOW)
    catalog.start_source(found)
    [image] = handle(source_event("photos/a.xmp"))["images"]
    assert image["reason"]["code"] == "gone"


def test_an_event_alone_is_enough(
    put_source, handle, get_source, read_document, object_keys, rekognition
) -> None:
    event = put_source(JPEG)
    [image] = handle(source_event(KEY, etag=event.record.source.etag, size=5))["images"]
    assert (image["key"], image["status"]) == (OUTPUT_KEY, "done")
    record = get_source()
    assert (record.status, record.file_name, record.content_type, record.size, record.source) == (
        "done",
        "Räuber +1%.jpg",
        "image/jpeg",
        len(JPEG),  # not what the event says
        event.record.source,
    )
    document = read_document(OUTPUT_KEY)["Image"]
    assert {name: document[name] for name in ("Bucket", "Key", "ETag", "Bytes")} == {
        "Bucket": SOURCE_BUCKET,
        "Key": KEY,
        "ETag": event.record.source.etag,
        "Bytes": len(JPEG),
    }
    [(_, request)] = rekognition.requests
    assert request["Image"] == {"S3Object": {"Bucket": SOURCE_BUCKET, "Name": KEY}}
    assert object_keys(OUTPUT_BUCKET) == [
        f"{OUTPUT_KEY}.{suffix}" for suffix in ("json", "preview.webp", "thumb.webp")
    ]
    assert object_keys(INPUT_BUCKET) == []
    assert object_keys(SOURCE_BUCKET) == [KEY]


def test_a_second_delivery_does_nothing(put_source, process, rekognition, get_source) -> None:
    event = put_source(JPEG)
    assert process(event).status == "done"
    done = get_source()
    assert process(event).status == "skipped"
    assert process(replace(event, created_at=NOW + timedelta(seconds=9))).status == "skipped"
    assert get_source() == done
    assert len(rekognition.requests) == 1


def test_an_overwritten_object_replaces_the_result(
    put_source, process, get_source, read_document, storage, rekognition
) -> None:
    process(put_source(JPEG))
    before = storage.read(OUTPUT_BUCKET, f"{OUTPUT_KEY}.preview.webp")
    newer = put_source(LARGER)
    assert process(newer).status == "done"
    record = get_source()
    assert (record.width, record.height, record.size) == (300, 180, len(LARGER))
    assert record.source == newer.record.source
    assert read_document(OUTPUT_KEY)["Image"]["ETag"] == newer.record.source.etag
    assert storage.read(OUTPUT_BUCKET, f"{OUTPUT_KEY}.preview.webp") != before
    assert len(rekognition.requests) == 2


def test_late_events_of_an_older_version_do_nothing(put_source, process, get_source, rekognition) -> None:
    older, newer = put_source(JPEG), put_source(LARGER)
    assert process(newer).status == "done"
    done = get_source()
    assert process(older).status == "skipped"
    assert get_source() == done
    assert len(rekognition.requests) == 1


def test_the_event_of_a_version_that_was_already_read_does_nothing(
    put_source, process, get_source, rekognition
) -> None:
    older, newer = put_source(JPEG), put_source(LARGER)
    assert process(older).status == "done"
    assert get_source().source == newer.record.source
    assert process(newer).status == "skipped"
    assert len(rekognition.requests) == 1


def test_a_version_that_arrives_during_a_try_follows(
    put_source, processor, process, rekognition, deliver, get_source
) -> None:
    older = put_source(JPEG)
    newer: list[Any] = []
    outcomes: list[Outcome] = []
    answer = rekognition.client.meta.events

    def overwrite(**_: Any) -> None:
        if not newer:
            newer.append(put_source(LARGER))
            outcomes.append(process(newer[0]))

    answer.register_first("before-call.rekognition", overwrite)
    try:
        process(older)
    finally:
        answer.unregister("before-call.rekognition", overwrite)
    assert outcomes[0].status == "parked"
    assert get_source().source == older.record.source
    assert deliver(processor) == ALL_SETTLED
    record = get_source()
    assert (record.status, record.source, record.width) == ("done", newer[0].record.source, 300)


def test_a_version_that_finds_a_try_which_ends_at_once_is_tried_again(
    put_source, processor, process, catalog, get_source, monkeypatch
) -> None:
    older = put_source(JPEG)
    catalog.start_source(older.record)
    lease = catalog.acquire_lease("alice", ID, "another", 60)
    newer = put_source(LARGER)
    is_about_other_version = processor.sources.is_about_other_version
    summary, expires_at = ResultSummary(200, 120, ()), int(NOW.timestamp()) + 86400

    def end_other_try(event: ObjectCreated) -> Any:
        catalog.complete("alice", ID, Completion(summary, 1, NOW, expires_at), lease.lease_owner)
        return is_about_other_version(event)

    with monkeypatch.context() as patch:
        patch.setattr(processor.sources, "is_about_other_version", end_other_try)
        with pytest.raises(TransientError, match="the try of another version has just ended"):
            process(newer)
    assert (get_source().status, get_source().source) == ("done", older.record.source)
    assert process(newer).status == "done"
    assert (get_source().source, get_source().width) == (newer.record.source, 300)


def test_a_version_from_the_second_in_which_its_record_was_started_follows(
    put_source, process, catalog, retry_queue
) -> None:
    older = put_source(JPEG)
    catalog.start_source(replace(older.record, uploaded_at=NOW + timedelta(milliseconds=900)))
    catalog.acquire_lease("alice", ID, "another", 60)
    assert process(put_source(LARGER)).status == "parked"
    assert len(retry_queue.messages) == 1


def test_a_repeated_event_during_a_try_is_left_to_it(put_source, process, catalog, retry_queue) -> None:
    event = put_source(JPEG)
    catalog.start_source(event.record)
    catalog.acquire_lease("alice", ID, "another", 60)
    assert process(event).status == "busy"
    assert retry_queue.messages == []


def test_an_image_that_waits_keeps_its_owner(
    put_source, processor, process, rekognition, retry_queue, deliver, get_source, object_keys
) -> None:
    event = put_source(JPEG)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    assert process(event).status == "parked"
    assert retry_queue.messages[-1]["MessageGroupId"] == "alice"
    assert get_source().queued_until is not None
    assert deliver(processor) == ALL_SETTLED
    assert get_source().status == "done"
    assert object_keys(OUTPUT_BUCKET)[0] == f"{OUTPUT_KEY}.json"


def test_an_event_that_waited_for_lambda_is_parked_once_it_has_a_record(
    make_processor, put_source, invocation, retry_queue, get_source
) -> None:
    event = put_source(JPEG)
    late = make_processor(lambda: NOW + timedelta(minutes=5))
    assert late.process(event, invocation).status == "parked"
    assert (get_source().status, len(retry_queue.messages)) == ("pending", 1)


@pytest.mark.parametrize(
    ("data", "code"), [(b"text", "not-an-image"), (b"", "empty"), (b"x" * (25 * 2**20 + 1), "too-large")]
)
def test_an_unsupported_object_is_recorded_as_failed(
    put_source, process, get_source, read_document, data: bytes, code: str
) -> None:
    event = put_source(data)
    assert process(event).status == "failed"
    record = get_source()
    assert (record.status, record.reason.code, record.size) == ("failed", code, len(data))
    assert read_document(OUTPUT_KEY)["Failure"]["Code"] == code
    assert process(event).status == "skipped"


def test_a_new_version_that_is_no_picture_fails(put_source, process, get_source, read_document) -> None:
    process(put_source(JPEG))
    assert process(put_source(b"text")).status == "failed"
    record = get_source()
    assert (record.status, record.reason.code, record.labels) == ("failed", "not-an-image", ())
    assert read_document(OUTPUT_KEY)["Failure"]["Code"] == "not-an-image"
    assert process(put_source(JPEG)).status == "done"
    assert read_document(OUTPUT_KEY)["Image"]["Width"] == 200


def test_a_new_version_that_a_retry_reads_first_keeps_no_earlier_result(
    put_source, process, catalog, get_source, read_document
) -> None:
    event = put_source(JPEG)
    process(event)
    catalog.reopen(get_source())
    broken = put_source(b"text")
    assert process(event).status == "failed"
    record = get_source()
    assert (record.status, record.reason.code, record.source) == (
        "failed",
        "not-an-image",
        broken.record.source,
    )
    assert read_document(OUTPUT_KEY)["Failure"]["Code"] == "not-an-image"
    assert process(broken).status == "skipped"


def test_a_retry_that_fails_before_it_reads_keeps_the_result(
    storage, put_source, process, catalog, get_source, read_document
) -> None:
    event = put_source(JPEG)
    process(event)
    done = get_source()
    catalog.reopen(done)
    storage.delete(SOURCE_BUCKET, KEY)
    assert process(event).status == "kept"
    assert get_source() == replace(done, revision=done.revision + 2)
    assert read_document(OUTPUT_KEY)["Image"]["Width"] == 200


def test_a_deleted_object_is_gone_until_it_is_put_again(storage, put_source, process, get_source) -> None:
    event = put_source(JPEG)
    storage.delete(SOURCE_BUCKET, KEY)
    assert process(event).reason.message == MESSAGES["gone"]
    assert get_source().reason.code == "gone"
    assert process(event).status == "skipped"
    assert process(put_source(JPEG)).status == "done"


def test_the_result_outlives_the_deletion_of_its_object(storage, put_source, process, get_source) -> None:
    older = put_source(JPEG)
    process(put_source(LARGER))
    done = get_source()
    storage.delete(SOURCE_BUCKET, KEY)
    assert process(older).status == "skipped"
    assert get_source() == done


def test_a_forbidden_object_is_rejected(storage, put_source, process, get_source) -> None:
    event = put_source(JPEG)

    def refuse(*_: Any) -> None:
        raise ObjectForbidden(KEY)

    storage.fetch = refuse
    assert process(event).reason.code == "not-permitted"
    assert get_source().reason.message == MESSAGES["not-permitted"]


def test_an_archived_object_is_rejected_until_it_is_restored(
    s3, put_source, handle, process, get_source, read_document
) -> None:
    event = put_source(JPEG)
    s3.put_object(Bucket=SOURCE_BUCKET, Key=KEY, Body=JPEG, StorageClass="DEEP_ARCHIVE")
    message = retry_batch(source_event(KEY, etag=event.record.source.etag))
    for _ in range(2):
        assert handle(message) == ALL_SETTLED
        assert (get_source().status, get_source().reason.message) == ("failed", MESSAGES["archived"])
        assert read_document(OUTPUT_KEY)["Failure"]["Code"] == "archived"
    assert process(put_source(JPEG)).status == "done"


def test_a_deleted_image_stays_deleted_and_its_object_stays(
    put_source, process, catalog, get_source, object_keys
) -> None:
    event = put_source(JPEG)
    process(event)
    entry = catalog.begin_deletion("alice", ID)
    catalog.end_deletion(entry)
    assert process(event).status == "skipped"
    assert get_source() is None
    assert object_keys(SOURCE_BUCKET) == [KEY]
    assert object_keys(OUTPUT_BUCKET) == []


def test_an_image_that_fails_every_time_ends_as_unavailable(
    put_source, processor, invocation, get_source
) -> None:
    event = put_source(JPEG)
    message = source_event(KEY, etag=event.record.source.etag)
    answer = handle_event(retry_batch(message, receive_count=21), processor, invocation)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert get_source().reason.code == "unavailable"
    assert handle_event(retry_batch(message), processor, invocation) == ALL_SETTLED  # redriven
    assert get_source().status == "done"


def test_a_failed_try_is_repeated(put_source, processor, invocation, rekognition, get_source) -> None:
    event = put_source(JPEG)
    rekognition.queue_errors("DetectLabels", *["InternalServerError"] * 9, status=500)
    message = source_event(KEY, etag=event.record.source.etag)
    with pytest.raises(TransientError):
        handle_event(message, processor, invocation)
    assert get_source().status == "pending"


def test_renderings_may_change_under_the_same_link(put_source, process, s3) -> None:
    process(put_source(JPEG))
    stored = s3.head_object(Bucket=OUTPUT_BUCKET, Key=f"{OUTPUT_KEY}.preview.webp")
    assert stored["CacheControl"] == "private, no-cache"


def test_no_time_is_measured_because_nothing_was_uploaded(put_source, process) -> None:
    assert process(put_source(JPEG)).seconds is None
