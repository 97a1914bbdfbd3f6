"""Training: it is followed until it ends; then its evaluation is read, and the copies are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer.errors import NotYet
from trainer.evaluation import parse_summary, parse_wrong
from trainer.plan import load_plan

if TYPE_CHECKING:
    from catalog.model_records import Evaluation, ModelRecord
    from trainer.projects import VersionState
    from trainer.workshop import Workshop


def follow_training(workshop: Workshop, model: ModelRecord) -> None:
    """Take a model from `training` to `stopped` or `failed`, if its training has ended."""
    version = workshop.version(model)
    if version.status == "TRAINING_IN_PROGRESS":
        return
    evaluation = None
    if version.status == "TRAINING_COMPLETED":
        evaluation = _evaluate(workshop, model, version)
    workshop.delete_copies(model)
    is_trained = version.status == "TRAINING_COMPLETED"
    workshop.change(
        model,
        "training",
        status="stopped" if is_trained else "failed",
        message=None if is_trained else f"AWS couldn't train the model: {version.message}",
        training_since=None,
        training_seconds=version.training_seconds,
        evaluation=evaluation,
    )


def _evaluate(workshop: Workshop, model: ModelRecord, version: VersionState) -> Evaluation:
    if version.summary is None:
        raise NotYet
    images = load_plan(workshop.storage, workshop.output_bucket, model) or []
    summary = workshop.storage.read(workshop.output_bucket, version.summary)
    if version.predictions:
        predictions = workshop.storage.read(workshop.output_bucket, version.predictions)
        workshop.catalog.models.put_wrong(model, parse_wrong(predictions))
    return parse_summary(summary, images)
