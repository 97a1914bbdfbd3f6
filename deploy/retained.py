"""The resources that outlive their stack, so that only `make delete` removes them: table and user pool."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3


class Retained(Protocol):
    """A kind of resource."""

    noun: str
    contents: str

    def exists(self, session: boto3.Session, name: str) -> bool: ...
    def is_protected(self, session: boto3.Session, name: str) -> bool: ...
    def delete(self, session: boto3.Session, name: str) -> None:
        """Delete the resource. Nothing happens if it doesn't exist."""


class Table:
    noun = "table"
    contents = "the records of all pictures"

    def exists(self, session: boto3.Session, name: str) -> bool:
        client = session.client("dynamodb")
        try:
            return client.describe_table(TableName=name)["Table"]["TableStatus"] != "DELETING"
        except client.exceptions.ResourceNotFoundException:
            return False

    def is_protected(self, session: boto3.Session, name: str) -> bool:
        table = session.client("dynamodb").describe_table(TableName=name)["Table"]
        return table.get("DeletionProtectionEnabled", False)

    def delete(self, session: boto3.Session, name: str) -> None:
        client = session.client("dynamodb")
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            client.delete_table(TableName=name)


class UserPool:
    noun = "user pool"
    contents = "all accounts"

    def exists(self, session: boto3.Session, name: str) -> bool:
        client = session.client("cognito-idp")
        try:
            client.describe_user_pool(UserPoolId=name)
        except client.exceptions.ResourceNotFoundException:
            return False
        return True

    def is_protected(self, session: boto3.Session, name: str) -> bool:
        pool = session.client("cognito-idp").describe_user_pool(UserPoolId=name)["UserPool"]
        return pool.get("DeletionProtection") == "ACTIVE"

    def delete(self, session: boto3.Session, name: str) -> None:
        client = session.client("cognito-idp")
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            client.delete_user_pool(UserPoolId=name)


RETAINED: Mapping[str, Retained] = {"AWS::DynamoDB::Table": Table(), "AWS::Cognito::UserPool": UserPool()}
