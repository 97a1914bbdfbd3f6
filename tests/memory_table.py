"""A DynamoDB table as a Python object, with the expressions that the catalog uses."""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from catalog.values import to_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NAME = r"#?(\w+)"
_KINDS = {"=": "==", "<>": "!="}
Item = dict[str, Any]


class ConditionalCheckFailed(ClientError):
    """A condition doesn't hold."""


class TransactionCanceled(ClientError):
    """A condition of a transaction doesn't hold."""


class MemoryTable:
    """The client of a table with the keys pk and sk, which takes and returns Python values."""

    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailed,
        TransactionCanceledException=TransactionCanceled,
    )

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], Item] = {}
        self._sorted: dict[str, list[str]] = defaultdict(list)
        self._lock = threading.RLock()

    def get_item(self, Key: Mapping[str, str], **_: object) -> dict[str, Any]:  # noqa: N803
        found = self._items.get((Key["pk"], Key["sk"]))
        return {"Item": dict(found)} if found else {}

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        ((name, request),) = RequestItems.items()
        found = [self.get_item(key).get("Item") for key in request["Keys"]]
        return {"Responses": {name: [item for item in found if item]}, "UnprocessedKeys": {}}

    def batch_write_item(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        ((_, requests),) = RequestItems.items()
        with self._lock:
            for request in requests:
                if "PutRequest" in request:
                    self._put(request["PutRequest"]["Item"])
                else:
                    self._delete(request["DeleteRequest"]["Key"])
        return {"UnprocessedItems": {}}

    def put_item(self, Item: Item, **options: Any) -> dict[str, Any]:  # noqa: N803
        with self._lock:
            self._check(Item, options)
            self._put(Item)
        return {}

    def update_item(self, Key: Mapping[str, str], **options: Any) -> dict[str, Any]:  # noqa: N803
        with self._lock:
            self._check(Key, options)
            return {"Attributes": dict(self._update(Key, options))}

    def delete_item(self, Key: Mapping[str, str], **options: Any) -> dict[str, Any]:  # noqa: N803
        with self._lock:
            self._check(Key, options)
            self._delete(Key)
        return {}

    def transact_write_items(self, TransactItems: Sequence[Mapping[str, Any]]) -> None:  # noqa: N803
        actions = [next(iter(action.items())) for action in TransactItems]
        with self._lock:
            failed = [not self._holds(each.get("Key") or each["Item"], each) for _, each in actions]
            if any(failed):
                codes = ["ConditionalCheckFailed" if is_failed else "None" for is_failed in failed]
                reasons: Any = {"Error": {}, "CancellationReasons": [{"Code": code} for code in codes]}
                raise TransactionCanceled(reasons, "TransactWriteItems")
            for kind, each in actions:
                if kind == "Put":
                    self._put(each["Item"])
                elif kind == "Update":
                    self._update(each["Key"], each)
                elif kind == "Delete":
                    self._delete(each["Key"])

    def query(self, ExpressionAttributeValues: Mapping[str, Any], **options: Any) -> dict[str, Any]:  # noqa: N803
        assert "IndexName" not in options
        partition, values = ExpressionAttributeValues[":pk"], ExpressionAttributeValues
        with self._lock:
            keys = self._sorted[partition]
            end = bisect_left(keys, values[":before"]) if ":before" in values else len(keys)
            chosen = keys[:end]
            if ":low" in values:
                chosen = keys[bisect_left(keys, values[":low"]) : bisect_right(keys, values[":high"])]
            if options.get("ScanIndexForward") is False:
                chosen = chosen[::-1]
            limit = options.get("Limit") or len(chosen) + 1
            items = [dict(self._items[partition, key]) for key in chosen[:limit]]
        return {"Items": items, **({"LastEvaluatedKey": {}} if len(items) == limit else {})}

    def _check(self, key: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        if self._holds(key, options):
            return
        present = self._items.get((key["pk"], key["sk"]), {})
        response: Any = {
            "Error": {"Code": "ConditionalCheckFailedException"},
            "Item": {name: to_attribute(value) for name, value in present.items()},
        }
        raise ConditionalCheckFailed(response, "Write")

    def _holds(self, key: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
        condition = options.get("ConditionExpression")
        item = self._items.get((key["pk"], key["sk"]), {})
        return not condition or _compile(condition)(item, options.get("ExpressionAttributeValues") or {})

    def _put(self, item: Item) -> None:
        key = item["pk"], item["sk"]
        if key not in self._items:
            insort(self._sorted[key[0]], key[1])
        self._items[key] = dict(item)

    def _delete(self, key: Mapping[str, str]) -> None:
        if self._items.pop((key["pk"], key["sk"]), None) is not None:
            keys = self._sorted[key["pk"]]
            del keys[bisect_left(keys, key["sk"])]

    def _update(self, key: Mapping[str, str], options: Mapping[str, Any]) -> Item:
        item = dict(self._items.get((key["pk"], key["sk"]), key))
        values = options.get("ExpressionAttributeValues") or {}
        for action, names in _actions(options["UpdateExpression"]):
            for name, value in names:
                if action == "SET":
                    item[name] = values[value]
                elif action == "REMOVE":
                    item.pop(name, None)
                elif isinstance(values[value], set | frozenset):
                    item[name] = item.get(name, set()) | values[value]
                else:
                    item[name] = item.get(name, 0) + values[value]
        self._put(item)
        return item


@lru_cache(None)
def _actions(expression: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the actions of an update, each with the attributes and their values."""
    parts = re.split(r"\b(SET|REMOVE|ADD) ", expression)[1:]
    return [
        (action, [(name, value) for name, value in re.findall(rf"{_NAME}(?: =)? ?(:\w+)?", part)])
        for action, part in zip(parts[::2], parts[1::2], strict=True)
    ]


@lru_cache(None)
def _compile(condition: str) -> Callable[[Item, Mapping[str, Any]], bool]:
    """Return a condition as a function of an item and the values."""
    source = re.sub(rf"attribute_exists\({_NAME}\)", r'("\1" in item)', condition)
    source = re.sub(rf"attribute_not_exists\({_NAME}\)", r'("\1" not in item)', source)
    source = re.sub(rf"{_NAME} IN \(([^)]*)\)", _membership, source)
    source = re.sub(rf"{_NAME} (=|<>|<=|>=|<|>) (:\w+)", _comparison, source)
    source = source.replace(" AND ", " and ").replace(" OR ", " or ")
    function: Callable[[Item, Mapping[str, Any]], bool] = eval(f"lambda item, values: {source}")
    return function


def _membership(match: re.Match[str]) -> str:
    values = ", ".join(f'values["{name.strip()}"]' for name in match[2].split(","))
    return f'(item.get("{match[1]}") in ({values},))'


def _comparison(match: re.Match[str]) -> str:
    """Return a comparison, which doesn't hold for an attribute that is missing, unless it is `<>`."""
    is_missing = f'"{match[1]}" not in item' if match[2] == "<>" else "False"
    operator = _KINDS.get(match[2], match[2])
    return (
        f'(({is_missing}) or ("{match[1]}" in item and item["{match[1]}"] {operator} values["{match[3]}"]))'
    )
