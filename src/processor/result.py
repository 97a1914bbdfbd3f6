"""The outcome of processing an image, and its JSON document (docs/result.schema.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from catalog.label_categories import categories_of
from catalog.records import LabelSummary, Reason, ResultSummary
from common.time import format_rfc3339
from processor.review import find_review
from processor.terms import find_colors, find_terms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from common.storage import StoredObject
    from processor.errors import DetectorError
    from processor.imaging.interface import ImageFacts, ImageHeader
    from processor.recognition import Recognition
    from processor.review import ReviewRules

SCHEMA_VERSION = 1
MAX_LABELS = 40  # of the record, which is read for each list; the document has all
MEDIA_TYPE = "application/json"


@dataclass(frozen=True)
class SourceImage:
    """What is known about the stored image so far; width and height are in upright pixels."""

    bucket: str
    key: str
    etag: str | None = None
    size: int | None = None  # bytes
    format: str | None = None
    width: int | None = None
    height: int | None = None

    def with_stored(self, stored: StoredObject) -> SourceImage:
        """Return the image with what S3 reports about its object."""
        return replace(self, etag=stored.etag, size=stored.size)

    def with_header(self, header: ImageHeader) -> SourceImage:
        """Return the image with what its header says."""
        return replace(self, format=header.format, width=header.width, height=header.height)

    def document(self) -> dict[str, Any]:
        """Return the document's `Image`."""
        members = {
            "Bucket": self.bucket,
            "Key": self.key,
            "ETag": self.etag,
            "Bytes": self.size,
            "Format": self.format,
            "Width": self.width,
            "Height": self.height,
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True)
class Result:
    """What was recognized in an image; `min_confidence` is in percent."""

    image: SourceImage
    recognition: Recognition
    detectors: tuple[str, ...]
    min_confidence: float
    started_at: datetime
    ended_at: datetime
    is_converted: bool
    facts: ImageFacts
    review_rules: ReviewRules
    is_waiting: bool = False  # for its custom model to run
    is_final: ClassVar[bool] = True  # unlike a failure, a result is never temporary

    @property
    def summary(self) -> ResultSummary:
        """What the image's record keeps."""
        if self.image.width is None or self.image.height is None:
            raise ValueError("the size of a recognized image is known")
        return ResultSummary(
            self.image.width,
            self.image.height,
            self._label_summaries,
            self._flags,
            find_terms(self.recognition.values, self._label_summaries, self.facts, self.min_confidence),
            taken_at=self.facts.taken_at,
            perceptual_hash=self.facts.perceptual_hash,
            review=find_review(self.recognition.values, self.review_rules, self.min_confidence),
            is_waiting=self.is_waiting,
        )

    @property
    def label_categories(self) -> dict[str, str]:
        """Rekognition's category of each label; custom labels have none."""
        return categories_of(self._labels)

    def document(self) -> dict[str, Any]:
        """Return the result document."""
        duration = (self.ended_at - self.started_at).total_seconds()
        return {
            "SchemaVersion": SCHEMA_VERSION,
            "Image": {**self.image.document(), **self._pixel_facts},
            "Exif": dict(self.facts.exif),
            **self.recognition.values,
            "Errors": _errors(self.recognition.errors),
            "Recognition": {
                "Detectors": list(self.detectors),
                "MinConfidence": self.min_confidence,
                "ModelVersions": dict(self.recognition.model_versions),
                "Calls": {name: dict(call) for name, call in self.recognition.parameters.items()},
                "StartedAt": format_rfc3339(self.started_at),
                "DurationMs": max(0, round(duration * 1000)),
                "Converted": self.is_converted,
                "BilledCalls": self.recognition.billed_calls,
            },
        }

    @property
    def _pixel_facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"Colors": list(find_colors(self.recognition.values, self.facts))}
        if self.facts.perceptual_hash:
            facts["PerceptualHash"] = self.facts.perceptual_hash
        return facts

    @property
    def _label_summaries(self) -> tuple[LabelSummary, ...]:
        found = [LabelSummary(label["Name"], label["Confidence"]) for label in self._labels]
        return tuple(sorted(found, key=lambda label: -label.confidence)[:MAX_LABELS])

    @property
    def _labels(self) -> list[dict[str, Any]]:
        labels: list[dict[str, Any]] = self.recognition.values.get("Labels", [])
        return labels

    @property
    def _flags(self) -> tuple[str, ...]:
        found: list[dict[str, Any]] = self.recognition.values.get("ModerationLabels", [])
        categories = [label for label in found if not label.get("ParentName")]
        categories.sort(key=lambda label: -label["Confidence"])
        return tuple(dict.fromkeys(label["Name"] for label in categories))


@dataclass(frozen=True)
class Failure:
    """Why an image was rejected. A direct upload with a failure that isn't final may be processed again."""

    image: SourceImage
    reason: Reason
    errors: Mapping[str, DetectorError] = field(default_factory=dict)
    is_final: bool = True

    def document(self) -> dict[str, Any]:
        """Return the document of a rejected image."""
        document: dict[str, Any] = {
            "SchemaVersion": SCHEMA_VERSION,
            "Image": self.image.document(),
            "Failure": {"Code": self.reason.code, "Message": self.reason.message},
        }
        if self.errors:
            document["Errors"] = _errors(self.errors)
        return document


def encode(document: Mapping[str, Any]) -> bytes:
    """Return a document as stored: UTF-8 JSON."""
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _errors(errors: Mapping[str, DetectorError]) -> dict[str, Any]:
    return {name: {"Code": error.code, "Message": error.message} for name, error in errors.items()}
