"""DynamoDB transactions that are repeated."""

from __future__ import annotations

from typing import Any


def increment(client: Any, key: str, token: str, change: str = "1") -> None:
    update = {
        "TableName": "CatalogTable",
        "Key": {"pk": {"S": key}, "sk": {"S": "a"}},
        "UpdateExpression": "ADD calls :change",
        "ExpressionAttributeValues": {":change": {"N": change}},
    }
    client.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken=token)


def read(client: Any, key: str) -> str:
    item = client.get_item(TableName="CatalogTable", Key={"pk": {"S": key}, "sk": {"S": "a"}})["Item"]
    number: str = item["calls"]["N"]
    return number


def test_a_repeated_transaction_is_carried_out_once(aws: Any, key: str) -> None:
    client = aws.client("dynamodb")
    for token in ("first", "first", "second"):
        increment(client, key, f"{token}{key[-20:]}")
    assert read(client, key) == "2"


def test_a_token_belongs_to_one_transaction(aws: Any, key: str) -> None:
    client, token = aws.client("dynamodb"), key[-20:]
    increment(client, key, token)
    error = aws.call_error(lambda: increment(client, key, token, "2"))
    assert error[:2] == (400, "IdempotentParameterMismatchException")
    assert read(client, key) == "1"
