"""What the template tells the functions, read once and typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Value = TypeVar("_Value")
MEGABYTE = 1_048_576  # bytes


class SettingsError(Exception):
    """An environment variable is missing or malformed; the message names it."""


@dataclass(frozen=True)
class PresignSettings:
    """The settings of POST /uploads."""

    input_bucket: str
    catalog_table: str
    max_upload_megabytes: int

    @property
    def max_upload_bytes(self) -> int:
        """The largest upload, in bytes."""
        return self.max_upload_megabytes * MEGABYTE

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> PresignSettings:
        """Read them from the environment; SettingsError names what is wrong with it."""
        return cls(
            input_bucket=_text(env, "INPUT_BUCKET"),
            catalog_table=_text(env, "CATALOG_TABLE"),
            max_upload_megabytes=_whole(env, "MAX_UPLOAD_MEGABYTES"),
        )


@dataclass(frozen=True)
class ProcessorSettings:
    """The settings of the processor; confidences are in percent, an empty ARN stands for no custom model."""

    input_bucket: str
    output_bucket: str
    catalog_table: str
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
    custom_labels_model_arn: str

    @property
    def max_upload_bytes(self) -> int:
        """The largest picture, in bytes."""
        return self.max_upload_megabytes * MEGABYTE

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ProcessorSettings:
        """Read them from the environment; SettingsError names what is wrong with it."""
        return cls(
            input_bucket=_text(env, "INPUT_BUCKET"),
            output_bucket=_text(env, "OUTPUT_BUCKET"),
            catalog_table=_text(env, "CATALOG_TABLE"),
            max_upload_megabytes=_whole(env, "MAX_UPLOAD_MEGABYTES"),
            retention_days=_whole(env, "RETENTION_DAYS"),
            labels_min_confidence=_percent(env, "LABELS_MIN_CONFIDENCE"),
            labels_max_count=_whole(env, "LABELS_MAX_COUNT"),
            detect_labels=_switch(env, "DETECT_LABELS"),
            detect_moderation=_switch(env, "DETECT_MODERATION"),
            detect_text=_switch(env, "DETECT_TEXT"),
            detect_faces=_switch(env, "DETECT_FACES"),
            detect_celebrities=_switch(env, "DETECT_CELEBRITIES"),
            detect_protective_equipment=_switch(env, "DETECT_PROTECTIVE_EQUIPMENT"),
            detect_properties=_switch(env, "DETECT_PROPERTIES"),
            custom_labels_model_arn=_present(env, "CUSTOM_LABELS_MODEL_ARN"),
        )


@dataclass(frozen=True)
class ImagesSettings:
    """The settings of GET and DELETE /images and of GET /labels."""

    input_bucket: str
    output_bucket: str
    catalog_table: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ImagesSettings:
        """Read them from the environment; SettingsError names what is wrong with it."""
        return cls(
            input_bucket=_text(env, "INPUT_BUCKET"),
            output_bucket=_text(env, "OUTPUT_BUCKET"),
            catalog_table=_text(env, "CATALOG_TABLE"),
        )


def _present(env: Mapping[str, str], name: str) -> str:
    if name not in env:
        raise SettingsError(f"The environment variable {name} is missing.")
    return env[name]


def _parse(env: Mapping[str, str], name: str, parse: Callable[[str], _Value], wanted: str) -> _Value:
    text = _present(env, name)
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise SettingsError(f"The environment variable {name} is {text!r}; it must be {wanted}.") from None


def _text(env: Mapping[str, str], name: str) -> str:
    def parse(text: str) -> str:
        if not text.strip():
            raise ValueError
        return text

    return _parse(env, name, parse, "a name")


def _whole(env: Mapping[str, str], name: str) -> int:
    def parse(text: str) -> int:
        number = int(text)
        if number < 1:
            raise ValueError
        return number

    return _parse(env, name, parse, "a whole number from 1")


def _percent(env: Mapping[str, str], name: str) -> float:
    def parse(text: str) -> float:
        number = float(text)
        if not 0 <= number <= 100:  # false for NaN as well
            raise ValueError
        return number

    return _parse(env, name, parse, "a number from 0 to 100")


def _switch(env: Mapping[str, str], name: str) -> bool:
    return _parse(env, name, {"true": True, "false": False}.__getitem__, '"true" or "false"')
