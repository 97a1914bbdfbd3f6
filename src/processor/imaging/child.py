"""The imaging process: prepares one image after the other, and exits when the function does.

Its arguments are the socket that connects it to the function, and the memory for its data in bytes.
"""

from __future__ import annotations

from common import startup  # isort: skip -- before all others

import os
import resource
import select
import signal
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from common.rejections import Rejection
from processor.imaging import messages
from processor.imaging.interface import ImageHeader, Limits
from processor.imaging.prepare import prepare_image

# The function's timeout. A decoder that never returns to Python keeps this process from noticing that the
# function has ended, but not for longer.
_MAX_SECONDS = 60


def main(socket: int, memory: int) -> None:
    """Answer requests until the function has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the function, and thereby this process
    _limit_memory(memory)
    threading.Thread(target=_exit_with_function, args=(socket,), daemon=True).start()
    connection = Connection(socket)
    startup.finish()
    with suppress(EOFError, OSError):  # the function has ended
        while True:
            _serve(connection)


def _serve(connection: Connection) -> None:
    _, limits, (data,) = messages.receive(connection)
    messages.send(connection, messages.RECEIVED, {})
    signal.alarm(_MAX_SECONDS)  # without a handler, so that it needs no Python code to end the process
    kind, members, parts = _answer(connection, data, Limits(**limits))
    signal.alarm(0)
    messages.send(connection, kind, members, *parts)


def _answer(connection: Connection, data: bytes, limits: Limits) -> tuple[str, dict[str, Any], list[bytes]]:
    """Return the kind, the members and the parts of the last message about a file."""

    def send_header(header: ImageHeader) -> None:
        messages.send(connection, messages.HEADER, asdict(header))

    def send_body(body: bytes | None) -> None:
        messages.send(connection, messages.DECODED, {}, *([] if body is None else [body]))

    try:
        try:
            image = prepare_image(data, limits, send_header, send_body)
        except MemoryError as error:
            raise Rejection.of("too-complex") from error
    except Rejection as rejection:
        return messages.REJECTED, {"code": rejection.code, "message": rejection.message}, []
    except Exception:  # process boundary: the function raises and logs it
        return messages.FAILED, {"traceback": traceback.format_exc()}, []
    members: dict[str, Any] = {"format": image.format, "width": image.width, "height": image.height}
    members["facts"] = image.facts.document()
    return messages.PREPARED, members, [image.preview, image.thumbnail]


def _limit_memory(size: int) -> None:
    """Let allocations fail beyond a size, and Linux end this process rather than the function."""
    with suppress(OSError, ValueError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _exit_with_function(socket: int) -> None:
    """End this process, even within a request, when the other end of the socket is closed."""
    poll = select.poll()
    poll.register(socket, 0)  # only POLLHUP, which is always reported
    poll.poll()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
