"""Measure what a picture takes of the catalog, from the permission to upload until it is done.

It prints write units, read units and requests by the number of labels, of which at most 40 are kept. The file
name is one more term. A picture's share of the snapshots is in ADR 23.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from bench.usage.dynamodb import measure
from catalog.catalog import Catalog
from catalog.quotas import UploadLimits
from catalog.records import ImageRecord, LabelSummary, ResultSummary
from catalog.terms import Term
from catalog.transitions.finish import Completion
from catalog.usage import StackUsage
from local.aws.provision import provision
from local.settings import ROOT, use_local_credentials
from local.template.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.usage.units import Units

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
LIMITS = UploadLimits(day=1000, month=1000, minute=1000)
COUNTS = ((10, 0), (30, 0), (30, 10), (40, 40))  # of labels, and of other terms


@contextmanager
def metered() -> Iterator[list[Units]]:
    """Collect the units of each request to moto's DynamoDB, in the order of their ends."""
    found: list[Units] = []
    call_action, lock = DynamoHandler.call_action, threading.Lock()

    def call(handler: DynamoHandler) -> Any:
        operation = handler.headers["X-Amz-Target"].rpartition(".")[2]
        with lock:
            response, used = measure(handler, operation, lambda: call_action(handler))
            found.append(used)
        return response

    with patch.object(DynamoHandler, "call_action", call):
        yield found


def process(catalog: Catalog, record: ImageRecord, now: datetime, labels: int, others: int = 0) -> None:
    """Do what the functions do for a picture with so many labels and other terms."""
    catalog.start(record, LIMITS)
    lease = catalog.acquire_lease(record.owner, record.id, "me", 60)
    catalog.add_usage(StackUsage({"image": 1}, 1))
    summary = ResultSummary(
        4000,
        3000,
        tuple(LabelSummary(f"Label name {number:02}", 98.7654321) for number in range(labels)),
        terms=tuple(Term("text", f"word{number:02}") for number in range(others)),
    )
    completion = Completion(summary, 1, now, int(now.timestamp()) + 90 * 86400)
    if not catalog.complete(record.owner, record.id, completion, "me", leased=lease.item):
        raise RuntimeError("the picture wasn't completed")


def main() -> None:
    """Print a table."""
    use_local_credentials(os.environ)
    print("labels  other terms  write units  read units  requests")
    with mock_aws():
        provision(Template.load(ROOT / "template.yaml"), partial(boto3.client, region_name="us-east-1"))
        table = boto3.resource("dynamodb", region_name="us-east-1").Table("CatalogTable")
        catalog = Catalog(table, clock=lambda: NOW, random=lambda: 1.0)  # which never merges
        process(catalog, _record("f" * 64), NOW, 1)  # the first one starts the quota
        for number, (labels, others) in enumerate(COUNTS):
            with metered() as units:
                process(catalog, _record(f"{number:064x}"), NOW, labels, others)
            write, read = (sum(getattr(each, kind) for each in units) for kind in ("write", "read"))
            print(f"{labels:6}  {others:11}  {write:11g}  {read:10g}  {len(units):8}")


def _record(image_id: str) -> ImageRecord:
    return ImageRecord("alice", image_id, "pending", "cat.jpg", "image/jpeg", 1000, NOW)


if __name__ == "__main__":
    main()
