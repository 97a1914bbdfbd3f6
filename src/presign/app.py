"""The presign function: wiring and handler."""

from __future__ import annotations

from common import startup  # isort: skip -- before all others

import os
from typing import Any

from catalog.catalog import Catalog
from common.http import Response, handle_errors
from common.settings import PresignSettings, from_env
from common.storage import Storage
from limits.ceiling import Ceiling
from presign.uploads import UploadService, respond
from retries.queue import RetryQueue
from retries.recoverer import Recoverer

_settings = from_env(PresignSettings, os.environ)
_storage, _catalog = Storage.from_env(), Catalog.from_env(_settings.catalog_table)
_retry_queue = RetryQueue.from_env(_settings.retry_queue_url)
_recoverer = Recoverer(_catalog, _storage, _retry_queue, _settings.input_bucket)
_ceiling = Ceiling(_catalog, _settings.monthly_billing_ceiling)
_service = UploadService(_settings, _storage, _catalog, _recoverer, _ceiling)
startup.finish()


@handle_errors
def handler(event: dict[str, Any], context: object) -> Response:
    """Handle POST /uploads."""
    return respond(event, _service)
