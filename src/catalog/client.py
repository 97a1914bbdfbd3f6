"""The client of the DynamoDB table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from botocore.config import Config

from catalog.keys import PENDING_SHARDS
from catalog.values import convert_values
from common.aws import build_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=4,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=len(PENDING_SHARDS),  # the recovery has a thread for each
)


class _Meta(NamedTuple):
    client: DynamoDBClient


class TableHandle(NamedTuple):
    """A table, with what the catalog needs of boto3's resource."""

    name: str
    meta: _Meta


def table_handle(name: str) -> TableHandle:
    """Build the client of a table from the function's environment; it takes and returns Python values."""
    client: DynamoDBClient = build_client("dynamodb", _CONFIG)
    convert_values(client)
    return TableHandle(name, _Meta(client))
