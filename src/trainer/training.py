"""Training: it is followed until it ends; then its evaluation is read, and the copies are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.logs import get_logger
from common.storage import ObjectForbidden, ObjectGone
from trainer.evaluation import InvalidEvaluation, parse_summary, parse_wrong
from trainer.plan import load_plan

if TYPE_CHECKING:
    from catalog.model_records import Evaluation, ModelRecord
    from trainer.projects import VersionState
    from trainer.services import Services

_NO_EVALUATION = "The model is trained, but AWS's evaluation of it can't be read."
_log = get_logger(__name__)


def follow_training(services: Services, model: ModelRecord) -> None:
    """Take a model from `training` to `stopped` or `failed`, if its training has ended."""
    version = services.version(model)
    if version.status == "TRAINING_IN_PROGRESS":
        return
    evaluation = message = None
    is_trained = version.status == "TRAINING_COMPLETED"
    if is_trained:
        evaluation = _evaluate(services, model, version)
        message = None if evaluation else _NO_EVALUATION
    else:
        message = f"AWS couldn't train the model: {version.message}"
    services.delete_copies(model)
    services.change(
        model,
        "training",
        status="stopped" if is_trained else "failed",
        message=message,
        training_since=None,
        training_seconds=version.training_seconds,
        evaluation=evaluation,
    )


def _evaluate(services: Services, model: ModelRecord, version: VersionState) -> Evaluation | None:
    """Store what the model got wrong, and return the rest; None if it can't be read, also later."""
    storage, bucket = services.storage, services.output_bucket
    if version.summary is None:
        return None
    try:
        images = load_plan(storage, bucket, model) or []
        evaluation = parse_summary(storage.read(bucket, version.summary), images)
        wrong = parse_wrong(storage.read(bucket, version.predictions)) if version.predictions else []
    except (ObjectGone, ObjectForbidden, InvalidEvaluation) as error:
        _log.warning("evaluation not read", extra={"error": error})
        return None
    services.catalog.models.put_wrong(model, wrong)
    return evaluation
