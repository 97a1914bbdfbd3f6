"""The loopback redirect of RFC 8252: a server on this machine that takes the provider's answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from glimpse.errors import SignInFailed

PORT = 8976  # registered at the sign-in provider
_HOST = "127.0.0.1"
_TIMEOUT = 300.0  # seconds to sign in
_REQUEST_TIMEOUT = 5.0
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Glimpse</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 30rem; padding: 0 1rem }}
</style>
<h1>Glimpse</h1>
<p>{}</p>
"""
_RECEIVED = "Sign-in goes on in the terminal. You can close this page."
_REJECTED = "This isn't the answer to a sign-in that was started in the terminal."
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the URL contains the code
    "X-Content-Type-Options": "nosniff",
}


class Loopback:
    """A server that accepts one answer with the right state. Use it in a `with` block."""

    def __init__(self, port: int = PORT, clock: Callable[[], float] = time.monotonic) -> None:
        """Listen. Raises SignInFailed if the port is in use."""
        self._clock = clock
        self._state = ""
        self._answer: Mapping[str, str] | None = None
        try:
            self._server = HTTPServer((_HOST, port), self._handler())
        except OSError as error:
            raise SignInFailed(
                f"Port {port} on {_HOST} can't be used: {error.strerror}. End the program that uses it."
            ) from error
        self.redirect_uri = f"http://{_HOST}:{self._server.server_port}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.server_close()

    def wait(self, state: str, timeout: float = _TIMEOUT) -> Mapping[str, str]:
        """Return the query of the answer with this state. Raises SignInFailed if it doesn't arrive."""
        self._state = state
        end = self._clock() + timeout
        while self._answer is None:
            self._server.timeout = end - self._clock()
            if self._server.timeout <= 0:
                raise SignInFailed(f"Nobody signed in within {timeout / 60:.0f} minutes.")
            self._server.handle_request()
        return self._answer

    def _take(self, query: Mapping[str, str]) -> bool:
        """Keep the answer if it is the first one with the right state."""
        if query.get("state") != self._state or self._answer is not None:
            return False
        self._answer = query
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            timeout = _REQUEST_TIMEOUT

            def do_GET(self) -> None:
                target = urlsplit(self.path)
                if target.path != "/":
                    self.send_error(404)
                    return
                is_taken = loopback._take(dict(parse_qsl(target.query)))
                body = _PAGE.format(_RECEIVED if is_taken else _REJECTED).encode()
                self.send_response(200 if is_taken else 400)
                for name, value in {**_HEADERS, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Print nothing: the URL contains the code."""

        return Handler
