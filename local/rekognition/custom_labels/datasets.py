"""The operations on datasets: create, describe, update, list, distribute and delete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from local.rekognition.custom_labels.manifest import Entry, parse_lines, restore_line
from local.rekognition.custom_labels.pages import paginate
from local.rekognition.custom_labels.resources import Dataset, Resources
from local.rekognition.custom_labels.training import Storage
from local.rekognition.custom_labels.validation import (
    MANIFEST_ERRORS,
    check_dataset,
    check_images,
    prefers_boxes,
    split,
)
from local.rekognition.errors import ObjectUnreadable, RekognitionError

Submit = Callable[[Callable[[], None]], object]
SERVICE_ISSUE = "Amazon Rekognition experienced a service issue."
# Of an import, unlike a training, only these end it.
_IMPORT_ERRORS = ("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST", "ERROR_MANIFEST_TOO_MANY_LABELS")


class Datasets:
    def __init__(self, resources: Resources, storage: Storage, submit: Submit) -> None:
        """`submit` runs a function later, in the background."""
        self._resources = resources
        self._storage = storage
        self._submit = submit

    def create(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        project = self._resources.project(request["ProjectArn"])
        kind = request["DatasetType"]
        if any(dataset.type == kind for dataset in self._resources.datasets_of(project)):
            detail = f"the project has a dataset of the type {kind}."
            raise RekognitionError.from_code("ResourceAlreadyExistsException", detail)
        text = self._read_source(request.get("DatasetSource", {}), access_key)
        now = self._resources.clock()
        arn = self._resources.new_arn(f"project/{project.name}/dataset/{kind.lower()}")
        dataset = Dataset(
            arn, now, "CREATE_IN_PROGRESS", updated_at=now, message="The dataset is being created."
        )
        self._resources.save(dataset)
        self._submit(lambda: self._import(dataset, "CREATE", text, access_key))
        return {"DatasetArn": arn}

    def describe(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        dataset = self._resources.dataset(request["DatasetArn"])
        entries = _entries(dataset)
        stats = {
            "LabeledEntries": sum(bool(entry.names) for entry in entries),
            "TotalEntries": len(entries),
            "TotalLabels": len({name for entry in entries for name in entry.names}),
            "ErrorEntries": sum(entry.has_errors for entry in entries),
        }
        description = {
            "CreationTimestamp": dataset.created_at,
            "LastUpdatedTimestamp": dataset.updated_at,
            "Status": dataset.status,
            "StatusMessage": dataset.message,
            "DatasetStats": stats,
        }
        if dataset.message_code:
            description["StatusMessageCode"] = dataset.message_code
        return {"DatasetDescription": description}

    def update_entries(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        dataset = self._unused(request["DatasetArn"])
        try:
            text = request["Changes"]["GroundTruth"].decode("utf-8-sig")
        except UnicodeDecodeError:
            raise RekognitionError.from_code(
                "InvalidParameterException", "GroundTruth must be UTF-8."
            ) from None
        dataset.status, dataset.message = "UPDATE_IN_PROGRESS", "The dataset is being updated."
        self._resources.save(dataset)
        self._submit(lambda: self._import(dataset, "UPDATE", text, access_key))
        return {}

    def list_entries(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        entries = [entry for entry in self._complete_entries(request) if _is_wanted(entry, request)]
        page, token = paginate(entries, request)
        return {"DatasetEntries": [entry.line for entry in page], **token}

    def list_labels(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        entries, boxes = Counter[str](), Counter[str]()
        for entry in self._complete_entries(request):
            entries.update(entry.names)
            boxes.update(labeled.label for labeled in entry.boxes)
        labels = [
            {"LabelName": name, "LabelStats": {"EntryCount": entries[name], "BoundingBoxCount": boxes[name]}}
            for name in sorted(entries)
        ]
        page, token = paginate(labels, request)
        return {"DatasetLabelDescriptions": page, **token}

    def distribute_entries(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        datasets = [self._resources.dataset(item["Arn"]) for item in request["Datasets"]]
        by_type = {dataset.type: dataset for dataset in datasets}
        projects = {self._resources.project_of(dataset).arn for dataset in datasets}
        if len(datasets) != 2 or len(by_type) != 2 or len(projects) != 1:
            detail = "Datasets must be the training dataset and the test dataset of one project."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        if any(dataset.is_busy for dataset in datasets):
            raise RekognitionError.from_code("ResourceNotReadyException", "wait for the datasets' changes.")
        training, testing = by_type["TRAIN"], by_type["TEST"]
        if testing.lines:
            raise RekognitionError.from_code("InvalidParameterException", "the test dataset must be empty.")
        for dataset, part in zip((training, testing), split(_entries(training)), strict=True):
            self._complete(dataset, "UPDATE", [entry.line for entry in part])
        return {}

    def delete(self, request: dict[str, Any], access_key: str) -> dict[str, Any]:
        dataset = self._unused(request["DatasetArn"])
        versions = self._resources.versions_of(self._resources.project_of(dataset))
        if any(version.status == "TRAINING_IN_PROGRESS" for version in versions):
            raise RekognitionError.from_code("ResourceInUseException", "a version is being trained with it.")
        self._resources.remove(dataset)
        return {}

    def _read_source(self, source: dict[str, Any], access_key: str) -> str | None:
        """Return the manifest for a new dataset, or None if it starts empty."""
        if len(source) > 1:
            detail = "DatasetSource must have one of GroundTruthManifest and DatasetArn."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        if "DatasetArn" in source:
            return "\n".join(self._resources.dataset(source["DatasetArn"]).lines) or None
        location = source.get("GroundTruthManifest", {}).get("S3Object")
        if location is None:
            return None
        if not location.get("Bucket") or not location.get("Name"):
            detail = "an S3Object must have a Bucket and a Name."
            raise RekognitionError.from_code("InvalidParameterException", detail)
        try:
            data = self._storage.read(
                location["Bucket"], location["Name"], location.get("Version"), access_key
            )
        except ObjectUnreadable:
            raise RekognitionError.from_code("InvalidS3ObjectException") from None
        return data.decode("utf-8-sig", "replace")  # a line with invalid characters is an invalid line

    def _import(self, dataset: Dataset, change: str, text: str | None, access_key: str) -> None:
        """Check the lines, and add them to the dataset unless too many are invalid."""
        try:
            entries = check_images(
                parse_lines(text or ""), lambda bucket, key: self._storage.read(bucket, key, None, access_key)
            )
            error = _import_error(entries, is_empty_valid=text is None)
        except Exception:  # whatever it was, the dataset must not stay in progress
            self._fail(dataset, change, SERVICE_ISSUE, "SERVICE_ERROR")
            raise
        if error:
            self._fail(dataset, change, error, "CLIENT_ERROR")
            return
        with self._resources.lock:
            by_source = {_source_ref(entry): entry.line for entry in _entries(dataset)}
            by_source |= {_source_ref(entry): entry.line for entry in entries}
            self._complete(dataset, change, list(by_source.values()))

    def _fail(self, dataset: Dataset, change: str, message: str, code: str) -> None:
        self._finish(dataset, f"{change}_FAILED", message, code)

    def _complete(self, dataset: Dataset, change: str, lines: list[str]) -> None:
        dataset.lines = lines
        done = "created" if change == "CREATE" else "updated"
        self._finish(dataset, f"{change}_COMPLETE", f"The dataset was {done}.", "SUCCESS")

    def _finish(self, dataset: Dataset, status: str, message: str, code: str) -> None:
        with self._resources.lock:
            dataset.status, dataset.message, dataset.message_code = status, message, code
            dataset.updated_at = self._resources.clock()
            self._resources.save(dataset)

    def _unused(self, arn: str) -> Dataset:
        dataset = self._resources.dataset(arn)
        if dataset.is_busy:
            raise RekognitionError.from_code("ResourceInUseException", dataset.message)
        return dataset

    def _complete_entries(self, request: dict[str, Any]) -> list[Entry]:
        dataset = self._resources.dataset(request["DatasetArn"])
        if dataset.status == "CREATE_IN_PROGRESS":
            raise RekognitionError.from_code("ResourceNotReadyException", dataset.message)
        return _entries(dataset)


def _entries(dataset: Dataset) -> list[Entry]:
    return [restore_line(line) for line in dataset.lines]


def _source_ref(entry: Entry) -> str:
    """Return what makes an entry the same as another: its image, or its line if it names none."""
    return str(entry.document.get("source-ref", entry.line))


def _import_error(entries: Sequence[Entry], *, is_empty_valid: bool) -> str | None:
    if not entries:
        return None if is_empty_valid else MANIFEST_ERRORS["ERROR_EMPTY_MANIFEST"]
    errors = check_dataset(entries, has_boxes=prefers_boxes(entries), is_training=False).errors
    return next((MANIFEST_ERRORS[code] for code in errors if code in _IMPORT_ERRORS), None)


def _is_wanted(entry: Entry, request: dict[str, Any]) -> bool:
    wanted = request.get("ContainsLabels")
    return (
        (not wanted or bool(entry.names & set(wanted)))
        and request.get("Labeled", bool(entry.names)) == bool(entry.names)
        and request.get("SourceRefContains", "") in str(entry.document.get("source-ref", ""))
        and request.get("HasErrors", entry.has_errors) == entry.has_errors
    )
