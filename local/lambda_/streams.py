"""DynamoDB event sources: invoke a function with the changes of a table's items, in order."""

from __future__ import annotations

import base64
import itertools
import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from local.lambda_.background import Background
from local.lambda_.backlog import Backlog, Record
from local.lambda_.environment import InvocationResult
from local.lambda_.functions import function_ids
from local.lambda_.patterns import Pattern, matches, parse_pattern
from local.logs import Log, log_line
from local.template.names import ATTRIBUTES, REGION, last_part, resources_by_name
from local.template.template import TemplateError

if TYPE_CHECKING:
    from local.aws.table_changes import Item, TableChange
    from local.template.template import Template

_WAIT_SECONDS = 0.5  # for the first change; short because stopping waits for it
_MIN_DELAY, _MAX_DELAY = 0.1, 5.0  # seconds before a batch is repeated; doubles each time
_MAX_BATCH_BYTES = 6 * 1024 * 1024  # Lambda's limit for the records of a batch
_SUPPORTED = {
    "EventSourceArn",
    "FunctionName",
    "BatchSize",
    "FilterCriteria",
    "FunctionResponseTypes",
    "StartingPosition",  # no difference: the stream begins with the stack
}


@dataclass(frozen=True)
class StreamMapping:
    """A table whose stream invokes a function."""

    table: str
    function_id: str
    batch_size: int
    patterns: tuple[Pattern, ...]  # one has to match; empty for all records
    reports_failures: bool  # ReportBatchItemFailures

    def wants(self, record: Record) -> bool:
        """Return whether the filter criteria let a record pass."""
        return not self.patterns or any(matches(pattern, record) for pattern in self.patterns)


def load_stream_mappings(template: Template) -> list[StreamMapping]:
    """Return the mappings whose event source is a table's stream.

    Raises TemplateError for a property that isn't supported, or a stream without old and new images.
    """
    ids, tables = function_ids(template), resources_by_name(template, "AWS::DynamoDB::Table")
    mappings = template.resources("AWS::Lambda::EventSourceMapping")
    return [
        _mapping(name, properties, ids, tables)
        for name, properties in mappings.items()
        if ":dynamodb:" in properties["EventSourceArn"]
    ]


def _mapping(
    name: str,
    properties: Mapping[str, Any],
    ids: Mapping[str, str],
    tables: Mapping[str, Mapping[str, Any]],
) -> StreamMapping:
    unsupported = sorted(properties.keys() - _SUPPORTED)
    if unsupported:
        raise TemplateError(f"The local stack doesn't support {unsupported[0]}, in {name}.")
    table = properties["EventSourceArn"].split("/")[1]
    if tables[table].get("StreamSpecification", {}).get("StreamViewType") != "NEW_AND_OLD_IMAGES":
        raise TemplateError(f"The stream of {table} must have the view type NEW_AND_OLD_IMAGES.")
    filters = properties.get("FilterCriteria", {}).get("Filters", [])
    return StreamMapping(
        table=table,
        function_id=ids[last_part(properties["FunctionName"])],
        batch_size=int(properties.get("BatchSize", 100)),
        patterns=tuple(parse_pattern(entry["Pattern"]) for entry in filters),
        reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
    )


