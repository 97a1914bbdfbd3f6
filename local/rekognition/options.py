"""The emulator's settings, from the environment that it is started in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.rekognition.errors import FAULT_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Mapping


class SettingError(ValueError):
    """A setting that makes no sense; the message names it and says what would."""


@dataclass(frozen=True)
class Options:
    latency_ms: float = 0.0  # the least time that an answer takes
    tps: float | None = None  # calls a second of each operation; None for no quota
    fault_rate: float = 0.0  # the share of calls that fail
    fault_code: str = "ThrottlingException"
    model: Path | None = None  # ONNX
    labels: Path | None = None  # what the model's numbers stand for, a name on each line

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Options:
        model, labels = env.get("LOCAL_MODEL", ""), env.get("LOCAL_LABELS", "")
        if bool(model) != bool(labels):
            raise SettingError("LOCAL_MODEL and LOCAL_LABELS belong together: set both or neither.")
        code = env.get("REKOGNITION_FAULT_CODE", "") or cls.fault_code
        if code not in FAULT_MESSAGES:
            choice = ", ".join(FAULT_MESSAGES)
            raise SettingError(f"REKOGNITION_FAULT_CODE={code} is no error code; there are {choice}.")
        return cls(
            latency_ms=_number(env, "REKOGNITION_LATENCY_MS", float("inf")) or 0.0,
            tps=_number(env, "REKOGNITION_TPS", float("inf")) or None,
            fault_rate=_number(env, "REKOGNITION_FAULT_RATE", 1) or 0.0,
            fault_code=code,
            model=Path(model) if model else None,
            labels=Path(labels) if labels else None,
        )


def _number(env: Mapping[str, str], name: str, most: float) -> float | None:
    text = env.get(name, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= most or number == float("inf"):
        bounds = f"between 0 and {most:g}" if most < float("inf") else "of 0 or more"
        raise SettingError(f"{name}={text} must be a number {bounds}.")
    return number
