"""Deletion: a model's version, datasets, project and objects, and at last its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.object_keys import model_prefix
from trainer.errors import NotYet, StillTraining

if TYPE_CHECKING:
    from catalog.model_records import ModelRecord
    from trainer.projects import ProjectState
    from trainer.services import Services

_TRAINING = "It is deleted when its training has ended. AWS can't cancel a training."


def delete_model(services: Services, model: ModelRecord) -> None:
    """Delete what can be deleted now. Raises NotYet if something is left, or Refused."""
    services.catalog.active_models.remove(model.active_owner, model.id)  # first: no call may fail for it
    project = services.projects.project(services.project_name(model))
    if project:
        _delete_version(services, project)
        for dataset in project.datasets.values():
            if dataset.status != "DELETE_IN_PROGRESS":
                services.projects.delete_dataset(dataset.arn)
        left = services.projects.project(services.project_name(model))
        if left and left.status != "DELETING":
            if left.datasets:
                raise NotYet
            services.projects.delete_project(left.arn)
            left = services.projects.project(services.project_name(model))
        if left:
            raise NotYet
    services.storage.delete_prefix(services.output_bucket, model_prefix(model.owner, model.id))
    services.catalog.models.delete(model)


def _delete_version(services: Services, project: ProjectState) -> None:
    """Delete a project's version. Raises NotYet until it is gone."""
    version = services.projects.version(project.arn)
    if version is None:
        return
    if version.status == "RUNNING":
        services.projects.stop(version.arn)
        raise NotYet
    if version.status == "TRAINING_IN_PROGRESS":
        raise StillTraining(_TRAINING)
    if version.status in ("STARTING", "STOPPING", "DELETING"):
        raise NotYet
    services.projects.delete_version(version.arn)
    if services.projects.version(project.arn):
        raise NotYet
