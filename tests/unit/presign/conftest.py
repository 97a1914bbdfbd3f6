from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from moto.s3.models import s3_backends

from common.settings import PresignSettings
from presign.uploads import UploadService, respond
from tests.unit.support import INPUT_BUCKET, NOW, TABLE, UPLOAD_KEY, UPLOAD_REQUEST, call, http_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from common.storage import Storage


@pytest.fixture
def make_service(storage: Storage, catalog: Catalog) -> Callable[..., UploadService]:
    settings = PresignSettings(INPUT_BUCKET, TABLE, max_upload_megabytes=25)

    def make_service(clock: Callable[[], datetime] = lambda: NOW) -> UploadService:
        return UploadService(settings, storage, catalog, clock)

    return make_service


@pytest.fixture
def service(make_service: Callable[..., UploadService]) -> UploadService:
    return make_service()


@pytest.fixture
def post(service: UploadService) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Request an upload. Return the response's status and body."""

    def post(fields: Any = UPLOAD_REQUEST, service: UploadService = service) -> tuple[int, dict[str, Any]]:
        response = call(respond, http_event("POST /uploads", body=json.dumps(fields)), service)
        return response["statusCode"], response["body"]

    return post


@pytest.fixture
def put_object(aws: None, s3: Any) -> Callable[..., None]:
    """Put an object at the image's key, last modified at the given time."""

    def put_object(modified_at: datetime = NOW - timedelta(seconds=1)) -> None:
        s3.put_object(Bucket=INPUT_BUCKET, Key=UPLOAD_KEY, Body=b"x")
        stored = s3_backends["123456789012"]["aws"].get_object(INPUT_BUCKET, UPLOAD_KEY)
        assert stored is not None
        stored.last_modified = modified_at.replace(tzinfo=None)

    return put_object


@pytest.fixture
def object_exists(object_keys: Callable[[str], list[str]]) -> Callable[[], bool]:
    return lambda: object_keys(INPUT_BUCKET) == [UPLOAD_KEY]
