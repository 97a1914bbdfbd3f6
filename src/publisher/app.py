"""The publisher function: wiring and handler."""

from __future__ import annotations

from common import startup  # isort: skip -- before all others

import os
from typing import Any

from common.logs import mask_errors
from common.settings import PublisherSettings, from_env
from publisher.bus import EventBus
from publisher.events import Origin
from publisher.publisher import Publisher

_settings = from_env(PublisherSettings, os.environ)
_publisher = Publisher(
    EventBus.from_env(_settings.event_bus_name), Origin(_settings.metrics_namespace, _settings.output_bucket)
)
startup.finish()


@mask_errors
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Publish the events in a batch of the table's stream. Return the first record to be sent again."""
    failed = _publisher.publish(event["Records"], context.get_remaining_time_in_millis)
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}
