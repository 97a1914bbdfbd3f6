from __future__ import annotations

import queue
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from local.lambda_.async_events import AsynchronousEvents
from local.lambda_.environment import InvocationResult

if TYPE_CHECKING:
    from local.lambda_.functions import Function


class Lambda:
    """Fails as often as it is told, and notes what it was called with."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.calls: list[tuple[Any, str]] = []
        self.done = threading.Event()

    def __call__(self, function: Function, event: Any, request_id: str) -> InvocationResult:
        self.calls.append((event, request_id))
        failed = len(self.calls) <= self.failures
        if not failed:
            self.done.set()
        return InvocationResult({"errorType": "Busy", "errorMessage": "later"}, failed, request_id)


def test_a_retry_has_the_same_event_and_request_id(function: Function) -> None:
    run, sent = Lambda(failures=2), queue.Queue[str]()
    events = AsynchronousEvents(run, lambda name, body: sent.put(name), (0.0, 0.0))
    events.start()
    events.put(function, {"n": 1})
    assert run.done.wait(10)
    events.stop()
    (event, request_id), *again = run.calls
    assert event == {"n": 1}
    assert again == [({"n": 1}, request_id)] * 2
    assert sent.empty()


def test_the_template_says_how_often(function: Function) -> None:
    run, sent = Lambda(failures=9), queue.Queue[str]()
    events = AsynchronousEvents(run, lambda name, body: sent.put(name), (0.0,))
    events.start()
    events.put(replace(function, retries=0), {})
    assert sent.get(timeout=10) == "RetryQueue"
    events.stop()
    assert len(run.calls) == 1


def test_nothing_starts_after_a_stop(function: Function) -> None:
    run = Lambda(failures=0)
    events = AsynchronousEvents(run, lambda name, body: None, (0.0,))
    events.stop()
    events.put(function, {})
    events.start()
    assert run.calls == []
