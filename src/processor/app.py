"""The processor function: wiring and handler."""

from __future__ import annotations

import os
from typing import Any

from catalog.catalog import Catalog
from common.settings import ProcessorSettings, from_env
from common.storage import Storage
from processor.imaging.imaging_process import ImagingProcess
from processor.process import Invocation, Processor
from processor.recognition import Recognizer
from processor.worker import handle_event

_settings = from_env(ProcessorSettings, os.environ)
_imaging = ImagingProcess.from_env(os.environ)  # first, because it loads the decoders meanwhile
_processor = Processor(
    _settings,
    Storage.from_env(),
    Catalog.from_env(_settings.catalog_table),
    Recognizer.from_env(),
    _imaging.prepare,
)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Handle an S3 event or a batch of the retry queue."""
    invocation = Invocation(context.aws_request_id, lambda: context.get_remaining_time_in_millis() / 1000)
    return handle_event(event, _processor, invocation)
