from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from catalog import actions
from catalog.table import Rows, TableBusy

KEY = {"pk": "a", "sk": "b"}
ITEM = {**KEY, "expiresAt": 2_000_000_000}


@pytest.fixture
def rows(table, clock, pauses) -> Rows:
    return Rows(table, clock, sleep=pauses.append, chance=lambda: 1.0)


def cancelled(stub: Stubber, *codes: str) -> None:
    stub.add_client_error(
        "transact_write_items",
        service_error_code="TransactionCanceledException",
        modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
    )


def test_a_transaction_is_all_or_nothing(rows, table) -> None:
    only_new = "attribute_not_exists(pk)"
    assert rows.write(actions.put(ITEM, only_new)) == set()
    other = {**ITEM, "sk": "c"}
    check = actions.check({**KEY, "sk": "d"}, "sk = :sk", {":sk": "d"})
    refused = rows.write(actions.put(other), actions.put(ITEM, only_new), check)
    assert refused == {1, 2}
    assert table.scan()["Items"] == [ITEM]


def test_a_transaction_that_collides_is_tried_again(rows, table, pauses) -> None:
    with Stubber(table.meta.client) as stub:
        cancelled(stub, "TransactionConflict", "None")
        cancelled(stub, "None", "ThrottlingError")
        stub.add_response("transact_write_items", {})
        assert rows.write(actions.put(ITEM), actions.delete({**KEY, "sk": "c"})) == set()
    assert pauses == [0.03, 0.06]


def test_a_refusal_counts_more_than_a_collision(rows, table, pauses) -> None:
    with Stubber(table.meta.client) as stub:
        cancelled(stub, "TransactionConflict", "ConditionalCheckFailed")
        assert rows.write(actions.put(ITEM), actions.delete({**KEY, "sk": "c"})) == {1}
    assert pauses == []


def test_patience_has_an_end(rows, table, pauses) -> None:
    with Stubber(table.meta.client) as stub:
        for _ in range(10):
            cancelled(stub, "TransactionConflict")
        with pytest.raises(TableBusy):
            rows.write(actions.put(ITEM))
    assert sum(pauses) == pytest.approx(2.85)


def test_any_other_cancellation_is_a_fault(rows, table) -> None:
    with Stubber(table.meta.client) as stub:
        cancelled(stub, "ItemCollectionSizeLimitExceeded")
        with pytest.raises(ClientError):
            rows.write(actions.put(ITEM))


def test_a_change_that_collides_with_a_transaction_is_tried_again(rows, table, pauses) -> None:
    def change() -> tuple[bool, dict[str, Any]]:
        return rows.update(KEY, "SET #name = :name", {":name": "x"}, condition="attribute_exists(pk)")

    with Stubber(table.meta.client) as stub:
        stub.add_client_error("update_item", service_error_code="TransactionConflictException")
        stub.add_response("update_item", {"Attributes": {}})
        assert change() == (True, {})
    assert pauses == [0.03]
    with Stubber(table.meta.client) as stub:
        for _ in range(10):
            stub.add_client_error("update_item", service_error_code="TransactionConflictException")
        with pytest.raises(TableBusy):
            change()


def test_a_change_that_is_refused_tells_what_stands(rows, table) -> None:
    table.put_item(Item=ITEM)
    change, values = "SET #name = :name", {":name": "x"}
    assert rows.update(KEY, change, values, condition="attribute_not_exists(pk)") == (False, ITEM)
    nothing = {**KEY, "sk": "c"}
    assert rows.update(nothing, change, values, condition="attribute_exists(pk)") == (False, {})


def test_keys_that_were_not_processed_are_asked_for_again(rows, table, pauses) -> None:
    keys = [{"pk": "a", "sk": str(number)} for number in range(150)]

    def answer(first: int, until: int, left: int) -> None:
        """Expect keys in a row and answer with one item, the last of them left over."""
        wire = [{"pk": {"S": "a"}, "sk": {"S": str(number)}} for number in range(first, until)]
        stub.add_response(
            "batch_get_item",
            {
                "Responses": {"catalog": [{"pk": {"S": "a"}, "sk": {"S": str(first)}}]},
                "UnprocessedKeys": {"catalog": {"Keys": wire[-left:], "ConsistentRead": True}}
                if left
                else {},
            },
            {"RequestItems": {"catalog": {"Keys": keys[first:until], "ConsistentRead": True}}},
        )

    with Stubber(table.meta.client) as stub:
        answer(0, 100, left=10)
        answer(90, 100, left=0)
        answer(100, 150, left=0)
        assert rows.get_many(keys) == [keys[0], keys[90], keys[100]]
        stub.assert_no_pending_responses()
    assert pauses == [0.03]


def test_a_table_that_never_gets_to_the_keys_is_busy(rows, table) -> None:
    with Stubber(table.meta.client) as stub:
        for _ in range(10):
            stub.add_response(
                "batch_get_item",
                {
                    "Responses": {},
                    "UnprocessedKeys": {"catalog": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "b"}}]}},
                },
            )
        with pytest.raises(TableBusy):
            rows.get_many([KEY])


def test_nothing_asked_is_nothing_called(rows, table) -> None:
    with Stubber(table.meta.client):
        assert rows.get_many([]) == []
