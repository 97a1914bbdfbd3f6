"""The emulator's options, read from environment variables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.rekognition.errors import ERROR_MESSAGES


class SettingError(ValueError):
    """An invalid setting. The message names the setting and says what is valid."""


@dataclass(frozen=True)
class Options:
    latency_ms: float = 0.0  # minimum duration of a call
    tps: float | None = None  # quota of each operation, in calls per second; None for no quota
    fault_rate: float = 0.0  # fraction of calls that fail, 0 to 1
    fault_code: str = "ThrottlingException"
    model: Path | None = None  # ONNX model
    labels: Path | None = None  # the model's class names, one per line

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Options:
        """Read the options. Raises SettingError if a variable is invalid."""
        model, labels = env.get("LOCAL_MODEL", ""), env.get("LOCAL_LABELS", "")
        if bool(model) != bool(labels):
            raise SettingError("LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither.")
        return cls(
            latency_ms=_read_number(env, "REKOGNITION_LATENCY_MS"),
            tps=_read_number(env, "REKOGNITION_TPS") or None,
            fault_rate=_read_number(env, "REKOGNITION_FAULT_RATE", max_value=1),
            fault_code=check_error_code(
                env.get("REKOGNITION_FAULT_CODE", "") or cls.fault_code, "REKOGNITION_FAULT_CODE"
            ),
            model=Path(model) if model else None,
            labels=Path(labels) if labels else None,
        )


def check_number(value: Any, name: str, max_value: float = math.inf) -> float:
    """Return the value as a float. Raises SettingError unless it is a finite number from 0 to `max_value`."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= max_value or value == math.inf:
        bounds = f"between 0 and {max_value:g}" if max_value < math.inf else "of 0 or more"
        raise SettingError(f"{name} must be a number {bounds}, not {value!r}.")
    return float(value)


def check_error_code(code: object, name: str) -> str:
    if not isinstance(code, str) or code not in ERROR_MESSAGES:
        raise SettingError(f"{name} must be one of {', '.join(ERROR_MESSAGES)}, not {code!r}.")
    return code


def _read_number(env: Mapping[str, str], name: str, max_value: float = math.inf) -> float:
    text = env.get(name, "")
    try:
        value: object = float(text or 0)
    except ValueError:
        value = text
    return check_number(value, name, max_value)
