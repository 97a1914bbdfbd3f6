"""Patches moto's DynamoDB queries to read no more items than they have to.

For each query, moto sorts all items of the table, and then those that it has found again. That takes a second
with 30,000 items, as a thousand pictures have.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from moto.dynamodb.models.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from moto.dynamodb.models.dynamo_type import DynamoType


def make_queries_read_one_partition() -> None:
    """Patch moto for the whole process. Calling it again has no effect."""
    patched: Any = Table
    if not hasattr(Table.query, "__wrapped__"):
        patched.query = _narrowed(Table.query)


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
