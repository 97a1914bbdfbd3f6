"""Lambda's queue of asynchronous events."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bench.burst.asynchronous import AsynchronousQueue
from bench.burst.environments import Environments
from bench.burst.events import Events
from bench.burst.model import Burst
from bench.burst.policies import design

POLICY = replace(design(Burst(1, 5, 1, 1000)), async_retries=2)


class Account:
    """Invocations that take a fixed time."""

    def __init__(self, concurrency: int, seconds: float, *, fails: bool = False) -> None:
        self.events = Events()
        self.environments = Environments(concurrency)
        self.invoked: list[tuple[int, float]] = []
        self.given_up: list[tuple[int, float]] = []
        self.seconds, self.fails = seconds, fails
        self.queue = AsynchronousQueue(
            self.events, self.environments, POLICY, Random(1), self.invoke, self.give_up
        )
        self.environments.on_release = self.queue.offer

    def invoke(self, picture: int) -> None:
        self.environments.start()
        self.invoked.append((picture, self.events.now))
        self.events.at(self.events.now + self.seconds, self.end, picture)

    def end(self, picture: int) -> None:
        self.environments.end(self.seconds)
        if self.fails:
            self.queue.fail(picture)

    def give_up(self, picture: int) -> None:
        self.given_up.append((picture, self.events.now))

    def run(self, pictures: int) -> None:
        self.events.at(0, self.queue.add, list(range(pictures)))
        self.events.run()


def test_invokes_the_function_for_each_event_within_the_concurrency() -> None:
    account = Account(concurrency=3, seconds=2)
    account.run(20)
    assert sorted(picture for picture, _ in account.invoked) == list(range(20))
    assert sum(time == 0 for _, time in account.invoked) == 3
    starts = sorted(time for _, time in account.invoked)
    assert all(later - earlier >= 2 for earlier, later in zip(starts, starts[3:], strict=False))


def test_retries_errors_after_one_and_two_minutes() -> None:
    account = Account(concurrency=1, seconds=1, fails=True)
    account.run(1)
    assert [round(time) for _, time in account.invoked] == [0, 61, 182]
    assert [round(time) for _, time in account.given_up] == [183]


def test_gives_up_events_that_were_throttled_for_six_hours() -> None:
    account = Account(concurrency=1, seconds=30_000)
    account.run(2)
    assert len(account.invoked) == 1
    ((_, given_up_at),) = account.given_up
    assert 21_600 <= given_up_at < 21_600 + 300
    assert account.queue.expired == 1
