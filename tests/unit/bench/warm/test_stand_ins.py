"""The stand-ins answer as DynamoDB does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.catalog.collection import OWNER, Collection
from bench.warm.stand_ins import RecordedTable, Replay
from catalog.client import table_handle
from catalog.keys import list_partition, record_key

if TYPE_CHECKING:
    import pytest


def test_recorded_answers_are_replayed_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    table = RecordedTable(Collection(3))
    keys = [record_key(OWNER, f"{number:064x}") for number in range(3)]
    query = {
        "TableName": table.name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": list_partition(OWNER)},
    }
    requests: Any = {table.name: {"Keys": keys}}
    answers = [table.query(**query), table.batch_get_item(RequestItems=requests)]
    assert len(answers[0]["Items"]) == 3
    client: Any = table_handle(table.name).meta.client
    client.meta.events.register_first("before-send.dynamodb", Replay(table.bodies))
    for _ in range(2):
        for name, expected in zip(("Items", "Responses"), answers, strict=True):
            found = client.query(**query) if name == "Items" else client.batch_get_item(RequestItems=requests)
            assert found[name] == expected[name]
