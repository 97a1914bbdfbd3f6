"""Stop and delete models without the trainer, which a stack has only while TrainModels is true."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from common.signer import Signer
from common.storage import Storage
from common.time import now
from deploy.errors import DeploymentError
from deploy.polling import POLL_SECONDS
from trainer.deletion import delete_model
from trainer.errors import NotYet, Refused, StillTraining
from trainer.projects import Projects
from trainer.services import Services

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.model_records import ModelRecord
    from deploy.stack import Stack
    from deploy.target import Target

_MINUTES = 30  # Rekognition needs a few to stop a model
logging.getLogger("trainer").addHandler(logging.NullHandler())  # its warnings are for the function's log


class ModelSteps:
    """Takes the steps of the trainer, and waits until Rekognition has done what they ask."""

    def __init__(
        self, target: Target, stack: Stack, catalog: Catalog, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        session = target.session
        s3, output_bucket = session.client("s3"), stack.output("OutputBucketName")
        self._services = Services(
            stack=stack.name,
            input_bucket=stack.output("InputBucketName"),
            output_bucket=output_bucket,
            catalog=catalog,
            storage=Storage(s3, Signer(s3, None)),
            projects=Projects(session.client("rekognition"), output_bucket),
            clock=now,
        )
        self._sleep = sleep

    def stop(self, model: ModelRecord) -> None:
        """Stop a model. Raises DeploymentError."""
        active_models = self._services.catalog.active_models
        active_models.set_state(model.active_owner, model.id, "stopped")  # first: no call may fail for it
        self._repeat(self._stop, model)
        self._services.change(model, "stopping", status="stopped", running_since=None)

    def delete(self, model: ModelRecord) -> None:
        """Delete a model. Raises DeploymentError."""
        self._repeat(lambda model: delete_model(self._services, model), model)

    def _stop(self, model: ModelRecord) -> None:
        version = self._services.version(model)
        if version.status == "RUNNING":
            self._services.projects.stop(version.arn)
        if version.status in ("RUNNING", "STARTING", "STOPPING"):
            raise NotYet

    def _repeat(self, step: Callable[[ModelRecord], None], model: ModelRecord) -> None:
        """Repeat a step until it succeeds, unless what it waits for can take a day."""
        for _ in range(_MINUTES * 60 // POLL_SECONDS):
            try:
                step(model)
            except StillTraining as error:
                raise DeploymentError(
                    f"{model.name} ({model.id}): It is being trained, which AWS can't cancel. "
                    "Run the command again when its training has ended."
                ) from error
            except (NotYet, Refused) as error:
                if str(error):
                    raise DeploymentError(f"{model.name} ({model.id}): {error}") from error
                self._sleep(POLL_SECONDS)
            else:
                return
        raise DeploymentError(
            f"{model.name} ({model.id}): Rekognition hasn't finished after {_MINUTES} minutes. "
            "Run the command again."
        )
