"""The detectors, one row each: what is asked of Rekognition, within which limits, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.settings import ProcessorSettings

_MEGABYTE = 1_048_576


@dataclass(frozen=True)
class Limits:
    """What an operation takes: bytes as they are sent, bytes as they are stored in S3, and pixels."""

    most_bytes: int = 5 * _MEGABYTE
    most_stored_bytes: int = 15 * _MEGABYTE
    least_side: int = 80
    most_side: int = 10_000


_SMALLER = Limits(most_bytes=4_000_000, most_side=4096)  # "4 MB" is 4,194,304 or less: the less is safe


@dataclass(frozen=True)
class Detector:
    """One kind of recognition; rows of the same operation are asked in one call, their parameters merged."""

    name: str
    operation: str
    wanted: Callable[[ProcessorSettings], bool]
    parameters: Callable[[ProcessorSettings], Mapping[str, Any]]
    result_key: str  # the same in Rekognition's answer and in the result
    nothing: Callable[[], Any] = list  # what an answer without the key means
    model_version_key: str | None = None
    limits: Limits = Limits()


DETECTORS = (
    Detector(
        name="labels",
        operation="DetectLabels",
        wanted=lambda settings: settings.detect_labels,
        parameters=lambda settings: {
            "Features": ["GENERAL_LABELS"],
            "MaxLabels": settings.labels_max_count,
            "MinConfidence": settings.labels_min_confidence,
        },
        result_key="Labels",
        model_version_key="LabelModelVersion",
    ),
    Detector(
        name="properties",
        operation="DetectLabels",
        wanted=lambda settings: settings.detect_properties,
        parameters=lambda _: {"Features": ["IMAGE_PROPERTIES"]},
        result_key="ImageProperties",
        nothing=dict,
        model_version_key="LabelModelVersion",
    ),
    Detector(
        name="moderation",
        operation="DetectModerationLabels",
        wanted=lambda settings: settings.detect_moderation,
        parameters=lambda settings: {"MinConfidence": settings.labels_min_confidence},
        result_key="ModerationLabels",
        model_version_key="ModerationModelVersion",
    ),
    Detector(
        name="text",
        operation="DetectText",
        wanted=lambda settings: settings.detect_text,
        parameters=lambda _: {},
        result_key="TextDetections",
        model_version_key="TextModelVersion",
    ),
    Detector(
        name="faces",
        operation="DetectFaces",
        wanted=lambda settings: settings.detect_faces,
        parameters=lambda _: {"Attributes": ["ALL"]},
        result_key="FaceDetails",
    ),
    Detector(
        name="celebrities",
        operation="RecognizeCelebrities",
        wanted=lambda settings: settings.detect_celebrities,
        parameters=lambda _: {},
        result_key="CelebrityFaces",
    ),
    Detector(
        name="ppe",
        operation="DetectProtectiveEquipment",
        wanted=lambda settings: settings.detect_protective_equipment,
        parameters=lambda _: {},
        result_key="Persons",
        model_version_key="ProtectiveEquipmentModelVersion",
        limits=_SMALLER,
    ),
    Detector(
        name="custom",
        operation="DetectCustomLabels",
        wanted=lambda settings: bool(settings.custom_labels_model_arn),
        parameters=lambda settings: {
            "ProjectVersionArn": settings.custom_labels_model_arn,
            "MinConfidence": settings.labels_min_confidence,
        },
        result_key="CustomLabels",
        limits=_SMALLER,
    ),
)


@dataclass(frozen=True)
class Call:
    """One call of an operation, and the detectors that it answers."""

    operation: str
    parameters: Mapping[str, Any]
    detectors: tuple[Detector, ...]


def chosen(settings: ProcessorSettings) -> tuple[Detector, ...]:
    """Return the detectors that the settings switch on."""
    return tuple(detector for detector in DETECTORS if detector.wanted(settings))


def calls(detectors: Iterable[Detector], settings: ProcessorSettings) -> tuple[Call, ...]:
    """Return the calls to make: one for each operation."""
    by_operation: dict[str, list[Detector]] = {}
    for detector in detectors:
        by_operation.setdefault(detector.operation, []).append(detector)
    return tuple(
        Call(operation, _merged(row.parameters(settings) for row in rows), tuple(rows))
        for operation, rows in by_operation.items()
    )


def common_limits(detectors: Iterable[Detector]) -> Limits:
    """Return limits within which a picture suits all the detectors."""
    limits = [Limits(), *(detector.limits for detector in detectors)]
    return Limits(
        most_bytes=min(each.most_bytes for each in limits),
        most_stored_bytes=min(each.most_stored_bytes for each in limits),
        least_side=max(each.least_side for each in limits),
        most_side=min(each.most_side for each in limits),
    )


def _merged(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            merged[name] = merged[name] + value if name in merged else value  # only lists are in several rows
    return merged
