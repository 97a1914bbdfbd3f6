"""Delivers EventBridge's events to a URL on behalf of EVENTS, as an API destination does."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import requests

from local.logs import Log, log_line

_WORKERS = 4  # events that are sent at the same time
_MAX_WAITING = 10_000
_TIMEOUT = 5  # seconds, an API destination's limit for the response
_MIN_DELAY, _MAX_DELAY = 0.5, 30.0  # seconds before a repetition; doubles each time
_STOP_TIMEOUT = 0.5  # seconds
# Statuses with which an API destination repeats an event, besides 5xx; it drops an event with any other.
_RETRIED = frozenset({401, 407, 409, 429})


class EventHook:
    """Sends each event by POST until it is accepted, in the background and in no particular order.

    A destination that can't be reached is reported once, and once more when it is back.
    """

    def __init__(
        self,
        url: str,
        log: Log = log_line,
        clock: Callable[[], float] = time.monotonic,
        max_waiting: int = _MAX_WAITING,
    ) -> None:
        self._url = url
        self._log = log
        self._clock = clock
        self._max_waiting = max_waiting
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, int, Any]] = []  # a heap: due time, number, attempt, event
        self._in_progress = 0
        self._stopping = False
        self._reported: set[str] = set()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(_WORKERS)]

    @property
    def undelivered(self) -> int:
        """The number of events that wait or are being sent."""
        with self._changed:
            return len(self._waiting) + self._in_progress

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop sending; events that weren't delivered are lost."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(_STOP_TIMEOUT)

    def deliver(self, event: Any) -> None:
        """Send an event soon. An event is lost if too many others wait."""
        with self._changed:
            if len(self._waiting) < self._max_waiting:
                self._put(0, event)
                return
        self._report("full", f"{self._max_waiting:,} events wait for {self._url}. Newer ones are lost.")

    def _put(self, attempt: int, event: Any) -> None:
        delay = min(_MAX_DELAY, _MIN_DELAY * 2.0 ** (attempt - 1)) if attempt else 0.0
        due = self._clock() + delay * (0.5 + random.random() / 2)  # noqa: S311 -- no secret
        heapq.heappush(self._waiting, (due, next(self._numbers), attempt, event))
        self._changed.notify()

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # without the user's proxies and .netrc
            while (job := self._take()) is not None:
                attempt, event = job
                is_settled = self._send(session, event)
                with self._changed:
                    self._in_progress -= 1
                    if not is_settled:
                        self._put(attempt + 1, event)

    def _take(self) -> tuple[int, Any] | None:
        """Wait for an event that is due. Return None when the hook is stopped."""
        with self._changed:
            while not self._stopping:
                wait = self._waiting[0][0] - self._clock() if self._waiting else None
                if wait is not None and wait <= 0:
                    _, _, attempt, event = heapq.heappop(self._waiting)
                    self._in_progress += 1
                    return attempt, event
                self._changed.wait(wait)
        return None

    def _send(self, session: requests.Session, event: Any) -> bool:
        """Send an event once. Return False if it must be repeated."""
        try:
            status = session.post(self._url, json=event, timeout=_TIMEOUT, allow_redirects=False).status_code
        except Exception as error:  # thread boundary: not every error of urllib3 is a RequestException
            reason = "it doesn't answer in time" if isinstance(error, requests.Timeout) else "no connection"
            self._report_failure(f"{self._url} can't be reached: {reason}.")
            return False
        if status in _RETRIED or status >= 500:
            self._report_failure(f"{self._url} answers with status {status}.")
            return False
        if status >= 300:
            self._report(
                "refused", f"{self._url} answers with status {status}. An event that is refused is lost."
            )
            return True
        self._report_success()
        return True

    def _report_failure(self, problem: str) -> None:
        self._report("failed", f"{problem} Events wait, and are sent again until they are accepted.")

    def _report_success(self) -> None:
        with self._changed:
            had_failed = "failed" in self._reported
            self._reported.clear()
        if had_failed:
            self._log("EVENTS", f"{self._url} accepts events again.")

    def _report(self, kind: str, text: str) -> None:
        """Log a problem unless one of its kind has been logged since the last event was accepted."""
        with self._changed:
            if kind in self._reported or self._stopping:
                return
            self._reported.add(kind)
        self._log("EVENTS", text)
