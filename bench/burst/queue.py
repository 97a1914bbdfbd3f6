"""The retry queue, and the poller that feeds the function from it."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable

from bench.burst.environments import Environments
from bench.burst.events import Events
from bench.burst.model import (
    POLLER_BACKOFF,
    POLLER_RAMP,
    POLLER_START,
    RECEIVE_SECONDS,
    Policy,
)


class RetryQueue:
    """Messages by picture: receives them in batches and invokes the function."""

    def __init__(
        self,
        events: Events,
        environments: Environments,
        policy: Policy,
        pictures: int,
        invoke: Callable[[list[int], float], None],
        lose: Callable[[int], None],
    ) -> None:
        self._events = events
        self._environments = environments
        self._policy = policy
        self._invoke = invoke
        self._lose = lose
        self._visible: deque[int] = deque()
        self._quiet: deque[int] = deque()  # of owners with few messages, delivered first if the queue is fair
        self._receives = bytearray(pictures)
        self._sent_at = array("d", bytes(8 * pictures))
        self._batches = 0
        self._active_since: float | None = None

    def send(self, picture: int, *, is_quiet: bool = False) -> None:
        """Add a new message."""
        self._receives[picture] = 0
        self._sent_at[picture] = self._events.now
        (self._quiet if is_quiet and self._policy.is_fair else self._visible).append(picture)
        self._wake()

    @property
    def waiting(self) -> int:
        """The number of messages that can be received."""
        return len(self._visible) + len(self._quiet)

    def settle(self, failed: list[int], received_at: float) -> None:
        """End a batch: messages that failed become visible again."""
        self._batches -= 1
        if failed:
            self._events.at(received_at + self._policy.visibility, self._return, failed)
        self._wake()

    def _return(self, messages: list[int]) -> None:
        self._visible.extend(messages)
        self._wake()

    def _wake(self) -> None:
        if self._active_since is None:
            self._active_since = self._events.now
        if self._batches < self._policy.queue_concurrency and (self._visible or self._quiet):
            self._events.at(self._events.now + RECEIVE_SECONDS, self._receive)

    def _receive(self) -> None:
        now = self._events.now
        assert self._active_since is not None
        limit = min(self._policy.queue_concurrency, POLLER_START + (now - self._active_since) * POLLER_RAMP)
        if self._batches >= limit or not (self._visible or self._quiet):
            if limit < self._policy.queue_concurrency and self._batches >= limit:
                self._events.at(now + 1 / POLLER_RAMP, self._receive)
            return
        batch: list[int] = []
        while (self._visible or self._quiet) and len(batch) < self._policy.batch_size:
            message = self._quiet.popleft() if self._quiet else self._visible.popleft()
            self._receives[message] += 1
            # The last receive only records the failure.
            if (
                self._receives[message] >= self._policy.max_receives
                or now - self._sent_at[message] > self._policy.retention
            ):
                self._lose(message)
            else:
                batch.append(message)
        if batch:
            self._batches += 1
            self._try(batch, now, POLLER_BACKOFF[0])
        else:
            self._wake()

    def _try(self, batch: list[int], received_at: float, backoff: float) -> None:
        now = self._events.now
        if self._environments.free > 0:
            self._invoke(batch, received_at)
            return
        if now + backoff < received_at + self._policy.visibility:
            self._events.at(now + backoff, self._try, batch, received_at, min(POLLER_BACKOFF[1], 2 * backoff))
        else:
            self._events.at(received_at + self._policy.visibility, self._expire, batch)

    def _expire(self, batch: list[int]) -> None:
        self._batches -= 1
        self._return(batch)
