"""The processor function: wiring and handler."""

from __future__ import annotations

from common import startup  # isort: skip -- before all others

import os
from typing import Any
from uuid import uuid4

from catalog.catalog import Catalog
from common.logs import mask_errors
from common.settings import ProcessorSettings, from_env
from common.storage import Storage
from processor.imaging.imaging_process import ImagingProcess
from processor.invocation import Invocation
from processor.leases import LeaseKeeper
from processor.parking import Parking
from processor.pipeline import Pipeline
from processor.plan import Planner
from processor.process import Processor
from processor.recognition import Recognizer
from processor.sources import Sources, SourceScope
from processor.store import ResultStore
from processor.usage import UsageCounter
from processor.worker import handle_event
from retries.queue import RetryQueue

_settings = from_env(ProcessorSettings, os.environ)
_imaging = ImagingProcess.from_env(os.environ)  # first, because it loads the decoders meanwhile
_storage, _catalog = Storage.from_env(), Catalog.from_env(_settings.catalog_table)
_store = ResultStore(_settings, _storage, _catalog)
_pipeline = Pipeline(
    _settings,
    _storage,
    _store,
    Recognizer.from_env(),
    _imaging.prepare,
    UsageCounter(_catalog),
    Planner(_settings, _catalog.active_models),
)
_processor = Processor(
    _settings.input_bucket,
    _pipeline,
    _store,
    LeaseKeeper(_catalog, _settings.lease_seconds),
    _catalog,
    _storage,
    Parking(_store, _catalog, RetryQueue.from_env(_settings.retry_queue_url)),
    Sources(SourceScope.from_settings(_settings), _catalog, _storage, _settings.retention_days),
)
startup.finish()


@mask_errors
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Handle an S3 event, an event about a source object, or a batch of the retry queue."""
    owner = f"{context.aws_request_id}/{uuid4()}"  # Lambda may deliver an event twice, with the same id
    invocation = Invocation(owner, lambda: context.get_remaining_time_in_millis() / 1000)
    return handle_event(event, _processor, invocation)
