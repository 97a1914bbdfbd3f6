"""The retry queue and its poller."""

from __future__ import annotations

from dataclasses import replace

from bench.burst.environments import Environments
from bench.burst.events import Events
from bench.burst.model import Burst, Policy
from bench.burst.policies import design
from bench.burst.queue import RetryQueue

POLICY = replace(design(Burst(1, 5, 1, 1000)), batch_size=3, queue_concurrency=2, max_receives=3)


class Consumer:
    """A function that takes a second for a batch, and fails on some messages."""

    def __init__(self, policy: Policy = POLICY, concurrency: int = 10, failing: frozenset[int] = frozenset()):
        self.events = Events()
        self.environments = Environments(concurrency)
        self.failing = failing
        self.batches: list[tuple[float, list[int]]] = []
        self.lost: list[tuple[float, int]] = []
        self.queue = RetryQueue(self.events, self.environments, policy, 100, self.invoke, self.lose)

    def invoke(self, batch: list[int], received_at: float) -> None:
        self.environments.start()
        self.batches.append((round(self.events.now), batch))
        self.events.at(self.events.now + 1, self.end, batch, received_at)

    def end(self, batch: list[int], received_at: float) -> None:
        self.environments.end(1)
        self.queue.settle([message for message in batch if message in self.failing], received_at)

    def lose(self, message: int) -> None:
        self.lost.append((round(self.events.now), message))

    def send(self, messages: int) -> None:
        for message in range(messages):
            self.queue.send(message)
        self.events.run()


def test_delivers_batches_in_order_within_the_concurrency() -> None:
    consumer = Consumer()
    consumer.send(10)
    assert consumer.batches == [(0, [0, 1, 2]), (0, [3, 4, 5]), (1, [6, 7, 8]), (1, [9])]


def test_delivers_failed_messages_again_until_the_last_receive() -> None:
    consumer = Consumer(failing=frozenset({1}))
    consumer.send(2)
    assert consumer.batches == [(0, [0, 1]), (360, [1])]
    assert consumer.lost == [(720, 1)]


def test_waits_for_an_environment_and_then_returns_the_batch() -> None:
    consumer = Consumer(concurrency=1)
    consumer.environments.start()  # by another event
    consumer.events.at(400, consumer.environments.end, 400)
    consumer.send(1)
    ((started_at, batch),) = consumer.batches
    assert 400 <= started_at < 430
    assert batch == [0]
    assert consumer.lost == []


def test_delivers_other_owners_messages_first_if_the_queue_is_fair() -> None:
    consumer = Consumer(replace(POLICY, is_fair=True, queue_concurrency=1))
    consumer.queue.send(50)
    consumer.queue.send(51)
    consumer.queue.send(52, is_quiet=True)
    consumer.events.run()
    assert consumer.batches == [(0, [52, 50, 51])]
