"""Settings of the functions, read from the environment that template.yaml sets.

The field `input_bucket` is the variable `INPUT_BUCKET`. The field's type says which values are valid.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, NewType, TypeVar, get_args

from common.equipment import NAMES, parse_equipment

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Settings = TypeVar("_Settings", bound="DataclassInstance")
Dollars = NewType("Dollars", float)
Group = NewType("Group", str)  # of the user pool
Bucket = NewType("Bucket", str)  # that needn't be there
Prefix = NewType("Prefix", str)  # of keys; the empty one is that of all
WhenModelStopped = Literal["continue", "wait"]
METRICS_NAMESPACE = "METRICS_NAMESPACE"  # a variable of every function, read by `common.metrics`


class SettingsError(Exception):
    """An environment variable is missing or invalid; the message names it."""


@dataclass(frozen=True)
class PresignSettings:
    """Settings of POST /uploads; the numbers of uploads and the ceiling, 0 for none, are limits."""

    input_bucket: str
    catalog_table: str
    retry_queue_url: str
    retention_days: int
    max_upload_megabytes: int
    uploads_per_minute: int
    uploads_per_day: int
    uploads_per_month: int
    monthly_billing_ceiling: Dollars


@dataclass(frozen=True)
class ProcessorSettings:
    """Settings of the processor; confidences are in percent, and `required_equipment` has names."""

    input_bucket: str
    output_bucket: str
    catalog_table: str
    retry_queue_url: str
    lease_seconds: int
    max_upload_megabytes: int
    retention_days: int
    labels_min_confidence: float
    labels_max_count: int
    detect_labels: bool
    detect_moderation: bool
    detect_text: bool
    detect_faces: bool
    detect_celebrities: bool
    detect_protective_equipment: bool
    detect_properties: bool
    custom_labels_model_arn: str | None
    train_models: bool
    when_model_stopped: WhenModelStopped
    store_location: bool
    review_confidence: float
    required_equipment: frozenset[str]
    source_bucket: Bucket | None
    source_prefix: Prefix


@dataclass(frozen=True)
class ImagesSettings:
    """Settings of the routes for images and labels; the limits are those of POST /uploads."""

    input_bucket: str
    output_bucket: str
    catalog_table: str
    retry_queue_url: str
    recover_after_seconds: int
    uploads_per_day: int
    uploads_per_month: int
    monthly_billing_ceiling: Dollars


@dataclass(frozen=True)
class RecoverySettings:
    """Settings of the recovery of pending images; the ceiling is that of POST /uploads."""

    input_bucket: str
    catalog_table: str
    retry_queue_url: str
    recover_after_seconds: int
    monthly_billing_ceiling: Dollars


@dataclass(frozen=True)
class ModelsSettings:
    """Settings of the routes for models. Without an admin group, nobody makes models for the whole stack."""

    catalog_table: str
    model_idle_minutes: int
    model_admin_group: Group | None


@dataclass(frozen=True)
class TrainerSettings:
    """Settings of the trainer. The namespace of the metrics is the stack's name, which its projects have."""

    input_bucket: str
    output_bucket: str
    catalog_table: str
    retry_queue_url: str
    metrics_namespace: str
    model_idle_minutes: int
    monthly_billing_ceiling: Dollars


@dataclass(frozen=True)
class PublisherSettings:
    """Settings of the publisher of events. The namespace of the metrics is the stack's name."""

    metrics_namespace: str
    output_bucket: str
    event_bus_name: str


def from_env(settings_type: type[_Settings], env: Mapping[str, str]) -> _Settings:
    """Read settings from environment variables. Raises SettingsError if one is missing or invalid."""
    settings = settings_type(**{field.name: _read(field, env) for field in fields(settings_type)})
    _check_presence(METRICS_NAMESPACE, env)
    return settings


def _read(field: Field[Any], env: Mapping[str, str]) -> Any:
    name = field.name.upper()
    _check_presence(name, env)
    parse, expected = _PARSERS[field.type]
    try:
        return parse(env[name])
    except (ValueError, KeyError):
        raise SettingsError(
            f"The environment variable {name} is {env[name]!r}; it must be {expected}."
        ) from None


def _check_presence(name: str, env: Mapping[str, str]) -> None:
    if name not in env:
        raise SettingsError(f"The environment variable {name} is missing.")


def _parse_name(text: str) -> str:
    if not text.strip():
        raise ValueError
    return text


def _parse_arn(text: str) -> str | None:
    if text and not text.startswith("arn:"):
        raise ValueError
    return text or None


def _parse_group(text: str) -> Group | None:
    if text.split() not in ([], [text]):
        raise ValueError
    return Group(text) if text else None


def _parse_count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _parse_percent(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 100:  # also False for NaN
        raise ValueError
    return number


def _parse_dollars(text: str) -> Dollars:
    number = float(text)
    if not 0 <= number < math.inf:  # also False for NaN
        raise ValueError
    return Dollars(number)


# By the types of the fields, which `from __future__ import annotations` would turn into strings.
_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (_parse_name, "a name"),
    frozenset[str]: (parse_equipment, f"empty or a list of {', '.join(NAMES)}, separated by commas"),
    str | None: (_parse_arn, "an ARN or empty"),
    int: (_parse_count, "a whole number of at least 1"),
    float: (_parse_percent, "a number from 0 to 100"),
    Group | None: (_parse_group, "the name of a group or empty"),
    Bucket | None: (lambda text: text or None, "the name of a bucket or empty"),
    Prefix: (str, "a prefix of keys or empty"),
    Dollars: (_parse_dollars, "a number of at least 0"),
    WhenModelStopped: (
        {name: name for name in get_args(WhenModelStopped)}.__getitem__,
        " or ".join(f'"{name}"' for name in get_args(WhenModelStopped)),
    ),
    bool: ({"true": True, "false": False}.__getitem__, '"true" or "false"'),
}
