"""The trainer function: wiring and handler."""

from __future__ import annotations

from common import startup  # isort: skip -- before all others

import os
from typing import Any

from catalog.catalog import Catalog
from common.logs import mask_errors
from common.settings import TrainerSettings, from_env
from common.storage import Storage
from common.time import now
from limits.ceiling import Ceiling
from processor.imaging.imaging_process import ImagingProcess
from retries.queue import RetryQueue
from retries.recoverer import Recoverer
from retries.retrier import Retrier
from trainer.preparation import Preparation
from trainer.projects import Projects
from trainer.running import Running
from trainer.services import Services
from trainer.trainer import Trainer

_settings = from_env(TrainerSettings, os.environ)
_imaging = ImagingProcess.from_env(os.environ)  # first, because it loads the decoders meanwhile
_storage, _catalog = Storage.from_env(), Catalog.from_env(_settings.catalog_table)
_recoverer = Recoverer(
    _catalog, _storage, RetryQueue.from_env(_settings.retry_queue_url), _settings.input_bucket
)
_ceiling = Ceiling(_catalog, _settings.monthly_billing_ceiling)
_services = Services(
    stack=_settings.metrics_namespace,
    input_bucket=_settings.input_bucket,
    output_bucket=_settings.output_bucket,
    catalog=_catalog,
    storage=_storage,
    projects=Projects.from_env(_settings.output_bucket),
    clock=now,
)
_trainer = Trainer(
    _services,
    Preparation(_services, _imaging.prepare),
    Running(_services, Retrier(_catalog, _recoverer, _ceiling.check), _settings.model_idle_minutes),
)
startup.finish()


@mask_errors
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Advance all models, whatever the event says. Return what was done."""
    return _trainer.run(context.aws_request_id, lambda: context.get_remaining_time_in_millis() / 1000).body()
