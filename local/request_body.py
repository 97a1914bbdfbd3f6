"""The body of an HTTP request, which is read only if the application wants it."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from local.server import RequestHandler

_READ_BYTES = 1 << 20
_MAX_DRAINED_BYTES = 64 << 20  # of a rejected upload, so that the client gets to read the response


class RequestBody(io.RawIOBase):
    """The request body as `wsgi.input`, read from the connection on demand.

    Reading raises TimeoutError if the client stalls, and another OSError if it sends less than announced.
    """

    def __init__(self, handler: RequestHandler) -> None:
        content_length = handler.headers.get("Content-Length", "")
        self.length = int(content_length) if content_length.isdecimal() else None  # in bytes
        self.chunked = "chunked" in handler.headers.get("Transfer-Encoding", "").lower()
        self._source = handler.environ["wsgi.input"]  # werkzeug has already wrapped a chunked body
        self._handler = handler
        self._awaits_continue = handler.headers.get("Expect", "").lower() == "100-continue"
        self._remaining = self.length or 0
        self.finished = not self.chunked and self._remaining == 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        if self.finished or not target:
            return 0
        if self._awaits_continue:
            self._handler.send_continue()
            self._awaits_continue = False
        chunk = self._source.read(len(target) if self.chunked else min(len(target), self._remaining))
        target[: len(chunk)] = chunk
        self._remaining -= len(chunk)
        self.finished = not chunk or (self._remaining == 0 and not self.chunked)
        if self.finished and self._remaining > 0 and not self.chunked:
            raise ConnectionError("The connection ended before the announced length.")
        return len(chunk)

    def read_all(self, limit: int) -> bytes | None:
        """Read to the end. Return None if the body is longer than `limit` bytes."""
        if not self.chunked and self._remaining > limit:
            return None
        chunks: list[bytes] = []
        while chunk := self.read(_READ_BYTES):
            chunks.append(chunk)
            limit -= len(chunk)
            if limit < 0:
                return None
        return b"".join(chunks)

    def drain(self) -> None:
        """Discard the rest, up to a limit."""
        self._awaits_continue = False  # the response has been sent
        limit = _MAX_DRAINED_BYTES
        with contextlib.suppress(OSError):  # the client has stalled or gone
            while limit > 0 and (chunk := self.read(_READ_BYTES)):
                limit -= len(chunk)
