"""Lambda's invoke API: runs functions in worker processes, several at once up to a limit."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.lambda_.environment import InvocationResult, lambda_variables
from local.lambda_.pool import EnvironmentPool
from local.logs import Log, log_line

if TYPE_CHECKING:
    from local.faults import Faults
    from local.lambda_.functions import Function

_MAX_PAYLOAD_BYTES = 6 * 1024 * 1024  # Lambda's quotas
_MAX_ASYNC_PAYLOAD_BYTES = 1024 * 1024
_RETRY_DELAYS = (60, 120)  # seconds on AWS
_THROTTLE_DELAY = 1.0  # seconds; on AWS one at first, and then more and more
SPEEDUP = 60  # a minute on AWS is a second here


class PayloadTooLarge(Exception):
    """The event is larger than Lambda's quota."""


class FunctionInvoker:
    """Invokes the functions of a template, synchronously or asynchronously."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        *,
        endpoint_url: str,
        credentials_for: Callable[[str], Mapping[str, str]],
        send: Callable[[str, str], None],
        concurrency: int,
        faults: Faults,
        speedup: float = SPEEDUP,
        log: Log = log_line,
        observe: Callable[[str, float, bool], None] = lambda name, seconds, failed: None,
        on_throttle: Callable[[str], None] = lambda name: None,
    ) -> None:
        """Prepare `functions`, by logical id, each with up to `concurrency` environments.

        `send(queue name, body)` delivers to failure destinations. `speedup` divides the delays before the
        retries of an asynchronous event, and the length of leases. `observe(function name, seconds, failed)`
        is told of each invocation, and `on_throttle(function name)` of each that is throttled.
        """
        self._on_throttle = on_throttle
        self._send = send
        self._faults = faults
        self._retry_delays = [delay / speedup for delay in _RETRY_DELAYS]
        self._log = log
        self._stopping = threading.Event()
        self._pools = {
            function_id: EnvironmentPool(
                function,
                lambda_variables(function, credentials_for(function_id), endpoint_url, speedup),
                log,
                concurrency,
                faults,
                partial(observe, function.name),
            )
            for function_id, function in functions.items()
        }

    def start(self) -> None:
        """Start one worker per function in parallel, and wait until all are ready."""
        for pool in self._pools.values():
            pool.warm_up()
        for pool in self._pools.values():
            pool.log_init_error()

    def stop(self) -> None:
        """Stop all workers; asynchronous events that are still waiting are lost."""
        self._stopping.set()
        for pool in self._pools.values():
            pool.stop()

    def environments(self, function_id: str) -> int:
        """Return how many worker processes a function has."""
        return self._pools[function_id].size

    def invoke(self, function_id: str, event: Any) -> InvocationResult:
        """Invoke a function and wait for its result. Raises PayloadTooLarge above 6 MB."""
        _check_size(event, _MAX_PAYLOAD_BYTES)
        return self._invoke(self._pools[function_id], event, str(uuid4()))

    def invoke_async(self, function_id: str, event: Any, delay: float = 0.0) -> None:
        """Invoke a function in the background after `delay` seconds, with retries.

        Raises PayloadTooLarge above 1 MB.
        """
        _check_size(event, _MAX_ASYNC_PAYLOAD_BYTES)
        call = (self._pools[function_id], event, delay)
        threading.Thread(target=self._run_async, args=call, daemon=True).start()

    def _invoke(self, pool: EnvironmentPool, event: Any, request_id: str) -> InvocationResult:
        if self._faults.invocation_is_throttled():
            self._on_throttle(pool.function.name)
            return InvocationResult.throttled(request_id)
        return pool.invoke(event, request_id)

    def _run_async(self, pool: EnvironmentPool, event: Any, delay: float) -> None:
        """Process an event; if all attempts fail, send its record to the failure queue.

        Being throttled isn't an attempt. On AWS, an event is tried for as long as MaximumEventAgeInSeconds.
        """
        if delay and self._stopping.wait(delay):
            return
        function, request_id = pool.function, str(uuid4())
        attempts = function.retries + 1
        for attempt in range(1, attempts + 1):
            while (result := self._invoke(pool, event, request_id)).is_throttled:
                if self._stopping.wait(_THROTTLE_DELAY):
                    return
            if not result.failed or self._stopping.is_set():
                return
            self._log(function.id, f"Attempt {attempt} of {attempts} failed: {result.error}")
            if attempt < attempts and self._stopping.wait(self._retry_delays[attempt - 1]):
                return
        if function.failure_queue:
            record = failure_record(function, event, result, attempts)
            self._send(function.failure_queue, json.dumps(record))


def failure_record(function: Function, event: Any, result: InvocationResult, attempts: int) -> dict[str, Any]:
    """Return the record that Lambda sends to a failure destination."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "version": "1.0",
        "timestamp": now,
        "requestContext": {
            "requestId": result.request_id,
            "functionArn": f"{function.arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": attempts,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": result.payload,
    }


def _check_size(event: Any, max_bytes: int) -> None:
    size = len(json.dumps(event, ensure_ascii=False).encode(errors="surrogatepass"))
    if size > max_bytes:
        raise PayloadTooLarge(f"The event has {size} bytes. Lambda's limit is {max_bytes}.")
