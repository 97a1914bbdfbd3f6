"""The order in which waiting events get an execution environment."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest

from local.faults import Faults
from local.lambda_ import pool
from local.lambda_.environment import InvocationResult
from local.lambda_.functions import Function
from local.lambda_.pool import object_bytes, priority


def test_serves_the_lowest_priority_first_and_equal_ones_in_order_of_arrival(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = threading.Semaphore(0)

    class Received(queue.SimpleQueue[Any]):
        def get(self, *_: Any) -> Any:
            waiting.release()  # the event is queued
            return super().get()

    monkeypatch.setattr(pool, "SimpleQueue", Received)
    idle = pool.IdleEnvironments(1)
    idle.take(0)
    served: queue.SimpleQueue[str] = queue.SimpleQueue()

    def wait(value: float, name: str) -> None:
        idle.take(value)
        served.put(name)

    for due, name in [(9, "late"), (5, "first"), (5, "second"), (1, "early")]:
        threading.Thread(target=wait, args=(due, name), daemon=True).start()
        assert waiting.acquire(timeout=10)
    order = []
    for _ in range(4):
        idle.put(None)
        order.append(served.get(timeout=10))
    assert order == ["early", "first", "second", "late"]


def test_hands_out_the_environment_that_was_used_last() -> None:
    idle: Any = pool.IdleEnvironments(2)
    idle.take(0)
    idle.put("warm")
    assert idle.take(0) == "warm"


@pytest.mark.parametrize(("versions", "logged"), [([1], ["ImportError: broken"]), ([1, 2], [])])
def test_an_environment_that_is_replaced_while_it_starts_logs_no_error(
    function: Function, monkeypatch: pytest.MonkeyPatch, versions: list[int], logged: list[str]
) -> None:
    messages: list[str] = []

    class Starting:
        """An environment whose import has ended, before the next version of the code is saved."""

        alive = True

        def __init__(self, _function: Function, _variables: Any, version: int, _log: Any) -> None:
            self.version = version

        @property
        def init_error(self) -> dict[str, str] | None:
            if self.version > 1:
                return None
            if len(versions) > 1:
                environments.invoke({}, "request")
            return {"errorType": "ImportError", "errorMessage": "broken"}

        def invoke(self, event: Any, request_id: str) -> InvocationResult:
            return InvocationResult(None, False, request_id)

        def stop(self) -> None:
            """Nothing runs."""

    remaining = iter(versions)
    monkeypatch.setattr(pool, "code_version", lambda folder: next(remaining))
    monkeypatch.setattr(pool, "ExecutionEnvironment", Starting)
    environments = pool.EnvironmentPool(function, {}, lambda _, text: messages.append(text), 1, Faults())
    environments.warm_up()
    assert messages == logged


def s3_event(*sizes: int) -> dict[str, Any]:
    return {"Records": [{"s3": {"object": {"key": "a", "size": size}}} for size in sizes]}


def test_a_small_object_is_served_before_a_photo_that_arrived_shortly_before() -> None:
    assert priority(s3_event(22), now=1020.0) < priority(s3_event(2_500_000), now=1000.0)


def test_no_photo_waits_longer_than_two_minutes_behind_small_objects() -> None:
    assert priority(s3_event(25_000_000), now=1000.0) < priority(s3_event(22), now=1121.0)


@pytest.mark.parametrize(
    ("event", "size"),
    [
        (s3_event(22), 22),
        (s3_event(22, 20), 42),
        ({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}, 0),
        ({"Records": [{"s3": {"object": {"key": "a"}}}]}, 0),
        ({"Records": None}, 0),
        ({"version": "2.0", "routeKey": "GET /images"}, 0),
        ("text", 0),
        (None, 0),
    ],
)
def test_reads_the_size_of_the_objects_from_an_event(event: Any, size: int) -> None:
    assert object_bytes(event) == size
