"""Lambda's asynchronous invocations: a queue, retries after a while, then the failure destination."""

from __future__ import annotations

import heapq
import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.lambda_.environment import InvocationResult
from local.lambda_.logs import Log, log_line

if TYPE_CHECKING:
    from local.lambda_.functions import Function

_THREADS = 4


@dataclass(frozen=True, order=True)
class _Waiting:
    due: float
    order: int
    function: Function = field(compare=False)
    event: Any = field(compare=False)
    request_id: str = field(compare=False)
    attempt: int = field(compare=False, default=1)


def failure_record(function: Function, event: Any, result: InvocationResult, attempts: int) -> dict[str, Any]:
    """Give the record that Lambda sends to a failure destination."""
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


class AsynchronousEvents:
    """The queue in front of the functions."""

    def __init__(
        self,
        invoke: Callable[[Function, Any, str], InvocationResult],
        send: Callable[[str, str], None],
        retry_delays: Sequence[float],
        log: Log = log_line,
    ) -> None:
        """`send(queue name, body)` delivers to the destinations; the last delay holds for further retries."""
        self._invoke = invoke
        self._send = send
        self._delays = retry_delays
        self._log = log
        self._order = itertools.count()
        self._waiting: list[_Waiting] = []
        self._changed = threading.Condition()
        self._stopped = False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(_THREADS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Start nothing more; what runs is left to end."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()

    def put(self, function: Function, event: Any) -> None:
        self._add(_Waiting(time.monotonic(), next(self._order), function, event, str(uuid4())))

    def _add(self, item: _Waiting) -> None:
        with self._changed:
            if not self._stopped:
                heapq.heappush(self._waiting, item)
                self._changed.notify_all()

    def _work(self) -> None:
        while (item := self._next()) is not None:
            result = self._invoke(item.function, item.event, item.request_id)
            if result.failed and not self._stopped:
                self._failed(item, result)

    def _next(self) -> _Waiting | None:
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                if self._waiting and self._waiting[0].due <= now:
                    return heapq.heappop(self._waiting)
                self._changed.wait(self._waiting[0].due - now if self._waiting else None)
        return None

    def _failed(self, item: _Waiting, result: InvocationResult) -> None:
        self._log(item.function.id, f"attempt {item.attempt} failed: {result.error}")
        if item.attempt <= item.function.retries:
            delay = self._delays[min(item.attempt, len(self._delays)) - 1]
            later = replace(item, due=time.monotonic() + delay, attempt=item.attempt + 1)
            self._add(replace(later, order=next(self._order)))
        elif item.function.failure_queue:
            record = failure_record(item.function, item.event, result, item.attempt)
            self._send(item.function.failure_queue, json.dumps(record))
