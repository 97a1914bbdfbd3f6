"""How the stack passes S3's events on."""

from __future__ import annotations

from typing import Any, cast

from local.faults import Faults
from local.lambda_.invoker import FunctionInvoker
from local.stack import Stack

EVENT = {"Records": [{"s3": {"object": {"key": "uploads/a"}}}]}


class RecordingInvoker:
    """Records the events instead of invoking functions."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any, float]] = []

    def invoke_async(self, function_id: str, event: Any, delay: float = 0.0) -> None:
        self.calls.append((function_id, event, delay))


def test_an_event_is_late_by_the_delay_that_was_drawn() -> None:
    stack, functions, settings = Stack(), RecordingInvoker(), {"delaySeconds": 8.0, "duplicates": 1.0}
    stack.faults, stack.functions = Faults(settings), cast(FunctionInvoker, functions)
    stack._object_created("ProcessorFunction", EVENT)
    delays = Faults(settings).deliveries(EVENT)
    assert functions.calls == [("ProcessorFunction", EVENT, delay) for delay in delays]
