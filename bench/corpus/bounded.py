"""Calls in processes of their own, limited in time and memory, so that a crash ends only its call."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Item = TypeVar("Item")
Value = TypeVar("Value")

_CONTEXT = multiprocessing.get_context("fork")  # a new interpreter per call would take longer than most calls
_MEGABYTE = 1_048_576
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes per unit of ru_maxrss


@dataclass(frozen=True)
class Limits:
    """Seconds until a call is killed, and megabytes of address space above which it gets a MemoryError.

    The call's process starts as a copy of this one, whose own address space isn't counted.
    """

    seconds: float
    megabytes: int


@dataclass(frozen=True)
class Call(Generic[Item, Value]):
    """How a call ended: its value, or what was wrong ("timeout", "crash: signal 11", "error: …").

    `megabytes` is the peak resident memory of its process; 0 if the process didn't live to report it.
    """

    item: Item
    value: Value | None
    failure: str
    seconds: float
    megabytes: int


def call_each(
    work: Callable[[Item], Value], items: Iterable[Item], limits: Limits, processes: int
) -> Iterator[Call[Item, Value]]:
    """Call `work` with each item, several at a time. Yields the calls in the order in which they end."""
    waiting = iter(items)
    running: list[_Running[Item, Value]] = []
    try:
        while True:
            for item in _take(waiting, processes - len(running)):
                running.append(_Running(work, item, limits))
            if not running:
                return
            wait([each.receiver for each in running], max(0.0, min(each.seconds_left() for each in running)))
            for each in [each for each in running if each.has_ended()]:
                running.remove(each)
                yield each.finish()
    finally:
        for each in running:
            each.process.kill()


def _take(items: Iterator[Item], count: int) -> Iterator[Item]:
    for _, item in zip(range(count), items, strict=False):
        yield item


class _Running(Generic[Item, Value]):
    def __init__(self, work: Callable[[Item], Value], item: Item, limits: Limits) -> None:
        self._item = item
        self._limits = limits
        self._started = time.monotonic()
        self.receiver, sender = _CONTEXT.Pipe(duplex=False)
        self.process: ForkProcess = _CONTEXT.Process(
            target=_run, args=(work, item, limits, sender), daemon=True
        )
        self.process.start()
        sender.close()  # the child has a copy; when it dies, the receiver sees the end of the stream

    def seconds_left(self) -> float:
        return self._started + self._limits.seconds - time.monotonic()

    def has_ended(self) -> bool:
        return self.receiver.poll() or self.seconds_left() <= 0

    def finish(self) -> Call[Item, Value]:
        seconds = time.monotonic() - self._started
        try:
            if self.receiver.poll():
                value, failure, seconds, megabytes = self.receiver.recv()
                return Call(self._item, value, failure, seconds, megabytes)
            failure = "timeout"
            self.process.kill()
        except EOFError:
            self.process.join()
            code = self.process.exitcode or 0
            failure = f"crash: signal {-code}" if code < 0 else f"crash: exit code {code}"
        finally:
            self.process.join()
            self.receiver.close()
        return Call(self._item, None, failure, seconds, 0)


def _run(work: Callable[[Item], Value], item: Item, limits: Limits, sender: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_read_address_space() + limits.megabytes * _MEGABYTE,) * 2)
    started = time.monotonic()
    value, failure = None, ""
    try:
        value = work(item)
    except Exception as error:  # whatever it is belongs to this item
        failure = f"error: {type(error).__name__}: {error}"
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT // _MEGABYTE
    sender.send((value, failure, seconds, peak))


def _read_address_space() -> int:
    """Return the size of this process in bytes, or 0 on macOS, which doesn't limit it either."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()
