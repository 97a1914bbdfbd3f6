"""A call that crashes, hangs or takes too much memory ends only itself."""

from __future__ import annotations

import mmap
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from bench.corpus.bounded import Call, Item, Limits, Value, call_each

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = Limits(seconds=20.0, megabytes=6144)


def only(calls: Iterator[Call[Item, Value]]) -> Call[Item, Value]:
    (call,) = calls
    return call


def hang(_: object) -> None:
    while True:
        time.sleep(60)


def test_returns_every_value_with_its_seconds_and_memory() -> None:
    calls = list(call_each(lambda item: item * 2, [1, 2, 3, 4, 5], LIMITS, 2))
    assert {call.item: call.value for call in calls} == {1: 2, 2: 4, 3: 6, 4: 8, 5: 10}
    assert {call.failure for call in calls} == {""}
    assert all(call.seconds < 20 and 0 < call.megabytes < 6144 for call in calls)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_reports_a_crash_and_goes_on(number: signal.Signals) -> None:
    def work(item: str) -> str:
        if item == "bad":
            os.kill(os.getpid(), number)
        return "value"

    calls = {call.item: call for call in call_each(work, ["bad", "good"], LIMITS, 1)}
    assert calls["bad"].failure == f"crash: signal {number.value}"
    assert (calls["good"].value, calls["good"].failure) == ("value", "")


def test_reports_an_exit() -> None:
    assert only(call_each(os._exit, [3], LIMITS, 1)).failure == "crash: exit code 3"


def test_kills_a_call_that_hangs() -> None:
    call = only(call_each(hang, ["item"], Limits(0.2, 6144), 1))
    assert (call.item, call.value, call.failure) == ("item", None, "timeout")


def test_reports_an_exception() -> None:
    assert only(call_each(int, ["x"], LIMITS, 1)).failure == (
        "error: ValueError: invalid literal for int() with base 10: 'x'"
    )


def test_limits_the_memory() -> None:
    call = only(call_each(bytearray, [7 << 30], LIMITS, 1))
    assert call.failure.startswith("error: MemoryError")


def test_what_this_process_has_mapped_does_not_count() -> None:
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    with mmap.mmap(-1, LIMITS.megabytes << 20, flags=flags, prot=mmap.PROT_READ):
        assert only(call_each(bytearray, [200 << 20], LIMITS, 1)).failure == ""


def test_measures_the_peak_of_each_call_alone() -> None:
    sizes = [200 << 20, 1]
    calls = {call.item: call.megabytes for call in call_each(lambda size: len(b"x" * size), sizes, LIMITS, 1)}
    assert calls[sizes[0]] - calls[sizes[1]] >= 150
