"""Who calls: signs people and programs in, and finds their credentials again."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import httpx

from glimpse.client import Client
from glimpse.connection import connect
from glimpse.credentials import Credentials, Person, Program
from glimpse.errors import CredentialsError, GlimpseError, SignInFailed
from glimpse.loopback import PORT, Loopback
from glimpse.provider import Provider, Tokens
from glimpse.retrying import Retrying
from glimpse.site import Site, load_site, page_url
from glimpse.store import CredentialStore

_PROGRAM_REQUEST = {"scope": "GLIMPSE_SCOPE", "audience": "GLIMPSE_AUDIENCE"}
_NOT_SIGNED_IN = "You aren't signed in. Sign in first: glimpse login URL"
_ONLY_HERE = "The credentials are deleted, but the sign-in hasn't ended at the provider."


@dataclass(eq=False)
class Session:
    """The stacks that someone uses, from the environment and the stored credentials.

    Use it in a `with` block, which its clients need for new tokens. Raises GlimpseError.
    """

    store: CredentialStore
    environ: Mapping[str, str]
    http: httpx.Client
    retrying: Retrying = field(default_factory=Retrying)  # of signing in and out

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.http.close()

    @classmethod
    def create(cls, store: CredentialStore, environ: Mapping[str, str]) -> Session:
        """Return a session with connections of its own."""
        return cls(store, environ, connect())

    def sign_in_person(
        self,
        url: str,
        say: Callable[[str], None],
        *,
        port: int = PORT,
        open_browser: Callable[[str], Any] = webbrowser.open,
    ) -> str:
        """Sign a person in with the browser, and return the person's name."""
        site = load_site(page_url(url), self.http)
        provider = self._provider(site)
        with Loopback(port) as loopback:
            redirect_uri = loopback.redirect_uri
            request = self.retrying.run(lambda: provider.authorization_request(site.client_id, redirect_uri))
            say(f"Sign in with your browser. If it doesn't open, visit:\n{request.url}")
            open_browser(request.url)
            answer = loopback.wait(request.state)
        tokens = self.retrying.run(lambda: provider.exchange(request, answer))
        self.store.put(site.url, {"kind": "person", "clientId": site.client_id, "tokens": asdict(tokens)})
        return tokens.name

    def sign_in_program(self, url: str, client_id: str, client_secret: str) -> str:
        """Check a program's client ID and secret, store them, and return the ID."""
        site = load_site(page_url(url), self.http)
        keep = self._keep(site, client_id)
        self.retrying.run(Program(self._provider(site), client_id, client_secret, keep=keep).token)
        self.store.put(site.url, {"kind": "program", "clientId": client_id, "clientSecret": client_secret})
        return client_id

    def sign_out(self, url: str | None) -> str:
        """Forget the credentials of a page, end a person's sign-in at the provider, and return the URL."""
        chosen = self._choose(url)
        entry = self.store.get(chosen)
        if entry is None:
            raise CredentialsError(f"You aren't signed in at {chosen}.")
        self.store.remove(chosen)
        if entry["kind"] == "person":
            try:
                provider = self._provider(load_site(chosen, self.http))
                tokens = Tokens(**entry["tokens"])
                self.retrying.run(lambda: provider.revoke(entry["clientId"], tokens))
            except GlimpseError as error:
                raise SignInFailed(f"{error} {_ONLY_HERE}") from error
        return chosen

    def client(self, url: str | None = None) -> Client:
        """Return a client for a page, or for the default one."""
        site = load_site(self._choose(url), self.http)
        return Client(site.api_url, self._credentials(site))

    def _choose(self, url: str | None) -> str:
        chosen = url or self.environ.get("GLIMPSE_URL") or self.store.default_url
        if not chosen:
            raise CredentialsError(_NOT_SIGNED_IN)
        return page_url(chosen)

    def _credentials(self, site: Site) -> Credentials:
        provider = self._provider(site)
        client_id, secret = self.environ.get("GLIMPSE_CLIENT_ID"), self.environ.get("GLIMPSE_CLIENT_SECRET")
        if client_id and secret:
            return self._program(site, client_id, secret)
        if client_id or secret:
            raise CredentialsError("Set both GLIMPSE_CLIENT_ID and GLIMPSE_CLIENT_SECRET, or neither.")
        entry = self.store.get(site.url)
        try:
            if entry is None:
                raise CredentialsError(_NOT_SIGNED_IN)
            if entry["kind"] == "program":
                return self._program(site, entry["clientId"], entry["clientSecret"])
            tokens = Tokens(**entry["tokens"])
            return Person(provider, entry["clientId"], tokens, lambda change: self._renew(site.url, change))
        except (LookupError, TypeError) as error:
            raise CredentialsError(
                f"{self.store.path} is damaged. Sign in again after: rm {self.store.path}"
            ) from error

    def _program(self, site: Site, client_id: str, client_secret: str) -> Program:
        token = self.store.token(site.url, client_id, self._program_request)
        kept = Tokens(**token) if token else None
        return Program(self._provider(site), client_id, client_secret, kept, self._keep(site, client_id))

    def _keep(self, site: Site, client_id: str) -> Callable[[Tokens], None]:
        def keep(tokens: Tokens) -> None:
            with suppress(CredentialsError):  # on a read-only disk, the token works without being kept
                self.store.put_token(site.url, client_id, self._program_request, asdict(tokens))

        return keep

    def _renew(self, url: str, change: Callable[[Tokens], Tokens]) -> Tokens:
        with self.store.locked():
            entry = self.store.get(url)
            if entry is None:  # signed out meanwhile
                raise CredentialsError(_NOT_SIGNED_IN)
            tokens = change(Tokens(**entry["tokens"]))
            self.store.update(url, tokens=asdict(tokens))
            return tokens

    def _provider(self, site: Site) -> Provider:
        return Provider(site.issuer, self.http, program_request=self._program_request)

    @property
    def _program_request(self) -> dict[str, str]:
        request = {name: self.environ.get(variable, "") for name, variable in _PROGRAM_REQUEST.items()}
        return {name: value for name, value in request.items() if value}
