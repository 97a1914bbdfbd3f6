from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from common.settings import PresignSettings
from presign.uploads import UploadService, respond
from tests.unit.support import INPUT_BUCKET, NOW, RETRY_QUEUE_URL, TABLE, UPLOAD_REQUEST, call, http_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from common.storage import Storage
    from retries.recoverer import Recoverer


@pytest.fixture
def make_service(storage: Storage, catalog: Catalog, recoverer: Recoverer) -> Callable[..., UploadService]:
    settings = PresignSettings(INPUT_BUCKET, TABLE, RETRY_QUEUE_URL, max_upload_megabytes=25)

    def make_service(clock: Callable[[], datetime] = lambda: NOW) -> UploadService:
        return UploadService(settings, storage, catalog, recoverer, clock)

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
