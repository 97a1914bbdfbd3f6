"""An execution environment of Lambda: the worker process, as seen from the stack."""

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

from local.lambda_.logs import Log, log_line
from local.template.names import REGION

if TYPE_CHECKING:
    from local.lambda_.functions import Function

_WORKER = Path(__file__).with_name("worker.py")
_START_SECONDS = 60  # imports on a busy machine; Lambda's own 10 s are for Lambda's own machines
_STOP_SECONDS = 1
_LARGEST_RESPONSE = 6 * 1024 * 1024
_ENDPOINT = "AWS_ENDPOINT_URL"


class EnvironmentIncomplete(Exception):
    """The template lacks a variable without which a function would talk to the real AWS."""


@dataclass(frozen=True)
class InvocationResult:
    """What an invocation gave: the handler's answer or, when `failed`, Lambda's description of the error."""

    payload: Any
    failed: bool
    request_id: str

    @property
    def error(self) -> str:
        """What went wrong, on one line."""
        return f"{self.payload['errorType']}: {self.payload['errorMessage']}" if self.failed else ""


def variables_for(function: Function, credentials: Mapping[str, str], endpoint_url: str) -> dict[str, str]:
    """Give the variables that Lambda would set for a function, and no others of this machine's."""
    if _ENDPOINT not in function.variables:
        problem = f'{function.id} does not declare {_ENDPOINT}: ""'
        raise EnvironmentIncomplete(f"{problem} in the template. Without it, it would call the real AWS.")
    return {
        **function.variables,
        **credentials,
        _ENDPOINT: endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_FORMAT": "JSON" if function.json_logs else "Text",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": f"local/[$LATEST]{uuid4().hex}",
        "LAMBDA_TASK_ROOT": str(function.folder),
        "_HANDLER": function.handler,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": os.environ.get("PATH", os.defpath),
        # Lambda has no such files; the person's own could send a function to the real AWS.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


class Environment:
    """A worker process; one request at a time."""

    def __init__(
        self, function: Function, variables: Mapping[str, str], version: int, log: Log = log_line
    ) -> None:
        """`version` is of the code that it starts with."""
        self.version = version
        self._log = log
        self._function = function
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._ready: dict[str, Any] | None = None
        self._spent = False
        self._process = subprocess.Popen(  # noqa: S603 -- our own worker, and the handler the template names
            [sys.executable, "-P", str(_WORKER), function.handler],
            cwd=function.folder,
            env=dict(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the stack, which then ends its workers in order
        )
        for take, stream in (
            (self._take_answer, self._process.stdout),
            (self._log_line, self._process.stderr),
        ):
            threading.Thread(target=_each_line, args=(stream, take), daemon=True).start()

    @property
    def alive(self) -> bool:
        return not self._spent and self._process.poll() is None

    def wait_until_ready(self) -> dict[str, Any] | None:
        """Wait for the handler's import; give Lambda's description of the error if it failed."""
        if self._ready is None:
            try:
                line = self._answers.get(timeout=_START_SECONDS)
                self._ready = json.loads(line) if line else {"error": self._ended("")}
            except queue.Empty:
                text = f"The handler's import took longer than {_START_SECONDS} seconds."
                self._ready = {"error": {"errorType": "Sandbox.Timedout", "errorMessage": text}}
        error: dict[str, Any] | None = self._ready.get("error")
        return error

    def invoke(self, event: Any, request_id: str) -> InvocationResult:
        """Run the handler once; after a time-out or a crash the environment is of no more use."""
        deadline = time.time() + self._function.timeout
        request = {
            "requestId": request_id,
            "functionArn": self._function.arn,
            "deadline": deadline,
            "event": event,
        }
        assert self._process.stdin  # noqa: S101 -- always a pipe here
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return InvocationResult(self._ended(request_id), True, request_id)
        return self._result(request_id)

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait(_STOP_SECONDS)
        assert self._process.stdin  # noqa: S101 -- always a pipe here
        with contextlib.suppress(BrokenPipeError):  # what was left to write has no reader any more
            self._process.stdin.close()

    def _result(self, request_id: str) -> InvocationResult:
        try:
            line = self._answers.get(timeout=self._function.timeout)
        except queue.Empty:
            self._spent = True
            self._process.kill()
            text = f"RequestId: {request_id} Error: Task timed out after {self._function.timeout:.2f} seconds"
            return InvocationResult({"errorType": "Sandbox.Timedout", "errorMessage": text}, True, request_id)
        if line is None:
            return InvocationResult(self._ended(request_id), True, request_id)
        if len(line) > _LARGEST_RESPONSE:
            return InvocationResult(_too_large(), True, request_id)
        answer = json.loads(line)
        return InvocationResult(answer.get("error", answer.get("result")), "error" in answer, request_id)

    def _ended(self, request_id: str) -> dict[str, Any]:
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            self._process.kill()
            code = self._process.wait(_STOP_SECONDS)
        how = "without providing a reason" if code == 0 else f"with error: exit status {code}"
        if code < 0:
            how = f"with error: signal: {signal.Signals(-code).name}"
        text = f"RequestId: {request_id} Error: Runtime exited {how}"
        return {"errorType": "Runtime.ExitError", "errorMessage": text}

    def _take_answer(self, line: str) -> None:
        self._answers.put(line or None)

    def _log_line(self, line: str) -> None:
        if line:
            self._log(self._function.id, line)


def _each_line(stream: IO[str], take: Callable[[str], None]) -> None:
    """Hand on each line, and an empty one at the end."""
    with stream:
        for line in stream:
            take(line)
    take("")


def _too_large() -> dict[str, Any]:
    text = f"Response payload size exceeded maximum allowed payload size ({_LARGEST_RESPONSE} bytes)."
    return {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": text}
