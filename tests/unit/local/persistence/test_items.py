"""Items over a kill: every type of value, transactions, expiry, and a changed template."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.persistence.database import DataError
from tests.unit.local.persistence.conftest import Run

TABLE = "CatalogTable"
KEY = {"pk": {"S": "OWNER#ä"}, "sk": {"S": "IMAGE#1"}}
OTHER = {"pk": {"S": "OWNER#ä"}, "sk": {"S": "IMAGE#2"}}
VALUES: dict[str, Any] = {
    "text": {"S": "x"},
    "empty": {"S": ""},
    "number": {"N": "-12.50"},
    "large": {"N": "12345678901234567890123456789012345678"},
    "bytes": {"B": b"\x00\xff"},
    "no": {"BOOL": False},
    "null": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"L": [{"N": "1"}, {"B": b"\x00"}]}, {"M": {}}]},
    "odd map": {"M": {"$bytes": {"S": "AA=="}}},
    "map": {"M": {"a": {"M": {"b": {"SS": ["x", "y"]}}}, "$bytes": {"S": "AA=="}}},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2.5"]},
    "blobs": {"BS": [b"\x00", b"\x01"]},
}


def put(dynamodb: Any, item: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item=item)


def replace(dynamodb: Any) -> None:
    for number in "123":
        put(dynamodb, KEY | {"number": {"N": number}})


def update(dynamodb: Any) -> None:
    for _ in range(3):
        dynamodb.update_item(
            TableName=TABLE,
            Key=KEY,
            UpdateExpression="ADD visits :one SET #list = list_append(if_not_exists(#list, :none), :more)",
            ExpressionAttributeNames={"#list": "list"},
            ExpressionAttributeValues={":one": {"N": "1"}, ":none": {"L": []}, ":more": {"L": [{"S": "x"}]}},
        )


def write_together(dynamodb: Any) -> None:
    put(dynamodb, OTHER)
    actions = [
        {"Put": {"TableName": TABLE, "Item": KEY | VALUES}},
        {"Delete": {"TableName": TABLE, "Key": OTHER}},
    ]
    dynamodb.transact_write_items(TransactItems=actions)


def cancel(dynamodb: Any) -> None:
    put(dynamodb, KEY)
    condition = {"TableName": TABLE, "Item": OTHER, "ConditionExpression": "attribute_exists(pk)"}
    actions = [{"Delete": {"TableName": TABLE, "Key": KEY}}, {"Put": condition}]
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        dynamodb.transact_write_items(TransactItems=actions)


def write_batch(dynamodb: Any) -> None:
    put(dynamodb, OTHER)
    requests = [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": OTHER}}]
    dynamodb.batch_write_item(RequestItems={TABLE: requests})


CHANGES: dict[str, Callable[[Any], None]] = {
    "all types": lambda dynamodb: put(dynamodb, KEY | VALUES),
    "replaced": replace,
    "updated": update,
    "transaction": write_together,
    "canceled": cancel,
    "batch": write_batch,
}


def items(run: Run) -> list[Any]:
    found: list[Any] = run.client("dynamodb").scan(TableName=TABLE)["Items"]
    return sorted(found, key=lambda item: str(item["sk"]))


@pytest.mark.parametrize("name", CHANGES)
def test_an_item_is_the_same_after_a_kill(run: Run, name: str) -> None:
    CHANGES[name](run.client("dynamodb"))
    before = items(run)
    assert len(before) == 1
    run.restart()
    assert items(run) == before
    run.restart()
    assert items(run) == before


def test_a_restored_item_can_be_found_and_changed(run: Run) -> None:
    put(run.client("dynamodb"), KEY | {"visits": {"N": "1"}})
    put(run.client("dynamodb"), OTHER)
    run.restart()
    dynamodb = run.client("dynamodb")
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": KEY["pk"]}}
    assert dynamodb.query(TableName=TABLE, ScanIndexForward=False, Limit=1, **query)["Items"] == [OTHER]
    update(dynamodb)
    dynamodb.delete_item(TableName=TABLE, Key=OTHER)
    run.restart()
    assert items(run) == [KEY | {"visits": {"N": "4"}, "list": {"L": [{"S": "x"}] * 3}}]


def test_expired_items_are_deleted(run: Run) -> None:
    now = int(time.time())
    kept = [
        KEY | {"expiresAt": {"N": str(now + 1000)}},
        KEY | {"sk": {"S": "text"}, "expiresAt": {"S": "1"}},  # as DynamoDB, ignore what isn't a number
        KEY | {"sk": {"S": "without"}},
    ]
    for item in [*kept, OTHER | {"expiresAt": {"N": str(now - 1)}}]:
        put(run.client("dynamodb"), item)
    run.restart()
    assert items(run) == kept
    run.resources["AWS::DynamoDB::Table"]["CatalogTable"].pop("TimeToLiveSpecification")
    run.restart()
    assert items(run) == kept


def test_a_table_that_the_template_no_longer_has_is_kept(run: Run) -> None:
    put(run.client("dynamodb"), KEY)
    table = run.resources["AWS::DynamoDB::Table"].pop("CatalogTable")
    run.restart()
    assert run.left == [
        "1 entry stays in the folder unused, because template.yaml no longer has the table CatalogTable."
    ]
    run.resources["AWS::DynamoDB::Table"]["CatalogTable"] = table
    run.restart()
    assert (run.left, items(run)) == ([], [KEY])


@pytest.mark.parametrize(("changed", "shown"), [("id", "id, sk"), (None, "pk")])
def test_refuses_a_table_with_another_key(run: Run, changed: str | None, shown: str) -> None:
    put(run.client("dynamodb"), KEY)
    names = {changed: "HASH", "sk": "RANGE"} if changed else {"pk": "HASH"}
    run.resources["AWS::DynamoDB::Table"]["CatalogTable"] |= {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in names.items()],
    }
    with pytest.raises(DataError) as caught:
        run.restart()
    assert re.sub(r"^\S+", "FILE", str(caught.value)) == (
        "FILE has items of CatalogTable with the key pk, sk, but its key in template.yaml is "
        f"{shown}. Set DATA to another folder, or delete this one to start over."
    )
