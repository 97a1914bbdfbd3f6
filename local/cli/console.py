"""Messages and signals of the terminal. Apart from `local.settings`, because it imports most of the stack."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from local.aws.iam import UnsupportedPolicy
from local.persistence.database import DataError
from local.rekognition.errors import ModelError, SettingError
from local.server import AddressError
from local.template.documents import DocumentError
from local.template.intrinsics import ResolutionError
from local.template.parameters import ParameterError
from local.template.template import TemplateError

# Errors whose message tells the user what to change.
EXPLAINED = (
    AddressError,
    DataError,
    DocumentError,
    ModelError,
    ParameterError,
    ResolutionError,
    SettingError,
    TemplateError,
    UnsupportedPolicy,
)
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt_on_signals() -> None:
    """Raise KeyboardInterrupt at the first Ctrl+C, SIGTERM or closed terminal, and ignore the next ones."""
    for number in _STOP_SIGNALS:
        # Explicitly, because SIGINT is ignored in a shell's background jobs. SIGHUP is ignored under nohup.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    for stop in _STOP_SIGNALS:
        signal.signal(stop, signal.SIG_IGN)  # a second Ctrl+C must not interrupt the cleanup
    raise KeyboardInterrupt


def exit_at_once(code: int) -> NoReturn:
    """End the process of a stack; a normal exit would crash the native code of a recognition in progress."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
