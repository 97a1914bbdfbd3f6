from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY
from urllib.parse import unquote

import pytest

from common.object_keys import UploadKey
from processor.events import (
    MAX_RECEIVE_COUNT,
    InvalidMessage,
    InvalidRecord,
    Message,
    ObjectCreated,
    parse_messages,
    parse_records,
)
from tests.unit.processor.support import s3_event, s3_record
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, UPLOAD_KEY, load_template

NO_RECORDS = "This isn't a valid event: Records is missing or invalid."


def s3(bucket: str, **s3_object: Any) -> dict[str, Any]:
    return {"bucket": {"name": bucket}, "object": s3_object}


def parse_invalid(record: Any) -> InvalidRecord:
    [parsed] = parse_records({"Records": [record]}, INPUT_BUCKET)
    assert isinstance(parsed, InvalidRecord)
    return parsed


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("a.jpg", "a.jpg"),
        ("holiday+in+June/100%25.jpg", "holiday in June/100%.jpg"),
        ("a%2Bb.jpg", "a+b.jpg"),
        ("a%252Bb.jpg", "a%2Bb.jpg"),
        ("%C3%A9t%C3%A9.jpg", "été.jpg"),
        ("a%20b.jpg", "a b.jpg"),
    ],
)
def test_decodes_keys_exactly_once(encoded: str, key: str) -> None:
    created_at = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
    assert parse_records(s3_event(encoded), INPUT_BUCKET) == [
        ObjectCreated(INPUT_BUCKET, key, created_at, upload=None)
    ]


def test_parses_the_key_of_an_upload() -> None:
    [record] = parse_records(s3_event(UPLOAD_KEY), INPUT_BUCKET)
    assert isinstance(record, ObjectCreated)
    assert record.upload == UploadKey("alice", IMAGE_ID)


@pytest.mark.parametrize(
    "changes",
    [
        {"s3": s3("another", key="a.jpg")},
        {"eventSource": "aws:dynamodb"},
        {"eventName": "ObjectRemoved:Delete"},
    ],
)
def test_rejects_records_about_anything_but_a_new_object(changes: dict[str, Any]) -> None:
    record = parse_invalid({**s3_record("a.jpg"), **changes})
    assert (record.key, record.rejection.code, record.rejection.message) == (
        "a.jpg",
        "foreign-event",
        f"The event isn't about an object created in the bucket {INPUT_BUCKET}.",
    )


@pytest.mark.parametrize(
    "record",
    [
        None,
        "text",
        [],
        {},
        {**s3_record("a.jpg"), "eventTime": "yesterday"},
        {**s3_record("a.jpg"), "eventTime": "2026-11-22T15:00:00"},
        {**s3_record("a.jpg"), "eventTime": 5},
        {**s3_record("a.jpg"), "eventTime": "0001-01-01T00:00:00+01:00"},
        {**s3_record("a.jpg"), "s3": None},
        {**s3_record("a.jpg"), "s3": s3(INPUT_BUCKET)},
        {**s3_record("a.jpg"), "s3": s3(INPUT_BUCKET, key="")},
        {**s3_record("a.jpg"), "s3": s3(INPUT_BUCKET, key=5)},
        s3_record("%FF%FE"),
        s3_record("%ED%A0%80"),  # a surrogate
        s3_record("a\ud800"),
    ],
)
def test_rejects_malformed_records(record: Any) -> None:
    invalid = parse_invalid(record)
    assert (invalid.key, invalid.rejection.code) == ("", "malformed-event")


@pytest.mark.parametrize(
    "key", ["a" * 1011, "é" * 505, "%2B" * 1011, "a/../b", "..", "//", "a//", "%00%01%7F", "%C2%85.json"]
)
def test_accepts_every_key_that_s3_accepts_and_whose_output_has_room(key: str) -> None:
    [record] = parse_records(s3_event(key), INPUT_BUCKET)
    assert isinstance(record, ObjectCreated)
    assert record.key == unquote(key)


@pytest.mark.parametrize(
    ("key", "size"),
    [("a" * 1012, "1,012"), ("é" * 506, "1,012"), ("a%20" * 512, "1,024"), ("a" * 2000, "2,000")],
)
def test_rejects_a_key_that_leaves_no_room_for_those_of_its_output(key: str, size: str) -> None:
    message = (
        f"The object's key has {size} bytes. The limit is 1,011, because the results are stored "
        "under longer keys. Copy the object to a shorter key."
    )
    record = parse_invalid(s3_record(key))
    assert (record.key, record.rejection.code, record.rejection.message) == (
        unquote(key),
        "key-too-long",
        message,
    )


