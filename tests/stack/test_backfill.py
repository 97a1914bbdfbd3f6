"""A back-fill of 10,000 objects that is interrupted three times: exactly one result for each, and one bill.

The catalog, the storage, the retry queue and the processor are the functions' own. The services below are
Python objects: in the local bucket, it takes 41 minutes, with the same 10,000 results and calls.
"""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from deploy.backfill import command
from deploy.backfill.command import Request, carry_out
from deploy.backfill.source import Location, Source
from retries.queue import RetryQueue
from tests.backfill import ARCHIVE, PLACE, BackfillStack
from tests.memory_aws import MemorySession

if TYPE_CHECKING:
    from collections.abc import Callable

OBJECTS = 10_000
OTHERS = 100  # that aren't pictures
# Calls that an interruption may repeat: none, because it ends the command, and not a function.
MAX_REPEATED_CALLS = 0


class Interruption:
    """Interrupts at the `number`-th call of a function, before or after it."""

    def __init__(self, function: Callable[..., Any], number: int, *, after: bool) -> None:
        self._function = function
        self._left = number
        self._after = after

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise KeyboardInterrupt
        answer = self._function(*arguments, **named)
        if self._left == 0:
            raise KeyboardInterrupt
        return answer


@pytest.mark.timeout(540)
def test_ten_thousand_objects_are_recognized_once_in_spite_of_three_interruptions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = BackfillStack(MemorySession(), RekognitionCallsPerSecond="100", MonthlyBillingCeiling="0")
    stack.archive(*(f"{number % 100}/{number}.jpg" for number in range(OBJECTS)))
    stack.archive(*(f"notes/{number}.txt" for number in range(OTHERS)))
    time = [0.0]

    def sleep(seconds: float) -> None:
        time[0] += seconds
        stack.process()

    monkeypatch.setattr(command, "sleep", sleep)
    monkeypatch.setattr(command, "monotonic", lambda: time[0])

    def run() -> int:
        request = Request("Back-fill", PLACE, "make backfill", 0.8, confirms=False, progress=io.StringIO())
        location = Location(ARCHIVE, "")
        return carry_out(
            request, stack.services, lambda pool: Source(stack.services, location, "alice", pool)
        )

    send, mark = RetryQueue.send_source, type(stack.services.recoverer).mark
    for target, name, interruption in (
        (RetryQueue, "send_source", Interruption(send, 2_500, after=False)),  # the record has no message
        (type(stack.services.recoverer), "mark", Interruption(mark, 2_500, after=False)),  # nor a mark
        (command, "sleep", Interruption(sleep, 40, after=True)),  # while it waits
    ):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, _method(interruption) if target is not command else interruption)
            with pytest.raises(KeyboardInterrupt):
                run()
    assert run() == 0
    answered = stack.engine.answered
    assert len(answered) == OBJECTS
    assert sum(answered.values()) - OBJECTS <= MAX_REPEATED_CALLS
    results = [key for key in stack.keys("output") if key.endswith(".json")]
    assert len(results) == OBJECTS
    vocabulary = stack.catalog.index.vocabulary("alice")
    assert Counter({each.term.value: each.count for each in vocabulary.terms(["label"])}) == {"Cat": OBJECTS}
    capsys.readouterr()
    assert run() == 0
    assert capsys.readouterr().out.splitlines()[1:4] == [
        "- to recognize: 0",
        f"- already done: {OBJECTS:,}",
        f"- not pictures, by their names: {OTHERS}",
    ]
    assert sum(answered.values()) - OBJECTS <= MAX_REPEATED_CALLS


def _method(interruption: Interruption) -> Callable[..., Any]:
    """Return a function, which a class binds to its objects, unlike other objects that can be called."""
    return lambda *arguments, **named: interruption(*arguments, **named)
