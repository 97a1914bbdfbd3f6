from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from limits.ceiling import Ceiling
from presign.uploads import UploadService, respond
from tests.unit.support import NOW, PRESIGN_SETTINGS, UPLOAD_REQUEST, call, http_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from common.storage import Storage
    from retries.recoverer import Recoverer


@pytest.fixture
def make_service(storage: Storage, catalog: Catalog, recoverer: Recoverer) -> Callable[..., UploadService]:
    """Build a service, with another clock or some settings changed."""

    def make_service(clock: Callable[[], datetime] = lambda: NOW, **changes: Any) -> UploadService:
        settings = replace(PRESIGN_SETTINGS, **changes)
        ceiling = Ceiling(catalog, settings.monthly_billing_ceiling, clock)
        return UploadService(settings, storage, catalog, recoverer, ceiling, clock)

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
