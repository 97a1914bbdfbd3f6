"""Fault injection for tests: added latency, quotas and errors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.rekognition.errors import RekognitionError
from local.rekognition.options import Options, SettingError, check_error_code, check_number

ALL_OPERATIONS = "*"
FloatSource = Callable[[], float]


@dataclass
class Fault:
    """An error for the next `count` calls, or for a fraction `rate` of all calls."""

    code: str
    rate: float = 1.0
    count: int | None = None

    def trigger(self, random: FloatSource) -> bool:
        """Return whether the current call fails, and count it if so."""
        if self.count == 0 or random() >= self.rate:
            return False
        if self.count is not None:
            self.count -= 1
        return True


class TokenBucket:
    """A quota of `rate` calls per second. It allows a burst of one second's worth, at least one call."""

    def __init__(self, rate: float, clock: FloatSource) -> None:
        self._rate = rate
        self._clock = clock
        self._capacity = max(1.0, rate)
        self._tokens = self._capacity
        self._refilled_at = clock()

    def take(self) -> bool:
        now = self._clock()
        self._tokens = min(self._capacity, self._tokens + (now - self._refilled_at) * self._rate)
        self._refilled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class FaultInjector:
    """Latency, quotas and errors of each operation. Thread-safe; settings can change between calls."""

    def __init__(
        self, options: Options, operations: Iterable[str], clock: FloatSource, random: FloatSource
    ) -> None:
        self._options = options
        self._operations = frozenset(operations)
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Return to the options that the emulator was started with."""
        options = self._options
        fault = Fault(options.fault_code, options.fault_rate)
        with self._lock:
            self._settings: dict[str, dict[str, Any]] = {
                "latencyMs": {ALL_OPERATIONS: options.latency_ms},
                "tps": {ALL_OPERATIONS: options.tps},
                "faults": {ALL_OPERATIONS: [fault] if fault.rate > 0 else []},
            }
            self._buckets: dict[str, TokenBucket] = {}

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

    def latency(self, operation: str) -> float:
        """Return the minimum duration of a call, in seconds."""
        with self._lock:
            return float(self._get("latencyMs", operation) or 0) / 1000

    def check(self, operation: str) -> None:
        """Raise the injected error for this call, or the throttling error if it exceeds the quota."""
        with self._lock:
            faults = self._settings["faults"]
            for fault in (*faults.get(operation, ()), *faults.get(ALL_OPERATIONS, ())):
                if fault.trigger(self._random):
                    raise RekognitionError.from_code(fault.code)
            rate = self._get("tps", operation)
            if rate is None:
                return
            # As on AWS, each operation has its own quota, even if one number was given for all of them.
            bucket = self._buckets.setdefault(operation, TokenBucket(rate, self._clock))
            if not bucket.take():
                raise RekognitionError.from_code("ProvisionedThroughputExceededException")

    def _get(self, name: str, operation: str) -> Any:
        """Return the operation's value, or the one for all operations if it has none."""
        values = self._settings[name]
        value = values.get(operation)
        return values.get(ALL_OPERATIONS) if value is None else value

    def _parse_setting(self, name: str, value: Any) -> dict[str, Any]:
        """Return the values by operation. A value for all operations gets the key `*`."""
        if not isinstance(value, dict) or (name == "faults" and "code" in value):
            value = {} if value is None else {ALL_OPERATIONS: value}
        unknown = sorted(set(value) - self._operations - {ALL_OPERATIONS})
        if unknown:
            raise SettingError(f"{name}: the emulator has no operation {', '.join(unknown)}.")
        return {operation: _PARSERS[name](item) for operation, item in value.items()}


def _parse_rate(value: Any) -> float | None:
    if value is None:
        return None
    rate = check_number(value, "tps")
    if not rate:
        raise SettingError("tps must be more than 0; use null for no quota.")
    return rate


def _parse_faults(value: Any) -> list[Fault]:
    return [_parse_fault(item) for item in (value if isinstance(value, list) else [value])]


def _parse_fault(value: Any) -> Fault:
    if not isinstance(value, dict) or set(value) - {"code", "rate", "count"} or "code" not in value:
        raise SettingError('faults must be {"code": ..., "count": ...} or {"code": ..., "rate": ...}.')
    code, rate, count = value["code"], value.get("rate", 1.0), value.get("count")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
        raise SettingError(f"faults: count must be a whole number of 0 or more, not {count!r}.")
    return Fault(check_error_code(code, "faults: code"), check_number(rate, "faults: rate", 1), count)


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "latencyMs": lambda value: check_number(value, "latencyMs"),
    "tps": _parse_rate,
    "faults": _parse_faults,
}
