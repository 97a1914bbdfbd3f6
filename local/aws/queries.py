"""Patches moto's DynamoDB queries to read no more items than they have to.

For each query, moto sorts all items of the table, and then those that it has found again. That takes a second
with 30,000 items, as a thousand pictures have.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, cast

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable


def make_queries_read_one_partition() -> None:
    """Patch moto for the whole process. Calling it again has no effect."""
    table, value = cast("Any", Table), cast("Any", DynamoType)
    if not hasattr(table.query, "__wrapped__"):
        table.query = _narrowed(table.query)
        value.cast_value = _quick_for_strings(value.cast_value)


def _quick_for_strings(cast_value: property) -> property:
    """Return a property with the same values. Most are strings, which are compared as they are."""

    def quick(value: Any) -> Any:
        return value.value if value.type == "S" else cast_value.__get__(value)

    return property(quick)


def _narrowed(query: Callable[..., Any]) -> Callable[..., Any]:
    parameters = inspect.signature(query)

    @functools.wraps(query)
    def narrowed(table: Table, hash_key: DynamoType | None, *args: Any, **options: Any) -> Any:
        if table.range_key_attr is None:
            return query(table, hash_key, *args, **options)
        items: Any = table.items
        index = parameters.bind(table, hash_key, *args, **options).arguments.get("index_name")
        partitions = items.values() if index else [items.get(hash_key, {})]
        found = [item for partition in partitions for item in partition.values()]
        # A table like this one, with only the items that the query has to look at. It sorts them itself.
        view: Any = object.__new__(type(table))
        vars(view).update(vars(table), all_items=lambda: found)
        return query(view, hash_key, *args, **options)

    return narrowed
