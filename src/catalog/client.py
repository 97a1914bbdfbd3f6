"""The client of the DynamoDB table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from catalog.keys import PENDING_SHARDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table as TableResource

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=4,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=len(PENDING_SHARDS),  # the recovery has a thread for each
)


def table_resource(name: str) -> TableResource:
    """Build the client of a table from the function's environment."""
    return boto3.resource("dynamodb", config=_CONFIG).Table(name)
