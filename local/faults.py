"""Faults that can be switched on, to see how the pipeline copes: docs/faults.md describes them.

Those of Rekognition are in `local.rekognition.faults`.
"""

from __future__ import annotations

import math
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.rekognition.errors import SettingError

# The setting, its environment variable and its maximum. All but the delay are shares of calls, invocations
# or events.
SETTINGS = (
    ("errors", "FAULT_ERRORS", 1.0),
    ("lostAnswers", "FAULT_LOST_ANSWERS", 1.0),
    ("kills", "FAULT_KILLS", 1.0),
    ("throttles", "FAULT_THROTTLES", 1.0),
    ("duplicates", "FAULT_DUPLICATES", 1.0),
    ("lostEvents", "FAULT_LOST_EVENTS", 1.0),
    ("delaySeconds", "FAULT_DELAY_SECONDS", 900.0),  # as long as SQS can delay a message
)
_SEED_VARIABLE = "FAULT_SEED"
_NONE = {name: 0.0 for name, _, _ in SETTINGS}
_LIMITS = {name: limit for name, _, limit in SETTINGS}


class AnswerLost(Exception):
    """A call was carried out, but its answer is lost: the connection is closed without one."""


class Faults:
    """Decides which calls, workers and events are hit. Thread-safe; settings can change at any time.

    What happens to an event depends on the seed and its object's key alone. Other faults are drawn in the
    order of the calls, which differs from run to run.
    """

    def __init__(self, initial: Mapping[str, float] | None = None, seed: int = 0) -> None:
        """Raises SettingError if a setting is invalid."""
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 -- no secret
        self._initial = {**_NONE, **_parse(initial or {})}
        self._lock = threading.Lock()
        self._settings = self._initial
        self._counts: Counter[str] = Counter()
        self._killed: list[Any] = []
        self._lost: list[Any] = []

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Replace the given settings and keep the others. `reset` restores the initial ones.

        Raises SettingError, and changes nothing, if any of them is invalid.
        """
        changes = dict(changes)
        reset = changes.pop("reset", False)
        if not isinstance(reset, bool):
            raise SettingError(f"reset must be true or false, not {reset!r}.")
        parsed = _parse(changes)
        with self._lock:
            self._settings = {**(self._initial if reset else self._settings), **parsed}
            if reset:
                self._counts.clear()
                self._killed.clear()
                self._lost.clear()

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Let nothing fail within a `with` block."""
        settings, self._settings = self._settings, _NONE
        try:
            yield
        finally:
            self._settings = settings

    def settings(self) -> Mapping[str, float]:
        """Return the current settings."""
        return self._settings

    def counts(self) -> Mapping[str, int]:
        """Return how often each fault has happened since the last reset."""
        with self._lock:
            return dict(self._counts)

    def killed_events(self) -> list[Any]:
        """Return the events whose worker was killed."""
        with self._lock:
            return list(self._killed)

    def lost_events(self) -> list[Any]:
        """Return the events that were not delivered."""
        with self._lock:
            return list(self._lost)

    def random(self) -> float:
        """Return the next random number from 0 to 1."""
        with self._lock:
            return self._random.random()

    def call_fails(self) -> bool:
        """Return whether a call to S3, DynamoDB or SQS fails with a 500, and isn't carried out."""
        return self._happens("errors")

    def answer_is_lost(self) -> bool:
        """Return whether the answer of a call that was carried out is lost."""
        return self._happens("lostAnswers")

    def invocation_is_throttled(self) -> bool:
        """Return whether Lambda refuses an invocation, as if no concurrency were left."""
        return self._happens("throttles")

    def kill_delay(self, seconds: float) -> float | None:
        """Return when to kill the worker of an event that usually takes `seconds`, or None to let it live."""
        return self.random() * seconds if self._happens("kills", is_counted=False) else None

    def count_kill(self, event: Any) -> None:
        """Count a worker that was killed while it handled an event."""
        with self._lock:
            self._counts["kills"] += 1
            self._killed.append(event)

    def deliveries(self, event: Mapping[str, Any]) -> list[float]:
        """Return the delays, in seconds, after which an event of S3 is delivered: none, one or two."""
        settings, draw = self._settings, random.Random(f"{self._seed} {_object_keys(event)}")  # noqa: S311
        is_lost, is_duplicate, *delays = (draw.random() for _ in range(4))
        if is_lost < settings["lostEvents"]:
            with self._lock:
                self._counts["lostEvents"] += 1
                self._lost.append(event)
            return []
        copies = 1
        if is_duplicate < settings["duplicates"]:
            self._count("duplicates")
            copies = 2
        return [delay * settings["delaySeconds"] for delay in delays[:copies]]

    def _happens(self, name: str, *, is_counted: bool = True) -> bool:
        share = self._settings[name]
        if not share or self.random() >= share:
            return False
        if is_counted:
            self._count(name)
        return True

    def _count(self, name: str) -> None:
        with self._lock:
            self._counts[name] += 1


def read_faults(env: Mapping[str, str]) -> Faults:
    """Return the faults that the FAULT_* variables switch on. Raises SettingError if one is invalid."""
    given = {name: variable for name, variable, _ in SETTINGS if env.get(variable)}
    initial = {
        name: _parse_number(env[variable], variable, _LIMITS[name]) for name, variable in given.items()
    }
    seed = env.get(_SEED_VARIABLE) or "0"
    if not (seed.isascii() and seed.isdigit()):
        raise SettingError(f"{_SEED_VARIABLE} must be a whole number of 0 or more, not {seed!r}.")
    return Faults(initial, int(seed))


def _parse(changes: Mapping[str, Any]) -> dict[str, float]:
    unknown = sorted(set(changes) - set(_NONE))
    if unknown:
        raise SettingError(f"{', '.join(unknown)}: unknown setting; use {', '.join(_NONE)} or reset.")
    for name, value in changes.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise _invalid(name, value, _LIMITS[name])
    return {name: _parse_number(value, name, _LIMITS[name]) for name, value in changes.items()}


def _parse_number(value: Any, name: str, limit: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= limit:  # also for NaN
        raise _invalid(name, value, limit)
    return number


def _invalid(name: str, value: Any, limit: float) -> SettingError:
    return SettingError(f"{name} must be a number from 0 to {limit:g}, not {value!r}.")


def _object_keys(event: Mapping[str, Any]) -> str:
    if "sourceObject" in event:
        return str(event["sourceObject"]["key"])
    return " ".join(record["s3"]["object"]["key"] for record in event["Records"])
