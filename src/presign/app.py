"""The presign function: wiring and handler."""

from __future__ import annotations

import os
from typing import Any

from catalog.catalog import Catalog
from common.http import Response, handle_errors
from common.settings import PresignSettings, from_env
from common.storage import Storage
from presign.uploads import UploadService, respond

_settings = from_env(PresignSettings, os.environ)
_service = UploadService(_settings, Storage.from_env(), Catalog.from_env(_settings.catalog_table))


@handle_errors
def handler(event: dict[str, Any], context: object) -> Response:
    """Handle POST /uploads."""
    return respond(event, _service)
