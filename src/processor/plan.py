"""Plans: the calls to make about an image, which depend on the custom model for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from common.logs import get_logger
from processor.detectors import build_calls, common_limits, enabled_detectors

if TYPE_CHECKING:
    from catalog.active_models import ActiveModel, ActiveModels
    from common.settings import ProcessorSettings
    from processor.detectors import Call
    from processor.events import ObjectCreated
    from processor.imaging.interface import Limits

CUSTOM_LABELS = "DetectCustomLabels"

_log = get_logger(__name__)


@dataclass(frozen=True)
class Plan:
    """The calls that an image should have answers to, and the limits within which it suits them.

    `model` is the active model that one of them is for; None without one, or if a parameter names the model.
    """

    calls: tuple[Call, ...]
    limits: Limits
    model: ActiveModel | None = None

    @property
    def is_model_stopped(self) -> bool:
        """Whether the active model can't be called."""
        return self.model is not None and self.model.state == "stopped"


class Planner:
    """Plans calls. Without the feature, all images have the same plan, and nothing is read. Thread-safe."""

    def __init__(self, settings: ProcessorSettings, active_models: ActiveModels) -> None:
        self._settings = settings
        self._active_models = active_models
        self.default = _plan(settings)

    def plan(self, event: ObjectCreated) -> Plan:
        """Return the plan of an image: with its owner's model, the stack's, or the parameter's."""
        if not self._settings.train_models:
            return self.default
        owner = event.upload.owner if event.upload else None
        model = self._active_models.get(None) if owner is None else self._active_models.for_owner(owner)
        if model is None:
            return self.default
        plan = _plan(replace(self._settings, custom_labels_model_arn=model.arn))
        # What isn't called now needn't suit its limits.
        limits = _plan(replace(self._settings, custom_labels_model_arn=None)).limits
        planned = replace(plan, model=model)
        return replace(planned, limits=limits) if planned.is_model_stopped else planned

    def note_use(self, event: ObjectCreated, plan: Plan) -> None:
        """Note that the active model has answered. Never raises an error: the answer is worth more."""
        if plan.model is None:
            return
        try:
            self._active_models.note_use(event.upload.owner if event.upload else None, plan.model)
        except Exception:
            _log.warning("use of the model not noted", exc_info=True)


def _plan(settings: ProcessorSettings) -> Plan:
    detectors = enabled_detectors(settings)
    return Plan(build_calls(detectors, settings), common_limits(detectors))
