from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from images import app
from images.views import Service
from pipeline.catalog import Catalog
from pipeline.settings import ImagesSettings
from pipeline.storage import Storage
from tests.cloud import create_catalog_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
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
    return Catalog(boto3.resource("dynamodb").Table("catalog"), clock=lambda: NOW)


@pytest.fixture
def service(catalog) -> Service:
    return Service(SETTINGS, Storage.from_env(), catalog)


@pytest.fixture
def get(service, monkeypatch) -> Callable[[str], dict[str, Any]]:
    """Ask for an image and return the answer, its body parsed."""

    def get(image_id: str) -> dict[str, Any]:
        monkeypatch.setattr(app, "service", lambda: service)
        answer = app.handler(
            {
                "version": "2.0",
                "routeKey": "GET /images/{id}",
                "rawPath": f"/images/{image_id}",
                "pathParameters": {"id": image_id},
                "isBase64Encoded": False,
            },
            None,
        )
        return {**answer, "body": json.loads(answer["body"])}

    return get
