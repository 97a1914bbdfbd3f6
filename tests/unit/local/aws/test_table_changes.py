"""What is reported about requests that change items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local.aws.table_changes import TableChange, listening
from local.aws.transactions import make_transactions_isolated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

make_transactions_isolated()

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
OTHER = {"pk": {"S": "p"}, "sk": {"S": "other"}}
ONE, TWO = {**KEY, "n": {"N": "1"}}, {**KEY, "n": {"N": "2"}}


def put(item: Any, **options: Any) -> Any:
    return {"Put": {"TableName": "t", "Item": item, **options}}


@pytest.fixture
def dynamodb(table_with_keys: Any) -> Any:
    table_with_keys.put_item(TableName="t", Item=ONE)
    return table_with_keys


REQUESTS: dict[str, tuple[Callable[[Any], Any], list[TableChange]]] = {
    "put": (
        lambda client: client.put_item(TableName="t", Item=TWO),
        [TableChange("t", KEY, ONE, TWO)],
    ),
    "put a new item": (
        lambda client: client.put_item(TableName="t", Item=OTHER),
        [TableChange("t", OTHER, None, OTHER)],
    ),
    "put the same item": (lambda client: client.put_item(TableName="t", Item=ONE), []),
    "update": (
        lambda client: client.update_item(
            TableName="t",
            Key=KEY,
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        ),
        [TableChange("t", KEY, ONE, TWO)],
    ),
    "delete": (
        lambda client: client.delete_item(TableName="t", Key=KEY),
        [TableChange("t", KEY, ONE, None)],
    ),
    "delete a missing item": (lambda client: client.delete_item(TableName="t", Key=OTHER), []),
    "transaction": (
        lambda client: client.transact_write_items(TransactItems=[put(TWO), put(OTHER)]),
        [TableChange("t", KEY, ONE, TWO), TableChange("t", OTHER, None, OTHER)],
    ),
    "batch": (
        lambda client: client.batch_write_item(
            RequestItems={"t": [{"DeleteRequest": {"Key": KEY}}, {"PutRequest": {"Item": OTHER}}]}
        ),
        [TableChange("t", KEY, ONE, None), TableChange("t", OTHER, None, OTHER)],
    ),
    "read": (lambda client: client.get_item(TableName="t", Key=KEY), []),
    "batch read": (lambda client: client.batch_get_item(RequestItems={"t": {"Keys": [KEY]}}), []),
    "query": (
        lambda client: client.query(
            TableName="t", KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "p"}}
        ),
        [],
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_reports_what_it_changed(dynamodb: Any, name: str) -> None:
    request, expected = REQUESTS[name]
    reported: list[TableChange] = []
    with listening(reported.extend):
        request(dynamodb)
    assert reported == expected


def test_a_canceled_transaction_reports_nothing(dynamodb: Any) -> None:
    reports: list[Sequence[TableChange]] = []
    with listening(reports.append), pytest.raises(ClientError):
        dynamodb.transact_write_items(
            TransactItems=[put(OTHER), put(TWO, ConditionExpression="attribute_not_exists(pk)")]
        )
    assert reports == []


def test_a_request_without_a_listener_reports_nothing(dynamodb: Any) -> None:
    reports: list[Sequence[TableChange]] = []
    with listening(reports.append):
        pass
    dynamodb.put_item(TableName="t", Item=TWO)
    assert reports == []
