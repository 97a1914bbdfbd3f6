from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from processor.events import MAX_RECEIVE_COUNT, Arrival, Message, Refused, arrivals, messages

BUCKET = "stack-input"
TEMPLATE = Path(__file__).parents[3] / "template.yaml"


def record(key: str = "a.jpg", **changes) -> dict:
    """A record as S3 documents it."""
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2026-11-22T15:00:00.123Z",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
            "object": {"key": key, "size": 1, "eTag": "e", "sequencer": "0055AED6DCD90281E5"},
        },
    } | changes


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ("a.jpg", "a.jpg"),
        ("holiday+in+June/100%25.jpg", "holiday in June/100%.jpg"),
        ("a%2Bb.jpg", "a+b.jpg"),
        ("a%252Bb.jpg", "a%2Bb.jpg"),
        ("%C3%A9t%C3%A9.jpg", "été.jpg"),
        ("a%20b.jpg", "a b.jpg"),
    ],
)
def test_keys_are_decoded_exactly_once(told, key) -> None:
    at = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
    assert arrivals({"Records": [record(told)]}, BUCKET) == [Arrival(BUCKET, key, at)]


@pytest.mark.parametrize(
    "foreign",
    [
        {"s3": {"bucket": {"name": "another"}, "object": {"key": "a.jpg"}}},
        {"eventSource": "aws:dynamodb"},
        {"eventName": "ObjectRemoved:Delete"},
    ],
)
def test_records_about_anything_else_are_refused(foreign) -> None:
    [told] = arrivals({"Records": [record(**foreign)]}, BUCKET)
    assert (told.key, told.reason.code, told.reason.message) == (
        "a.jpg",
        "foreign-event",
        f"The event is not about an object put into the bucket {BUCKET}.",
    )


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        "text",
        [],
        {},
        record(eventTime="yesterday"),
        record(eventTime="2026-11-22T15:00:00"),
        record(eventTime=5),
        record(s3=None),
        record(s3={"bucket": {"name": BUCKET}, "object": {}}),
        record(s3={"bucket": {"name": BUCKET}, "object": {"key": ""}}),
        record(s3={"bucket": {"name": BUCKET}, "object": {"key": 5}}),
        record("%FF%FE"),
    ],
)
def test_malformed_records_are_refused(malformed) -> None:
    [told] = arrivals({"Records": [malformed]}, BUCKET)
    assert (told.key, told.reason.code) == ("", "malformed-event")


@pytest.mark.parametrize("event", [{}, {"Records": []}, {"Records": None}, {"Records": "text"}])
def test_events_without_records_are_refused(event) -> None:
    [told] = arrivals(event, BUCKET)
    assert told.reason.message == "This is not an event of S3: Records is missing or cannot be read."


def test_each_record_is_told_by_itself() -> None:
    told = arrivals({"Records": [record("a"), {}, record("b")]}, BUCKET)
    assert [type(each) for each in told] == [Arrival, Refused, Arrival]


def message(body: str, count: int = 1) -> dict:
    return {
        "messageId": "m",
        "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": str(count)},
        "body": body,
    }


@pytest.mark.parametrize(("count", "is_last"), [(1, False), (5, False), (6, True), (7, True)])
def test_messages(count, is_last) -> None:
    event = {"Records": [record()]}
    body = json.dumps({"version": "1.0", "requestContext": {}, "requestPayload": event})
    assert messages({"Records": [message(body, count)]}) == [Message("m", event, is_last)]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "{}", '{"requestPayload": null}', '{"requestPayload": [1]}', "5"]
)
def test_messages_without_an_event(body) -> None:
    assert messages({"Records": [message(body)]}) == [Message("m", None, False)]


def test_the_last_time_is_the_one_of_the_template() -> None:
    assert re.findall(r"maxReceiveCount: (\d+)", TEMPLATE.read_text(encoding="utf-8")) == [
        str(MAX_RECEIVE_COUNT)
    ]
