"""A browser that signs in at the provider, and a clock that tests can advance."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

PAGE = "http://127.0.0.1:8080"
_FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


class Clock:
    """The current time plus an offset in seconds."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


@dataclass(frozen=True)
class Response:
    status: int
    headers: HTTPMessage
    body: str

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def redirect(self) -> dict[str, str]:
        """The query of the redirect, which must lead to the page."""
        url = urlsplit(self.headers["Location"])
        assert (self.status, f"{url.scheme}://{url.netloc}{url.path}") == (302, f"{PAGE}/")
        return {name: value for name, [value] in parse_qs(url.query).items()}


@dataclass
class Browser:
    """Stores cookies, and does the page's part of the code flow."""

    issuer: str
    cookies: dict[str, str] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def send(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        connection = HTTPConnection(urlsplit(self.issuer).netloc, timeout=10)
        try:
            cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            body = None if form is None else urlencode(form)
            content_type = {} if form is None else _FORM_HEADERS
            sent = {**content_type, **(cookies if self.cookies else {}), **(headers or {})}
            connection.request(method, path, body, sent)
            received = connection.getresponse()
            response = Response(received.status, received.headers, received.read().decode())
        finally:
            connection.close()
        self._store_cookies(response)
        return response

    def _store_cookies(self, response: Response) -> None:
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value

    def authorization_path(self, **changes: str | None) -> str:
        """Return the path and query of the authorization request; None omits a parameter."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "local-page",
            "redirect_uri": f"{PAGE}/",
            "scope": "openid email",
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        query = {name: value for name, value in (parameters | changes).items() if value is not None}
        return "/oauth2/authorize?" + urlencode(query)

    def authorize(self, **changes: str | None) -> Response:
        return self.send("GET", self.authorization_path(**changes))

    def sign_in(self, username: str = "alice", **changes: str | None) -> Response:
        return self.send("POST", self.authorization_path(**changes), {"username": username})

    def redeem(self, code: str, /, **changes: str | None) -> Response:
        parameters: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "client_id": "local-page",
            "redirect_uri": f"{PAGE}/",
            "code": code,
            "code_verifier": self.verifier,
        }
        return self._token(parameters | changes)

    def refresh(self, refresh_token: str, /, **changes: str | None) -> Response:
        parameters: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "client_id": "local-page",
            "refresh_token": refresh_token,
        }
        return self._token(parameters | changes)

    def _token(self, parameters: Mapping[str, str | None]) -> Response:
        form = {name: value for name, value in parameters.items() if value is not None}
        return self.send("POST", "/oauth2/token", form)

    def tokens(self, username: str = "alice", **changes: str | None) -> dict[str, Any]:
        """Sign in and redeem the code."""
        response = self.redeem(self.sign_in(username, **changes).redirect["code"])
        assert response.status == 200
        tokens: dict[str, Any] = response.json()
        return tokens
