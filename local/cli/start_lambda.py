"""`sam local start-lambda`: Lambda's Invoke API, with the functions in containers."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, Any, Self

import requests

from local.cli.sam import SAM, local_environment
from local.http import send
from local.lambda_.environment import InvocationResult
from local.settings import ROOT

_OPTIONS = ("--host", "127.0.0.1", "--port", "0", "--warm-containers", "LAZY")  # one container per function
_RUNNING = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")
_STOP_SECONDS = 30  # to remove the containers


class StartLambdaFailed(Exception):
    """SAM CLI ended before it accepted requests; the message contains its output."""


class StartLambda:
    """The process, which runs inside a `with` block. It listens on a free port."""

    def __init__(self, options: Sequence[str]) -> None:
        """Prepare it with `options` of `sam local`."""
        self._options = options
        self._stopping = False

    def __enter__(self) -> Self:
        """Start the process, and wait until it accepts requests. Raises StartLambdaFailed."""
        self._process = subprocess.Popen(  # noqa: S603 -- SAM CLI with our own options
            [SAM, "local", "start-lambda", *_OPTIONS, *self._options],
            cwd=ROOT,
            env=local_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl+C must not reach it before the API has stopped
        )
        assert self._process.stderr  # noqa: S101 -- always a pipe here
        try:
            self._url = _wait_until_running(self._process.stderr)
        except BaseException:  # also Ctrl+C, which the process doesn't receive
            self._stop()
            self._process.stderr.close()
            raise
        self._relay = threading.Thread(target=self._print_lines, args=(self._process.stderr,), daemon=True)
        self._relay.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self._relay.join()

    def invoke(self, function_id: str, event: Any) -> InvocationResult:
        """Invoke a function and wait for its result."""
        url = f"{self._url}/2015-03-31/functions/{function_id}/invocations"
        try:
            response = send("POST", url, json=event)
            payload = response.json()
        except requests.RequestException as error:
            return _failure("SamLocalError", f"sam local start-lambda didn't respond: {error}")
        if not response.ok:
            return _failure(payload.get("Type"), payload.get("Message"))
        # SAM CLI omits x-amz-function-error for errors with a request id, which those of Python have.
        failed = isinstance(payload, dict) and payload.keys() >= {"errorType", "errorMessage"}
        return InvocationResult(payload, failed, "")

    def wait(self) -> int:
        """Wait until the process ends by itself, and return its exit code."""
        return self._process.wait()

    def _stop(self) -> None:
        self._stopping = True
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _print_lines(self, output: IO[str]) -> None:
        with output:
            for line in output:
                # The caller prints its own message. The functions' runtime reports its end as an error.
                if "Press CTRL+C" not in line and not self._stopping:
                    sys.stderr.write(line)
                    sys.stderr.flush()


def _wait_until_running(output: IO[str]) -> str:
    """Return the URL that SAM CLI announces."""
    lines = []
    for line in output:
        if match := _RUNNING.search(line):
            return match[1]
        lines.append(line)
    raise StartLambdaFailed(f"sam local start-lambda failed:\n{''.join(lines).strip()}")


def _failure(error_type: Any, message: Any) -> InvocationResult:
    return InvocationResult({"errorType": error_type, "errorMessage": message}, True, "")
