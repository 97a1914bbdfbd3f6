"""The images function: wiring and handler."""

from __future__ import annotations

import os
from typing import Any

from catalog.catalog import Catalog
from common.http import Response, handle_errors
from common.retry_queue import RetryQueue
from common.settings import ImagesSettings, from_env
from common.storage import Storage
from images.routes import respond
from images.views import ImageService

_settings = from_env(ImagesSettings, os.environ)
_service = ImageService(
    _settings,
    Storage.from_env(),
    Catalog.from_env(_settings.catalog_table),
    RetryQueue.from_env(_settings.retry_queue_url),
)


@handle_errors
def handler(event: dict[str, Any], context: object) -> Response:
    """Handle a request to any route of this function."""
    return respond(event, _service)
