"""The units of requests to a table like the catalog's, against cases that were counted by hand."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from bench.usage.dynamodb import UnknownOperation, measure
from bench.usage.units import Units
from tests.cloud import create_catalog_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
OTHER = {"pk": {"S": "p"}, "sk": {"S": "t"}}
FAT = {**KEY, "text": {"S": "x" * 3000}}
PENDING = {"pendingShard": {"S": "0"}, "uploadedAt": {"S": "2026"}}
TABLE = {"TableName": "catalog"}
FAILING = {"ConditionExpression": "attribute_not_exists(pk)"}
CHANGE = {"UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"N": "1"}}}
ALL = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Units]]:
    """Send a request to a table with the item FAT, and return its units, even if it fails."""
    measured: list[Units] = []
    call_action = DynamoHandler.call_action

    @functools.wraps(call_action)
    def metered(handler: DynamoHandler) -> Any:
        operation = handler.headers["X-Amz-Target"].rpartition(".")[2]
        response, found = measure(handler, operation, lambda: call_action(handler))
        measured.append(found)
        return response

    with mock_aws():
        create_catalog_table()
        client: Any = boto3.client("dynamodb")
        client.put_item(**TABLE, Item=FAT)
        monkeypatch.setattr(DynamoHandler, "call_action", metered)

        def send(method: str, **request: Any) -> Units:
            try:
                getattr(client, method)(**request)
            except ClientError as error:
                assert error.response["Error"]["Code"] != "ValidationException"
            return measured.pop()

        yield send


def put(item: Any, **options: Any) -> Any:
    return {"Put": {**TABLE, "Item": item, **options}}


CASES: dict[str, tuple[str, Any, Units]] = {
    "a put of a new item": ("put_item", {**TABLE, "Item": OTHER}, Units(write=1)),
    "a put over a large item": ("put_item", {**TABLE, "Item": KEY}, Units(write=3)),
    "a put into the index": ("put_item", {**TABLE, "Item": {**OTHER, **PENDING}}, Units(write=2)),
    "a put whose condition fails": ("put_item", {**TABLE, "Item": KEY, **FAILING}, Units(write=3)),
    "an update": ("update_item", {**TABLE, "Key": KEY, **CHANGE}, Units(write=3)),
    "an update that creates": ("update_item", {**TABLE, "Key": OTHER, **CHANGE}, Units(write=1)),
    "a deletion": ("delete_item", {**TABLE, "Key": KEY}, Units(write=3)),
    "a batch of writes": (
        "batch_write_item",
        {
            "RequestItems": {
                "catalog": [{"DeleteRequest": {"Key": KEY}}, {"PutRequest": {"Item": {**OTHER, **PENDING}}}]
            }
        },
        Units(write=3 + 1 + 1),
    ),
    "a transaction": (
        "transact_write_items",
        {"TransactItems": [put({**OTHER, **PENDING}), {"Update": {**TABLE, "Key": KEY, **CHANGE}}]},
        Units(write=2 + 1 + 6),
    ),
    "a transaction with a check": (
        "transact_write_items",
        {
            "TransactItems": [
                put(OTHER),
                {"ConditionCheck": {**TABLE, "Key": KEY, "ConditionExpression": "attribute_exists(pk)"}},
            ]
        },
        Units(write=2 + 6),
    ),
    "a canceled transaction": (
        "transact_write_items",
        {"TransactItems": [put(OTHER), put(KEY, **FAILING)]},
        Units(write=2 + 6),
    ),
    "a get": ("get_item", {**TABLE, "Key": KEY, "ConsistentRead": True}, Units(read=1)),
    "an inconsistent get": ("get_item", {**TABLE, "Key": KEY}, Units(read=0.5)),
    "a get of a missing item": ("get_item", {**TABLE, "Key": OTHER, "ConsistentRead": True}, Units(read=1)),
    "a batch": (
        "batch_get_item",
        {"RequestItems": {"catalog": {"Keys": [KEY, OTHER], "ConsistentRead": True}}},
        Units(read=2),
    ),
    "a query": ("query", {**TABLE, **ALL, "ConsistentRead": True}, Units(read=1)),
    "a query of the index": (
        "query",
        {
            **TABLE,
            "IndexName": "PendingImages",
            "KeyConditionExpression": "pendingShard = :p",
            "ExpressionAttributeValues": {":p": {"S": "0"}},
        },
        Units(read=0.5),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_request_takes_the_units_that_were_counted_by_hand(units: Callable[..., Units], case: str) -> None:
    method, request, expected = CASES[case]
    assert units(method, **request) == expected


def test_an_operation_whose_units_are_not_known_is_refused(units: Callable[..., Units]) -> None:
    with pytest.raises(UnknownOperation, match="The units of Scan aren't known"):
        units("scan", **TABLE)
