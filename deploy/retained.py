"""The resources that outlive their stack, so that only `make delete` removes them: table and user pool."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from deploy.polling import waiter_config

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3

_UPDATE_MINUTES = 5


class Retained(Protocol):
    """A kind of resource that outlives its stack, and how it is named in messages."""

    noun: str
    contents: str

    def exists(self, session: boto3.Session, name: str) -> bool: ...
    def is_protected(self, session: boto3.Session, name: str) -> bool: ...
    def unprotect(self, session: boto3.Session, name: str) -> None: ...
    def delete(self, session: boto3.Session, name: str) -> None:
        """Delete the resource. Nothing happens if it doesn't exist."""


class Table:
    """The catalog."""

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

    def unprotect(self, session: boto3.Session, name: str) -> None:
        client = session.client("dynamodb")
        client.update_table(TableName=name, DeletionProtectionEnabled=False)
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=waiter_config(_UPDATE_MINUTES))

    def delete(self, session: boto3.Session, name: str) -> None:
        client = session.client("dynamodb")
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            client.delete_table(TableName=name)


class UserPool:
    """The accounts."""

    noun = "user pool"
    contents = "all accounts"

    def exists(self, session: boto3.Session, name: str) -> bool:
        client = session.client("cognito-idp")
        try:
            client.describe_user_pool(UserPoolId=name)
        except (
            client.exceptions.ResourceNotFoundException,
            client.exceptions.InvalidParameterException,  # the ID of one that was never created
        ):
            return False
        return True

    def is_protected(self, session: boto3.Session, name: str) -> bool:
        pool = session.client("cognito-idp").describe_user_pool(UserPoolId=name)["UserPool"]
        return pool.get("DeletionProtection") == "ACTIVE"

    def unprotect(self, session: boto3.Session, name: str) -> None:
        # this resets the pool's other settings, which doesn't matter before its deletion
        session.client("cognito-idp").update_user_pool(UserPoolId=name, DeletionProtection="INACTIVE")

    def delete(self, session: boto3.Session, name: str) -> None:
        client = session.client("cognito-idp")
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            client.delete_user_pool(UserPoolId=name)


RETAINED: Mapping[str, Retained] = {"AWS::DynamoDB::Table": Table(), "AWS::Cognito::UserPool": UserPool()}
