"""CreateProject, DescribeProjects and DeleteProject."""

from __future__ import annotations

from typing import Any

from local.rekognition.custom_labels.pages import paginate
from local.rekognition.custom_labels.resources import SETTLE_SECONDS, Project, Resources
from local.rekognition.errors import RekognitionError

MAX_PROJECTS = 100  # of an account and region (AWS General Reference)
FEATURE = "CUSTOM_LABELS"


class Projects:
    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def create(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        name, projects = request["ProjectName"], self._resources.projects()
        _check_feature(request)
        if any(project.name == name for project in projects):
            detail = f"a project has the name {name} already."
            raise RekognitionError.from_code("ResourceInUseException", detail)
        if len(projects) >= MAX_PROJECTS:
            raise RekognitionError.from_code("LimitExceededException", f"there are {MAX_PROJECTS} projects.")
        now = self._resources.clock()
        arn = self._resources.new_arn(f"project/{name}")
        self._resources.save(Project(arn, now, "CREATING", now + SETTLE_SECONDS))
        return {"ProjectArn": arn}

    def describe(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        names = request.get("ProjectNames")
        features = request.get("Features") or [FEATURE]
        projects = [
            project
            for project in self._resources.projects()
            if FEATURE in features and (not names or project.name in names)
        ]
        page, token = paginate(projects, request)
        return {"ProjectDescriptions": [self._to_wire(project) for project in page], **token}

    def delete(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        project = self._resources.project(request["ProjectArn"])
        parts = (*self._resources.versions_of(project), *self._resources.datasets_of(project))
        if parts:
            detail = f"delete its {' and '.join(sorted({f'{part.kind}s' for part in parts}))} first."
            raise RekognitionError.from_code("ResourceInUseException", detail)
        self._resources.remove(project)
        return {"Status": "DELETING"}

    def _to_wire(self, project: Project) -> dict[str, Any]:
        datasets = [
            {
                "CreationTimestamp": dataset.created_at,
                "DatasetType": dataset.type,
                "DatasetArn": dataset.arn,
                "Status": dataset.status,
                "StatusMessage": dataset.message,
                "StatusMessageCode": dataset.message_code,
            }
            for dataset in self._resources.datasets_of(project)
        ]
        return {
            "ProjectArn": project.arn,
            "CreationTimestamp": project.created_at,
            "Status": project.status,
            "Datasets": datasets,
            "Feature": FEATURE,
        }


def _check_feature(request: dict[str, Any]) -> None:
    if request.get("Feature", FEATURE) != FEATURE:
        detail = "the emulator supports the feature CUSTOM_LABELS only."
        raise RekognitionError.from_code("InvalidParameterException", detail)
    if "AutoUpdate" in request:
        detail = "AutoUpdate is for content moderation only."
        raise RekognitionError.from_code("InvalidParameterException", detail)
