from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.records import LabelSummary, Reason
from common.settings import PresignSettings
from common.storage import Storage
from local.aws.transactions import make_transactions_isolated
from presign import app
from presign.uploads import Service
from tests.cloud import create_catalog_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ID = "ab" * 32
ASKED = {"fileName": "cat.jpg", "contentType": "image/jpeg", "size": 1000, "sha256": ID}
NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
make_transactions_isolated()
SETTINGS = PresignSettings(input_bucket="stack-input", catalog_table="catalog", max_upload_megabytes=25)


@pytest.fixture
def aws() -> Iterator[None]:
    """A fake cloud with the buckets and the table of the stack."""
    with mock_aws():
        for bucket in ("stack-input", "stack-output"):
            boto3.client("s3").create_bucket(Bucket=bucket)
        create_catalog_table()
        yield


@pytest.fixture
def catalog(aws) -> Catalog:
    return Catalog(boto3.resource("dynamodb").Table("catalog"), clock=lambda: NOW, sleep=lambda _: None)


@pytest.fixture
def service(catalog) -> Service:
    return Service(SETTINGS, Storage.from_env(), catalog, clock=lambda: NOW)


@pytest.fixture
def post(service, monkeypatch) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Ask for an upload and return the status and the body of the answer."""

    def post(fields: Any = ASKED, service: Service = service) -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr(app, "service", lambda: service)
        answer = app.handler(
            {
                "version": "2.0",
                "routeKey": "POST /uploads",
                "headers": {"content-type": "application/json"},
                "requestContext": {"authorizer": {"jwt": {"claims": {"sub": "alice"}, "scopes": None}}},
                "body": json.dumps(fields),
                "isBase64Encoded": False,
            },
            None,
        )
        return answer["statusCode"], json.loads(answer["body"])

    return post


@pytest.fixture
def complete() -> Callable[[Catalog], bool]:
    """Record the result of the picture in a catalog."""
    return lambda catalog: catalog.complete(
        "alice",
        ID,
        width=451,
        height=300,
        labels=[LabelSummary("Cat", 98.5)],
        index_names=["Cat"],
        billed_calls=1,
        processed_at=NOW,
        expires_at=int(NOW.timestamp()) + 1000,
    )


@pytest.fixture
def fail() -> Callable[[Catalog], bool]:
    """Record in a catalog that the picture failed."""
    return lambda catalog: catalog.fail(
        "alice", ID, Reason("broken", "It is."), processed_at=NOW, expires_at=int(NOW.timestamp()) + 1000
    )
