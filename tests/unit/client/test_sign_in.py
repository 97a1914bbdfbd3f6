"""People sign in with the code flow, programs with their secret, at a provider that the tests play."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock, Semaphore, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from glimpse.client import Client
from glimpse.credentials import Program
from glimpse.errors import (
    Canceled,
    CredentialsError,
    GlimpseError,
    SignInExpired,
    SignInFailed,
    UnexpectedResponse,
    Unreachable,
)
from glimpse.loopback import Loopback
from glimpse.provider import Provider, Tokens
from glimpse.session import Session
from glimpse.site import load_site
from glimpse.store import CredentialStore
from tests.unit.client.conftest import Answer, Clock

PAGE, API, ISSUER = (
    "https://pictures.example.com",
    "https://api.example.com",
    "https://login.example.com/pool",
)
NOW = 1_800_000_000.0
SECRET = "sec ret/+"


def id_token(**claims: Any) -> str:
    """Return an unsigned ID token for the command line."""
    defaults = {
        "iss": ISSUER,
        "aud": "command-line",
        "sub": "ada",
        "token_use": "id",
        "email": "ada@example.com",
    }
    document = json.dumps({**defaults, "iat": NOW, "exp": NOW + 3600, **claims}).encode()
    return f"e30.{base64.urlsafe_b64encode(document).decode().rstrip('=')}.signature"


class Web:
    """The page and the sign-in provider. `answers` are the responses of the token endpoint."""

    def __init__(self) -> None:
        self.config: Any = {
            "apiUrl": API,
            "signIn": {"issuer": ISSUER, "clientId": "page", "commandLineClientId": "command-line"},
        }
        self.metadata: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize?tenant=1",
            "token_endpoint": f"{ISSUER}/token",
            "revocation_endpoint": f"{ISSUER}/revoke",
            "scopes_supported": ["openid", "email"],
        }
        self.outages: list[Answer] = []  # of the provider's metadata
        self.answers: list[httpx.Response | Exception] = []
        self.forms: list[dict[str, str]] = []
        self.headers: list[httpx.Headers] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if url == f"{PAGE}/config.json":
            return (
                self.config
                if isinstance(self.config, httpx.Response)
                else httpx.Response(200, json=self.config)
            )
        if url == f"{ISSUER}/.well-known/openid-configuration":
            if self.outages:
                outage = self.outages.pop(0)
                if isinstance(outage, Exception):
                    raise outage
                return outage(request) if callable(outage) else outage
            return httpx.Response(200, json=self.metadata)
        if url in (f"{ISSUER}/token", f"{ISSUER}/revoke"):
            self.forms.append(dict(parse_qsl(request.content.decode())))
            self.headers.append(request.headers)
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return httpx.Response(200, json={"labels": [], "authorization": request.headers["Authorization"]})

    @property
    def http(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def provider(web: Web) -> Provider:
    return Provider(ISSUER, web.http, clock=lambda: NOW)


@pytest.fixture
def session(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr("glimpse.session.Provider", partial(Provider, clock=lambda: NOW))
    monkeypatch.setattr("glimpse.credentials.time.time", lambda: NOW)
    yield Session(CredentialStore(tmp_path / "glimpse"), {}, web.http, Clock())


def tokens(**fields: Any) -> httpx.Response:
    return httpx.Response(200, json=fields)


def authorize(web: Web, request_url: str, **changes: str) -> None:
    """Answer as a browser in which the person signs in, in the background."""
    query = dict(parse_qsl(urlsplit(request_url).query))
    web.answers = [tokens(id_token=id_token(nonce=query["nonce"]), refresh_token="refresh-1")]
    answer = {"code": "code-1", "state": query["state"], **changes}
    Thread(
        target=httpx.get, args=(query["redirect_uri"],), kwargs={"params": answer, "trust_env": False}
    ).start()


def sign_in(web: Web, session: Session, said: list[str] | None = None) -> str:
    say: Callable[[str], Any] = (said if said is not None else []).append
    return session.sign_in_person(PAGE, say, port=0, open_browser=lambda url: authorize(web, url))


def test_a_person_signs_in_with_the_browser(web: Web, session: Session) -> None:
    said: list[str] = []
    assert sign_in(web, session, said) == "ada@example.com"
    (line,) = said
    url = line.partition("visit:\n")[2]
    query = dict(parse_qsl(urlsplit(url).query))
    (form,) = web.forms
    challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert url.startswith(f"{ISSUER}/authorize?")
    assert query == {
        "tenant": "1",
        "response_type": "code",
        "client_id": "command-line",
        "redirect_uri": form["redirect_uri"],
        "state": query["state"],
        "nonce": query["nonce"],
        "scope": "openid email",
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    assert form == {
        "grant_type": "authorization_code",
        "client_id": "command-line",
        "code": "code-1",
        "code_verifier": form["code_verifier"],
        "redirect_uri": query["redirect_uri"],
    }
    assert min(len(query["state"]), len(query["nonce"]), len(form["code_verifier"])) >= 43
    entry = session.store.get(PAGE)
    assert entry is not None
    assert (entry["kind"], entry["clientId"], entry["tokens"]["refresh_token"]) == (
        "person",
        "command-line",
        "refresh-1",
    )


def test_asks_for_offline_access_where_it_exists(web: Web, provider: Provider) -> None:
    web.metadata["scopes_supported"] += ["offline_access"]
    request = provider.authorization_request("command-line", "http://127.0.0.1:8976/")
    assert dict(parse_qsl(urlsplit(request.url).query))["scope"] == "openid email offline_access"


def test_the_loopback_takes_one_answer_with_the_right_state() -> None:
    with Loopback(port=0) as loopback:
        url = loopback.redirect_uri
        assert url.startswith("http://127.0.0.1:")
        seen: list[tuple[int, str]] = []

        def visit() -> None:
            for path in ("favicon.ico", "?state=forged&code=1", "?state=right&code=2"):
                response = httpx.get(url + path, trust_env=False)
                seen.append((response.status_code, response.headers.get("Cache-Control", "")))

        browser = Thread(target=visit)
        browser.start()
        assert loopback.wait("right") == {"state": "right", "code": "2"}
        browser.join()
    assert seen == [(404, ""), (400, "no-store"), (200, "no-store")]


def test_the_loopback_gives_up() -> None:
    times = iter([0.0, 299.9, 300.1])
    with Loopback(port=0, clock=lambda: next(times)) as loopback:
        with pytest.raises(SignInFailed, match=r"^Nobody signed in within 5 minutes.$"):
            loopback.wait("right")
        port = int(urlsplit(loopback.redirect_uri).port or 0)
        with pytest.raises(
            SignInFailed, match=rf"^Port {port} on 127.0.0.1 can't be used: .* End the program"
        ):
            Loopback(port)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"state": "other", "code": "1"}, "The sign-in was started by something else. Sign in again."),
        ({"error": "access_denied", "error_description": "Not today."}, "Sign-in failed: Not today."),
        ({"error": "access_denied"}, "Sign-in failed: access_denied."),
        ({}, "Sign-in failed: there is no code."),
    ],
)
def test_explains_a_redirect_without_a_code(provider: Provider, answer: dict[str, str], message: str) -> None:
    request = provider.authorization_request("command-line", "http://127.0.0.1:8976/")
    with pytest.raises(SignInFailed) as caught:
        provider.exchange(request, {"state": request.state, **answer})
    assert str(caught.value) == message


WRONG = "The sign-in provider sent a token for something else. Sign in again."


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"nonce": "other"}, WRONG),
        ({"iss": "https://evil.example.com"}, WRONG),
        ({"aud": "page"}, WRONG),
        ({"aud": ["command-line", "page"]}, WRONG),
        ({"token_use": "access"}, WRONG),
        ({"sub": ""}, WRONG),
        ({"exp": NOW - 121}, "The clock of this machine is wrong. Set it, then sign in again."),
        ({"iat": NOW + 121}, "The clock of this machine is wrong. Set it, then sign in again."),
    ],
)
def test_rejects_a_token_for_something_else(
    web: Web, provider: Provider, claims: dict[str, Any], message: str
) -> None:
    request = provider.authorization_request("command-line", "http://127.0.0.1:8976/")
    web.answers = [tokens(id_token=id_token(**{"nonce": request.nonce, **claims}))]
    with pytest.raises(SignInFailed) as caught:
        provider.exchange(request, {"state": request.state, "code": "1"})
    assert str(caught.value) == message


def test_renews_a_token_before_it_expires(
    web: Web, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(web, session)
    first = session.store.get(PAGE)
    with session.client() as client:
        assert isinstance(client, Client)
        credentials = client.credentials
        monkeypatch.setattr(credentials, "clock", lambda: NOW + 3550)
        renewed = id_token(exp=NOW + 7200)
        web.answers = [tokens(id_token=renewed)]
        assert credentials.token() == renewed
        assert credentials.token() == renewed
    assert web.forms[1:] == [
        {"grant_type": "refresh_token", "client_id": "command-line", "refresh_token": "refresh-1"}
    ]
    stored = session.store.get(PAGE)
    assert first
    assert stored
    assert stored["tokens"] == first["tokens"] | {"bearer": renewed, "expires_at": NOW + 7200}


def test_uses_what_another_process_has_renewed(web: Web, session: Session) -> None:
    sign_in(web, session)
    with session.client() as client:
        credentials = client.credentials
        old = credentials.token()
        entry = session.store.get(PAGE)
        assert entry
        session.store.put(PAGE, entry | {"tokens": entry["tokens"] | {"bearer": "renewed"}})
        assert credentials.token(rejected=old) == "renewed"
    assert len(web.forms) == 1


def test_says_that_the_person_has_to_sign_in_again(web: Web, provider: Provider) -> None:
    message = "^Your sign-in has expired. Sign in again: glimpse login URL$"
    with pytest.raises(SignInExpired, match=message):
        provider.renewed("command-line", Tokens("token", NOW))
    web.answers = [httpx.Response(400, json={"error": "invalid_grant"})]
    with pytest.raises(SignInExpired, match=message):
        provider.renewed("command-line", Tokens("token", NOW, "refresh-1", "ada"))
    web.answers = [tokens(id_token=id_token(sub="eve"))]
    with pytest.raises(SignInFailed, match=f"^{WRONG}$"):
        provider.renewed("command-line", Tokens("token", NOW, "refresh-1", "ada"))


@pytest.mark.parametrize("token", ["", "access", "e30.W10.signature"])
def test_explains_a_response_without_an_id_token(web: Web, provider: Provider, token: str) -> None:
    web.answers = [tokens(access_token="access", id_token=token)]
    with pytest.raises(SignInFailed, match=r"^The sign-in provider sent no ID token.$"):
        provider.renewed("command-line", Tokens("token", NOW, "refresh-1", "ada"))


def test_a_program_gets_tokens_with_its_secret(web: Web, provider: Provider) -> None:
    now = NOW
    program = Program(provider, "shop", SECRET, clock=lambda: now)
    web.answers = [tokens(access_token=f"access-{number}", expires_in=600) for number in range(3)]
    assert [program.token(), program.token()] == ["access-0", "access-0"]
    assert program.token(rejected="access-0") == "access-1"
    now = NOW + 541
    assert program.token() == "access-2"
    assert web.forms == [{"grant_type": "client_credentials"}] * 3
    basic = base64.b64encode(b"shop:sec+ret%2F%2B").decode()
    assert [each["Authorization"] for each in web.headers] == [f"Basic {basic}"] * 3
    assert SECRET not in repr(program)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (
            httpx.Response(401, json={"error": "invalid_client"}),
            SignInExpired,
            "The sign-in provider doesn't accept this client ID and secret. They may have been revoked. "
            "Sign in again: glimpse login URL --client-id ID",
        ),
        (
            httpx.Response(400, json={"error": "invalid_scope", "error_description": "No scopes."}),
            SignInFailed,
            "Sign-in failed (400): No scopes.",
        ),
        (
            httpx.Response(400, json={}),
            SignInFailed,
            "Sign-in failed (400): no reason given",
        ),
        (httpx.Response(503, json={}), Unreachable, "The sign-in provider is busy (503)."),
        (
            httpx.ConnectError("refused"),
            Unreachable,
            "The sign-in provider can't be reached at https://login.example.com.",
        ),
        (httpx.Response(502, text="<html>"), Unreachable, "The sign-in provider is busy (502)."),
        (httpx.Response(429, text="<html>"), Unreachable, "The sign-in provider is busy (429)."),
        (
            httpx.Response(200, text="<html>"),
            SignInFailed,
            "https://login.example.com sent something other than JSON.",
        ),
    ],
)
def test_explains_why_a_program_gets_no_token(
    web: Web, provider: Provider, answer: Any, error: type[GlimpseError], message: str
) -> None:
    web.answers = [answer]
    with pytest.raises(error) as caught:
        Program(provider, "shop", SECRET).token()
    assert str(caught.value) == message


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(web: Web, provider: Provider, clock: Clock) -> Iterator[Client]:
    """A client of a program."""
    transport = httpx.MockTransport(web)
    with Client(API, Program(provider, "shop", SECRET), transport=transport, retrying=clock) as client:
        yield client


def test_waits_for_a_provider_that_is_busy(web: Web, client: Client, clock: Clock) -> None:
    web.outages = [httpx.Response(503, text="<html>"), httpx.Response(429)]
    web.answers = [httpx.Response(502, text="<html>"), tokens(access_token="access")]
    assert dict(client.labels()) == {"labels": [], "authorization": "Bearer access"}
    assert clock.pauses == [0.25, 0.5, 1.0]


def test_gives_up_on_a_provider_once(web: Web, client: Client, clock: Clock, tmp_path: Path) -> None:
    web.outages = [httpx.Response(503)] * 100
    (tmp_path / "cat.jpg").write_text("cat")
    with pytest.raises(Unreachable, match=r"^The sign-in provider is busy \(503\).$"):
        client.upload(tmp_path / "cat.jpg")
    assert 100 < sum(clock.pauses) < 120


def test_a_cancellation_ends_the_wait_for_a_provider(web: Web, client: Client) -> None:
    def interrupt(request: httpx.Request) -> httpx.Response:
        client.cancel()
        raise httpx.ConnectError("refused")

    web.outages = [interrupt]
    with pytest.raises(Canceled):
        client.labels()


def test_signing_in_waits_for_a_provider_that_is_busy(web: Web, session: Session) -> None:
    web.outages = [httpx.Response(503)]
    assert sign_in(web, session) == "ada@example.com"
    web.answers = [httpx.Response(503), tokens(access_token="access")]
    assert session.sign_in_program(PAGE, "shop", SECRET) == "shop"


class AnnouncedLock:
    """A lock that says who comes to it."""

    def __init__(self, arrivals: Semaphore) -> None:
        self._lock = Lock()
        self._arrivals = arrivals

    def __enter__(self) -> None:
        self._arrivals.release()
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()


@pytest.mark.parametrize(
    ("outage", "message"),
    [
        (
            httpx.ConnectTimeout("down"),
            "The sign-in provider can't be reached at https://login.example.com.",
        ),
        (httpx.Response(200, text="<html>"), "https://login.example.com sent something other than JSON."),
    ],
)
def test_threads_that_wait_for_a_token_share_its_failure(
    web: Web,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    outage: httpx.Response | Exception,
    message: str,
) -> None:
    arrivals = Semaphore(0)
    monkeypatch.setattr("glimpse.credentials.Lock", lambda: AnnouncedLock(arrivals))
    program = Program(provider, "shop", SECRET)

    def fail(request: httpx.Request) -> httpx.Response:
        for _ in range(8):
            assert arrivals.acquire(timeout=10)
        if isinstance(outage, Exception):
            raise outage
        return outage

    web.outages = [fail]
    with ThreadPoolExecutor(8) as pool:
        failures = [pool.submit(program.token) for _ in range(8)]
        assert {str(each.exception()) for each in failures} == {message}
    web.answers = [tokens(access_token="access")]
    assert program.token() == "access"


def test_a_program_is_stored_only_with_the_right_secret(web: Web, session: Session) -> None:
    web.answers = [httpx.Response(401, json={"error": "invalid_client"}), tokens(access_token="access")]
    with pytest.raises(SignInExpired):
        session.sign_in_program(PAGE, "shop", "wrong")
    assert session.store.get(PAGE) is None
    assert session.sign_in_program(f"{PAGE}/", "shop", SECRET) == "shop"
    assert session.store.get(PAGE) == {"kind": "program", "clientId": "shop", "clientSecret": SECRET}
    with session.client() as client:
        assert client.url == f"{API}/programs"
        assert client.credentials.token() == "access"  # the provider bills each new one


def test_a_token_is_used_without_being_kept(web: Web, session: Session) -> None:
    (session.store.folder / "lock").mkdir(parents=True)  # so that nothing can be written
    session.environ = {"GLIMPSE_URL": PAGE, "GLIMPSE_CLIENT_ID": "shop", "GLIMPSE_CLIENT_SECRET": SECRET}
    web.answers = [tokens(access_token="access")]
    with session.client() as client:
        assert client.credentials.token() == "access"


def test_a_program_names_the_scope_and_the_audience_that_its_provider_needs(
    web: Web, session: Session
) -> None:
    session.environ = {
        "GLIMPSE_URL": PAGE,
        "GLIMPSE_CLIENT_ID": "shop",
        "GLIMPSE_CLIENT_SECRET": SECRET,
        "GLIMPSE_SCOPE": "images.read images.write",
        "GLIMPSE_AUDIENCE": "https://pictures",
    }
    web.answers = [tokens(access_token="access")]
    with session.client() as client:
        client.credentials.token()
    assert web.forms == [
        {
            "grant_type": "client_credentials",
            "scope": "images.read images.write",
            "audience": "https://pictures",
        }
    ]


def test_a_token_for_another_scope_is_not_used(web: Web, session: Session) -> None:
    environ = {"GLIMPSE_URL": PAGE, "GLIMPSE_CLIENT_ID": "shop", "GLIMPSE_CLIENT_SECRET": SECRET}
    web.answers = [tokens(access_token="to read"), tokens(access_token="to write")]
    used = []
    for scope in ("images.read", "images.write", "images.read"):
        session.environ = {**environ, "GLIMPSE_SCOPE": scope}
        with session.client() as client:
            used.append(client.credentials.token())
    assert used == ["to read", "to write", "to read"]


def test_the_environment_comes_first(web: Web, session: Session) -> None:
    session.environ = {
        "GLIMPSE_URL": PAGE,
        "GLIMPSE_CLIENT_ID": "shop",
        "GLIMPSE_CLIENT_SECRET": SECRET,
    }
    with session.client() as client:
        assert client.url == f"{API}/programs"
    session.environ = {"GLIMPSE_URL": PAGE, "GLIMPSE_CLIENT_ID": "shop"}
    with pytest.raises(CredentialsError, match=r"^Set both GLIMPSE_CLIENT_ID and GLIMPSE_CLIENT_SECRET"):
        session.client()


def test_signing_out_ends_the_session_at_the_provider(web: Web, session: Session) -> None:
    sign_in(web, session)
    web.answers = [httpx.Response(200)]
    assert session.sign_out(None) == PAGE
    assert web.forms[-1] == {"client_id": "command-line", "token": "refresh-1"}
    message = "^You aren't signed in. Sign in first: glimpse login URL$"
    with pytest.raises(CredentialsError, match=message):
        session.client()
    with pytest.raises(CredentialsError, match=message):
        session.client(PAGE)
    with pytest.raises(CredentialsError, match=f"^You aren't signed in at {PAGE}.$"):
        session.sign_out(PAGE)


def test_signing_out_says_what_it_could_not_end(web: Web, session: Session) -> None:
    sign_in(web, session)
    web.config = httpx.Response(503)
    with pytest.raises(SignInFailed) as caught:
        session.sign_out(None)
    assert str(caught.value) == (
        "The page is busy (503). The credentials are deleted, but the sign-in hasn't ended at the provider."
    )
    assert session.store.get(PAGE) is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "The sign-in provider responded with 400."),
        (503, "The sign-in provider is busy (503)."),
    ],
)
def test_signing_out_says_that_the_provider_refused(
    web: Web, session: Session, status: int, reason: str
) -> None:
    sign_in(web, session)
    web.answers = [httpx.Response(status, text="<html>")] * 20
    with pytest.raises(SignInFailed) as caught:
        session.sign_out(None)
    assert str(caught.value) == (
        f"{reason} The credentials are deleted, but the sign-in hasn't ended at the provider."
    )
    assert session.store.get(PAGE) is None


@pytest.mark.parametrize(
    "url", ["pictures.example.com", "http://pictures.example.com", "ftp://x", "", "https://"]
)
def test_a_page_has_a_safe_url(session: Session, url: str) -> None:
    with pytest.raises(UnexpectedResponse, match=r"isn't the URL of a page, such as https://"):
        session.sign_in_program(url, "shop", SECRET)


@pytest.mark.parametrize("config", [[], {}, {"apiUrl": API, "signIn": None}, {"apiUrl": API, "signIn": {}}])
def test_explains_another_page(web: Web, config: Any) -> None:
    web.config = config
    with pytest.raises(UnexpectedResponse, match=f"^{PAGE} isn't the page of an image-recognition stack.$"):
        load_site(PAGE, web.http)


def test_a_page_that_is_busy_is_not_another_page(web: Web) -> None:
    web.config = httpx.Response(503, text="<html>")
    with pytest.raises(Unreachable, match=r"^The page is busy \(503\).$"):
        load_site(PAGE, web.http)


def test_names_the_url_that_a_page_redirects_to(web: Web) -> None:
    web.config = httpx.Response(307, headers={"Location": "https://www.example.com/config.json"})
    with pytest.raises(
        UnexpectedResponse, match=r"^The page has another URL: https://www.example.com/config.json$"
    ):
        load_site(PAGE, web.http)


def test_another_provider_uses_the_client_of_the_page(web: Web) -> None:
    del web.config["signIn"]["commandLineClientId"]
    assert load_site(PAGE, web.http).client_id == "page"


def test_checks_that_the_provider_is_the_issuer(web: Web, provider: Provider) -> None:
    web.metadata["issuer"] = "https://evil.example.com"
    with pytest.raises(SignInFailed, match="isn't the description of a sign-in provider"):
        Program(provider, "shop", SECRET).token()
