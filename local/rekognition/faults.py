"""Fault injection for tests: added latency, quotas and errors."""

from __future__ import annotations

import contextlib
import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from local.faults import AnswerLost
from local.rekognition.errors import ERROR_MESSAGES, RekognitionError, SettingError
from local.token_bucket import TokenBucket

ALL_OPERATIONS = "*"
ANSWER_LOST = "AnswerLost"  # no code of Rekognition's: the call is carried out, and its answer is lost
_CODES = (*ERROR_MESSAGES, ANSWER_LOST)


@dataclass
class Fault:
    """An error for the next `count` calls, or for a fraction `rate` of all calls."""

    code: str
    rate: float = 1.0
    count: int | None = None

    def trigger(self, random: Callable[[], float]) -> bool:
        """Return whether the current call fails, and count it if so."""
        if self.count == 0 or random() >= self.rate:
            return False
        if self.count is not None:
            self.count -= 1
        return True


class FaultInjector:
    """Latency, quotas and errors of each operation. Thread-safe; settings can change between calls."""

    def __init__(
        self,
        operations: Iterable[str],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = random.random,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self._operations = frozenset(operations)
        self._clock, self._sleep, self._random = clock, sleep, random
        self._lock = threading.Lock()
        self._initial = dict(initial or {})
        self.reset()

    def reset(self) -> None:
        """Restore the initial settings."""
        with self._lock:
            self._settings: dict[str, dict[str, Any]] = {name: {} for name in _PARSERS}
            self._buckets: dict[str, TokenBucket] = {}
        self.update(self._initial)

    def update(self, changes: Mapping[str, Any]) -> None:
        """Replace the given settings (`latencyMs`, `tps`, `faults`) and keep the others.

        Raises SettingError, and changes nothing, if any of them is invalid.
        """
        unknown = sorted(set(changes) - set(_PARSERS))
        if unknown:
            raise SettingError(f"{', '.join(unknown)}: unknown setting; use latencyMs, tps, faults or reset.")
        parsed = {name: self._parse_setting(name, value) for name, value in changes.items()}
        with self._lock:
            self._settings |= parsed
            if "tps" in parsed:
                self._buckets = {}

    def settings(self) -> dict[str, dict[str, Any]]:
        """Return the current settings by operation, in the form that `update` takes; `*` is all operations.

        The counts of faults are those of calls that are still to fail.
        """
        with self._lock:
            faults = {
                operation: [asdict(fault) for fault in faults]
                for operation, faults in self._settings["faults"].items()
            }
            return {name: dict(values) for name, values in self._settings.items()} | {"faults": faults}

    @contextlib.contextmanager
    def inject(self, operation: str) -> Iterator[None]:
        """Fail the call or make it last as long as configured.

        Raises the injected or throttling error, or AnswerLost after the call.
        """
        started_at = self._clock()
        is_lost = self._check(operation)
        yield
        latency = (self._get("latencyMs", operation) or 0) / 1000
        remaining = latency - (self._clock() - started_at)
        if remaining > 0:
            self._sleep(remaining)
        if is_lost:
            raise AnswerLost

    def _check(self, operation: str) -> bool:
        """Return whether the call's answer will be lost. Raises the error if it fails at once."""
        with self._lock:
            is_lost = False
            faults = self._settings["faults"]
            for fault in (*faults.get(operation, ()), *faults.get(ALL_OPERATIONS, ())):
                if not fault.trigger(self._random):
                    continue
                if fault.code == ANSWER_LOST:
                    is_lost = True
                else:
                    raise RekognitionError.from_code(fault.code)
            rate = self._get("tps", operation)
            if rate is None:
                return is_lost
            # As on AWS, each operation has its own quota, even if one number was given for all of them.
            # A burst is one second's worth of calls, at least one.
            if operation not in self._buckets:
                self._buckets[operation] = TokenBucket(rate, max(1.0, rate), self._clock)
            if not self._buckets[operation].take():
                raise RekognitionError.from_code("ProvisionedThroughputExceededException")
            return is_lost

    def _get(self, name: str, operation: str) -> Any:
        """Return the operation's value, or the one for all operations if it has none."""
        values = self._settings[name]
        return values.get(operation, values.get(ALL_OPERATIONS))

    def _parse_setting(self, name: str, value: Any) -> dict[str, Any]:
        """Return the values by operation. A value for all operations gets the key `*`."""
        if not isinstance(value, dict) or (name == "faults" and "code" in value):
            value = {} if value is None else {ALL_OPERATIONS: value}
        unknown = sorted(set(value) - self._operations - {ALL_OPERATIONS})
        if unknown:
            raise SettingError(f"{name}: the emulator has no operation {', '.join(unknown)}.")
        return {operation: _PARSERS[name](item) for operation, item in value.items()}


def read_fault_settings(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of the REKOGNITION_* variables. Raises SettingError if one is invalid."""
    rate = _read_number(env, "REKOGNITION_FAULT_RATE", max_value=1)
    code = env.get("REKOGNITION_FAULT_CODE") or "ThrottlingException"
    if code not in _CODES:
        message = f"REKOGNITION_FAULT_CODE must be one of {', '.join(_CODES)}, not {code!r}."
        raise SettingError(message)
    return {
        "latencyMs": _read_number(env, "REKOGNITION_LATENCY_MS"),
        "tps": _read_number(env, "REKOGNITION_TPS") or None,
        "faults": {"code": code, "rate": rate},
    }


def _read_number(env: Mapping[str, str], name: str, max_value: float = math.inf) -> float:
    value: Any = env.get(name) or "0"
    with contextlib.suppress(ValueError):  # `_parse_number` explains
        value = float(value)
    return _parse_number(value, name, max_value)


def _parse_number(value: Any, name: str, max_value: float = math.inf) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= max_value or value == math.inf:
        bounds = f"between 0 and {max_value:g}" if max_value < math.inf else "of 0 or more"
        raise SettingError(f"{name} must be a number {bounds}, not {value!r}.")
    return float(value)


def _parse_rate(value: Any) -> float | None:
    if value is None:
        return None
    rate = _parse_number(value, "tps")
    if not rate:
        raise SettingError("tps must be more than 0; use null for no quota.")
    return rate


def _parse_faults(value: Any) -> list[Fault]:
    return [_parse_fault(item) for item in (value if isinstance(value, list) else [value])]


def _parse_fault(value: Any) -> Fault:
    if not isinstance(value, dict) or set(value) - {"code", "rate", "count"} or "code" not in value:
        raise SettingError('faults must be {"code": ..., "count": ...} or {"code": ..., "rate": ...}.')
    code, rate, count = value["code"], value.get("rate", 1.0), value.get("count")
    if not isinstance(code, str) or code not in _CODES:
        raise SettingError(f"faults: code must be one of {', '.join(_CODES)}, not {code!r}.")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
        raise SettingError(f"faults: count must be a whole number of 0 or more, not {count!r}.")
    return Fault(code, _parse_number(rate, "faults: rate", 1), count)


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "latencyMs": lambda value: _parse_number(value, "latencyMs"),
    "tps": _parse_rate,
    "faults": _parse_faults,
}
