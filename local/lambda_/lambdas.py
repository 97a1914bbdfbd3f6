"""Lambda on this machine: worker processes, as many at once as are needed up to a limit."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.lambda_.async_events import AsynchronousEvents
from local.lambda_.environment import Environment, InvocationResult, variables_for
from local.lambda_.logs import Log, log_line

if TYPE_CHECKING:
    from local.lambda_.functions import Function

_LARGEST_REQUEST = 6 * 1024 * 1024
_LARGEST_EVENT = 1024 * 1024
RETRY_DELAYS = (1.0, 2.0)  # seconds here, minutes on AWS


class PayloadTooLarge(Exception):
    """The event is larger than Lambda takes."""


class Lambdas:
    """All functions of a template."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        *,
        endpoint_url: str,
        credentials_for: Callable[[str], Mapping[str, str]],
        send: Callable[[str, str], None],
        retry_delays: Sequence[float] = RETRY_DELAYS,
        concurrency: int = 2,
        log: Log = log_line,
    ) -> None:
        """`send(queue name, body)` delivers to failure destinations."""
        self._pools = {
            key: _Pool(
                function, variables_for(function, credentials_for(key), endpoint_url), concurrency, log
            )
            for key, function in functions.items()
        }
        self._asynchronous = AsynchronousEvents(self._run, send, retry_delays, log)

    def start(self) -> None:
        """Start one worker for each function, all at once, and wait until they can take requests."""
        for pool in self._pools.values():
            pool.warm_up()
        for pool in self._pools.values():
            pool.report_start()
        self._asynchronous.start()

    def stop(self) -> None:
        self._asynchronous.stop()
        for pool in self._pools.values():
            pool.stop()

    def invoke(self, function_id: str, event: Any) -> InvocationResult:
        """Invoke and wait for the answer. Raises PayloadTooLarge above 6 MB."""
        _check_size(event, _LARGEST_REQUEST)
        return self._run(self._pools[function_id].function, event, str(uuid4()))

    def invoke_async(self, function_id: str, event: Any) -> None:
        """Queue an event. Raises PayloadTooLarge above 1 MB."""
        _check_size(event, _LARGEST_EVENT)
        self._asynchronous.put(self._pools[function_id].function, event)

    def _run(self, function: Function, event: Any, request_id: str) -> InvocationResult:
        return self._pools[function.id].invoke(event, request_id)


class _Pool:
    """The execution environments of one function."""

    def __init__(self, function: Function, variables: Mapping[str, str], concurrency: int, log: Log) -> None:
        self.function = function
        self._log = log
        self._variables = variables
        self._places = threading.Semaphore(concurrency)
        self._lock = threading.Lock()
        self._idle: list[Environment] = []
        self._all: set[Environment] = set()
        self._stopped = False

    def warm_up(self) -> None:
        self._idle.append(self._start(code_version(self.function.folder)))

    def report_start(self) -> None:
        for environment in self._idle:
            error = environment.wait_until_ready()
            if error:
                self._log(self.function.id, InvocationResult(error, True, "").error)

    def invoke(self, event: Any, request_id: str) -> InvocationResult:
        with self._places:
            try:
                environment = self._take(code_version(self.function.folder))
            except _Stopped:
                stopped = {"errorType": "Runtime.ExitError", "errorMessage": "The local stack is stopping."}
                return InvocationResult(stopped, True, request_id)
            error = environment.wait_until_ready()
            if error:
                self._discard(environment)
                return InvocationResult({**error, "requestId": request_id}, True, request_id)
            result = environment.invoke(event, request_id)
            with self._lock:
                self._idle.append(environment)
            return result

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            environments = list(self._all)
        for environment in environments:
            environment.stop()

    def _take(self, version: int) -> Environment:
        """Give an environment that runs the code as it is now; one with older code ends."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                environment = self._idle.pop()
            if environment.alive and environment.version == version:
                return environment
            self._discard(environment)
        return self._start(version)

    def _start(self, version: int) -> Environment:
        with self._lock:  # so that none starts behind the back of `stop`
            if self._stopped:
                raise _Stopped
            environment = Environment(self.function, self._variables, version, self._log)
            self._all.add(environment)
        return environment

    def _discard(self, environment: Environment) -> None:
        environment.stop()
        with self._lock:
            self._all.discard(environment)


class _Stopped(Exception):
    pass


def code_version(folder: Path) -> int:
    """Give a number that changes when a file in the folder is added, removed or saved."""
    files = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        for name in names:
            if not name.startswith("."):  # editors keep their own there while a file is open
                with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                    status = os.stat(os.path.join(parent, name))
                    files.append((parent, name, status.st_mtime_ns, status.st_size))
    return hash(tuple(sorted(files)))


def _check_size(event: Any, largest: int) -> None:
    size = len(json.dumps(event, ensure_ascii=False).encode(errors="surrogatepass"))
    if size > largest:
        raise PayloadTooLarge(f"The event has {size} bytes; Lambda takes {largest}.")
