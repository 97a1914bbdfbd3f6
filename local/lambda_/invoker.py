"""Lambda's invoke API: runs functions in worker processes, several at once up to a limit."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.lambda_.environment import InvocationResult, lambda_variables
from local.lambda_.pool import EnvironmentPool
from local.lambda_.waiting import WaitingEvent, WaitingEvents
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
        waiting: WaitingEvents | None = None,
        speedup: float = SPEEDUP,
        log: Log = log_line,
        observe: Callable[[str, float, bool], None] = lambda name, seconds, failed: None,
        on_throttle: Callable[[str], None] = lambda name: None,
    ) -> None:
        """Prepare `functions`, by logical id, each with up to `concurrency` environments.

        `send(queue name, body)` delivers to failure destinations. `waiting` stores the asynchronous events
        that aren't settled yet. `speedup` divides the delays before the retries of an asynchronous event, and
        the length of leases. `observe(function name, seconds, failed)` is called after each invocation, and
        `on_throttle(function name)` for each that is throttled.
        """
        self._on_throttle = on_throttle
        self._send = send
        self._faults = faults
        self._waiting = waiting or WaitingEvents()
        self._left = list(self._waiting.load())  # by the previous run
        self._retry_delays = [delay / speedup for delay in _RETRY_DELAYS]
        self._log = log
        self._stopping = threading.Event()
        self._warming = threading.Thread(target=self._warm_up, daemon=True)
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
        """Start one worker per function in the background, one after the other.

        That is as fast on two cores, and the first ones are ready earlier. An event waits only for its own
        function's worker.
        """
        self._warming.start()

    def wait_until_warm(self) -> None:
        """Wait until each function has a worker that has imported its handler."""
        self._warming.join()

    def stop(self) -> None:
        """Stop all workers. What is left of asynchronous events is up to `waiting`."""
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
        waiting = WaitingEvent(function_id, str(uuid4()), event, time.time() + delay)
        self._waiting.add(waiting)
        self._start_async(waiting)

    def resume(self) -> int:
        """Go on with the asynchronous events of the previous run. Return how many there are.

        Those of a function that the template no longer has stay where they are.
        """
        left = [waiting for waiting in self._left if waiting.function_id in self._pools]
        for waiting in left:
            self._start_async(waiting)
        return len(left)

    def _warm_up(self) -> None:
        for pool in self._pools.values():
            pool.warm_up()

    def _invoke(self, pool: EnvironmentPool, event: Any, request_id: str) -> InvocationResult:
        if self._faults.invocation_is_throttled():
            self._on_throttle(pool.function.name)
            return InvocationResult.throttled(request_id)
        return pool.invoke(event, request_id)

    def _start_async(self, waiting: WaitingEvent) -> None:
        threading.Thread(target=self._run_async, args=(waiting,), daemon=True).start()

    def _run_async(self, waiting: WaitingEvent) -> None:
        """Process an event; if all attempts fail, send its record to the failure queue.

        Being throttled isn't an attempt. On AWS, an event is tried for as long as MaximumEventAgeInSeconds.
        """
        pool = self._pools[waiting.function_id]
        function, attempts = pool.function, pool.function.retries + 1
        while not self._stopping.wait(max(0.0, waiting.due_at - time.time())):
            result = self._invoke(pool, waiting.event, waiting.request_id)
            if result.is_throttled:
                waiting = replace(waiting, due_at=time.time() + _THROTTLE_DELAY)
                continue
            if result.failed and self._stopping.is_set():
                return
            if not result.failed:
                break
            failures = waiting.failures + 1
            self._log(function.id, f"Attempt {failures} of {attempts} failed: {result.error}")
            if failures >= attempts:
                if function.failure_queue:
                    record = failure_record(function, waiting.event, result, failures)
                    self._send(function.failure_queue, json.dumps(record))
                break
            due_at = time.time() + self._retry_delays[failures - 1]
            waiting = replace(waiting, failures=failures, due_at=due_at)
            self._waiting.update(waiting)
        else:
            return
        self._waiting.remove(waiting)


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
