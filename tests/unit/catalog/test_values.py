"""Values are converted as boto3's own resource converts them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from catalog.client import table_handle
from catalog.values import from_attribute, to_attribute
from tests.unit.support import TABLE

NUMBERS = st.integers(-(10**37), 10**37) | st.decimals(-1000, 1000, places=6)
SCALARS = st.none() | st.booleans() | st.text() | NUMBERS | st.binary()
SETS = st.one_of(
    st.sets(st.text(), min_size=1), st.sets(NUMBERS, min_size=1), st.sets(st.binary(), min_size=1)
)
VALUES = st.recursive(SCALARS | SETS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


def without_binary(value: Any) -> Any:
    """Return a value with bytes instead of boto3's Binary."""
    if isinstance(value, dict):
        return {name: without_binary(each) for name, each in value.items()}
    if isinstance(value, list | set):
        return type(value)(map(without_binary, value))
    return getattr(value, "value", value)


@given(VALUES)
def test_attribute_values_are_those_of_boto3(value: Any) -> None:
    attribute = TypeSerializer().serialize(value)
    assert to_attribute(value) == attribute
    assert from_attribute(attribute) == without_binary(TypeDeserializer().deserialize(attribute)) == value


@pytest.mark.parametrize(
    "value", [1.5, Decimal("NaN"), Decimal("Infinity"), {1, "a"}, {None}, object(), [0.1]]
)
def test_a_value_without_an_attribute_type_is_refused(value: Any) -> None:
    for convert in (TypeSerializer().serialize, to_attribute):
        with pytest.raises(TypeError):
            convert(value)


@pytest.mark.parametrize("number", [10**38 + 1, Decimal(f"0.{39 * '3'}"), Decimal("1e127")])
def test_a_number_is_never_rounded(number: Decimal) -> None:
    for convert in (TypeSerializer().serialize, to_attribute):
        with pytest.raises(ArithmeticError):
            convert(number)


def test_the_client_converts_in_every_operation(table: Any) -> None:
    client: Any = table_handle(TABLE).meta.client
    item: dict[str, Any] = {"pk": "a", "sk": "b", "count": 2, "tags": {"x"}, "nested": [{"data": b"\x00"}]}
    put: dict[str, Any] = {"Put": {"TableName": TABLE, "Item": item}}
    client.transact_write_items(TransactItems=[put])
    assert put == {"Put": {"TableName": TABLE, "Item": item}}  # a retry sends it again
    key = {"pk": "a", "sk": "b"}
    assert client.get_item(TableName=TABLE, Key=key)["Item"] == item
    found = client.batch_get_item(RequestItems={TABLE: {"Keys": [key]}})
    assert found["Responses"] == {TABLE: [item]}
    queried = client.query(
        TableName=TABLE, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": "a"}
    )
    assert queried["Items"] == [item]
    updated = client.update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="ADD #count :one",
        ExpressionAttributeNames={"#count": "count"},
        ExpressionAttributeValues={":one": Decimal(1)},
        ReturnValues="ALL_NEW",
    )
    assert updated["Attributes"] == {**item, "count": 3}
    client.batch_write_item(RequestItems={TABLE: [{"DeleteRequest": {"Key": key}}]})
    assert "Item" not in client.get_item(TableName=TABLE, Key=key)
