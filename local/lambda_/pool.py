"""The execution environments of a function, and the events that wait for one."""

from __future__ import annotations

import contextlib
import fnmatch
import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from local.lambda_.environment import ExecutionEnvironment, InvocationResult
from local.logs import Log

if TYPE_CHECKING:
    from local.faults import Faults
    from local.lambda_.functions import Function

_BYTES_PER_SECOND = 10_000  # an object of 1 MB is queued as if it had arrived 100 seconds later
_MAX_DELAY = 120.0  # seconds; more than 40 photos take


class IdleEnvironments:
    """The idle environments, and the queue of events that wait for one. Thread-safe."""

    def __init__(self, count: int) -> None:
        self._idle: list[ExecutionEnvironment | None] = [None] * count  # None isn't started yet
        self._waiting: list[tuple[float, int, SimpleQueue[ExecutionEnvironment | None]]] = []  # a heap
        self._numbers = itertools.count()  # events of the same priority are served in order of arrival
        self._lock = threading.Lock()

    def take(self, priority: float) -> ExecutionEnvironment | None:
        """Wait for an environment, and return it. The lowest priority value is served first."""
        received: SimpleQueue[ExecutionEnvironment | None] = SimpleQueue()
        with self._lock:
            if self._idle:
                return self._idle.pop()
            heapq.heappush(self._waiting, (priority, next(self._numbers), received))
        return received.get()

    def put(self, environment: ExecutionEnvironment | None) -> None:
        with self._lock:
            if self._waiting:
                heapq.heappop(self._waiting)[-1].put(environment)
            else:
                self._idle.append(environment)


class EnvironmentPool:
    """The execution environments of one function."""

    def __init__(
        self,
        function: Function,
        variables: Mapping[str, str],
        log: Log,
        concurrency: int,
        faults: Faults,
        observe: Callable[[float, bool], None] = lambda seconds, failed: None,
    ) -> None:
        """`observe(seconds, failed)` is called after each invocation."""
        self.function = function
        self._observe = observe
        self._log = log
        self._variables = variables
        self._idle = IdleEnvironments(concurrency)
        self._faults = faults
        self._usual_seconds = 0.0  # that the last event took
        self._lock = threading.Lock()
        self._started: set[ExecutionEnvironment] = set()
        self._stopped = False

    @property
    def size(self) -> int:
        """The number of environments that were started."""
        with self._lock:
            return len(self._started)

    def warm_up(self) -> None:
        """Start an environment, unless an event has, wait for it, and log the error of its import.

        Meanwhile it is idle, so that an event waits for it instead of starting another one.
        """
        if self.size:
            return
        environment = self._idle.take(0)
        try:
            environment = self._renew(environment)
        except OSError as error:  # each event reports it, too
            text = f"The worker can't be started in {self.function.folder}: {error.strerror}."
            self._log(self.function.id, text)
            return
        finally:
            self._idle.put(environment)
        if environment and (init_error := environment.init_error) and self._is_used(environment):
            self._log(self.function.id, InvocationResult(init_error, True, "").error)

    def _is_used(self, environment: ExecutionEnvironment) -> bool:
        """Return whether an environment wasn't stopped, with the pool or because its code changed."""
        with self._lock:
            return environment in self._started and not self._stopped

    def invoke(self, event: Any, request_id: str) -> InvocationResult:
        environment = self._idle.take(priority(event, time.monotonic()))
        try:
            environment = self._renew(environment)
            if environment is None:
                error = {"errorType": "Runtime.ExitError", "errorMessage": "The local stack is stopping."}
                return InvocationResult(error, True, request_id)
            started_at = time.monotonic()
            result = self._run(environment, event, request_id)
            self._observe(time.monotonic() - started_at, result.failed)
            return result
        except Exception as error:  # the event must be retried, and the caller's thread must survive
            error_payload = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return InvocationResult(error_payload, True, request_id)
        finally:
            self._idle.put(environment)

    def _run(self, environment: ExecutionEnvironment, event: Any, request_id: str) -> InvocationResult:
        """Run the handler, unless its import failed or a fault kills its process meanwhile."""
        if environment.init_error:
            return InvocationResult({**environment.init_error, "requestId": request_id}, True, request_id)
        delay, started_at = self._faults.kill_delay(self._usual_seconds), time.monotonic()
        if delay is None:
            result = environment.invoke(event, request_id)
            self._usual_seconds = time.monotonic() - started_at
            return result
        timer = threading.Timer(delay, environment.kill)
        timer.start()
        result = environment.invoke(event, request_id)
        timer.cancel()
        if not environment.alive:
            self._faults.count_kill(event)
        return result

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            environments = list(self._started)
        for environment in environments:
            environment.stop()

    def _renew(self, environment: ExecutionEnvironment | None) -> ExecutionEnvironment | None:
        """Replace a missing or exited environment, or one with old code. Return None after `stop`."""
        version = code_version(self.function.folder)
        if environment and environment.alive and environment.version == version:
            return environment
        with self._lock:  # so that `stop` misses no environment
            if environment:
                environment.stop()
                self._started.discard(environment)
            if self._stopped:
                return None
            environment = ExecutionEnvironment(self.function, self._variables, version, self._log)
            self._started.add(environment)
            return environment


def priority(event: Any, now: float) -> float:
    """Return an event's priority: the time from which no later event is served before it, in seconds.

    On AWS, each event would get an environment of its own. Here events wait for one of a few, and the largest
    objects take longest. Each event is therefore queued by its time of arrival plus a delay that grows with
    the size of its object: a small file that isn't an image is rejected at once, even behind many photos.
    Events that arrive after the delay are served later, so no photo waits forever.
    """
    return now + min(object_bytes(event) / _BYTES_PER_SECOND, _MAX_DELAY)


def object_bytes(event: Any) -> int:
    """Return the size of the objects that an S3 event is about, or 0 for another event."""
    try:
        return sum(int(record["s3"]["object"]["size"]) for record in event["Records"])
    except (LookupError, TypeError, ValueError):
        return 0


def code_version(folder: Path) -> int:
    """Return a number that changes when a module in the folder is added, removed, or saved."""
    versions = set()
    for parent, _, names in os.walk(folder):  # skips folders that disappear meanwhile
        for name in fnmatch.filter(names, "[!.]*.py"):  # editors keep hidden files next to an open file
            path = os.path.join(parent, name)
            with contextlib.suppress(FileNotFoundError):  # `git checkout` has just deleted it
                versions.add((path, os.stat(path).st_mtime_ns))
    return hash(frozenset(versions))
