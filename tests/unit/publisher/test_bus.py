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
    assert EventBus(client, "pictures").send([event(1)]) == 1
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
    assert EventBus(client, "pictures").send([event(number) for number in range(23)]) == 23
    assert [len(request) for request in client.requests] == [MAX_ENTRIES, MAX_ENTRIES, 3]
    sent = [json.loads(entry["Detail"])["sequence"] for request in client.requests for entry in request]
    assert sent == [str(number) for number in range(23)]


def test_a_request_is_not_larger_than_eventbridge_accepts() -> None:
    client = FakeEvents()
    assert EventBus(client, "pictures").send([event(number, 100_000) for number in range(5)]) == 5
    assert [len(request) for request in client.requests] == [2, 2, 1]
    for request in client.requests:
        assert sum(len(entry["Detail"].encode()) for entry in request) < MAX_BYTES


def test_nothing_is_sent_without_events() -> None:
    client = FakeEvents()
    assert (EventBus(client, "pictures").send([]), client.requests) == (0, [])


@pytest.mark.parametrize(
    ("client", "sent"),
    [
        (FakeEvents(refused=[3, 5]), 3),
        (FakeEvents(refused=[12]), 12),
        (FakeEvents(failing_request=1), 10),
    ],
)
def test_says_how_many_were_accepted_before_the_first_that_was_not(client: FakeEvents, sent: int) -> None:
    assert EventBus(client, "pictures").send([event(number) for number in range(15)]) == sent


@pytest.mark.parametrize(
    ("client", "error"),
    [(FakeEvents(refused=[0]), EventRefused), (FakeEvents(failing_request=0), ClientError)],
)
def test_raises_if_not_even_the_first_was_accepted(client: FakeEvents, error: type[Exception]) -> None:
    with pytest.raises(error):
        EventBus(client, "pictures").send([event(0), event(1)])


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
    assert publisher.publish(records) == failed


def test_the_batch_in_events_is_one_event_of_each_kind(mapping: StreamMapping, validate_event: Any) -> None:
    batch = json.loads((ROOT / "events" / "dynamodb-stream.json").read_text(encoding="utf-8"))
    assert all(mapping.wants(record) for record in batch["Records"])
    client = FakeEvents()
    assert (
        Publisher(EventBus(client, "pictures"), Origin("stack", "output")).publish(batch["Records"]) is None
    )
    (entries,) = client.requests
    details = [json.loads(entry["Detail"]) for entry in entries]
    for detail in details:
        validate_event(detail)
    assert [entry["DetailType"] for entry in entries] == ["Image Done", "Image Failed", "Image Deleted"]
    assert details[2]["cause"] == "expired"
