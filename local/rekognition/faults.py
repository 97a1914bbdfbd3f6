"""What a test may make of the service: slower, scarcer, or failing."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.rekognition.errors import FAULT_MESSAGES, RekognitionError
from local.rekognition.options import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from local.rekognition.options import Options

EVERY = "*"


@dataclass
class Fault:
    """A named error for the next `count` calls, or for a share of all calls."""

    code: str
    rate: float = 1.0
    count: int | None = None

    def strikes(self, random: Callable[[], float]) -> bool:
        if self.count == 0 or random() >= self.rate:
            return False
        if self.count is not None:
            self.count -= 1
        return True


class Bucket:
    """A token bucket that holds one second's worth, as a quota of calls a second does."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = max(1.0, rate)
        self._filled = clock()

    def take(self) -> bool:
        now = self._clock()
        self._tokens = min(max(1.0, self._rate), self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Weather:
    """Latency, quotas and faults for each operation, changeable while calls are under way."""

    def __init__(
        self,
        options: Options,
        operations: Iterable[str],
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._options = options
        self._operations = frozenset(operations)
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        options = self._options
        with self._lock:
            self._latency = {EVERY: options.latency_ms / 1000}
            self._rates = {EVERY: options.tps} if options.tps is not None else {}
            self._buckets: dict[str, Bucket] = {}
            code, rate = options.fault_code, options.fault_rate
            self._faults = {EVERY: [Fault(code, rate)]} if rate > 0 else {}

    def change(self, changes: Mapping[str, Any]) -> None:
        """Replace what is named and leave the rest: `latencyMs`, `tps`, `faults`; all or nothing."""
        unknown = set(changes) - {"latencyMs", "tps", "faults"}
        if unknown:
            names = ", ".join(sorted(unknown))
            raise SettingError(f"{names}: only latencyMs, tps and faults can be changed.")
        latency = self._by_operation(changes, "latencyMs")
        rates = self._by_operation(changes, "tps")
        faults = self._by_operation(changes, "faults")
        seconds = {name: _number(value, "latencyMs") / 1000 for name, value in latency.items()}
        limits = {name: _positive(value) for name, value in rates.items() if value is not None}
        listed = {name: _faults(value) for name, value in faults.items()}
        with self._lock:
            if "latencyMs" in changes:
                self._latency = seconds
            if "tps" in changes:
                self._rates, self._buckets = limits, {}
            if "faults" in changes:
                self._faults = listed

    def latency(self, operation: str) -> float:
        with self._lock:
            return self._latency.get(operation, self._latency.get(EVERY, 0.0))

    def admit(self, operation: str) -> None:
        """Raise the fault that is due, or the throttling, if any."""
        with self._lock:
            for fault in self._faults.get(operation, []) + self._faults.get(EVERY, []):
                if fault.strikes(self._random):
                    raise RekognitionError.of(fault.code)
            rate = self._rates.get(operation, self._rates.get(EVERY))
            if rate is None:
                return
            # As at AWS, each operation has a quota of its own, also when one number was given for all.
            bucket = self._buckets.setdefault(operation, Bucket(rate, self._clock))
            if not bucket.take():
                raise RekognitionError.of("ProvisionedThroughputExceededException")

    def _by_operation(self, changes: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = changes.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict) or (name == "faults" and "code" in value):
            value = {EVERY: value}
        unknown = set(value) - self._operations - {EVERY}
        if unknown:
            raise SettingError(f"{name}: {', '.join(sorted(unknown))} is no operation of this emulator.")
        return value


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise SettingError(f"{name}: {value!r} must be a number of 0 or more.")
    return float(value)


def _positive(value: Any) -> float:
    if not _number(value, "tps"):
        raise SettingError("tps: a quota must be more than 0; null takes it away.")
    return float(value)


def _faults(value: Any) -> list[Fault]:
    return [_fault(item) for item in (value if isinstance(value, list) else [value])]


def _fault(value: Any) -> Fault:
    if not isinstance(value, dict) or set(value) - {"code", "rate", "count"} or "code" not in value:
        raise SettingError('faults: write {"code": ..., "count": ...} or {"code": ..., "rate": ...}.')
    code, rate, count = value["code"], value.get("rate", 1.0), value.get("count")
    if code not in FAULT_MESSAGES:
        raise SettingError(f"faults: {code!r} is no error code; there are {', '.join(FAULT_MESSAGES)}.")
    if _number(rate, "rate") > 1:
        raise SettingError(f"faults: the rate {rate} must lie between 0 and 1.")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
        raise SettingError(f"faults: the count {count!r} must be a whole number of 0 or more.")
    return Fault(code, float(rate), count)
