"""The trainer: leases each model that isn't at rest, and takes it a step further."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from catalog.model_records import ACTIVE_STATUSES
from common.logs import get_logger, log_scope
from trainer.deletion import delete_model
from trainer.errors import NotYet, Refused
from trainer.run import Run
from trainer.training import follow_training

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.model_records import ModelRecord, ModelStatus
    from trainer.preparation import Preparation
    from trainer.running import Running
    from trainer.services import Services

# Longer than a step takes that doesn't renew it: 25 pictures, or a few calls.
_LEASE_SECONDS = 15 * 60
_MIN_SECONDS = 60.0  # for a step
# What becomes of a model if a step can't succeed. With another status, it stays as it is: a training goes on
# without us, and only what AWS says has stopped is `stopped`: one that nobody looks at could go on running.
_AFTER_REFUSAL: dict[ModelStatus, ModelStatus] = {"preparing": "failed", "starting": "stopping"}
_log = get_logger(__name__)


@dataclass(frozen=True)
class Summary:
    """What a run did, in numbers of models."""

    advanced: int
    leased: int  # by another run

    def body(self) -> dict[str, Any]:
        """Return the summary as the function's result."""
        return asdict(self)


class NotAdvanced(Exception):
    """Models couldn't be taken a step further; the log has the errors. The next run tries again."""


class Trainer:
    """Advances models. It never waits: what takes long is looked at again in the next run."""

    def __init__(self, services: Services, preparation: Preparation, running: Running) -> None:
        self._services = services
        self._models = services.catalog.models
        self._preparation = preparation
        self._running = running

    def run(self, lease_owner: str, seconds_left: Callable[[], float]) -> Summary:
        """Take each model a step further, those last that take long. An error doesn't stop the others.

        Raises NotAdvanced at the end if there was one, so that the alarm about functions' errors goes off.
        """
        models = [model for model in self._models.all() if model.status in ACTIVE_STATUSES]
        outcomes = Counter[str]()
        for model in sorted(models, key=lambda model: (model.status == "preparing", model.created_at)):
            if seconds_left() < _MIN_SECONDS:
                break
            with log_scope(owner=model.owner, model=model.id):
                outcomes[self._advance_leased(model, lease_owner, seconds_left)] += 1
        if failed := outcomes["failed"]:
            raise NotAdvanced(f"{failed} of {outcomes.total()} models")
        return Summary(outcomes["advanced"], outcomes["leased"])

    def _advance_leased(self, model: ModelRecord, lease_owner: str, seconds_left: Callable[[], float]) -> str:
        try:
            leased = self._models.lease(model, lease_owner, _LEASE_SECONDS)
            if leased is None:
                return "leased"
            run = Run(seconds_left, lambda: self._renew(leased, lease_owner))
            try:
                return "advanced" if self._advance(leased, run) else "failed"
            finally:
                self._models.release(leased, lease_owner)
        except Exception:  # must not keep the other models from being advanced
            _log.exception("model not advanced")
            return "failed"

    def _advance(self, model: ModelRecord, run: Run) -> bool:
        """Take a step. Return False if it was refused, and every run would repeat it."""
        reason = None  # why it waits
        try:
            self._step(model, run)
        except NotYet as error:
            reason = str(error) or None
        except Refused as error:
            after = _AFTER_REFUSAL.get(model.status, model.status)
            _log.warning("step refused", extra={"status": model.status})  # the message may name tags
            if after == "failed":
                self._services.delete_copies(model)
            self._services.change(model, model.status, status=after, message=str(error))
            return after != model.status
        is_kept = reason is None and model.status == "stopping"  # why it is stopped
        if reason != model.message and not is_kept:
            self._models.change(model, if_status=(model.status,), message=reason)
        return True

    def _step(self, model: ModelRecord, run: Run) -> None:
        match model.status:
            case "preparing":
                self._preparation.advance(model, run)
            case "training":
                follow_training(self._services, model)
            case "starting":
                self._running.start(model)
            case "running":
                self._running.watch(model)
            case "stopping":
                self._running.stop(model)
            case "deleting":
                delete_model(self._services, model)

    def _renew(self, model: ModelRecord, lease_owner: str) -> None:
        """Renew a lease. Raises NotYet if it is lost, or if the step has no purpose anymore."""
        renewed = self._models.lease(model, lease_owner, _LEASE_SECONDS)
        if renewed is None or renewed.status != model.status:
            raise NotYet
