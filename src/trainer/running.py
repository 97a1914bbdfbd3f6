"""Running: a model is started and stopped, also when it is idle, and recognizes pictures that wait for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from catalog.active_models import ActiveModel
from catalog.terms import Term
from common.errors import CeilingReached, NotRetryable
from common.logs import get_logger, log_scope
from trainer.errors import NotYet, Refused

if TYPE_CHECKING:
    from catalog.model_records import ModelRecord
    from retries.retrier import Retrier
    from trainer.services import Services

WAITING = Term("is", "waiting")
MAX_WAITING = 100  # images that are recognized again in a run, which is a minute
_STARTABLE = ("TRAINING_COMPLETED", "COPYING_COMPLETED", "STOPPED")
_UNDER_WAY = ("STARTING", "STOPPING")
_log = get_logger(__name__)


class Running:
    """Takes a model from `starting` to `running`, and from `stopping` to `stopped`."""

    def __init__(self, services: Services, retrier: Retrier, idle_minutes: int) -> None:
        self._services = services
        self._retrier = retrier
        self._idle_minutes = idle_minutes
        self._active = services.catalog.active_models

    def start(self, model: ModelRecord) -> None:
        """Start a model; when it runs, make it the active one. Raises NotYet, or Refused."""
        version = self._services.version(model)
        if version.status in _STARTABLE:
            self._check_alone(model)
            self._services.projects.start(version.arn)
        elif version.status == "RUNNING":
            now = self._services.clock()
            active = ActiveModel(model.id, version.arn, "running", int(now.timestamp()))
            self._active.set(model.active_owner, active)
            self._services.change(model, "starting", status="running", running_since=now, message=None)
        elif version.status == "FAILED":
            raise Refused(f"AWS couldn't start the model: {version.message}")
        elif version.status not in _UNDER_WAY:
            raise Refused(
                f"AWS can't start the model, because its status is {version.status}. "
                "Delete it, and train a new one."
            )

    def watch(self, model: ModelRecord) -> None:
        """Recognize images that wait, or stop a model that is idle, or that somebody else has stopped."""
        version = self._services.version(model)
        message = None
        if version.status == "RUNNING":
            if not self._is_idle(model):
                self._recognize_waiting(model)
                return
            message = f"It was stopped, because it recognized nothing for {self._idle_minutes} minutes."
        self._services.change(model, "running", status="stopping", message=message)
        self.stop(model)

    def stop(self, model: ModelRecord) -> None:
        """Stop a model."""
        self._active.set_state(model.active_owner, model.id, "stopped")  # first: no call may fail for it
        version = self._services.version(model)
        if version.status == "RUNNING":
            self._services.projects.stop(version.arn)
        elif version.status not in _UNDER_WAY:
            self._services.change(model, "stopping", status="stopped", running_since=None)

    def _check_alone(self, model: ModelRecord) -> None:
        """Raise Refused if another model of the same scope was started at the same time."""
        for other in self._services.catalog.models.all():
            is_rival = other.id != model.id and other.active_owner == model.active_owner
            is_first = other.status == "running" or (other.status == "starting" and other.id < model.id)
            if is_rival and is_first:
                raise Refused(f"The model “{other.name}” is running. Stop it first.")

    def _is_idle(self, model: ModelRecord) -> bool:
        active = self._active.get(model.active_owner)
        used_at = active.used_at if active and active.model_id == model.id else 0
        since = max(used_at, model.running_since.timestamp() if model.running_since else 0)
        return (
            self._services.clock().timestamp() - since
            >= timedelta(minutes=self._idle_minutes).total_seconds()
        )

    def _recognize_waiting(self, model: ModelRecord) -> None:
        """Recognize images again that arrived while the model was stopped."""
        if model.scope == "owner":
            self._retry(model.owner, self._waiting_ids(model.owner), MAX_WAITING)
            return
        waiting_owners = self._services.catalog.waiting_owners
        left = MAX_WAITING
        for waiting in waiting_owners.all():
            if self._active.get(waiting.owner):  # theirs wait for their own model
                continue
            ids = self._waiting_ids(waiting.owner)
            if not ids:
                waiting_owners.remove(waiting)
            left -= self._retry(waiting.owner, ids, left)
            if left <= 0:
                return

    def _waiting_ids(self, owner: str) -> list[str]:
        entries, _ = self._services.catalog.index.entries(owner, WAITING.key, limit=MAX_WAITING)
        return [entry.image_id for entry in entries]

    def _retry(self, owner: str, ids: list[str], limit: int) -> int:
        """Recognize those images of an owner again that still wait. Return their number."""
        records = self._services.catalog.index.records(owner, ids).values()
        retried = 0
        for record in records:
            if retried == limit:
                break
            if record.status != "done" or WAITING not in record.all_terms:
                continue
            with log_scope(owner=owner, imageId=record.id):
                try:
                    self._retrier.retry(record)
                    retried += 1
                except NotRetryable as error:
                    _log.warning("waiting image not retried", extra={"error": error})
                except CeilingReached as error:
                    raise NotYet(error.detail) from error
        return retried
