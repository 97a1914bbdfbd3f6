"""The catalog's table in moto."""

from __future__ import annotations

from typing import Any

import boto3


def create_catalog_table(name: str = "catalog") -> Any:
    """Create a table with the key schema of the template, and return its boto3 resource."""
    return boto3.resource("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
