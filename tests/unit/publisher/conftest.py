"""The catalog in moto, and the records that its table's stream would have."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from catalog.catalog import Catalog
from local.aws.table_changes import TableChange, listening
from local.aws.transactions import make_transactions_isolated
from local.lambda_.streams import StreamMapping, load_stream_mappings, stream_record
from local.template.template import Template
from publisher.changes import parse_change
from publisher.events import Origin
from tests.unit.catalog.support import Clock
from tests.unit.support import OUTPUT_BUCKET, ROOT

if TYPE_CHECKING:
    from publisher.events import ImageEvent

make_transactions_isolated()

TIME_TO_LIVE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


class StreamLog:
    """The records of the table's stream since the last `take`."""

    def __init__(self) -> None:
        self.is_expiring = False
        self._numbers = itertools.count(9)  # so that the numbers get more digits
        self._records: list[dict[str, Any]] = []

    def append(self, changes: Sequence[TableChange]) -> None:
        for change in changes:
            record = stream_record(change, next(self._numbers))
            self._records.append(record | ({"userIdentity": TIME_TO_LIVE} if self.is_expiring else {}))

    def take(self) -> list[dict[str, Any]]:
        records, self._records = self._records, []
        return records


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stream(table: Any) -> Iterator[StreamLog]:
    log = StreamLog()
    with ExitStack() as cleanup:
        cleanup.enter_context(listening(log.append))
        yield log


@pytest.fixture
def catalog(table: Any, clock: Clock, stream: StreamLog) -> Catalog:
    return Catalog(table, clock, sleep=lambda _: None, random=lambda: 1.0)


@pytest.fixture
def expire(table: Any, clock: Clock, stream: StreamLog) -> Callable[[], None]:
    """Delete all items that have expired, as DynamoDB's time to live does."""

    def expire() -> None:
        stream.is_expiring = True
        for item in table.scan()["Items"]:
            if item.get("expiresAt", math.inf) <= clock().timestamp():
                table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
        stream.is_expiring = False

    return expire


@pytest.fixture(scope="session")
def mapping() -> StreamMapping:
    """The template's event source mapping, with its filter criteria."""
    (found,) = load_stream_mappings(Template.load(ROOT / "template.yaml", {"EventBusName": "default"}))
    return found


@pytest.fixture(scope="session")
def validate_event() -> Callable[[Mapping[str, Any]], None]:
    """Validate the detail of an event against its schema."""
    schema = json.loads(Path(ROOT / "docs" / "event.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema).validate


@pytest.fixture
def take_events(
    stream: StreamLog, mapping: StreamMapping, validate_event: Callable[[Mapping[str, Any]], None]
) -> Callable[[], list[ImageEvent]]:
    """Return the valid events of the changes since the last call. The filter lets exactly those pass."""
    origin = Origin("pictures", OUTPUT_BUCKET)

    def take_events() -> list[ImageEvent]:
        events = []
        for record in stream.take():
            change = parse_change(record)
            event = origin.event_of(change) if change else None
            assert mapping.wants(record) == (event is not None), record
            if event:
                validate_event(event.detail)
                events.append(event)
        return events

    return take_events
