"""The HTTP server behind every address of the local stack: page, API, AWS endpoint and sign-in."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import InternalServerError, ServiceUnavailable
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from local.faults import AnswerLost
from local.hosts import OwnNames, find_refusal
from local.request_body import RequestBody

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)
_WILDCARD_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 -- only compared, never bound here
_HOST_ERRORS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # not an address of this machine, or no IPv6
_STATUSES_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_STOP_TIMEOUT = 2  # seconds for requests in progress


def reachable_url(host: str, port: int) -> str:
    """Return the URL of a server for clients on this machine; a wildcard host becomes loopback."""
    bracketed = f"[{host}]" if ":" in host else host
    return f"http://{_WILDCARD_HOSTS.get(host, bracketed)}:{port}"


class AddressError(Exception):
    """A server cannot listen on the configured host and port; the message names the one to change."""

    @classmethod
    def of_port(cls, setting: str, host: str, port: int, error: OSError) -> AddressError:
        advice = f"Set {setting} to another port, or to 0 for any free port."
        return cls(f"Port {port} on {host} can't be used: {_reason(error)}. {advice}")

    @classmethod
    def of_host(cls, setting: str, host: str, error: OSError | UnicodeError) -> AddressError:
        advice = "Set it to 127.0.0.1, or to another address of this machine."
        return cls(f"{setting} can't be {host!r}: {_reason(error)}. {advice}")


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return "it isn't a host name"
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or str(error)
    return os.strerror(error.errno)


class RequestHandler(WSGIRequestHandler):
    """werkzeug's handler with keep-alive connections, on-demand request bodies, and a check of the host."""

    names = OwnNames()
    protocol_version = "HTTP/1.1"
    timeout = 20  # seconds without a byte before S3 closes a connection
    disable_nagle_algorithm = True

    def handle_expect_100(self) -> bool:
        return True  # RequestBody sends it on the first read, so that rejected uploads need not be sent

    def send_continue(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wfile.flush()

    def make_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().make_environ()
        # From the request line, because http.server collapses leading slashes in `self.path`.
        environ["local.request_target"] = self.requestline.split()[1]
        # HTTP/2 clients send several; a comma may be in a value.
        if cookies := self.headers.get_all("Cookie"):
            environ["HTTP_COOKIE"] = "; ".join(cookies).replace("\r\n", "")
        return environ

    def run_wsgi(self) -> None:
        refusal = self._find_refusal()
        app = refusal or self.server.app
        if refusal:
            self.path = "/"  # the target may be one that can't be parsed
            self.close_connection = True
        self.environ = self.make_environ()
        body = self.environ["wsgi.input"] = RequestBody(self)
        try:
            chunks, status, headers = run_wsgi_app(app, self.environ, buffered=True)
        except AnswerLost:
            self.close_connection = True
            return
        except Exception:  # the outermost layer: the client gets a response, whatever failed
            _LOG.exception("%s failed", self.requestline)
            chunks, status, headers = run_wsgi_app(InternalServerError(), self.environ, buffered=True)
        if not body.finished:
            self.close_connection = True
        self._send(status, list(headers), b"".join(chunks))
        if not body.finished:
            body.drain()

    def _find_refusal(self) -> Response | None:
        """Return the response to a request for another host, or None. It has no CORS headers."""
        addresses = (self.server.host, str(self.connection.getsockname()[0]))
        hosts, target = self.headers.get_all("Host", []), self.requestline.split()[1]
        url = reachable_url(self.server.host, self.server.port)
        refusal = find_refusal(hosts, target, self.names, addresses, url)
        if refusal is None:
            return None
        status, reason = refusal
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return Response(f"{reason}\n", status, headers, mimetype="text/plain")

    def _send(self, status_line: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, reason = status_line.partition(" ")
        has_body = int(code) not in _STATUSES_WITHOUT_BODY
        self.send_response(int(code), reason or None)
        for name, value in headers:
            self.send_header(name, value)
        if has_body and "content-length" not in {name.lower() for name, _ in headers}:
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if has_body and self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def send_response(self, code: int, message: str | None = None) -> None:
        self.send_response_only(code, message)  # without werkzeug's Server header and access log
        self.send_header("Date", self.date_time_string())

    def log(self, type: str, message: str, *args: Any) -> None:
        _LOG.debug(message, *args)


class Server(ThreadedWSGIServer):
    """Listens as soon as it is created, and serves from `serve` to `stop` with a thread per connection."""

    def __init__(
        self,
        host: str,
        port: int,
        setting: str,
        handler: type[RequestHandler] = RequestHandler,
        *,
        host_setting: str = "HOST",
    ) -> None:
        """Bind to the address; port 0 picks a free one.

        Raises AddressError, which mentions `setting` or `host_setting`.
        """
        self._connections: set[socket.socket] = set()
        self._connections_changed = threading.Condition()
        self._thread: threading.Thread | None = None
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            socket.getaddrinfo(host, port, family)
        except (OSError, UnicodeError) as error:  # UnicodeError: a label of the name is too long
            raise AddressError.of_host(host_setting, host, error) from error
        try:  # bound here, because werkzeug exits the process if it cannot bind
            listener = socket.create_server((host, port), family=family, backlog=self.request_queue_size)
        except OSError as error:
            if error.errno in _HOST_ERRORS:
                raise AddressError.of_host(host_setting, host, error) from error
            raise AddressError.of_port(setting, host, port, error) from error
        with listener:
            super().__init__(host, port, ServiceUnavailable(), handler, fd=listener.fileno())

    @property
    def url(self) -> str:
        """The URL for clients on this machine."""
        return reachable_url(self.host, self.port)

    def serve(self, app: WSGIApplication) -> None:
        """Serve `app`, also to clients that have connected since the server was created."""
        self.app = app
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, let requests in progress finish and close the other connections."""
        if self._thread:
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._connections_changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # already closed
                    connection.shutdown(socket.SHUT_RD)  # a request in progress can still send its response
            self._connections_changed.wait_for(lambda: not self._connections, _STOP_TIMEOUT)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._connections_changed:
            self._connections.add(request)
        super().process_request_thread(request, client_address)
        with self._connections_changed:
            self._connections.discard(request)
            self._connections_changed.notify_all()
