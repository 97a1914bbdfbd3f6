"""Queries of moto's tables: what they find, without sorting the whole table."""

from __future__ import annotations

from typing import Any

import pytest

from local.aws.queries import make_queries_read_one_partition

make_queries_read_one_partition()

PLACES = (("b", "2"), ("a", "3"), ("a", "1"), ("c", "1"), ("a", "2"), ("b", "1"))  # partition, sort key
QUERY = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "a"}}}


@pytest.fixture
def dynamodb(table_with_keys: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Items in several partitions; each is in the index of its sort key. Sorting all of them is an error."""
    from moto.dynamodb.models.table import Table

    for partition, sort_key in PLACES:
        table_with_keys.put_item(TableName="t", Item={"pk": {"S": partition}, "sk": {"S": sort_key}})
    monkeypatch.setattr(Table, "all_items", lambda table: pytest.fail("sorted all items"))
    return table_with_keys


def found(response: Any) -> list[tuple[str, str]]:
    return [(item["pk"]["S"], item["sk"]["S"]) for item in response["Items"]]


def test_a_query_finds_a_partition_in_order(dynamodb: Any) -> None:
    assert found(dynamodb.query(TableName="t", **QUERY)) == [("a", "1"), ("a", "2"), ("a", "3")]


def test_a_query_goes_on_where_its_last_page_ended(dynamodb: Any) -> None:
    query = {"TableName": "t", **QUERY, "ScanIndexForward": False, "Limit": 2}
    first = dynamodb.query(**query)
    second = dynamodb.query(**query, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert (found(first), found(second)) == ([("a", "3"), ("a", "2")], [("a", "1")])


def test_a_query_of_a_range_finds_only_that(dynamodb: Any) -> None:
    values = {":pk": {"S": "a"}, ":sk": {"S": "2"}}
    condition = "pk = :pk AND sk >= :sk"
    response = dynamodb.query(
        TableName="t", KeyConditionExpression=condition, ExpressionAttributeValues=values
    )
    assert found(response) == [("a", "2"), ("a", "3")]


def test_a_missing_partition_has_no_items(dynamodb: Any) -> None:
    values = {":pk": {"S": "z"}}
    response = dynamodb.query(
        TableName="t", KeyConditionExpression="pk = :pk", ExpressionAttributeValues=values
    )
    assert found(response) == []


def test_a_query_of_an_index_finds_items_of_all_partitions_in_order(dynamodb: Any) -> None:
    values = {":sk": {"S": "1"}}
    response = dynamodb.query(
        TableName="t",
        IndexName="BySortKey",
        KeyConditionExpression="sk = :sk",
        ExpressionAttributeValues=values,
    )
    assert found(response) == [("a", "1"), ("b", "1"), ("c", "1")]
