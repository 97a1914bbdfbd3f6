"""Sending events to a bus, and what Lambda is told to send again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from publisher.bus import MAX_BYTES, MAX_ENTRIES, EventBus, EventRefused
from publisher.events import ImageEvent, Origin
from publisher.publisher import Publisher
from tests.unit.support import IMAGE_ID, ROOT

if TYPE_CHECKING:
    from local.lambda_.streams import StreamMapping

TIME = datetime(2026, 11, 26, 9, 4, 43, tzinfo=UTC)
THROTTLED = {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded."}


def plenty() -> int:
    """Return the milliseconds that remain at the start of an invocation."""
    return 60_000


def event(number: int, padding: int = 0) -> ImageEvent:
    detail = {"owner": "alice", "id": IMAGE_ID, "sequence": str(number), "x": "é" * (padding // 2)}
    return ImageEvent("done", TIME, detail)


class FakeEvents:
    """EventBridge: refuses the events with some sequence numbers, or fails at some request."""

    def __init__(self, refused: Sequence[int] = (), failing_request: int | None = None) -> None:
        self.requests: list[list[dict[str, Any]]] = []
        self._refused, self._failing_request = {str(number) for number in refused}, failing_request

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 -- boto3's parameter name
        if len(self.requests) == self._failing_request:
            raise ClientError({"Error": {"Code": "InternalException", "Message": "Down."}}, "PutEvents")
        self.requests.append(Entries)
        answers = [self._answer(json.loads(entry["Detail"])["sequence"]) for entry in Entries]
        return {"FailedEntryCount": answers.count(THROTTLED), "Entries": answers}

    def _answer(self, sequence: str) -> dict[str, str]:
        return THROTTLED if sequence in self._refused else {"EventId": sequence}


def test_an_entry_names_its_bus_source_type_and_time() -> None:
    client = FakeEvents()
    assert EventBus(client, "pictures").send([event(1)], plenty) == 1
    assert client.requests == [
        [
            {
                "EventBusName": "pictures",
                "Source": "image-recognition",
                "DetailType": "Image Done",
                "Time": TIME,
                "Detail": f'{{"owner":"alice","id":"{IMAGE_ID}","sequence":"1","x":""}}',
            }
        ]
    ]


def test_a_request_has_at_most_ten_events_in_order() -> None:
    client = FakeEvents()
    assert EventBus(client, "pictures").send([event(number) for number in range(23)], plenty) == 23
    assert [len(request) for request in client.requests] == [MAX_ENTRIES, MAX_ENTRIES, 3]
    sent = [json.loads(entry["Detail"])["sequence"] for request in client.requests for entry in request]
    assert sent == [str(number) for number in range(23)]


def test_a_request_is_not_larger_than_eventbridge_accepts() -> None:
    client = FakeEvents()
    assert EventBus(client, "pictures").send([event(number, 100_000) for number in range(5)], plenty) == 5
    assert [len(request) for request in client.requests] == [2, 2, 1]
    for request in client.requests:
        assert sum(len(entry["Detail"].encode()) for entry in request) < MAX_BYTES


def test_nothing_is_sent_without_events() -> None:
    client = FakeEvents()
    assert (EventBus(client, "pictures").send([], plenty), client.requests) == (0, [])


@pytest.mark.parametrize(
    ("client", "sent"),
    [
        (FakeEvents(refused=[3, 5]), 3),
        (FakeEvents(refused=[12]), 12),
        (FakeEvents(failing_request=1), 10),
    ],
)
def test_says_how_many_were_accepted_before_the_first_that_was_not(client: FakeEvents, sent: int) -> None:
    assert EventBus(client, "pictures").send([event(number) for number in range(15)], plenty) == sent


@pytest.mark.parametrize(
    ("client", "error"),
    [(FakeEvents(refused=[0]), EventRefused), (FakeEvents(failing_request=0), ClientError)],
)
def test_raises_if_not_even_the_first_was_accepted(client: FakeEvents, error: type[Exception]) -> None:
    with pytest.raises(error):
        EventBus(client, "pictures").send([event(0), event(1)], plenty)


def test_no_request_begins_without_the_time_for_it() -> None:
    client, remaining = FakeEvents(), iter([22_000, 21_999])
    bus = EventBus(client, "pictures")
    assert bus.send([event(number) for number in range(35)], lambda: next(remaining)) == 20
    assert len(client.requests) == 2
    assert bus.send([event(1)], lambda: 0) == 1  # the first always does, so that there is progress


def done_record(number: int) -> dict[str, Any]:
    """Return a record of the stream that is an event."""
    key = {"pk": {"S": "OWNER#alice"}, "sk": {"S": f"IMAGE#{IMAGE_ID}"}}
    removed = {**key, "owner": {"S": "alice"}, "id": {"S": IMAGE_ID}, "status": {"S": "done"}}
    change = {"Keys": key, "OldImage": removed, "SequenceNumber": str(number)}
    return {"eventName": "REMOVE", "dynamodb": {**change, "ApproximateCreationDateTime": TIME.timestamp()}}


def other_record(number: int) -> dict[str, Any]:
    """Return a record of the stream that isn't an event, because it is about another item."""
    record = done_record(number)
    record["dynamodb"]["Keys"] = {"pk": {"S": "OWNER#alice#IMAGES"}, "sk": {"S": "x"}}
    return record


