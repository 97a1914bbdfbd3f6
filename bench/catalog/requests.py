"""The requests that reach moto's DynamoDB: their units, and the items that they write."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from bench.usage.dynamodb import measure
from local.aws.provision import provision
from local.aws.table_changes import touched_keys
from local.aws.transactions import make_transactions_isolated
from local.settings import ROOT
from local.template.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_dynamodb.service_resource import Table

_READS = ("GetItem", "BatchGetItem", "Query")


@dataclass(frozen=True)
class Request:
    """A request, and the keys of the items that it writes or checks, as "pk/sk"."""

    operation: str
    write: float
    read: float
    written: tuple[str, ...]


@dataclass(frozen=True)
class Total:
    """The sums of some requests."""

    requests: int
    write: float
    read: float

    @classmethod
    def of(cls, requests: Iterable[Request]) -> Total:
        """Add up requests."""
        found = list(requests)
        return cls(len(found), sum(each.write for each in found), sum(each.read for each in found))


@contextmanager
def metered() -> Iterator[list[Request]]:
    """Collect each request to moto's DynamoDB, in the order of their ends."""
    found: list[Request] = []
    call_action, lock = DynamoHandler.call_action, threading.Lock()

    def call(handler: DynamoHandler) -> Any:
        operation = handler.headers["X-Amz-Target"].rpartition(".")[2]
        with lock:
            keys = () if operation in _READS else tuple(key for _, key in touched_keys(handler))
            response, used = measure(handler, operation, lambda: call_action(handler))
            written = tuple(f"{key['pk']['S']}/{key['sk']['S']}" for key in keys)
            found.append(Request(operation, used.write, used.read, written))
        return response

    with patch.object(DynamoHandler, "call_action", call):
        yield found


@contextmanager
def table() -> Iterator[Table]:
    """Give the template's table, empty, on moto."""
    make_transactions_isolated()  # moto itself copies the table for each
    with mock_aws():
        provision(Template.load(ROOT / "template.yaml"), partial(boto3.client, region_name="us-east-1"))
        yield boto3.resource("dynamodb", region_name="us-east-1").Table("CatalogTable")
