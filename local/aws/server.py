"""The HTTP server: werkzeug's threaded one, with kept connections and bodies that nobody need read."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from local.aws.exchange import ShortBody, StalledBody

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)
_PIECE = 1 << 20
_DRAINED_AT_MOST = 64 << 20  # a refused upload is read so far, or its sender would not learn why
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class IncomingBody:
    """The request's body, read from the connection when asked, and not before."""

    def __init__(self, handler: Handler) -> None:
        announced = handler.headers.get("Content-Length")
        self.length = int(announced) if announced is not None and announced.isdigit() else None
        self.chunked = "chunked" in handler.headers.get("Transfer-Encoding", "").lower()
        self._source = handler.environ["wsgi.input"]  # werkzeug has put a decoder there if it is chunked
        self._invite = handler.invite if handler.headers.get("Expect", "").lower() == "100-continue" else None
        self._left = self.length or 0
        self.finished = not self.chunked and self._left == 0

    def read_all(self, limit: int) -> bytes | None:
        if not self.chunked and self._left > limit:
            return None
        pieces: list[bytes] = []
        while piece := self._piece():
            pieces.append(piece)
            limit -= len(piece)
            if limit < 0:
                return None
        return b"".join(pieces)

    def drain(self) -> None:
        """Throw away what still comes, within reason."""
        limit = _DRAINED_AT_MOST
        try:
            while limit > 0 and (piece := self._piece()):
                limit -= len(piece)
        except (ShortBody, StalledBody, OSError):
            return  # the sender is gone, or will not be helped

    def _piece(self) -> bytes:
        if self.finished:
            return b""
        if self._invite is not None:
            self._invite()
            self._invite = None
        try:
            piece: bytes = self._source.read(_PIECE if self.chunked else min(_PIECE, self._left))
        except TimeoutError as error:
            raise StalledBody from error
        except OSError as error:
            raise ShortBody from error
        if self.chunked:
            self.finished = not piece
        elif not piece:
            self.finished = True
            raise ShortBody
        else:
            self._left -= len(piece)
            self.finished = self._left == 0
        return piece


class Handler(MotoRequestHandler):  # moto's keeps the underscores in names of S3's metadata
    protocol_version = "HTTP/1.1"
    timeout = 20  # seconds without a byte, as S3 has it
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            _LOG.debug("A connection was gone before its end.")
        finally:
            self.server.closed(self.connection)

    def handle_expect_100(self) -> bool:
        return True  # the body is invited when it is read: a refused request need not send it

    def invite(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wfile.flush()

    def make_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().make_environ()
        # The request line itself: the decoded path, and even `self.path`, have lost slashes of keys by now.
        environ["local.target"] = self.requestline.split()[1]
        return environ

    def run_wsgi(self) -> None:
        self.environ = self.make_environ()
        body = IncomingBody(self)
        self.environ["wsgi.input"] = body
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
            head[:] = [int(status.split(" ", 1)[0]), headers]
            return lambda data: None

        payload = b"".join(self.server.app(self.environ, start_response))
        if not body.finished:
            self.close_connection = True
        self._send(head[0], head[1], payload)
        if not body.finished:
            body.drain()

    def _send(self, status: int, headers: list[tuple[str, str]], payload: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in _BODILESS and "content-length" not in {name.lower() for name, _ in headers}:
            self.send_header("Content-Length", str(len(payload)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and status not in _BODILESS:
            self.wfile.write(payload)
        self.wfile.flush()

    def send_response(self, code: int, message: str | None = None) -> None:
        self.send_response_only(code, message)
        self.send_header("Date", self.date_time_string())

    def log(self, type: str, message: str, *args: Any) -> None:
        _LOG.debug(message, *args)


class Server(ThreadedWSGIServer):
    """Serves in threads of its own from `start` to `stop`."""

    def __init__(self, host: str, port: int, app: WSGIApplication) -> None:
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        # Bound here, as werkzeug would end the whole program over a port that is taken.
        with socket.create_server((host, port), backlog=self.request_queue_size) as listener:
            super().__init__(host, port, app, Handler, fd=listener.fileno())
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        with self._changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # gone already
                    connection.shutdown(socket.SHUT_RD)  # a request under way still gets its answer
            self._changed.wait_for(lambda: not self._connections, timeout=2)

    def opened(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.discard(connection)
            self._changed.notify_all()
