"""Rekognition: a token bucket per operation, which holds one second's worth of calls."""

from __future__ import annotations

from random import Random

from bench.burst.model import RECOGNITION_MEDIAN, RECOGNITION_SIGMA


class Rekognition:
    """Answers or throttles calls."""

    def __init__(self, rate: float, operations: int, random: Random) -> None:
        self._rate = rate
        self._tokens = [rate] * operations
        self._refilled_at = [0.0] * operations
        self._random = random
        self.answered = 0
        self.throttled = 0
        self.first_call: float | None = None  # when it was made
        self.last_answer = 0.0  # when the last answered call was made

    def call(self, operation: int, now: float) -> float | None:
        """Make a call. Return the seconds it takes to be answered, or None if it is throttled."""
        if self.first_call is None:
            self.first_call = now
        rate = self._rate
        tokens = min(rate, self._tokens[operation] + (now - self._refilled_at[operation]) * rate)
        self._refilled_at[operation] = now
        if tokens < 1:
            self._tokens[operation] = tokens
            self.throttled += 1
            return None
        self._tokens[operation] = tokens - 1
        self.answered += 1
        self.last_answer = now
        return RECOGNITION_MEDIAN * self._random.lognormvariate(0.0, RECOGNITION_SIGMA)
