"""The stack's table in the fake cloud."""

from __future__ import annotations

from typing import Any

import boto3


def create_catalog_table(name: str = "catalog") -> Any:
    """Create the catalog's table with the template's keys; gives the boto3 resource."""
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
