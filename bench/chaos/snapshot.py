"""What a stack holds at the end of a run."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from boto3.dynamodb.types import TypeDeserializer

from catalog.keys import from_record_key, list_partition, parse_position
from common.object_keys import result_key, upload_key

if TYPE_CHECKING:
    from bench.chaos.driver import Driver
    from bench.chaos.engine import Engine
    from local.stack import Stack


@dataclass
class Snapshot:
    """Records and documents by the key of their image; lists, counts and totals by owner's id."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    listed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    month_calls: Counter[str] = field(default_factory=Counter)
    stack_calls: int = 0  # counted for the ceiling on the bill, also of direct uploads
    leases: list[str] = field(default_factory=list)
    inputs: set[str] = field(default_factory=set)
    outputs: set[str] = field(default_factory=set)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)  # of direct uploads
    queues: dict[str, int] = field(default_factory=dict)
    api_counts: dict[str, dict[str, int]] = field(default_factory=dict)
    api_listed: dict[str, set[str]] = field(default_factory=dict)
    api_labeled: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)  # by operation and key
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)  # by key: nothing of the try was kept
    killed: set[str] = field(default_factory=set)  # by key: a worker was killed
    lost_events: set[str] = field(default_factory=set)  # by key
    asked_again: set[str] = field(default_factory=set)  # by key: still pending when nothing happened anymore
    refused: list[str] = field(default_factory=list)
    consumed: dict[str, str] = field(default_factory=dict)  # by key: how the image ended by its events


def take(stack: Stack, driver: Driver, engine: Engine, unkept: Counter[str]) -> Snapshot:
    """Read everything at rest. `unkept` counts the tries that couldn't keep their answers, by key."""
    snapshot = Snapshot(refused=list(driver.refused), queues=queue_lengths(stack))
    for item in scan(stack):
        _add_item(snapshot, item)
    s3 = stack.client("s3")
    buckets = stack.template.outputs["InputBucketName"], stack.template.outputs["OutputBucketName"]
    snapshot.inputs, snapshot.outputs = (_keys(s3, bucket) for bucket in buckets)
    for key in snapshot.outputs:
        if key.startswith("direct/") and key.endswith(result_key("")):
            body = s3.get_object(Bucket=buckets[1], Key=key)["Body"].read()
            snapshot.documents[key.removesuffix(result_key(""))] = json.loads(body)
    for owner, sub in driver.subs.items():
        labels, totals = driver.counts(owner)
        snapshot.api_counts[sub], snapshot.month_calls[sub] = labels, totals["billedCalls"]
        for name in snapshot.api_counts[sub]:
            snapshot.api_labeled[sub, name.casefold()] = driver.listed(owner, f"&label={quote(name)}")
        snapshot.api_listed[sub] = driver.listed(owner)
    snapshot.answered, snapshot.lost = engine.answered, engine.lost
    kills = Counter(key for event in stack.faults.killed_events() for key in event_keys(event))
    snapshot.crashes, snapshot.killed = unkept + kills, set(kills)
    snapshot.lost_events = {key for event in stack.faults.lost_events() for key in event_keys(event)}
    snapshot.asked_again = driver.asked_again
    return snapshot


def scan(stack: Stack, **options: Any) -> Iterable[dict[str, Any]]:
    """Return the items of the catalog."""
    deserialize = TypeDeserializer().deserialize
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName="CatalogTable", **options)
    for page in pages:
        for item in page["Items"]:
            yield {name: deserialize(value) for name, value in item.items()}


def remove_seed(stack: Stack) -> None:
    """Remove what the stack itself uploads for the files in `events/`."""
    s3, dynamodb = stack.client("s3"), stack.client("dynamodb")
    bucket = stack.template.outputs["InputBucketName"]
    for key in _keys(s3, bucket):
        s3.delete_object(Bucket=bucket, Key=key)
    for item in scan(stack):
        dynamodb.delete_item(TableName="CatalogTable", Key={name: {"S": item[name]} for name in ("pk", "sk")})


def pending_keys(stack: Stack) -> set[str]:
    """Return the keys of the images whose records are pending."""
    options = {
        "FilterExpression": "#status = :pending",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":pending": {"S": "pending"}},
    }
    return {upload_key(*from_record_key(item)) for item in scan(stack, **options)}


def queue_lengths(stack: Stack) -> dict[str, int]:
    """Return the number of messages in each queue, whether visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs, lengths = stack.client("sqs"), {}
    for queue in ("RetryQueue", "DeadLetterQueue"):
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        lengths[queue] = sum(int(number) for number in attributes.values())
    return lengths


def event_keys(event: Any) -> list[str]:
    """Return the keys that an S3 event, or a batch of the retry queue, is about."""
    keys = []
    for record in event.get("Records", []) if isinstance(event, dict) else []:
        if "s3" in record:
            keys.append(record["s3"]["object"]["key"])
        elif "body" in record:
            keys += event_keys(json.loads(record["body"]).get("requestPayload"))
    return keys


def _keys(s3: Any, bucket: str) -> set[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {entry["Key"] for page in pages for entry in page.get("Contents", [])}


def _add_item(snapshot: Snapshot, item: Mapping[str, Any]) -> None:
    partition, sort_key = item["pk"], item["sk"]
    if partition.startswith("direct#"):
        if "leaseOwner" in item:  # the item itself expires within a day
            snapshot.leases.append(f"{partition} {sort_key}")
        return
    if partition == "STACK":
        snapshot.stack_calls += int(item["billedCalls"])
        return
    owner = partition.split("#")[1]
    if sort_key.startswith("IMAGE#"):
        _, image_id = from_record_key(item)
        snapshot.records[upload_key(owner, image_id)] = {**item, "owner": owner, "id": image_id}
    elif partition == list_partition(owner):
        snapshot.listed[owner].add(parse_position(sort_key)[1])
