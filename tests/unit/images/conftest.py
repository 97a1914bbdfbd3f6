from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.records import ImageRecord, LabelSummary
from common.settings import ImagesSettings
from common.storage import Storage
from images import app
from images.service import Service
from local.aws.transactions import make_transactions_isolated
from tests.cloud import create_catalog_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
make_transactions_isolated()
SETTINGS = ImagesSettings(input_bucket="stack-input", output_bucket="stack-output", catalog_table="catalog")


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
    return Service(SETTINGS, Storage.from_env(), catalog)


@pytest.fixture
def ask(service, monkeypatch) -> Callable[..., dict[str, Any]]:
    """Send a request and return the answer, its body parsed."""
    monkeypatch.setattr(app, "service", lambda: service)

    def ask(
        route: str, *, image_id: str | None = None, owner: str = "alice", raw: str = "", **query: str
    ) -> dict[str, Any]:
        event = {
            "version": "2.0",
            "routeKey": route,
            "rawQueryString": raw,
            "requestContext": {"authorizer": {"jwt": {"claims": {"sub": owner}, "scopes": None}}},
            "isBase64Encoded": False,
        }
        if image_id is not None:
            event["pathParameters"] = {"id": image_id}
        if query:
            event["queryStringParameters"] = query
        answer = app.handler(event, None)
        return {**answer, "body": json.loads(answer["body"])} if "body" in answer else answer

    return ask


@pytest.fixture
def get(ask) -> Callable[..., dict[str, Any]]:
    """Ask for an image."""
    return lambda image_id, owner="alice": ask("GET /images/{id}", image_id=image_id, owner=owner)


@pytest.fixture
def page(ask) -> Callable[..., dict[str, Any]]:
    """Ask for a page of images and return the body."""
    return lambda **query: ask("GET /images", **query)["body"]


@pytest.fixture
def delete(ask) -> Callable[..., dict[str, Any]]:
    """Ask for an image to be deleted."""
    return lambda image_id, owner="alice": ask("DELETE /images/{id}", image_id=image_id, owner=owner)


class Start:
    """Begins images that are not uploaded yet."""

    now = NOW
    later = int(NOW.timestamp()) + 1000

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __call__(self, image_id: str, owner: str = "alice", minutes: int = 0) -> None:
        uploaded_at = NOW + timedelta(minutes=minutes)
        self._catalog.start(
            ImageRecord(owner, image_id, "pending", "Kätzchen.jpg", "image/jpeg", 1000, uploaded_at)
        )


@pytest.fixture
def start(catalog) -> Start:
    return Start(catalog)


@pytest.fixture
def keep(catalog, start) -> Callable[..., None]:
    """Keep a picture that was recognised: its record, its labels and its objects."""

    def keep(image_id: str, *names: str, owner: str = "alice", minutes: int = 0) -> None:
        start(image_id, owner, minutes)
        catalog.complete(
            owner,
            image_id,
            width=451,
            height=300,
            labels=[LabelSummary(name, 98.5) for name in names],
            index_names=names,
            billed_calls=1,
            processed_at=NOW,
            expires_at=int(NOW.timestamp()) + 1000,
        )
        key = f"uploads/{owner}/{image_id}"
        client = boto3.client("s3")
        client.put_object(Bucket="stack-input", Key=key, Body=b"picture")
        client.put_object(Bucket="stack-output", Key=f"{key}.thumb.webp", Body=b"thumbnail")
        client.put_object(Bucket="stack-output", Key=f"{key}.json", Body=b'{"SchemaVersion":1}')

    return keep
