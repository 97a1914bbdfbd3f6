"""One burst under one policy, from the first event to the last picture."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bench.burst import model
from bench.burst.asynchronous import AsynchronousQueue
from bench.burst.environments import Environments
from bench.burst.events import Events
from bench.burst.model import Burst, Policy
from bench.burst.queue import RetryQueue
from bench.burst.rekognition import Rekognition
from deploy.backfill.pace import Pace
from deploy.polling import POLL_SECONDS


@dataclass(frozen=True)
class Report:
    """What a burst took."""

    seconds: float  # until the last picture is done
    quota_used: float  # calls answered, as a share of those allowed from the first call to the last
    billed_calls: int
    throttled_calls: int
    done: int
    lost: int  # in the dead-letter queue, as failed
    lambda_seconds: float
    gb_seconds: float
    invocations: int
    expired_events: int  # given up by Lambda for their age, and sent to the retry queue
    newcomer_seconds: float | None  # that the other owner's picture took


class _Invocation:
    __slots__ = ("attempts", "billed_from", "cpu_free_at", "deadline", "failed", "open", "received_at")

    def __init__(self, billed_from: float, attempts: int, received_at: float | None, pictures: int) -> None:
        self.billed_from = billed_from
        self.attempts = attempts
        self.received_at = received_at
        self.open = pictures
        self.cpu_free_at = 0.0
        self.deadline = 0.0
        self.failed: list[int] = []


class _Try:
    __slots__ = ("end", "invocation", "is_throttled", "open", "picture")

    def __init__(self, invocation: _Invocation, picture: int, calls: int) -> None:
        self.invocation = invocation
        self.picture = picture
        self.open = calls
        self.end = 0.0
        self.is_throttled = False


class Simulation:
    """Pictures are numbers; the state of each is one byte in a few arrays."""

    def __init__(self, burst: Burst, policy: Policy) -> None:
        self._burst, self._policy = burst, policy
        total = burst.pictures + (burst.newcomer_after is not None)
        self._random = random = Random(burst.seed)
        self._events = events = Events()
        self._rekognition = Rekognition(burst.rate, burst.detectors, random)
        self._environments = environments = Environments(policy.reserved or burst.concurrency)
        self._asynchronous = AsynchronousQueue(
            events, environments, policy, random, self._invoke_directly, self._send
        )
        self._queue = RetryQueue(events, environments, policy, total, self._invoke_batch, self._lose)
        environments.on_release = self._asynchronous.offer
        self._all_calls = (1 << burst.detectors) - 1
        self._missing = bytearray([self._all_calls]) * total
        self._is_decoded = bytearray(total)
        self._is_converted = bytearray(random.random() < burst.converted for _ in range(total))
        self.ends = bytearray(total)  # how often each picture ended
        self._done = self._lost = 0
        self._done_at = 0.0
        self._newcomer_seconds: float | None = None

    def run(self) -> Report:
        burst = self._burst
        if burst.share is None:
            self._events.at(0.0, self._asynchronous.add, list(range(burst.pictures)))
        else:
            self._events.at(0.0, self._back_fill, Pace(burst.rate, burst.share), 0)
        if burst.newcomer_after is not None:
            self._events.at(burst.newcomer_after, self._asynchronous.add, [burst.pictures])
        self._events.run()
        rekognition = self._rekognition
        seconds = rekognition.last_answer - (rekognition.first_call or 0.0) + 1  # the bucket was full
        return Report(
            seconds=self._done_at,
            quota_used=rekognition.answered / (burst.rate * burst.detectors * seconds),
            billed_calls=rekognition.answered,
            throttled_calls=rekognition.throttled,
            done=self._done,
            lost=self._lost,
            lambda_seconds=self._environments.seconds,
            gb_seconds=self._environments.seconds * self._policy.memory_gb,
            invocations=self._environments.invocations,
            expired_events=self._asynchronous.expired,
            newcomer_seconds=self._newcomer_seconds,
        )

    def _back_fill(self, pace: Pace, picture: int) -> None:
        """Send a picture as `make backfill` does, and schedule the next one."""
        if self._queue.waiting > pace.max_backlog:
            self._events.at(self._events.now + POLL_SECONDS, self._back_fill, pace, picture)
            return
        self._send(picture)
        if picture + 1 < self._burst.pictures:
            self._events.at(self._events.now + 1 / pace.rate, self._back_fill, pace, picture + 1)

    # Invocations

    def _invoke_directly(self, picture: int) -> None:
        self._invoke([picture], self._policy.direct_attempts, None)

    def _invoke_batch(self, pictures: list[int], received_at: float) -> None:
        self._invoke(pictures, self._policy.queue_attempts, received_at)

    def _invoke(self, pictures: list[int], attempts: int, received_at: float | None) -> None:
        policy, now = self._policy, self._events.now
        start = now + (model.COLD_START if self._environments.start() else 0.0)
        invocation = _Invocation(now, attempts, received_at, len(pictures))
        invocation.deadline = start + policy.timeout - policy.reserved_seconds - policy.call_timeout
        if received_at is None and start - self._asynchronous.born(pictures[0]) > policy.late_seconds:
            end = start + model.ACQUIRE_SECONDS + model.PARK_SECONDS
            self._events.at(end, self._end_throttled, _Try(invocation, pictures[0], 0))
            return
        for picture in pictures:
            self._prepare(invocation, picture, start + model.ACQUIRE_SECONDS)

    def _prepare(self, invocation: _Invocation, picture: int, time: float) -> None:
        """Read and decode a picture, one at a time per function, then make its missing calls."""
        is_known, is_converted = self._is_decoded[picture], self._is_converted[picture]
        if is_known:
            time += model.ANSWERS_SECONDS
        if not is_known or (is_converted and not self._policy.keeps_converted):
            time = max(time + model.READ_SECONDS, invocation.cpu_free_at)
            time += model.CONVERT_SECONDS if is_converted else model.DECODE_SECONDS
            invocation.cpu_free_at = time
        self._is_decoded[picture] = self._policy.parks
        missing = self._missing[picture]
        try_ = _Try(invocation, picture, missing.bit_count())
        for operation in range(self._burst.detectors):
            if missing >> operation & 1:
                self._events.at(time, self._call, try_, operation, 1, self._policy.min_delay)

    def _call(self, try_: _Try, operation: int, attempt: int, max_delay: float) -> None:
        now = self._events.now
        seconds = self._rekognition.call(operation, now)
        if seconds is None:
            invocation = try_.invocation
            seconds = model.THROTTLED_SECONDS
            again = now + seconds + self._random.random() * max_delay
            if attempt < invocation.attempts and again <= invocation.deadline:
                max_delay = min(self._policy.max_delay, 2 * max_delay)
                self._events.at(again, self._call, try_, operation, attempt + 1, max_delay)
                return
            try_.is_throttled = True
        else:
            self._missing[try_.picture] &= ~(1 << operation)
        try_.end = max(try_.end, now + seconds)
        try_.open -= 1
        if not try_.open:
            if try_.is_throttled:
                self._events.at(try_.end + model.PARK_SECONDS, self._end_throttled, try_)
            else:
                self._events.at(try_.end + model.STORE_SECONDS, self._end_done, try_)

    def _end_throttled(self, try_: _Try) -> None:
        picture, invocation = try_.picture, try_.invocation
        if self._policy.parks:
            self._send(picture)
        else:
            self._missing[picture] = self._all_calls
            invocation.failed.append(picture)
        self._end_picture(invocation)

    def _end_done(self, try_: _Try) -> None:
        picture = try_.picture
        self._done += 1
        self._end(picture)
        if picture == self._burst.pictures and self._burst.newcomer_after is not None:
            self._newcomer_seconds = self._events.now - self._burst.newcomer_after
        self._done_at = self._events.now
        self._end_picture(try_.invocation)

    def _end_picture(self, invocation: _Invocation) -> None:
        invocation.open -= 1
        if invocation.open:
            return
        self._environments.end(self._events.now - invocation.billed_from)
        if invocation.received_at is not None:
            self._queue.settle(invocation.failed, invocation.received_at)
        else:
            for picture in invocation.failed:
                self._asynchronous.fail(picture)

    # Messages

    def _send(self, picture: int) -> None:
        self._queue.send(picture, is_quiet=picture == self._burst.pictures)

    def _lose(self, picture: int) -> None:
        self._lost += 1
        self._end(picture)

    def _end(self, picture: int) -> None:
        self.ends[picture] += 1


def simulate(burst: Burst, policy: Policy) -> Report:
    return Simulation(burst, policy).run()