class TableStreams(Background):
    """The streams of all tables that invoke functions, and a poller for each mapping."""

    def __init__(
        self,
        mappings: Iterable[StreamMapping],
        invoke: Callable[[str, Any], InvocationResult],
        log: Log = log_line,
    ) -> None:
        """`invoke(function id, event)` runs a function; it isn't called before `start`."""
        self._backlogs = [(mapping, Backlog()) for mapping in mappings]
        super().__init__((partial(self._poll, *pair) for pair in self._backlogs), _WAIT_SECONDS + 0.5)
        self._invoke = invoke
        self._log = log
        self._numbers = itertools.count(time.time_ns())  # increases across restarts, too

    @property
    def undelivered(self) -> int:
        """The number of records that weren't processed yet."""
        return sum(len(backlog) for _, backlog in self._backlogs)

    def ages(self) -> dict[str, float]:
        """Return the age in seconds of the oldest record that waits for each function; 0 if none waits."""
        return {mapping.function_id: _age(backlog.oldest()) for mapping, backlog in self._backlogs}

    def append(self, changes: Sequence[TableChange]) -> None:
        """Add changes to the streams of their tables."""
        records = [(change.table, stream_record(change, next(self._numbers))) for change in changes]
        for mapping, backlog in self._backlogs:
            backlog.append(
                record for table, record in records if table == mapping.table and mapping.wants(record)
            )

    def _poll(self, mapping: StreamMapping, backlog: Backlog) -> None:
        delay = _MIN_DELAY
        while not self._stopping.is_set():
            batch = _limit_bytes(backlog.read(mapping.batch_size, _WAIT_SECONDS))
            if not batch:
                continue
            processed = self._process(mapping, batch)
            backlog.acknowledge(processed)
            if processed == len(batch):
                delay = _MIN_DELAY
            else:
                self._stopping.wait(delay)
                delay = min(_MAX_DELAY, delay * 2)

    def _process(self, mapping: StreamMapping, batch: Sequence[Record]) -> int:
        """Invoke the function. Return how many records are done: those before the first that failed."""
        try:
            result = self._invoke(mapping.function_id, {"Records": batch})
        except Exception as error:  # thread boundary: the stream must go on after any error
            result = InvocationResult(
                {"errorType": type(error).__name__, "errorMessage": str(error)}, True, ""
            )
        if result.failed and not self._stopping.is_set():
            self._log(mapping.function_id, f"A batch of the stream failed: {result.error}")
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        return processed_count(result, numbers, mapping.reports_failures)


def processed_count(result: InvocationResult, numbers: Sequence[str], reports_failures: bool) -> int:
    """Return how many records of a batch are done, by Lambda's rules for streams.

    The batch is repeated from the lowest sequence number that the function names, or as a whole if it fails
    or names one that isn't in the batch.
    """
    if result.failed:
        return 0
    if not reports_failures or not result.payload:
        return len(numbers)
    if not isinstance(result.payload, dict):
        return 0
    failures = result.payload.get("batchItemFailures") or []
    failed = {failure.get("itemIdentifier") for failure in failures}
    if not failed <= set(numbers):
        return 0
    return min((numbers.index(number) for number in failed), default=len(numbers))


def stream_record(change: TableChange, number: int) -> Record:
    """Return the record of a change, as Lambda passes it to a function."""
    images = {"NewImage": change.new, "OldImage": change.old}
    present = {name: _to_json(image) for name, image in images.items() if image is not None}
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": "MODIFY" if len(present) == 2 else "INSERT" if change.old is None else "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": int(time.time()),  # to the second, as on AWS
            "Keys": change.key,
            **present,
            "SequenceNumber": str(number),
            "SizeBytes": len(json.dumps([change.key, *present.values()])),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": ATTRIBUTES["AWS::DynamoDB::Table", "StreamArn"](change.table),
    }


def _age(record: Record | None) -> float:
    return max(0.0, time.time() - record["dynamodb"]["ApproximateCreationDateTime"]) if record else 0.0


def _limit_bytes(records: Sequence[Record]) -> list[Record]:
    """Return the first records, at least one, whose sizes add up to what a batch may have."""
    sizes = itertools.accumulate(len(json.dumps(record)) for record in records)
    fitting = sum(size < _MAX_BATCH_BYTES for size in sizes)
    return list(records[: max(1, fitting)])


def _to_json(item: Item) -> Item:
    """Return an item with its binary values in Base64, as in a stream; moto has their bytes."""
    return {name: _value_to_json(value) for name, value in item.items()}


def _value_to_json(value: Any) -> Any:
    """Return a value, or what a list, a map or a set of values consists of, with Base64 for bytes."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _value_to_json(member) for name, member in value.items()}
    return [_value_to_json(member) for member in value] if isinstance(value, list) else value
