"""The detectors: the operation, parameters, limits and result key of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from common.settings import ProcessorSettings
from processor.imaging.interface import MAX_SIDE, Limits

_DEFAULT_LIMITS = Limits()
_SMALL_LIMITS = Limits(max_bytes=4_000_000, max_side=MAX_SIDE)  # "4 MB" in the docs: the smaller reading


@dataclass(frozen=True)
class Detector:
    """One kind of recognition. Detectors of the same operation share one call, with merged parameters."""

    name: str
    operation: str
    is_enabled: Callable[[ProcessorSettings], bool]
    parameters: Callable[[ProcessorSettings], Mapping[str, Any]]
    result_key: str  # in Rekognition's response and in the result
    default: Callable[[], Any] = list  # the value if the response lacks the key
    model_version_key: str | None = None
    limits: Limits = _DEFAULT_LIMITS
    price_group: Literal["image", "properties"] | None = "image"  # of common.prices; None: not billed by call


DETECTORS = (
    Detector(
        name="labels",
        operation="DetectLabels",
        is_enabled=lambda settings: settings.detect_labels,
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
        is_enabled=lambda settings: settings.detect_properties,
        parameters=lambda _: {"Features": ["IMAGE_PROPERTIES"]},
        result_key="ImageProperties",
        default=dict,
        model_version_key="LabelModelVersion",
        price_group="properties",
    ),
    Detector(
        name="moderation",
        operation="DetectModerationLabels",
        is_enabled=lambda settings: settings.detect_moderation,
        parameters=lambda settings: {"MinConfidence": settings.labels_min_confidence},
        result_key="ModerationLabels",
        model_version_key="ModerationModelVersion",
    ),
    Detector(
        name="text",
        operation="DetectText",
        is_enabled=lambda settings: settings.detect_text,
        parameters=lambda _: {},
        result_key="TextDetections",
        model_version_key="TextModelVersion",
    ),
    Detector(
        name="faces",
        operation="DetectFaces",
        is_enabled=lambda settings: settings.detect_faces,
        parameters=lambda _: {"Attributes": ["ALL"]},
        result_key="FaceDetails",
    ),
    Detector(
        name="celebrities",
        operation="RecognizeCelebrities",
        is_enabled=lambda settings: settings.detect_celebrities,
        parameters=lambda _: {},
        result_key="CelebrityFaces",
    ),
    Detector(
        name="ppe",
        operation="DetectProtectiveEquipment",
        is_enabled=lambda settings: settings.detect_protective_equipment,
        parameters=lambda _: {},
        result_key="Persons",
        model_version_key="ProtectiveEquipmentModelVersion",
        limits=_SMALL_LIMITS,
    ),
    Detector(
        name="custom",
        operation="DetectCustomLabels",
        is_enabled=lambda settings: settings.custom_labels_model_arn is not None,
        parameters=lambda settings: {
            "ProjectVersionArn": settings.custom_labels_model_arn,
            "MinConfidence": settings.labels_min_confidence,
        },
        result_key="CustomLabels",
        limits=_SMALL_LIMITS,
        price_group=None,
    ),
)


@dataclass(frozen=True)
class Call:
    """One call of an operation, and the detectors that share its response."""

    operation: str
    parameters: Mapping[str, Any]
    detectors: tuple[Detector, ...]

    @property
    def price_groups(self) -> tuple[str, ...]:
        """The price group of each analysis that an answer is billed as."""
        return tuple(detector.price_group for detector in self.detectors if detector.price_group)


def enabled_detectors(settings: ProcessorSettings) -> tuple[Detector, ...]:
    """Return the detectors that the settings enable."""
    return tuple(detector for detector in DETECTORS if detector.is_enabled(settings))


def build_calls(detectors: Iterable[Detector], settings: ProcessorSettings) -> tuple[Call, ...]:
    """Return the calls to make: one per operation."""
    by_operation: dict[str, list[Detector]] = {}
    for detector in detectors:
        by_operation.setdefault(detector.operation, []).append(detector)
    return tuple(
        Call(operation, _merge(detector.parameters(settings) for detector in group), tuple(group))
        for operation, group in by_operation.items()
    )


def common_limits(detectors: Iterable[Detector]) -> Limits:
    """Return the limits within which an image suits all the detectors."""
    limits = [_DEFAULT_LIMITS, *(detector.limits for detector in detectors)]
    return Limits(
        max_bytes=min(each.max_bytes for each in limits),
        max_stored_bytes=min(each.max_stored_bytes for each in limits),
        min_side=max(each.min_side for each in limits),
        max_side=min(each.max_side for each in limits),
    )


def _merge(parameter_sets: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for parameters in parameter_sets:
        for name, value in parameters.items():
            merged[name] = merged[name] + value if name in merged else value  # only lists occur in several
    return merged
