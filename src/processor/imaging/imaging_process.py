"""Preparation of images in a child process, so that no file can stall or end the function.

Decoders are written in C: one that loops can't be interrupted within this process, and one that crashes or
exhausts the memory would end it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from common.rejections import Rejection
from common.units import MEGABYTE
from processor.imaging import messages
from processor.imaging.interface import MAX_PREPARE_SECONDS, ImageFacts, ImageHeader, PreparedImage, ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from processor.imaging.interface import Limits

_MAX_START = 20.0  # seconds until the process has started and received the file; it takes 0.2, and 25 MB 0.02
_STARTS = 2  # a process that is idle may have been ended, by Linux for example, to free memory
FUNCTION_BYTES = 384 * MEGABYTE  # of the memory: the function itself, a file, and a batch's answers
_COMPLEX = "too-complex"
# How a process without memory ends: Linux kills it, and libheif, written in C++, aborts (std::bad_alloc).
_MEMORY_SIGNALS = (-signal.SIGKILL, -signal.SIGABRT)


class ImagingError(Exception):
    """A failure that isn't the file's fault, such as a bug. The image has to be processed again later."""


class ImagingProcess:
    """A child process that prepares images, one at a time. It is restarted when it has ended."""

    def __init__(self, memory: int, max_seconds: float = MAX_PREPARE_SECONDS) -> None:
        """Start the process, with a limit for its data (bytes) and for the preparation of an image."""
        self._memory = memory
        self._max_seconds = max_seconds
        self._lock = threading.Lock()
        self._child = _Child(memory)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> ImagingProcess:
        """Start the process with the function's memory, except for what the function itself needs."""
        size = int(environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) * MEGABYTE
        return cls(size - FUNCTION_BYTES)

    @property
    def pid(self) -> int:
        """The current process's id."""
        return self._child.pid

    def prepare(
        self,
        data: bytes,
        limits: Limits,
        on_header: Callable[[ImageHeader], None] = ignore,
        on_decoded: Callable[[bytes | None], None] = ignore,
    ) -> PreparedImage:
        """Prepare an image as `prepare_image` does, within limits of time and memory.

        The time begins when no other image is being prepared. Raises Rejection also if a limit is exceeded
        (`too-complex`) or the decoder crashes (`broken`), and ImagingError for what isn't the file's fault.
        """
        with self._lock:
            try:
                for _ in range(_STARTS):
                    if self._child.submit(data, limits):
                        return self._child.receive(self._max_seconds, on_header, on_decoded)
                    self._restart()
                raise ImagingError("the imaging process doesn't start")
            finally:
                if not self._child.is_idle:
                    self._restart()

    def close(self) -> None:
        """End the process."""
        self._child.kill()

    def _restart(self) -> None:
        self._child.kill()
        self._child = _Child(self._memory)


class _Child:
    """One child process, and the connection to it."""

    def __init__(self, memory: int) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            options = ["-P", "-S"]  # nothing is searched for packages, because `_environment` has the path
            module = ["-m", "processor.imaging.child", str(theirs.fileno()), str(memory)]
            self._process = subprocess.Popen(  # noqa: S603 -- our own module
                [sys.executable, *options, *module],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
            )
            self._connection = Connection(ours.detach())
        self._is_late = False
        self.is_idle = True  # alive, and without answers or memory that are left of another file

    @property
    def pid(self) -> int:
        return self._process.pid

    def submit(self, data: bytes, limits: Limits) -> bool:
        """Send a file. Return False if the process has ended, or doesn't receive it."""
        self.is_idle = False
        try:
            with self._time_limit(_MAX_START):
                messages.send(self._connection, messages.PREPARE, asdict(limits), data)
                messages.receive(self._connection)
        except (OSError, EOFError):
            return False
        return True

    def receive(
        self,
        seconds: float,
        on_header: Callable[[ImageHeader], None],
        on_decoded: Callable[[bytes | None], None],
    ) -> PreparedImage:
        """Wait for the answers about a file that was submitted."""
        body: list[bytes] = []
        try:
            with self._time_limit(seconds):
                kind, members, parts = messages.receive(self._connection)
                if kind == messages.HEADER:
                    on_header(ImageHeader(**members))
                    kind, members, parts = messages.receive(self._connection)
                if kind == messages.DECODED:
                    body = parts
                    on_decoded(body[0] if body else None)
                    kind, members, parts = messages.receive(self._connection)
        except (OSError, EOFError) as error:
            raise self._explain_end() from error
        if kind == messages.FAILED:
            raise ImagingError(members["traceback"])
        self.is_idle = members.get("code") != _COMPLEX  # a decoder that lacks memory may not free it
        if kind == messages.REJECTED:
            raise Rejection(**members)
        preview, thumbnail = parts
        return PreparedImage(
            **{**members, "facts": ImageFacts.from_document(members["facts"])},
            body=body[0] if body else None,
            preview=preview,
            thumbnail=thumbnail,
        )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._connection.close()

    @contextmanager
    def _time_limit(self, seconds: float) -> Iterator[None]:
        """Kill the process after so many seconds, which ends a `send` and a `receive`."""
        timer = threading.Timer(seconds, self._end_late)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()  # so that it can't end the preparation of the next file

    def _end_late(self) -> None:
        self._is_late = True
        self._process.kill()

    def _explain_end(self) -> Exception:
        """Return why the process ended while it prepared an image."""
        code = self._process.wait()
        if self._is_late or code in _MEMORY_SIGNALS:
            return Rejection.of(_COMPLEX)
        if code < 0:
            return Rejection.of("broken")
        return ImagingError(f"the imaging process exited with status {code}")


def _environment() -> dict[str, str]:
    """Return the variables of the child: those of this process, without any credentials.

    The child finds the code and the layer, wherever they are, by the path of this process.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**variables, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
