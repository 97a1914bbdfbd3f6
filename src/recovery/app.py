"""The recovery function: wiring and handler."""

from __future__ import annotations

from common import startup  # isort: skip -- before all others

import os
from typing import Any

from catalog.catalog import Catalog
from common.logs import mask_errors
from common.settings import RecoverySettings, from_env
from common.storage import Storage
from limits.ceiling import Ceiling
from recovery.recovery import Recovery
from retries.queue import RetryQueue
from retries.recoverer import Recoverer

_settings = from_env(RecoverySettings, os.environ)
_catalog = Catalog.from_env(_settings.catalog_table)
_recoverer = Recoverer(
    _catalog, Storage.from_env(), RetryQueue.from_env(_settings.retry_queue_url), _settings.input_bucket
)
_ceiling = Ceiling(_catalog, _settings.monthly_billing_ceiling)
_recovery = Recovery(_settings, _catalog, _recoverer, _ceiling)
startup.finish()


@mask_errors
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Recover pending images, whatever the event says. Return what was done."""
    return _recovery.run(lambda: context.get_remaining_time_in_millis() / 1000).body()