def test_the_time_of_an_event_is_in_utc() -> None:
    record = {**s3_record("a"), "eventTime": "2026-11-22T16:00:00+01:00"}
    assert parse_records({"Records": [record]}, INPUT_BUCKET) == [
        ObjectCreated(INPUT_BUCKET, "a", datetime(2026, 11, 22, 15, tzinfo=UTC), upload=None)
    ]


@pytest.mark.parametrize("event", [{}, {"Records": []}, {"Records": None}, {"Records": "text"}])
def test_rejects_events_without_records(event: dict[str, Any]) -> None:
    [record] = parse_records(event, INPUT_BUCKET)
    assert isinstance(record, InvalidRecord)
    assert record.rejection.message == NO_RECORDS


def test_parses_each_record_on_its_own() -> None:
    records = parse_records({"Records": [s3_record("a"), {}, s3_record("b")]}, INPUT_BUCKET)
    assert [type(record) for record in records] == [ObjectCreated, InvalidRecord, ObjectCreated]


def message(body: str, receive_count: int = 1) -> dict[str, Any]:
    return {
        "messageId": "m",
        "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": str(receive_count)},
        "body": body,
    }


@pytest.mark.parametrize(
    ("receive_count", "is_last_receive"), [(1, False), (20, False), (21, True), (22, True)]
)
def test_parses_messages(receive_count: int, is_last_receive: bool) -> None:
    event = s3_event("a.jpg")
    body = json.dumps({"version": "1.0", "requestContext": {}, "requestPayload": event})
    assert parse_messages({"Records": [message(body, receive_count)]}) == [
        Message("m", event, is_last_receive)
    ]


def parse_invalid_message(record: Any) -> tuple[str | None, str, str]:
    [parsed] = parse_messages({"Records": [record]})
    assert isinstance(parsed, InvalidMessage)
    return parsed.id, parsed.rejection.code, parsed.rejection.message


def malformed(field: str) -> tuple[str, str]:
    return "malformed-event", f"This isn't a valid event: {field} is missing or invalid."


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"requestPayload": null}',
        '{"requestPayload": [1]}',
        '{"requestPayload": {}, "askAgain": "DetectLabels"}',
        '{"requestPayload": {}, "askAgain": [1]}',
        "5",
        pytest.param("[" * 100_000, id="nested"),
        None,
        5,
        {},
    ],
)
def test_a_message_without_an_event_is_malformed(body: Any) -> None:
    assert parse_invalid_message({**message("{}"), "body": body}) == ("m", *malformed("body"))


@pytest.mark.parametrize(
    "attributes",
    [
        *(None, [], "1", {}),
        *(
            {"ApproximateReceiveCount": count}
            for count in (None, "", "one", "-1", "1.5", "٣", "9" * 10, 1, list[Any]())
        ),
    ],
)
def test_a_message_without_its_receive_count_is_malformed(attributes: Any) -> None:
    record = {**message('{"requestPayload": {}}'), "attributes": attributes}
    assert parse_invalid_message(record) == ("m", *malformed("attributes.ApproximateReceiveCount"))


@pytest.mark.parametrize("message_id", [None, "", 5, [], "\ud800", "a b"])
def test_a_message_without_its_id_is_malformed(message_id: Any) -> None:
    record = {**message('{"requestPayload": {}}'), "messageId": message_id}
    assert parse_invalid_message(record) == (None, *malformed("messageId"))


@pytest.mark.parametrize("record", [None, "text", 5, [], {}, s3_record("a.jpg")])
def test_a_record_that_is_no_message_is_malformed(record: Any) -> None:
    assert parse_invalid_message(record) == (None, *malformed("messageId"))


@pytest.mark.parametrize("source", [None, "aws:s3", ["aws:sqs"]])
def test_a_message_from_another_source_is_malformed(source: Any) -> None:
    record = {**message('{"requestPayload": {}}'), "eventSource": source}
    assert parse_invalid_message(record) == ("m", *malformed("eventSource"))


def test_parses_each_message_on_its_own() -> None:
    records = [5, message('{"requestPayload": {"Records": []}}'), message("{}")]
    assert parse_messages({"Records": records}) == [
        InvalidMessage(None, ANY),
        Message("m", {"Records": []}, is_last_receive=False),
        InvalidMessage("m", ANY),
    ]


def test_the_maximum_receive_count_is_that_of_the_template() -> None:
    resources = load_template()["Resources"].values()
    counts = [
        resource["Properties"]["RedrivePolicy"]["maxReceiveCount"]
        for resource in resources
        if "RedrivePolicy" in resource.get("Properties", {})
    ]
    assert counts == [MAX_RECEIVE_COUNT]
