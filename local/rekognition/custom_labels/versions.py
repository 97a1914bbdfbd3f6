"""The operations on versions of a project: train, describe, start, stop and delete."""

from __future__ import annotations

import logging
from typing import Any

from local.rekognition.custom_labels.datasets import SERVICE_ISSUE, Submit
from local.rekognition.custom_labels.model import Model
from local.rekognition.custom_labels.pages import paginate
from local.rekognition.custom_labels.projects import FEATURE
from local.rekognition.custom_labels.resources import SETTLE_SECONDS, Dataset, Project, Resources, Version
from local.rekognition.custom_labels.training import Storage, Training
from local.rekognition.custom_labels.validation import TerminalError
from local.rekognition.errors import RekognitionError

# AWS General Reference, "Amazon Rekognition endpoints and quotas"
MAX_TRAININGS = 2
MAX_INFERENCE_UNITS = 5
_MESSAGES = {
    "TRAINING_IN_PROGRESS": "The model is being trained.",
    "TRAINING_COMPLETED": "The model is ready to run.",
    "STARTING": "The model is starting.",
    "RUNNING": "The model is running.",
    "STOPPING": "The model is stopping.",
    "STOPPED": "The model is stopped.",
}
logger = logging.getLogger(__name__)


class Versions:
    def __init__(self, resources: Resources, storage: Storage, submit: Submit) -> None:
        """`submit` runs a function later, in the background."""
        self._resources = resources
        self._storage = storage
        self._submit = submit

    def create(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        project = self._resources.project(request["ProjectArn"])
        name = request["VersionName"]
        if any(version.name == name for version in self._resources.versions_of(project)):
            detail = f"a version of the project has the name {name} already."
            raise RekognitionError.from_code("ResourceInUseException", detail)
        if not request["OutputConfig"].get("S3Bucket"):
            raise RekognitionError.from_code(
                "InvalidParameterException", "OutputConfig must have an S3Bucket."
            )
        training = [item for item in self._resources.versions() if item.status == "TRAINING_IN_PROGRESS"]
        if len(training) >= MAX_TRAININGS:
            detail = f"{MAX_TRAININGS} models are being trained."
            raise RekognitionError.from_code("LimitExceededException", detail)
        version = Version(
            self._resources.new_arn(f"project/{project.name}/version/{name}"),
            self._resources.clock(),
            "TRAINING_IN_PROGRESS",
            access_key=access_key,
            output=request["OutputConfig"],
            description=request.get("VersionDescription", ""),
        )
        self._add_entries(version, project, request)
        self._resources.save(version)
        self._submit(lambda: self._train(version))
        return {"ProjectVersionArn": version.arn}

    def describe(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        project = self._resources.project(request["ProjectArn"])
        names = request.get("VersionNames")
        versions = [
            version
            for version in reversed(self._resources.versions_of(project))
            if not names or version.name in names
        ]
        page, token = paginate(versions, request)
        return {"ProjectVersionDescriptions": [_to_wire(version) for version in page], **token}

    def start(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        version = self._resources.version(request["ProjectVersionArn"])
        lowest = request["MinInferenceUnits"]
        highest = request.get("MaxInferenceUnits", lowest)
        if highest < lowest:
            detail = "MaxInferenceUnits must be at least MinInferenceUnits."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        if highest > MAX_INFERENCE_UNITS:
            detail = f"a model can use {MAX_INFERENCE_UNITS} inference units at most."
            raise RekognitionError.from_code("LimitExceededException", detail)
        if version.model is None and version.status != "TRAINING_IN_PROGRESS":
            raise RekognitionError.from_code("InvalidParameterException", "its training failed.")
        _require(version, "TRAINING_COMPLETED", "STOPPED")
        version.inference_units = {"MinInferenceUnits": lowest}
        if "MaxInferenceUnits" in request:
            version.inference_units["MaxInferenceUnits"] = highest
        return self._change(version, "STARTING")

    def stop(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        version = self._resources.version(request["ProjectVersionArn"])
        _require(version, "RUNNING")
        version.inference_units = {}
        return self._change(version, "STOPPING")

    def delete(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        version = self._resources.version(request["ProjectVersionArn"])
        _require(version, "TRAINING_COMPLETED", "TRAINING_FAILED", "STOPPED")
        self._resources.remove(version)
        return {"Status": "DELETING"}

    def running_model(self, arn: str) -> Model | None:
        """Return the model of a version, or None if there is no such version.

        Raises RekognitionError if it isn't running.
        """
        with self._resources.lock:
            version = self._resources.find_version(arn)
            if version is None:
                return None
            if version.status != "RUNNING" or version.model is None:
                detail = f"the status of the version is {version.status}; it must be RUNNING."
                raise RekognitionError.from_code("ResourceNotReadyException", detail)
            return Model.from_document(version.model)

    def _change(self, version: Version, status: str) -> dict[str, Any]:
        version.status, version.settles_at = status, self._resources.clock() + SETTLE_SECONDS
        self._resources.save(version)
        return {"Status": status}

    def _add_entries(self, version: Version, project: Project, request: dict[str, Any]) -> None:
        """Put the lines of the project's datasets into the version, or the manifests of the request."""
        datasets = {dataset.type: dataset for dataset in self._resources.datasets_of(project)}
        names = {"TrainingData", "TestingData"} & request.keys()
        sources = {name: request[name] for name in names}
        if sources:
            if datasets or not _are_complete(sources):
                detail = (
                    "only a project without datasets takes TrainingData and TestingData, both with manifests."
                )
                raise RekognitionError.from_code("InvalidParameterException", detail)
            version.sources = sources
            return
        if set(datasets) != {"TRAIN", "TEST"}:
            detail = "the project must have a training dataset and a test dataset."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        for dataset in datasets.values():
            _require_complete(dataset)
        version.train_lines, version.test_lines = list(datasets["TRAIN"].lines), list(datasets["TEST"].lines)

    def _train(self, version: Version) -> None:
        training = Training(version, self._storage, self._resources.clock)
        started_at = self._resources.clock()
        model = None
        try:
            model = training.run()
            status, message = "TRAINING_COMPLETED", ""
        except TerminalError as error:
            status, message = "TRAINING_FAILED", str(error)
        except Exception:  # to the caller, a bug in the emulator is a problem of the service
            logger.exception("training %s failed", version.arn)
            status, message = "TRAINING_FAILED", SERVICE_ISSUE
        with self._resources.lock:
            ended_at = self._resources.clock()
            version.status, version.message = status, message
            version.model = model.to_document() if model else None
            version.results = {
                **training.results,
                "TrainingEndTimestamp": ended_at,
                "BillableTrainingTimeInSeconds": round(ended_at - started_at),
            }
            version.train_lines, version.test_lines = [], []  # the results have them
            self._resources.save(version)


def _require(version: Version, *statuses: str) -> None:
    if version.status not in statuses:
        detail = f"the status of the version is {version.status}."
        raise RekognitionError.from_code("ResourceInUseException", detail)


def _require_complete(dataset: Dataset) -> None:
    if dataset.is_busy:
        raise RekognitionError.from_code("ResourceInUseException", dataset.message)


def _are_complete(sources: dict[str, Any]) -> bool:
    def has_manifests(name: str) -> bool:
        assets = sources.get(name, {}).get("Assets", [])
        locations = [asset.get("GroundTruthManifest", {}).get("S3Object", {}) for asset in assets]
        return bool(assets) and all(item.get("Bucket") and item.get("Name") for item in locations)

    is_split = sources.get("TestingData", {}).get("AutoCreate", False)
    return has_manifests("TrainingData") and has_manifests("TestingData") != is_split


def _to_wire(version: Version) -> dict[str, Any]:
    optional = {"VersionDescription": version.description} if version.description else {}
    return {
        "ProjectVersionArn": version.arn,
        "CreationTimestamp": version.created_at,
        "Status": version.status,
        "StatusMessage": version.message or _MESSAGES[version.status],
        "OutputConfig": version.output,
        "Feature": FEATURE,
        **optional,
        **version.inference_units,
        **version.results,
    }
