"""A provider, and a browser that talks to it as a person's would."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from local.sign_in.provider import SignIn

PAGE = "http://127.0.0.1:8080"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Clock:
    """The time, which a test may move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: str

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def sent_back(self) -> dict[str, str]:
        """What the address that the browser is sent to carries; it must be the page's."""
        address = urlsplit(self.headers["Location"])
        assert (self.status, f"{address.scheme}://{address.netloc}{address.path}") == (302, f"{PAGE}/")
        return {name: value for name, [value] in parse_qs(address.query).items()}


@dataclass
class Browser:
    """Keeps cookies, and does the page's part of the code flow."""

    issuer: str
    cookies: dict[str, str] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def send(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        connection = HTTPConnection(urlsplit(self.issuer).netloc, timeout=10)
        try:
            cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            body = None if form is None else urlencode(form)
            sent = {**({} if form is None else FORM), **(cookies if self.cookies else {}), **(headers or {})}
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read().decode())
        finally:
            connection.close()
        self._keep_cookies(answer)
        return answer

    def _keep_cookies(self, answer: Answer) -> None:
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value

    def address(self, **changes: str | None) -> str:
        """Give the authorization address of the page; None leaves a parameter out."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "local-page",
            "redirect_uri": f"{PAGE}/",
            "scope": "openid email",
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        query = {name: value for name, value in (asked | changes).items() if value is not None}
        return "/oauth2/authorize?" + urlencode(query)

    def sign_in(self, username: str = "alice", **changes: str | None) -> Answer:
        return self.send("POST", self.address(**changes), {"username": username})

    def redeem(self, code: str, /, **changes: str | None) -> Answer:
        asked: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "client_id": "local-page",
            "redirect_uri": f"{PAGE}/",
            "code": code,
            "code_verifier": self.verifier,
        }
        return self._token(asked | changes)

    def refresh(self, refresh_token: str, /, **changes: str | None) -> Answer:
        asked: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "client_id": "local-page",
            "refresh_token": refresh_token,
        }
        return self._token(asked | changes)

    def _token(self, asked: Mapping[str, str | None]) -> Answer:
        form = {name: value for name, value in asked.items() if value is not None}
        return self.send("POST", "/oauth2/token", form)

    def tokens(self, username: str = "alice", **changes: str | None) -> dict[str, Any]:
        """Go the whole way, from the form to the tokens."""
        answer = self.redeem(self.sign_in(username, **changes).sent_back["code"])
        assert answer.status == 200
        tokens: dict[str, Any] = answer.json()
        return tokens


@pytest.fixture(scope="session")
def shared() -> Iterator[tuple[SignIn, str]]:
    sign_in = SignIn()
    yield sign_in, sign_in.start("127.0.0.1", 0, PAGE)
    sign_in.stop()


@pytest.fixture
def provider(shared: tuple[SignIn, str]) -> SignIn:
    return shared[0]


@pytest.fixture
def issuer(shared: tuple[SignIn, str]) -> str:
    return shared[1]


@pytest.fixture
def browser(issuer: str) -> Browser:
    return Browser(issuer)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def later(clock: Clock) -> Iterator[Browser]:
    """A browser at a provider whose time is `clock`'s."""
    sign_in = SignIn(clock)
    yield Browser(sign_in.start("127.0.0.1", 0, PAGE))
    sign_in.stop()
