from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import ImageRecord, Reason
from catalog.transitions.finish import FailureSummary
from images.routes import respond
from images.views import ImageService
from limits.ceiling import Ceiling
from tests.unit.support import (
    FAILURE,
    IMAGE_ID,
    IMAGES_SETTINGS,
    INPUT_BUCKET,
    LATER,
    NOW,
    OUTPUT_BUCKET,
    UPLOAD_KEY,
    call,
    completion,
    http_event,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalog.catalog import Catalog
    from common.storage import Storage
    from retries.recoverer import Recoverer


@pytest.fixture
def service(storage: Storage, catalog: Catalog, recoverer: Recoverer) -> ImageService:
    ceiling = Ceiling(catalog, IMAGES_SETTINGS.monthly_billing_ceiling, clock=lambda: NOW)
    return ImageService(IMAGES_SETTINGS, storage, catalog, recoverer, ceiling, clock=lambda: NOW)


@pytest.fixture
def send(service: ImageService) -> Callable[..., dict[str, Any]]:
    """Send a request to a route. Return the response with its body parsed."""

    def send(
        route: str,
        *,
        image_id: str | None = None,
        owner: str | None = "alice",
        raw_query: str = "",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> dict[str, Any]:
        members: dict[str, Any] = {"rawQueryString": raw_query}
        if body is not None:
            members["body"] = body if isinstance(body, str) else json.dumps(body)
        if headers:
            members["headers"] = headers
        if image_id is not None:
            members["pathParameters"] = {"id": image_id}
        if query:
            members["queryStringParameters"] = query
        return call(respond, http_event(route, owner=owner, **members), service)

    return send


@pytest.fixture
def get(send: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Request an image."""
    return lambda image_id, owner="alice": send("GET /images/{id}", image_id=image_id, owner=owner)


@pytest.fixture
def get_page(send: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Request a page of images. Return the body."""
    return lambda **query: send("GET /images", **query)["body"]


@pytest.fixture
def delete(send: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Request the deletion of an image."""
    return lambda image_id, owner="alice": send("DELETE /images/{id}", image_id=image_id, owner=owner)


@pytest.fixture
def retry(send: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Request a retry of an image."""
    return lambda image_id=IMAGE_ID, owner="alice": send(
        "POST /images/{id}/retry", image_id=image_id, owner=owner
    )


@pytest.fixture
def patch(send: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Send a patch of Alice's image, with If-Match unless it is None."""

    def patch(
        body: Any, if_match: str | None = None, image_id: str = IMAGE_ID, owner: str = "alice"
    ) -> dict[str, Any]:
        headers = {"if-match": if_match} if if_match is not None else None
        return send("PATCH /images/{id}", image_id=image_id, owner=owner, body=body, headers=headers)

    return patch


@pytest.fixture
def start(catalog: Catalog) -> Callable[..., None]:
    """Create the record of a pending image."""

    def start(image_id: str, owner: str = "alice", minutes: int = 0) -> None:
        uploaded_at = NOW + timedelta(minutes=minutes)
        catalog.start(
            ImageRecord(owner, image_id, "pending", "Kätzchen.jpg", "image/jpeg", 1000, uploaded_at)
        )

    return start


@pytest.fixture
def fail(catalog: Catalog, start: Callable[..., None]) -> Callable[[str], None]:
    """Create the record of a failed image, without a result document."""

    def fail(image_id: str) -> None:
        start(image_id)
        assert catalog.fail("alice", image_id, FAILURE)

    return fail


@pytest.fixture
def fail_with(catalog: Catalog, start: Callable[..., None], s3: Any) -> Callable[..., None]:
    """Create an image that failed for a reason: its record and its file."""

    def fail_with(code: str) -> None:
        start(IMAGE_ID)
        assert catalog.fail("alice", IMAGE_ID, FailureSummary(Reason(code, f"{code}."), NOW, LATER))
        s3.put_object(Bucket=INPUT_BUCKET, Key=UPLOAD_KEY, Body=b"image")

    return fail_with


@pytest.fixture
def store(catalog: Catalog, start: Callable[..., None], s3: Any) -> Callable[..., None]:
    """Create an image that is done: its record, labels and objects."""

    def store(image_id: str, *label_names: str, owner: str = "alice", minutes: int = 0) -> None:
        start(image_id, owner, minutes)
        assert catalog.complete(owner, image_id, completion(*label_names))
        key = f"uploads/{owner}/{image_id}"
        s3.put_object(Bucket=INPUT_BUCKET, Key=key, Body=b"image")
        s3.put_object(Bucket=OUTPUT_BUCKET, Key=f"{key}.preview.webp", Body=b"preview")
        s3.put_object(Bucket=OUTPUT_BUCKET, Key=f"{key}.thumb.webp", Body=b"thumbnail")
        s3.put_object(Bucket=OUTPUT_BUCKET, Key=f"{key}.json", Body=b'{"SchemaVersion":1}')

    return store
