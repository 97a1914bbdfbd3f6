"""The processor: takes S3's events, and those that come back through the retry queue."""

from __future__ import annotations

import functools
import logging
import os
from typing import Any

from catalog.catalog import Catalog
from common.settings import ProcessorSettings
from common.storage import Storage
from processor.events import is_queue_batch, is_test_event
from processor.process import Attempt, Processor
from processor.recognition import Recogniser
from processor.worker import answer_batch, answer_event

_log = logging.getLogger(__name__)


@functools.cache
def processor() -> Processor:
    """Build the adapters, once for each cold start."""
    settings = ProcessorSettings.from_env(os.environ)
    return Processor(
        settings, Storage.from_env(), Catalog.from_env(settings.catalog_table), Recogniser.from_env()
    )


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer an S3 event with what became of its pictures, a batch of the retry queue with what failed."""
    told = event if isinstance(event, dict) else {}
    if is_test_event(told):
        _log.info("test event")
        return {"images": []}
    attempt = Attempt(context.aws_request_id, lambda: context.get_remaining_time_in_millis() / 1000)
    answer = answer_batch if is_queue_batch(told) else answer_event
    return answer(told, processor(), attempt)
