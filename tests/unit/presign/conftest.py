from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from common.settings import PresignSettings
from presign.uploads import Uploads, respond
from tests.unit.support import INPUT_BUCKET, NOW, TABLE, UPLOAD_REQUEST, call, http_event

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.catalog import Catalog
    from common.storage import Storage


@pytest.fixture
def make_uploads(storage: Storage, catalog: Catalog) -> Callable[..., Uploads]:
    settings = PresignSettings(INPUT_BUCKET, TABLE, max_upload_megabytes=25)

    def make_uploads(clock: Callable[[], datetime] = lambda: NOW) -> Uploads:
        return Uploads(settings, storage, catalog, clock)

    return make_uploads


@pytest.fixture
def uploads(make_uploads: Callable[..., Uploads]) -> Uploads:
    return make_uploads()


@pytest.fixture
def post(uploads: Uploads) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Request an upload. Return the response's status and body."""

    def post(fields: Any = UPLOAD_REQUEST, uploads: Uploads = uploads) -> tuple[int, dict[str, Any]]:
        response = call(respond, http_event("POST /uploads", body=json.dumps(fields)), uploads)
        return response["statusCode"], response["body"]

    return post
