"""A run that is interrupted at any write, before or after it was made: the next one does the rest, once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from deploy.backfill import command
from deploy.backfill.command import backfill_images, reprocess_images
from deploy.backfill.options import Options
from tests.backfill import ARCHIVE, PLACE, BackfillStack, archive_id
from tests.memory_aws import MemoryQueue, MemorySession
from tests.memory_table import MemoryTable

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = ("a.jpg", "b.jpg", "c.jpg")
IDS = [f"{number:064x}" for number in range(3)]
WRITES = (
    (MemoryTable, ("put_item", "update_item", "delete_item", "batch_write_item", "transact_write_items")),
    (MemoryQueue, ("send_message",)),
)


class Interruptions:
    """Interrupts the command at its `number`-th write; the processor's writes don't count."""

    def __init__(self, stack: BackfillStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self._stack = stack
        self.number = 0
        self.is_after = False
        self.writes = 0
        self._is_processing = False
        for target, names in WRITES:
            for name in names:
                monkeypatch.setattr(target, name, self._wrap(getattr(target, name)))
        self._time = 0.0
        monkeypatch.setattr(command, "sleep", self._sleep)
        monkeypatch.setattr(command, "monotonic", lambda: self._time)

    def process(self) -> None:
        """Process the retry queue."""
        self._is_processing = True
        self._stack.process()
        self._is_processing = False

    def _sleep(self, seconds: float) -> None:
        self._time += seconds
        self.process()

    def _wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **named: Any) -> Any:
            if self._is_processing:
                return function(*arguments, **named)
            self.writes += 1
            is_due = self.writes == self.number
            if is_due and not self.is_after:
                raise KeyboardInterrupt
            answer = function(*arguments, **named)
            if is_due:
                raise KeyboardInterrupt
            return answer

        return wrapper


def run_until_done(interruptions: Interruptions, run: Callable[[], int], number: int, is_after: bool) -> bool:
    """Run, interrupted at a write, and again; return whether there were so many writes."""
    interruptions.number, interruptions.is_after, interruptions.writes = number, is_after, 0
    with suppress(KeyboardInterrupt):
        run()
    is_interrupted = interruptions.writes >= number
    interruptions.number = 0
    assert run() == 0
    interruptions.process()
    return is_interrupted


@pytest.mark.parametrize("is_after", [False, True])
def test_a_back_fill(is_after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    number = 1
    while True:
        stack = BackfillStack(MemorySession())
        stack.archive(*KEYS)
        options = Options("alice", source=f"s3://{ARCHIVE}", confirm="no")

        def run(stack: BackfillStack = stack, options: Options = options) -> int:
            return backfill_images(stack.services, options, "alice", PLACE, "make backfill")

        with monkeypatch.context() as patch:
            if not run_until_done(Interruptions(stack, patch), run, number, is_after):
                break
        assert stack.engine.answered == {("DetectLabels", key): 1 for key in KEYS}
        assert {stack.status("alice", archive_id(key)) for key in KEYS} == {"done"}
        number += 1
    assert number > 3 * len(KEYS)  # a record, a message and a mark for each


@pytest.mark.parametrize("is_after", [False, True])
def test_reprocess(is_after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    number = 1
    while True:
        stack = BackfillStack(MemorySession())
        for image_id in IDS:
            stack.upload("alice", image_id)
        stack.process()
        stack.engine.answered.clear()
        stack.deploy(DetectText="true")

        def run(stack: BackfillStack = stack) -> int:
            return reprocess_images(stack.services, Options(confirm="no"), None, PLACE, "make reprocess")

        with monkeypatch.context() as patch:
            if not run_until_done(Interruptions(stack, patch), run, number, is_after):
                break
        assert stack.engine.answered == {("DetectText", f"uploads/alice/{image_id}"): 1 for image_id in IDS}
        assert {stack.status("alice", image_id) for image_id in IDS} == {"done"}
        number += 1
    assert number > 3 * len(IDS)
