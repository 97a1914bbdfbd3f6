from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from local.cli.console import interrupt_on_signals

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def keep_handlers() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_interrupts(number: signal.Signals) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # pytest may run under nohup
    interrupt_on_signals()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert {signal.getsignal(stop) for stop in STOP_SIGNALS} == {signal.SIG_IGN}


def test_a_closed_terminal_does_not_interrupt_under_nohup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupt_on_signals()
    signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
