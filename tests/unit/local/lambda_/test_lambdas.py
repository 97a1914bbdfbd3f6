"""How functions are invoked: workers that end, edits, limits, retries."""

from __future__ import annotations

import json
import os
import queue
import signal
from typing import TYPE_CHECKING, Any

import pytest

from local.lambda_.environment import InvocationResult
from local.lambda_.functions import Function
from local.lambda_.lambdas import PayloadTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.lambda_.lambdas import Lambdas

    Start = Callable[..., Lambdas]

ARN = "arn:aws:lambda:us-east-1:123456789012:function:ProbeFunction"


def invoke(lambdas: Lambdas, event: Any) -> InvocationResult:
    return lambdas.invoke("ProbeFunction", event)


@pytest.mark.parametrize(
    ("code", "how"), [(0, "without providing a reason"), (3, "with error: exit status 3")]
)
def test_a_worker_that_ends_is_an_error_and_a_fresh_one_follows(start: Start, code: int, how: str) -> None:
    lambdas = start()
    first = invoke(lambdas, {"give": "process"}).payload
    result = invoke(lambdas, {"exit": code})
    text = f"RequestId: {result.request_id} Error: Runtime exited {how}"
    assert result.payload == {"errorType": "Runtime.ExitError", "errorMessage": text}
    assert invoke(lambdas, {"give": "process"}).payload != first


def test_a_worker_that_was_killed_between_requests_is_replaced(start: Start) -> None:
    lambdas = start()
    first = invoke(lambdas, {"give": "process"}).payload
    os.kill(first, signal.SIGKILL)
    answers = [invoke(lambdas, {"give": "process"}) for _ in range(2)]
    assert not answers[-1].failed
    assert answers[-1].payload != first


def test_a_timeout_kills_the_worker(start: Start) -> None:
    lambdas = start(timeout=0.2)
    result = invoke(lambdas, {"hang": True})
    text = f"RequestId: {result.request_id} Error: Task timed out after 0.20 seconds"
    assert result.payload == {"errorType": "Sandbox.Timedout", "errorMessage": text}
    assert invoke(lambdas, {"fine": True}).payload == {"fine": True}


def test_an_edit_is_live_at_the_next_invocation(start: Start, function: Function) -> None:
    lambdas = start()
    before = invoke(lambdas, {"give": "process"}).payload
    assert invoke(lambdas, {"give": "process"}).payload == before
    (function.folder / "package").mkdir()
    (function.folder / "package" / "answers.py").write_text("ANSWER = 'new'")
    (function.folder / "app.py").write_text(
        "from package.answers import ANSWER\ndef handler(event, context): return ANSWER"
    )
    assert invoke(lambdas, {}).payload == "new"


def test_too_large_an_event_or_answer_is_refused(start: Start) -> None:
    lambdas = start()
    with pytest.raises(PayloadTooLarge):
        invoke(lambdas, "x" * (6 * 1024 * 1024))
    with pytest.raises(PayloadTooLarge):
        lambdas.invoke_async("ProbeFunction", "x" * (1024 * 1024))
    assert invoke(lambdas, {"size": 6 * 1024 * 1024}).payload == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291456 bytes).",
    }


def test_a_failed_event_is_tried_again_then_sent_to_the_queue(start: Start, function: Function) -> None:
    sent: queue.Queue[tuple[str, str]] = queue.Queue()
    start(send=lambda name, body: sent.put((name, body))).invoke_async("ProbeFunction", {"raise": "busy"})
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
