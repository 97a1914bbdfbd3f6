"""Lambda's queue of asynchronous events, which S3 fills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from random import Random

from bench.burst.environments import Environments
from bench.burst.events import Events
from bench.burst.model import ASYNC_BACKOFF, ASYNC_RETRY_DELAYS, Policy

_TICK = 0.1  # seconds; the events due in a tick come evenly spread over it
_SPREAD = 16  # parts of a throttled group, each with another delay


class AsynchronousQueue:
    """Invokes the function for each event, and again after throttles and errors.

    Throttled events come again after an exponential backoff with jitter. To simulate a million of them,
    those of a tick that have been throttled equally often move on as a group.
    """

    def __init__(
        self,
        events: Events,
        environments: Environments,
        policy: Policy,
        random: Random,
        invoke: Callable[[int], None],
        give_up: Callable[[int], None],
    ) -> None:
        self._events = events
        self._environments = environments
        self._policy = policy
        self._random = random
        self._invoke = invoke
        self._give_up = give_up
        self._due: dict[int, dict[int, list[int]]] = defaultdict(dict)  # pictures by tick and throttles
        self._current: dict[int, list[int]] = {}
        self._waiting = 0  # pictures in _current
        self._tick_ends = 0.0
        self._born: dict[int, float] = {}  # of the events that didn't come at once
        self._errors: dict[int, int] = {}
        self.expired = 0

    def add(self, pictures: list[int]) -> None:
        """Add events of pictures that have just been uploaded."""
        if self._events.now:
            for picture in pictures:
                self._born[picture] = self._events.now
        self._schedule(int(self._events.now / _TICK), 0, pictures)

    def born(self, picture: int) -> float:
        """Return when the picture's event was created."""
        return self._born.get(picture, 0.0)

    def fail(self, picture: int) -> None:
        """Retry an event after the function's error, or give it up."""
        errors = self._errors.get(picture, 0)
        if errors == self._policy.async_retries:
            self._give_up(picture)
            return
        self._errors[picture] = errors + 1
        due = self._events.now + ASYNC_RETRY_DELAYS[errors]
        self._schedule(int(due / _TICK), 0, [picture])

    def offer(self) -> None:
        """Let the next event due in this tick take a free environment."""
        if self._waiting and (left := self._tick_ends - self._events.now) > 0:
            gap = self._random.expovariate(self._waiting / left)
            if gap < left:
                self._events.at(self._events.now + gap, self._take)

    def _schedule(self, tick: int, throttles: int, pictures: list[int]) -> None:
        groups = self._due[tick]
        if not groups:
            self._events.at(tick * _TICK, self._start_tick, tick)
        if throttles in groups:
            groups[throttles] += pictures
        else:
            groups[throttles] = pictures

    def _start_tick(self, tick: int) -> None:
        self._current = self._due.pop(tick)
        self._drop_expired()
        self._waiting = sum(map(len, self._current.values()))
        self._tick_ends = (tick + 1) * _TICK
        for _ in range(min(self._environments.free, self._waiting)):
            self._take()
        if self._waiting:
            self._events.at(self._tick_ends - 1e-6, self._end_tick)

    def _take(self) -> None:
        if not self._waiting or not self._environments.free:
            return
        groups = [group for group in self._current.values() if group]
        group = self._random.choices(groups, [len(group) for group in groups])[0]
        index = self._random.randrange(len(group))
        group[index], group[-1] = group[-1], group[index]
        self._waiting -= 1
        self._invoke(group.pop())

    def _end_tick(self) -> None:
        for throttles, group in self._current.items():
            delay = min(ASYNC_BACKOFF[1], ASYNC_BACKOFF[0] * 2**throttles)
            size = -(-len(group) // _SPREAD) if group else 1
            for start in range(0, len(group), size):
                due = self._events.now + delay * (0.5 + 0.5 * self._random.random())
                self._schedule(int(due / _TICK) + 1, throttles + 1, group[start : start + size])
        self._current, self._waiting = {}, 0

    def _drop_expired(self) -> None:
        limit = self._events.now - self._policy.event_age
        if limit <= 0:
            return
        for throttles, group in self._current.items():
            expired = [picture for picture in group if self._born.get(picture, 0.0) <= limit]
            if not expired:
                continue
            self.expired += len(expired)
            self._current[throttles] = [p for p in group if self._born.get(p, 0.0) > limit]
            for picture in expired:
                self._give_up(picture)
