"""PutEvents: permissions, what EventBridge refuses, and the events that it delivers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

BUS = "arn:aws:events:us-east-1:123456789012:event-bus/pictures"
ENTRY = {
    "EventBusName": "pictures",
    "Source": "image-recognition",
    "DetailType": "Image Done",
    "Detail": '{"id": "ab"}',
}


def put(aws: Any, *entries: dict[str, Any], function: str | None = None) -> dict[str, Any]:
    response: dict[str, Any] = aws.client("events", function).put_events(Entries=list(entries))
    del response["ResponseMetadata"]
    return response


@pytest.mark.parametrize("name", ["pictures", BUS])
def test_delivers_an_event_as_eventbridge_does(aws: Any, name: str) -> None:
    time = datetime(2026, 11, 26, 9, 4, 43, tzinfo=UTC)
    entry = ENTRY | {"EventBusName": name, "Time": time, "Resources": ["arn:aws:s3:::b"]}
    response = put(aws, entry, function="WriterFunction")
    (event,) = aws.published
    assert response == {"FailedEntryCount": 0, "Entries": [{"EventId": event["id"]}]}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event.pop("id"))
    assert event == {
        "version": "0",
        "detail-type": "Image Done",
        "source": "image-recognition",
        "account": "123456789012",
        "time": "2026-11-26T09:04:43Z",
        "region": "us-east-1",
        "resources": ["arn:aws:s3:::b"],
        "detail": {"id": "ab"},
    }


def test_an_event_without_a_time_gets_the_current_one(aws: Any) -> None:
    put(aws, ENTRY)
    (event,) = aws.published
    age = datetime.now(UTC) - datetime.fromisoformat(event["time"])
    assert 0 <= age.total_seconds() < 60
    assert event["resources"] == []


@pytest.mark.parametrize(
    ("entries", "bus"),
    [([ENTRY, ENTRY | {"EventBusName": "default"}], "default"), ([{"Source": "a"}], "default")],
)
def test_requires_the_permission_for_the_bus_of_each_entry(
    aws: Any, entries: list[dict[str, Any]], bus: str
) -> None:
    call = aws.client("events", "WriterFunction").put_events
    message = aws.denial("WriterFunction", "events:PutEvents", BUS.replace("pictures", bus))
    assert aws.call_error(call, Entries=entries) == (400, "AccessDeniedException", message)
    assert aws.published == []


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {name: None},
            "InvalidArgument",
            f"Parameter {name} is not valid. Reason: {name} is a required argument.",
        )
        for name in ("Source", "DetailType", "Detail")
    ]
    + [
        ({"Detail": "{"}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": '"text"'}, "MalformedDetail", "Detail is malformed."),
        ({"Detail": "[" * 100_000}, "MalformedDetail", "Detail is malformed."),
        ({"Source": "aws.s3"}, "NotAuthorizedForSource", "Not authorized for the source."),
    ],
)
def test_names_the_entries_that_it_refuses(
    aws: Any, changes: dict[str, Any], code: str, message: str
) -> None:
    refused = {name: value for name, value in (ENTRY | changes).items() if value is not None}
    response = put(aws, ENTRY, refused, ENTRY)
    assert response["FailedEntryCount"] == 1
    assert response["Entries"][1] == {"ErrorCode": code, "ErrorMessage": message}
    assert [entry["EventId"] for entry in response["Entries"][::2]] == [
        event["id"] for event in aws.published
    ]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (
            [ENTRY] * 11,
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: "
            "Member must have length less than or equal to 10",
        ),
        (
            [ENTRY | {"Detail": '{"x": "%s"}' % ("é" * 70_000)}] * 2,
            "Total size of the entries in the request is over the limit.",
        ),
    ],
)
def test_refuses_a_request_that_is_too_large(aws: Any, entries: list[Any], message: str) -> None:
    call = aws.client("events").put_events
    assert aws.call_error(call, Entries=entries) == (400, "ValidationException", message)
    assert aws.published == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"Entries": [1]}', b'{"Entries": [{"Source": 1}]}', b"\xff"]
)
def test_refuses_a_malformed_body(aws: Any, body: bytes) -> None:
    for function in ("WriterFunction", None):
        status, document = aws.send_signed("events", "AWSEvents.PutEvents", body, function)
        assert status == 400
        assert document["__type"] in ("SerializationException", "AccessDeniedException")
