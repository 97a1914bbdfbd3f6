"""Invocations: crashed workers, code changes, quotas, and retries."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.faults import Faults
from local.lambda_.functions import Function
from local.lambda_.invoker import PayloadTooLarge
from local.lambda_.waiting import WaitingEvent, WaitingEvents

if TYPE_CHECKING:
    from tests.unit.local.lambda_.conftest import Invoke, Start

ARN = "arn:aws:lambda:us-east-1:123456789012:function:TestFunction"


@pytest.mark.parametrize(
    ("code", "reason"), [(0, "without providing a reason"), (3, "with error: exit status 3")]
)
def test_replaces_a_worker_that_exits_during_a_request(invoke: Invoke, code: int, reason: str) -> None:
    first = invoke({"return": "process"}).payload
    result = invoke({"exit": code})
    text = f"RequestId: {result.request_id} Error: Runtime exited {reason}"
    assert result.payload == {"errorType": "Runtime.ExitError", "errorMessage": text}
    assert invoke({"return": "process"}).payload != first


def test_replaces_a_worker_that_exits_between_requests(invoke: Invoke) -> None:
    first = invoke({"return": "process"}).payload
    os.kill(first, signal.SIGKILL)
    results = [invoke({"return": "process"}) for _ in range(2)]
    assert not results[-1].failed
    assert results[-1].payload != first


def test_kills_a_worker_that_times_out(start: Start) -> None:
    invoker = start(timeout=0.2)
    result = invoker.invoke("TestFunction", {"hang": True})
    text = f"RequestId: {result.request_id} Error: Task timed out after 0.20 seconds"
    assert result.payload == {"errorType": "Sandbox.Timedout", "errorMessage": text}
    assert invoker.invoke("TestFunction", {"fine": True}).payload == {"fine": True}


def test_uses_changed_code_at_the_next_invocation(invoke: Invoke, function: Function) -> None:
    before = invoke({"return": "process"}).payload
    assert invoke({"return": "process"}).payload == before
    (function.folder / "package").mkdir()
    (function.folder / "package" / "values.py").write_text("VALUE = 'new'")
    (function.folder / "app.py").write_text(
        "from package.values import VALUE\ndef handler(event, context): return VALUE"
    )
    assert invoke({}).payload == "new"


def test_ignores_a_module_that_disappears(invoke: Invoke, function: Function) -> None:
    (function.folder / "gone.py").symlink_to("nowhere")  # listed, but can't be read
    assert invoke({"fine": True}).payload == {"fine": True}


def test_an_event_survives_an_error_of_the_local_stack(start: Start, function: Function) -> None:
    sent: queue.Queue[str] = queue.Queue()
    invoker = start(send=lambda name, body: sent.put(body))
    shutil.rmtree(function.folder)
    invoker.invoke_async("TestFunction", {"fine": True})
    record = json.loads(sent.get(timeout=10))
    assert record["requestPayload"] == {"fine": True}
    assert record["responsePayload"]["errorType"] == "FileNotFoundError"


def test_rejects_events_and_results_above_the_quotas(start: Start) -> None:
    invoker = start()
    with pytest.raises(PayloadTooLarge):
        invoker.invoke("TestFunction", "x" * (6 * 1024 * 1024))
    with pytest.raises(PayloadTooLarge):
        invoker.invoke_async("TestFunction", "x" * (1024 * 1024))
    assert invoker.invoke("TestFunction", {"size": 6 * 1024 * 1024}).payload == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291456 bytes).",
    }


def test_sends_an_event_to_the_failure_queue_when_retries_are_exhausted(start: Start) -> None:
    sent: queue.Queue[tuple[str, str]] = queue.Queue()
    start(send=lambda name, body: sent.put((name, body))).invoke_async("TestFunction", {"raise": "busy"})
    name, body = sent.get(timeout=20)
    record = json.loads(body)
    request_id = record["requestContext"]["requestId"]
    assert record.pop("timestamp").endswith("Z")
    assert record["responsePayload"].pop("stackTrace")
    assert name == "RetryQueue"
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{ARN}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"raise": "busy"},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": "busy", "errorType": "ValueError", "requestId": request_id},
    }


def wait_for_lines(file: Path, count: int) -> list[str]:
    while not file.exists() or len(lines := file.read_text().splitlines()) < count:
        time.sleep(0.01)
    return lines


def test_retries_with_the_same_event_and_request_id(start: Start, tmp_path: Path) -> None:
    calls, sent = tmp_path / "calls", queue.Queue[str]()
    start(send=lambda name, body: sent.put(name)).invoke_async(
        "TestFunction", {"fail": 2, "calls": str(calls)}
    )
    assert len(set(wait_for_lines(calls, 3))) == 1
    assert sent.empty()


def test_retries_as_often_as_the_template_says(start: Start, tmp_path: Path) -> None:
    calls, sent = tmp_path / "calls", queue.Queue[str]()
    start(send=lambda name, body: sent.put(name), retries=0).invoke_async(
        "TestFunction", {"fail": 9, "calls": str(calls)}
    )
    assert sent.get(timeout=10) == "RetryQueue"
    assert len(wait_for_lines(calls, 1)) == 1


def test_runs_as_many_events_at_once_as_its_concurrency(start: Start, tmp_path: Path) -> None:
    invoker, calls = start(concurrency=3), tmp_path / "calls"
    processes: queue.Queue[Any] = queue.Queue()

    def invoke() -> None:
        processes.put(invoker.invoke("TestFunction", {"meet": 3, "calls": str(calls)}).payload)

    for _ in range(4):  # three of them wait for each other, so none of these can take its turn
        threading.Thread(target=invoke, daemon=True).start()
    assert len({processes.get(timeout=20) for _ in range(4)}) == 3
    assert invoker.environments("TestFunction") == 3


def test_a_fault_kills_the_worker_of_an_event(start: Start) -> None:
    invoker = start(faults={"kills": 1})
    result = invoker.invoke("TestFunction", {"hang": True})
    text = f"RequestId: {result.request_id} Error: Runtime exited with error: signal: SIGKILL"
    assert result.payload == {"errorType": "Runtime.ExitError", "errorMessage": text}


def test_a_fault_throttles_an_invocation(start: Start) -> None:
    told: list[str] = []
    invoker = start(faults={"throttles": 1}, on_throttle=told.append)
    result = invoker.invoke("TestFunction", {"fine": True})
    assert result.payload == {"errorType": "TooManyRequestsException", "errorMessage": "Rate Exceeded."}
    assert result.is_throttled
    assert told == ["TestFunction"]


def test_an_error_of_the_function_is_no_throttle(invoke: Invoke) -> None:
    assert not invoke({"raise": "TooManyRequestsException"}).is_throttled
    assert not invoke({"errorType": "TooManyRequestsException"}).is_throttled


def test_a_throttled_event_waits_without_losing_an_attempt(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.lambda_.invoker._THROTTLE_DELAY", 0.01)
    calls, faults = tmp_path / "calls", Faults()
    throttled = iter([True, True, False, True])
    monkeypatch.setattr(faults, "invocation_is_throttled", lambda: next(throttled, False))
    start(faults=faults).invoke_async("TestFunction", {"fail": 2, "calls": str(calls)})
    assert len(set(wait_for_lines(calls, 3))) == 1


def test_tells_of_each_invocation(start: Start) -> None:
    told: queue.Queue[tuple[str, float, bool]] = queue.Queue()
    invoker = start(observe=lambda *invocation: told.put(invocation), timeout=0.2)
    for event, least_seconds, failed in (
        ({"fine": True}, 0, False),
        ({"raise": "x"}, 0, True),
        ({"hang": True}, 0.2, True),
    ):
        invoker.invoke("TestFunction", event)
        name, seconds, is_failed = told.get_nowait()
        assert (name, seconds >= least_seconds, is_failed) == ("TestFunction", True, failed)


def test_tells_of_an_invocation_whose_import_failed(start: Start, function: Function) -> None:
    (function.folder / "app.py").write_text("import missing_module")
    told: list[bool] = []
    start(observe=lambda name, seconds, failed: told.append(failed)).invoke("TestFunction", {})
    assert told == [True]


class Recorder(WaitingEvents):
    """Keeps events in a list, and notes when each is settled."""

    def __init__(self, *left: WaitingEvent) -> None:
        self.waiting = {each.request_id: each for each in left}
        self.failures: list[int] = []
        self.settled: queue.Queue[Any] = queue.Queue()

    def add(self, waiting: WaitingEvent) -> None:
        self.waiting[waiting.request_id] = waiting

    def update(self, waiting: WaitingEvent) -> None:
        self.waiting[waiting.request_id] = waiting
        self.failures.append(waiting.failures)

    def remove(self, waiting: WaitingEvent) -> None:
        del self.waiting[waiting.request_id]
        self.settled.put(waiting.event)

    def load(self) -> list[WaitingEvent]:
        return list(self.waiting.values())


@pytest.mark.parametrize(("event", "failures"), [({"fine": True}, []), ({"raise": "busy"}, [1, 2])])
def test_an_event_is_kept_until_it_is_settled(start: Start, event: Any, failures: list[int]) -> None:
    waiting = Recorder()
    sent: list[str] = []
    invoker = start(waiting=waiting, send=lambda name, body: sent.append(name))
    invoker.invoke_async("TestFunction", event)
    assert waiting.settled.get(timeout=20) == event
    assert (waiting.waiting, waiting.failures) == ({}, failures)
    assert sent == ["RetryQueue"] * bool(failures)  # before the event is settled


def test_an_event_is_kept_before_the_call_returns(start: Start) -> None:
    waiting = Recorder()
    start(waiting=waiting).invoke_async("TestFunction", {"fine": True}, delay=1000)
    ((kept),) = waiting.load()
    assert (kept.function_id, kept.event, kept.failures) == ("TestFunction", {"fine": True}, 0)
    assert kept.due_at > time.time() + 900


def test_an_event_in_progress_at_the_stop_is_kept(start: Start) -> None:
    waiting = Recorder()
    invoker = start(waiting=waiting)
    invoker.invoke_async("TestFunction", {"hang": True})
    while not invoker._pools["TestFunction"]._idle._idle:  # one of two is idle
        time.sleep(0.01)
    invoker.stop()
    assert waiting.settled.empty()
    assert [each.event for each in waiting.load()] == [{"hang": True}]


def test_an_event_of_this_run_is_delivered_once(start: Start, tmp_path: Path) -> None:
    calls, waiting = tmp_path / "calls", Recorder()
    invoker = start(waiting=waiting)
    invoker.invoke_async("TestFunction", {"calls": str(calls), "fail": 0}, delay=0.2)
    assert invoker.resume() == 0
    waiting.settled.get(timeout=20)
    assert len(calls.read_text().splitlines()) == 1


def test_the_events_of_the_previous_run_are_delivered(start: Start, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    left = [
        WaitingEvent("TestFunction", "id 1", {"fail": 9, "calls": str(calls)}, 0.0, 1),
        WaitingEvent("TestFunction", "id 2", {"fine": True}, time.time() + 1000),
        WaitingEvent("GoneFunction", "id 3", {}, 0.0),
    ]
    waiting = Recorder(*left)
    assert start(waiting=waiting).resume() == 2
    assert waiting.settled.get(timeout=20) == left[0].event
    assert calls.read_text().split("\n") == ["id 1", "id 1", ""]  # two tries are left of three
    assert waiting.load() == left[1:]
