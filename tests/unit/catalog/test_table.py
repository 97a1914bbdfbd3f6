from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from catalog import actions
from catalog.contention import TableBusy
from catalog.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.catalog.support import Clock

KEY, OTHER_KEY = {"pk": "a", "sk": "b"}, {"pk": "a", "sk": "c"}
ITEM = {**KEY, "expiresAt": 2_000_000_000}
MAX_ATTEMPTS = 10


@pytest.fixture
def adapter(table: Any, clock: Clock, delays: list[float]) -> Table:
    return Table(table, clock, sleep=delays.append, random=lambda: 1.0)


@pytest.fixture
def stubber(table: Any) -> Iterator[Stubber]:
    """A stubber of the table's client. The test must use up all responses."""
    with Stubber(table.meta.client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def add_cancellation(stubber: Stubber, *codes: str) -> None:
    stubber.add_client_error(
        "transact_write_items",
        service_error_code="TransactionCanceledException",
        modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
    )


def set_name(adapter: Table, key: dict[str, str], condition: str) -> tuple[bool, dict[str, Any]]:
    return adapter.update(key, "SET #name = :name", {":name": "x"}, condition=condition)


def test_a_transaction_is_all_or_nothing(adapter, table) -> None:
    only_new = "attribute_not_exists(pk)"
    assert adapter.write(actions.put(ITEM, only_new)) == set()
    check = actions.check({**KEY, "sk": "d"}, "sk = :sk", {":sk": "d"})
    failed = adapter.write(actions.put({**ITEM, **OTHER_KEY}), actions.put(ITEM, only_new), check)
    assert failed == {1, 2}
    assert table.scan()["Items"] == [ITEM]


def test_retries_a_transaction_on_contention(adapter, stubber, delays) -> None:
    add_cancellation(stubber, "TransactionConflict", "None")
    add_cancellation(stubber, "None", "ThrottlingError")
    stubber.add_response("transact_write_items", {})
    assert adapter.write(actions.put(ITEM), actions.delete(OTHER_KEY)) == set()
    assert delays == [0.03, 0.06]


def test_does_not_retry_a_transaction_with_a_failed_condition(adapter, stubber, delays) -> None:
    add_cancellation(stubber, "TransactionConflict", "ConditionalCheckFailed")
    assert adapter.write(actions.put(ITEM), actions.delete(OTHER_KEY)) == {1}
    assert delays == []


def test_gives_up_on_a_transaction_after_persistent_contention(adapter, stubber, delays) -> None:
    for _ in range(MAX_ATTEMPTS):
        add_cancellation(stubber, "TransactionConflict")
    with pytest.raises(TableBusy):
        adapter.write(actions.put(ITEM))
    assert sum(delays) == pytest.approx(2.85)


def test_raises_any_other_cancellation(adapter, stubber) -> None:
    add_cancellation(stubber, "ItemCollectionSizeLimitExceeded")
    with pytest.raises(ClientError):
        adapter.write(actions.put(ITEM))


def test_retries_an_update_on_contention(adapter, stubber, delays) -> None:
    stubber.add_client_error("update_item", service_error_code="TransactionConflictException")
    stubber.add_response("update_item", {"Attributes": {}})
    assert set_name(adapter, KEY, "attribute_exists(pk)") == (True, {})
    assert delays == [0.03]


def test_gives_up_on_an_update_after_persistent_contention(adapter, stubber) -> None:
    for _ in range(MAX_ATTEMPTS):
        stubber.add_client_error("update_item", service_error_code="TransactionConflictException")
    with pytest.raises(TableBusy):
        set_name(adapter, KEY, "attribute_exists(pk)")


def test_an_update_with_a_failed_condition_returns_the_current_item(adapter, table) -> None:
    table.put_item(Item=ITEM)
    assert set_name(adapter, KEY, "attribute_not_exists(pk)") == (False, ITEM)
    assert set_name(adapter, OTHER_KEY, "attribute_exists(pk)") == (False, {})


def test_requests_unprocessed_keys_again(adapter, stubber, delays) -> None:
    keys = [{"pk": "a", "sk": str(number)} for number in range(150)]

    def expect_request(start: int, stop: int, unprocessed: int) -> None:
        """Expect a range of keys; respond with the first item and leave the last keys unprocessed."""
        wire_keys = [{"pk": {"S": "a"}, "sk": {"S": str(number)}} for number in range(start, stop)]
        left = {"catalog": {"Keys": wire_keys[-unprocessed:], "ConsistentRead": True}} if unprocessed else {}
        stubber.add_response(
            "batch_get_item",
            {"Responses": {"catalog": wire_keys[:1]}, "UnprocessedKeys": left},
            {"RequestItems": {"catalog": {"Keys": keys[start:stop], "ConsistentRead": True}}},
        )

    expect_request(0, 100, unprocessed=10)
    expect_request(90, 100, unprocessed=0)
    expect_request(100, 150, unprocessed=0)
    assert adapter.get_many(keys) == [keys[0], keys[90], keys[100]]
    assert delays == [0.03]


def test_gives_up_on_keys_that_stay_unprocessed(adapter, stubber) -> None:
    for _ in range(MAX_ATTEMPTS):
        unprocessed = {"catalog": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "b"}}]}}
        stubber.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": unprocessed})
    with pytest.raises(TableBusy):
        adapter.get_many([KEY])


def test_makes_no_call_for_no_keys(adapter, stubber) -> None:
    assert adapter.get_many([]) == []