@pytest.mark.parametrize(("refused", "failed"), [([], None), ([4], "4"), ([2, 4], "2")])
def test_the_first_record_that_failed_is_reported(refused: list[int], failed: str | None) -> None:
    publisher = Publisher(EventBus(FakeEvents(refused), "pictures"), Origin("stack", "output"))
    records = [done_record(1), done_record(2), other_record(3), done_record(4), done_record(5)]
    assert publisher.publish(records, plenty) == failed


def unreadable_record(number: int) -> dict[str, Any]:
    """Return a record of the stream with an image that can't be read."""
    record = done_record(number)
    image = {"status": {"S": "done"}, "processedAt": {"S": "yesterday"}}
    return {"eventName": "MODIFY", "dynamodb": {**record["dynamodb"], "NewImage": image}}


def test_a_record_that_cannot_be_read_does_not_stop_those_before_it(caplog: pytest.LogCaptureFixture) -> None:
    client = FakeEvents()
    publisher = Publisher(EventBus(client, "pictures"), Origin("stack", "output"))
    records = [done_record(1), other_record(2), unreadable_record(3), done_record(4)]
    assert publisher.publish(records, plenty) == "3"
    (entries,) = client.requests
    assert [json.loads(entry["Detail"])["sequence"] for entry in entries] == ["1"]
    (problem,) = (record for record in caplog.records if record.levelname == "ERROR")
    fields = vars(problem)
    assert (problem.message, fields["owner"], fields["imageId"]) == (
        "record not published",
        "alice",
        IMAGE_ID,
    )
    with pytest.raises(ValueError, match="yesterday"):
        publisher.publish(records[2:], plenty)  # then Lambda counts an error
    assert len(client.requests) == 1


def test_of_two_failures_the_first_is_reported() -> None:
    publisher = Publisher(EventBus(FakeEvents(refused=[2]), "pictures"), Origin("stack", "output"))
    records = [done_record(1), done_record(2), unreadable_record(3)]
    assert publisher.publish(records, plenty) == "2"


def test_an_event_needs_only_what_it_says() -> None:
    record = done_record(1)
    labels = {"L": [{"M": {"name": {"S": "Cat"}, "confidence": {"N": "98.5"}}}]}
    record["dynamodb"]["NewImage"] = {"status": {"S": "done"}, "labels": labels}
    record["dynamodb"]["OldImage"] = {"status": {"S": "pending"}}
    client = FakeEvents()
    publisher = Publisher(EventBus(client, "pictures"), Origin("stack", "output"))
    assert publisher.publish([record], plenty) is None
    detail = json.loads(client.requests[0][0]["Detail"])
    assert (detail["owner"], detail["id"], detail["labels"], detail["flags"]) == (
        "alice",
        IMAGE_ID,
        [{"name": "Cat", "confidence": 98.5}],
        [],
    )


def test_the_batch_in_events_is_one_event_of_each_kind(mapping: StreamMapping, validate_event: Any) -> None:
    batch = json.loads((ROOT / "events" / "dynamodb-stream.json").read_text(encoding="utf-8"))
    assert all(mapping.wants(record) for record in batch["Records"])
    client = FakeEvents()
    assert (
        Publisher(EventBus(client, "pictures"), Origin("stack", "output")).publish(batch["Records"], plenty)
        is None
    )
    (entries,) = client.requests
    details = [json.loads(entry["Detail"]) for entry in entries]
    for detail in details:
        validate_event(detail)
    assert [entry["DetailType"] for entry in entries] == ["Image Done", "Image Failed", "Image Deleted"]
    assert details[2]["cause"] == "expired"
