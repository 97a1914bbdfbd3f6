"""The result document, version 1, in Rekognition's own names (docs/result.schema.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catalog.records import LabelSummary
from common.time import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from processor.detectors import Detector
    from processor.errors import DetectorError
    from processor.recognition import Recognised

SCHEMA_VERSION = 1
MEDIA_TYPE = "application/json"

Document = dict[str, Any]


def result(
    image: Mapping[str, Any],
    recognised: Recognised,
    *,
    detectors: Iterable[Detector],
    min_confidence: float,
    started_at: datetime,
    ended_at: datetime,
    converted: bool,
) -> Document:
    """Return the document of a picture that was looked at."""
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Image": dict(image),
        **recognised.lists,
        "Errors": errors(recognised.errors),
        "Recognition": {
            "Detectors": [detector.name for detector in detectors],
            "MinConfidence": min_confidence,
            "ModelVersions": dict(recognised.model_versions),
            "StartedAt": rfc3339(started_at),
            "DurationMs": max(0, round((ended_at - started_at).total_seconds() * 1000)),
            "Converted": converted,
            "BilledCalls": recognised.billed_calls,
        },
    }


def failure(
    image: Mapping[str, Any], code: str, message: str, failed: Mapping[str, DetectorError] | None = None
) -> Document:
    """Return the document of a rejected picture; `image` holds what came to be known of it."""
    document: Document = {
        "SchemaVersion": SCHEMA_VERSION,
        "Image": dict(image),
        "Failure": {"Code": code, "Message": message},
    }
    if failed:
        document["Errors"] = errors(failed)
    return document


def errors(failed: Mapping[str, DetectorError]) -> Document:
    """Return what failed for good, by detector."""
    return {name: {"Code": error.code, "Message": error.message} for name, error in failed.items()}


def label_summaries(document: Mapping[str, Any]) -> tuple[LabelSummary, ...]:
    """Return a document's labels as the record lists them."""
    return tuple(LabelSummary(label["Name"], label["Confidence"]) for label in document.get("Labels", ()))


def label_names(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that a document's picture is found by: its labels and their parents."""
    labels = document.get("Labels", ())
    parents = [parent["Name"] for label in labels for parent in label.get("Parents", ())]
    return tuple(dict.fromkeys([*(label["Name"] for label in labels), *parents]))


def encoded(document: Document) -> bytes:
    """Return a document as it is stored."""
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()
