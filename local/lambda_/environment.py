"""Lambda's execution environments: worker processes that run a function's handler."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

from local.logs import Log, log_line
from local.template.names import REGION
from local.template.template import TemplateError

if TYPE_CHECKING:
    from local.lambda_.functions import Function

_WORKER = Path(__file__).with_name("worker.py")
_START_TIMEOUT = 60  # seconds; Lambda allows 10, but imports are slow on a busy machine
_MAX_RESPONSE = 6 * 1024 * 1024  # bytes; Lambda's quota for synchronous invocations
# glibc keeps freed blocks of up to 32 MB for later, in each thread; from 1 MB on, give them back at once.
_MALLOC = {"MALLOC_MMAP_THRESHOLD_": "1048576"}
_THROTTLED = "TooManyRequestsException"
_ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL"
# Durations that the speed-up divides, and their minimum in seconds, because the work itself isn't faster here
_COMPRESSED_VARIABLES = {
    "LEASE_SECONDS": 5,  # a lease has to outlast a pause between its renewals
    "RECOVER_AFTER_SECONDS": 30,  # an event may wait for a worker
}


@dataclass(frozen=True)
class InvocationResult:
    """The handler's return value or, if `failed`, Lambda's description of the error."""

    payload: Any
    failed: bool
    request_id: str

    @classmethod
    def throttled(cls, request_id: str) -> InvocationResult:
        """Return the result of an invocation that Lambda refuses, because no concurrency is left."""
        return cls({"errorType": _THROTTLED, "errorMessage": "Rate Exceeded."}, True, request_id)

    @property
    def is_throttled(self) -> bool:
        return self.failed and self.payload["errorType"] == _THROTTLED

    @property
    def error(self) -> str:
        """The error type and message on one line, or "" if the invocation succeeded."""
        return f"{self.payload['errorType']}: {self.payload['errorMessage']}" if self.failed else ""


def lambda_variables(
    function: Function, credentials: Mapping[str, str], endpoint_url: str, speedup: float = 1
) -> dict[str, str]:
    """Return the variables that Lambda sets for a function; nothing else of this machine's environment.

    `speedup` divides the length of leases and the age at which images are recovered, as it divides the
    visibility timeouts of queues.

    Raises TemplateError if the function doesn't declare AWS_ENDPOINT_URL: it would call the real AWS.
    """
    if _ENDPOINT_VARIABLE not in function.variables:
        raise TemplateError(
            f"{function.id} would call the real AWS: its Environment in the template doesn't have "
            f'{_ENDPOINT_VARIABLE}. Add {_ENDPOINT_VARIABLE}: "".'
        )
    return {
        **function.variables,
        **_compressed_variables(function, speedup),
        **credentials,
        _ENDPOINT_VARIABLE: endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": f"local/[$LATEST]{uuid4().hex}",
        "LAMBDA_TASK_ROOT": str(function.folder),
        "_HANDLER": function.handler,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": os.environ.get("PATH", os.defpath),
        # Lambda has no such files; this user's own files could lead a function to the real AWS.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _compressed_variables(function: Function, speedup: float) -> dict[str, str]:
    return {
        name: str(max(int(float(function.variables[name]) / speedup), minimum))
        for name, minimum in _COMPRESSED_VARIABLES.items()
        if name in function.variables
    }


class ExecutionEnvironment:
    """A worker process that handles one request at a time."""

    def __init__(
        self, function: Function, variables: Mapping[str, str], version: int, log: Log = log_line
    ) -> None:
        """Start the worker; `version` identifies the code that it loads."""
        self.version = version
        self._log = log
        self._function = function
        self._responses: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._init_lock = threading.Lock()
        self._init_response: dict[str, Any] | None = None
        self._process = subprocess.Popen(  # noqa: S603 -- our own worker, and the template's handler
            [sys.executable, "-P", str(_WORKER), function.handler],
            cwd=function.folder,
            env={**variables, **_MALLOC},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl+C must reach the stack only, which then stops its workers in order
        )
        for receive, stream in (
            (self._responses.put, self._process.stdout),
            (self._log_line, self._process.stderr),
        ):
            threading.Thread(target=_read_lines, args=(stream, receive), daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def init_error(self) -> dict[str, Any] | None:
        """Lambda's description of the error if the handler's import failed. Waits for the import."""
        with self._init_lock:  # the first caller receives the response
            if self._init_response is None:
                text = f"Importing the handler took longer than {_START_TIMEOUT} seconds."
                self._init_response = self._receive("", _START_TIMEOUT, text)
        return self._init_response.get("error")

    def invoke(self, event: Any, request_id: str) -> InvocationResult:
        """Run the handler once; after a timeout or a crash the environment isn't `alive` anymore."""
        timeout = self._function.timeout
        request = {
            "requestId": request_id,
            "functionArn": self._function.arn,
            "deadline": time.time() + timeout,
            "event": event,
        }
        assert self._process.stdin  # noqa: S101 -- always a pipe here
        with contextlib.suppress(BrokenPipeError):  # the process has exited, which `_receive` reports
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        text = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
        response = self._receive(request_id, timeout, text)
        failed = "error" in response
        return InvocationResult(response["error" if failed else "result"], failed, request_id)

    def kill(self) -> None:
        """Kill the process, whatever it is doing."""
        self._process.kill()

    def stop(self) -> None:
        """Kill the process, and wait for its end."""
        self.kill()
        self._process.wait()
        assert self._process.stdin  # noqa: S101 -- always a pipe here
        with contextlib.suppress(BrokenPipeError):  # closing flushes, and the reader is gone
            self._process.stdin.close()

    def _receive(self, request_id: str, timeout: float, timeout_text: str) -> dict[str, Any]:
        """Wait for the worker's next response; kill the worker after `timeout` seconds."""
        try:
            line = self._responses.get(timeout=timeout)
        except queue.Empty:
            self._process.kill()
            self._process.wait()
            return {"error": {"errorType": "Sandbox.Timedout", "errorMessage": timeout_text}}
        if not line:
            return {"error": self._exit_error(request_id)}
        if len(line) > _MAX_RESPONSE:
            text = f"Response payload size exceeded maximum allowed payload size ({_MAX_RESPONSE} bytes)."
            return {"error": {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": text}}
        response: dict[str, Any] = json.loads(line)
        return response

    def _exit_error(self, request_id: str) -> dict[str, Any]:
        code = self._process.wait()
        reason = "without providing a reason" if code == 0 else f"with error: exit status {code}"
        if code < 0:
            reason = f"with error: signal: {signal.Signals(-code).name}"
        text = f"RequestId: {request_id} Error: Runtime exited {reason}"
        return {"errorType": "Runtime.ExitError", "errorMessage": text}

    def _log_line(self, line: str) -> None:
        if line:
            self._log(self._function.id, line)


def _read_lines(stream: IO[str], receive: Callable[[str], None]) -> None:
    """Pass each line to `receive`, and "" at the end of the stream."""
    with stream:
        for line in stream:
            receive(line)
    receive("")
