"""Deletion: a model's version, datasets, project and objects, and at last its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.object_keys import model_prefix
from trainer.errors import NotYet

if TYPE_CHECKING:
    from catalog.model_records import ModelRecord
    from trainer.projects import ProjectState
    from trainer.workshop import Workshop

_TRAINING = "It is deleted when its training has ended. AWS can't cancel a training."


def delete_model(workshop: Workshop, model: ModelRecord) -> None:
    """Delete what can be deleted now. Raises NotYet if something is left, or Refused."""
    workshop.catalog.active_models.remove(model.active_owner, model.id)  # first: no call may fail for it
    project = workshop.projects.project(workshop.project_name(model))
    if project:
        _delete_version(workshop, project)
        for dataset in project.datasets.values():
            if dataset.status != "DELETE_IN_PROGRESS":
                workshop.projects.delete_dataset(dataset.arn)
        left = workshop.projects.project(workshop.project_name(model))
        if left and left.status != "DELETING":
            if left.datasets:
                raise NotYet
            workshop.projects.delete_project(left.arn)
            left = workshop.projects.project(workshop.project_name(model))
        if left:
            raise NotYet
    workshop.storage.delete_prefix(workshop.output_bucket, model_prefix(model.owner, model.id))
    workshop.catalog.models.delete(model)


def _delete_version(workshop: Workshop, project: ProjectState) -> None:
    """Delete a project's version. Raises NotYet until it is gone."""
    version = workshop.projects.version(project.arn)
    if version is None:
        return
    if version.status == "RUNNING":
        workshop.projects.stop(version.arn)
        raise NotYet
    if version.status == "TRAINING_IN_PROGRESS":
        raise NotYet(_TRAINING)
    if version.status in ("STARTING", "STOPPING", "DELETING"):
        raise NotYet
    workshop.projects.delete_version(version.arn)
    if workshop.projects.version(project.arn):
        raise NotYet
