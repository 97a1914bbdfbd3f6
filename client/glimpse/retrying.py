"""Send requests again that failed for a reason that passes, each time after a longer pause."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from glimpse.errors import Canceled, GlimpseError, RateLimited

T = TypeVar("T")

PATIENCE = 120.0  # seconds
_FIRST_PAUSE = 0.5  # seconds
_MAX_PAUSE = 20.0


@dataclass(eq=False)
class Retrying:
    """Exponential backoff with jitter, for `patience` seconds or until it is canceled. Thread-safe.

    The seconds are those since the first failure. An attempt counts for no more than the pause before it,
    because a transfer may take minutes until its connection is lost. The end of a rate limit, which the
    server names, is waited for in any case, and doesn't count.
    """

    patience: float = PATIENCE
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = lambda: random.uniform(0.5, 1)  # noqa: S311 -- spreads requests
    canceled: threading.Event = field(default_factory=threading.Event)

    def run(self, attempt: Callable[[], T]) -> T:
        """Return what `attempt` returns.

        Raises its error if that isn't transient, or if the time is up, here or within `attempt`.
        Raises Canceled.
        """
        spent = pause = 0.0
        for number in count():
            self.check()
            started = self.clock()
            try:
                return attempt()
            except GlimpseError as error:
                if not error.is_transient or error.gave_up:
                    raise
                spent += min(pause, self.clock() - started)
                pause = min(_FIRST_PAUSE * 2**number, _MAX_PAUSE) * self.jitter()
                if isinstance(error, RateLimited) and error.retry_after is not None:
                    pause = error.retry_after + self.jitter() - 0.5  # not everyone at the same moment
                elif (spent := spent + pause) > self.patience:
                    error.gave_up = True
                    raise
                self.wait(pause)
        raise AssertionError  # the loop is endless

    def wait(self, seconds: float) -> None:
        """Wait. Raises Canceled at once when it is canceled."""
        self.canceled.wait(seconds)
        self.check()

    def check(self) -> None:
        """Raise Canceled if it is canceled."""
        if self.canceled.is_set():
            raise Canceled("The command was interrupted.")
