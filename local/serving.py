"""HTTP/1.1 servers on this machine, each in threads of its own."""

from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 -- names them, binds nothing


def reachable_url(host: str, port: int) -> str:
    """Give the address of a server for others on this machine; one that listens everywhere is 127.0.0.1."""
    bracketed = f"[{host}]" if ":" in host else host
    return f"http://{_ANY_ADDRESS.get(host, bracketed)}:{port}"


class AddressUnusable(Exception):
    """A server cannot listen where it was told to."""

    def __init__(self, setting: str, host: str, port: int, error: OSError) -> None:
        reason = os.strerror(error.errno) if error.errno else str(error)
        advice = f"Set {setting} to another port, or to 0 for any that is free."
        super().__init__(f"Port {port} on {host} cannot be used: {reason}. {advice}")


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the terminal is for what the functions say."""


class Server:
    """A listener whose address is known before there is anything to serve."""

    def __init__(self, host: str, port: int, setting: str) -> None:
        """Bind at once; port 0 takes any free one. Raises AddressUnusable, which names `setting`."""
        self._host = host
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._socket = socket.create_server((host, port), family=family, backlog=128)
        except OSError as error:
            raise AddressUnusable(setting, host, port, error) from error
        self.port: int = self._socket.getsockname()[1]
        self._serving: tuple[BaseWSGIServer, threading.Thread] | None = None

    @property
    def url(self) -> str:
        """The address that a browser on this machine uses."""
        return reachable_url(self._host, self.port)

    def serve(self, app: WSGIApplication) -> None:
        """Answer requests until `stop`, in threads."""
        options: dict[str, Any] = {"threaded": True, "request_handler": _QuietHandler}
        server = make_server(self._host, self.port, app, fd=self._socket.fileno(), **options)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self._serving = (server, thread)

    def stop(self) -> None:
        if self._serving:
            server, thread = self._serving
            server.shutdown()
            server.server_close()
            thread.join()
        self._socket.close()
