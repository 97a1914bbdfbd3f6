"""Train the model of a version: read its images, learn, measure, and write the results to the bucket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from local.rekognition.custom_labels.evaluation import TestImage, choose_thresholds, summarize, to_snapshot
from local.rekognition.custom_labels.features import Picture
from local.rekognition.custom_labels.manifest import Entry, parse_line, parse_lines
from local.rekognition.custom_labels.model import Model, TrainingExample, train
from local.rekognition.custom_labels.resources import Version
from local.rekognition.custom_labels.validation import (
    CheckedDataset,
    TerminalError,
    check_dataset,
    check_images,
    check_overlap,
    prefers_boxes,
    split,
    to_summary,
)
from local.rekognition.errors import ObjectUnreadable, ObjectUnwritable
from local.rekognition.images import DETECTION_SIDE, decode_pixels

ReadObject = Callable[[str, str, str | None, str], bytes]
WriteObject = Callable[[str, str, bytes, str], None]
_MIN_PROBABILITY = 0.01  # of the predictions that are compared with the labels of a test image


@dataclass(frozen=True)
class Storage:
    """S3 with the permissions of the caller whose access key is the last argument.

    `read` raises ObjectUnreadable, `write` raises ObjectUnwritable.
    """

    read: ReadObject
    write: WriteObject

    def read_manifest(self, location: dict[str, str], access_key: str) -> list[Entry]:
        """Parse the manifest at an S3Object. Raises TerminalError if it can't be read or is empty."""
        try:
            data = self.read(location["Bucket"], location["Name"], location.get("Version"), access_key)
            entries = parse_lines(data.decode("utf-8-sig"))
        except (ObjectUnreadable, UnicodeDecodeError):
            raise TerminalError("ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT") from None
        if not entries:
            raise TerminalError("ERROR_EMPTY_MANIFEST")
        return entries


class Training:
    """One training. `run` returns the trained model; `results` has what was written until then."""

    def __init__(self, version: Version, storage: Storage, clock: Callable[[], float]) -> None:
        self.results: dict[str, Any] = {}
        self._version = version
        self._storage = storage
        self._clock = clock

    def run(self) -> Model:
        """Raises TerminalError."""
        training, testing = self._read_entries()
        checked = [check_images(entries, self._read_image) for entries in (training, testing)]
        has_boxes = prefers_boxes(checked[0])
        train_set = check_dataset(checked[0], has_boxes=has_boxes, is_training=True)
        test_set = check_dataset(checked[1], has_boxes=has_boxes, is_training=False)
        self._write_validation(train_set, test_set)
        model = self._train(train_set)
        images = [self._test(entry, test_set, model) for entry in test_set.usable]
        model = replace(model, thresholds=choose_thresholds(images, model.labels))
        self._write_evaluation(train_set, images, model)
        return model

    def _read_entries(self) -> tuple[list[Entry], list[Entry]]:
        version = self._version
        if not version.sources:
            lines = (version.train_lines, version.test_lines)
            training, testing = ([parse_line(line) for line in part] for part in lines)
            if not training or not testing:
                raise TerminalError("ERROR_EMPTY_MANIFEST")
            return training, testing
        training = self._read_assets(version.sources["TrainingData"])
        if not version.sources["TestingData"].get("AutoCreate"):
            return training, self._read_assets(version.sources["TestingData"])
        training, testing = split(training)
        if not testing:
            raise TerminalError("ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT")
        return training, testing

    def _read_assets(self, source: dict[str, Any]) -> list[Entry]:
        locations = [asset["GroundTruthManifest"]["S3Object"] for asset in source["Assets"]]
        return [
            entry
            for location in locations
            for entry in self._storage.read_manifest(location, self._version.access_key)
        ]

    def _read_image(self, bucket: str, key: str) -> bytes:
        return self._storage.read(bucket, key, None, self._version.access_key)

    def _picture(self, entry: Entry) -> Picture:
        return Picture(decode_pixels(self._read_image(*entry.source or ("", "")), DETECTION_SIDE))

    def _train(self, dataset: CheckedDataset) -> Model:
        entries, labels = dataset.usable, sorted(dataset.names)
        examples = (TrainingExample(self._picture(entry), dataset.labels_of(entry)) for entry in entries)
        return train(examples, len(entries), labels, has_boxes=dataset.has_boxes)

    def _test(self, entry: Entry, dataset: CheckedDataset, model: Model) -> TestImage:
        predictions = model.predict(self._picture(entry), _MIN_PROBABILITY)
        present = [item for item in dataset.labels_of(entry) if item.label in model.labels]
        return TestImage(entry, present, entry.size or (0, 0), predictions)

    def _write_validation(self, training: CheckedDataset, testing: CheckedDataset) -> None:
        both = check_overlap(training, testing)
        summary = to_summary(training, testing, both)
        manifests = {"TrainingDataResult": training, "TestingDataResult": testing}
        for (member, dataset), stage in zip(manifests.items(), ("training", "testing"), strict=True):
            name = f"{stage}_manifest_with_validation.json"
            self._data_result(member)["Validation"] = self._asset(name, dataset.to_manifest())
        self.results["ManifestSummary"] = self._write("manifest_summary.json", _to_json(summary))
        if errors := [*training.errors, *testing.errors, *both]:
            raise TerminalError(errors[0])

    def _write_evaluation(self, training: CheckedDataset, images: Sequence[TestImage], model: Model) -> None:
        ended_at = datetime.fromtimestamp(self._clock(), UTC)
        has_boxes, thresholds = model.has_boxes, model.thresholds
        arn = self._version.arn
        count = len(training.usable)
        summary, f1 = summarize(images, thresholds, arn, count, ended_at, has_boxes=has_boxes)
        lines = (to_snapshot(image, thresholds, ended_at, has_boxes=has_boxes) for image in images)
        self._data_result("TrainingDataResult")["Output"] = self._asset(
            "training_manifest_snapshot.json", "".join(f"{entry.line}\n" for entry in training.usable)
        )
        self._data_result("TestingDataResult")["Output"] = self._asset(
            "testing_manifest_snapshot.json", _to_lines(lines)
        )
        _, project, _, name, _ = arn.split("/")
        location = self._write(f"EvaluationResultSummary-{project}-{name}.json", _to_json(summary))
        self.results["EvaluationResult"] = {"F1Score": f1, "Summary": location}

    def _data_result(self, member: str) -> dict[str, Any]:
        """Return the TrainingDataResult or TestingDataResult, at first with the request's manifests."""
        source = self._version.sources.get(member.removesuffix("Result"))
        default = {"Input": source} if source and source.get("Assets") else {}
        result: dict[str, Any] = self.results.setdefault(member, default)
        return result

    def _asset(self, name: str, content: str) -> dict[str, Any]:
        return {"Assets": [{"GroundTruthManifest": self._write(name, content)}]}

    def _write(self, name: str, content: str) -> dict[str, Any]:
        """Write a result and return its location."""
        _, project, _, version, _ = self._version.arn.split("/")
        prefix = self._version.output.get("S3KeyPrefix", "").rstrip("/")
        bucket = self._version.output["S3Bucket"]
        key = "/".join(part for part in (prefix, project, version, name) if part)
        try:
            self._storage.write(bucket, key, content.encode(), self._version.access_key)
        except ObjectUnwritable:
            raise TerminalError("ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET") from None
        return {"S3Object": {"Bucket": bucket, "Name": key}}


def _to_json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def _to_lines(documents: Iterable[Any]) -> str:
    return "".join(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n" for document in documents
    )
