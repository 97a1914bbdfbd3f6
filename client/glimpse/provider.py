"""The sign-in provider: OpenID Connect's discovery, and its token endpoint."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import httpx

from glimpse.connection import check_busy, explained, json_object
from glimpse.errors import SignInExpired, SignInFailed, UnexpectedResponse

_CLOCK_SKEW = 120  # seconds
_ENDED = ("invalid_grant", "invalid_client", "unauthorized_client")  # another try would fail, too
_SERVER = "The sign-in provider"
_EXPIRED = "Your sign-in has expired. Sign in again: glimpse login URL"
_REVOKED = (
    "The sign-in provider doesn't accept this client ID and secret. They may have been revoked. "
    "Sign in again: glimpse login URL --client-id ID"
)


@dataclass(frozen=True)
class Tokens:
    """What the API accepts as the bearer token, and what renews it."""

    bearer: str = field(repr=False)
    expires_at: float  # Unix time
    refresh_token: str | None = field(default=None, repr=False)
    subject: str = ""
    name: str = ""  # for people: an email address, or the subject


@dataclass(frozen=True)
class AuthorizationRequest:
    """A sign-in that waits for the provider's redirect to `redirect_uri`."""

    url: str
    client_id: str
    redirect_uri: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(eq=False)
class Provider:
    """The provider of an issuer. Raises SignInFailed and Unreachable. Each request is sent once.

    `program_request` is what some providers need to know of a program's token: its scope and its audience.
    """

    issuer: str
    http: httpx.Client
    clock: Callable[[], float] = time.time
    program_request: Mapping[str, str] = field(default_factory=dict)
    _metadata: dict[str, Any] = field(default_factory=dict)

    def authorization_request(self, client_id: str, redirect_uri: str) -> AuthorizationRequest:
        """Start a sign-in by the code flow with PKCE, and return the URL that the person has to visit."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = _base64url(hashlib.sha256(verifier.encode()).digest())
        offline = " offline_access" if "offline_access" in self._read("scopes_supported", []) else ""
        query = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": nonce,
            "scope": f"openid email{offline}",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        url = httpx.URL(self._read("authorization_endpoint")).copy_merge_params(query)
        return AuthorizationRequest(str(url), client_id, redirect_uri, state, nonce, verifier)

    def exchange(self, request: AuthorizationRequest, response: Mapping[str, str]) -> Tokens:
        """Exchange the code of the redirect's query for tokens."""
        if not secrets.compare_digest(response.get("state", "").encode(), request.state.encode()):
            raise SignInFailed("The sign-in was started by something else. Sign in again.")
        if "code" not in response:
            reason = response.get("error_description") or response.get("error") or "there is no code"
            raise SignInFailed(f"Sign-in failed: {reason.rstrip('.')}.")
        document = self._request_tokens(
            {
                "grant_type": "authorization_code",
                "client_id": request.client_id,
                "code": response["code"],
                "code_verifier": request.verifier,
                "redirect_uri": request.redirect_uri,
            }
        )
        return self._person_tokens(document, request.client_id, nonce=request.nonce)

    def renewed(self, client_id: str, tokens: Tokens) -> Tokens:
        """Return new tokens of the same person. Raises SignInExpired if the person has to sign in again."""
        if not tokens.refresh_token:
            raise SignInExpired(_EXPIRED)
        form = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "refresh_token": tokens.refresh_token,
        }
        document = {"refresh_token": tokens.refresh_token, **self._request_tokens(form)}
        return self._person_tokens(document, client_id, subject=tokens.subject)

    def program_tokens(self, client_id: str, client_secret: str) -> Tokens:
        """Return an access token for a program."""
        form = {"grant_type": "client_credentials", **self.program_request}
        document = self._request_tokens(form, (client_id, client_secret))
        lifetime = float(document.get("expires_in", 300))
        return Tokens(
            str(document["access_token"]), self.clock() + lifetime, subject=client_id, name=client_id
        )

    def revoke(self, client_id: str, tokens: Tokens) -> None:
        """End a sign-in at the provider, if it can do that. Raises SignInFailed if it refuses."""
        endpoint = self._read("revocation_endpoint", "")
        if endpoint and tokens.refresh_token:
            with explained(_SERVER, endpoint):
                form = {"client_id": client_id, "token": tokens.refresh_token}
                response = self.http.post(endpoint, data=form)
            check_busy(_SERVER, response)
            if response.status_code != 200:
                raise SignInFailed(f"{_SERVER} responded with {response.status_code}.")

    def _read(self, name: str, default: Any = None) -> Any:
        """Return a value of the provider's metadata."""
        if not self._metadata:
            self._metadata = self._discover()
        value = self._metadata.get(name, default)
        if value is None:
            raise SignInFailed(f"The sign-in provider at {self.issuer} has no {name}.")
        return value

    def _discover(self) -> dict[str, Any]:
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        status, document = self._send("GET", url)
        if status != 200 or document.get("issuer") != self.issuer:
            raise SignInFailed(f"{url} isn't the description of a sign-in provider.")
        return document

    def _request_tokens(
        self, form: Mapping[str, str], client: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a request to the token endpoint, with the client's ID and secret if it has one."""
        endpoint = self._read("token_endpoint")
        headers = {"Authorization": _basic(*client)} if client else {}
        status, document = self._send("POST", endpoint, data=form, headers=headers)
        if status == 200 and ("id_token" in document or "access_token" in document):
            return document
        error, reason = document.get("error", ""), document.get("error_description")
        if error in _ENDED:
            raise SignInExpired(_REVOKED if client else _EXPIRED)
        described = reason or error or "no reason given"
        raise SignInFailed(f"Sign-in failed ({status}): {described}")

    def _send(self, method: str, url: str, **content: Any) -> tuple[int, dict[str, Any]]:
        """Send a request, and return the status and the JSON object of the response."""
        try:
            with explained(_SERVER, url):
                response = self.http.request(method, url, **content)
            check_busy(_SERVER, response)
            return response.status_code, json_object(response)
        except UnexpectedResponse as error:  # such as the sign-in page of a Wi-Fi network
            raise SignInFailed(str(error)) from error

    def _person_tokens(
        self,
        document: Mapping[str, Any],
        client_id: str,
        *,
        nonce: str | None = None,
        subject: str | None = None,
    ) -> Tokens:
        """Check the ID token's claims. Its signature needn't be: it comes from the provider itself."""
        token = str(document.get("id_token", ""))
        claims = _parse_claims(token)
        audience = [claims["aud"]] if isinstance(claims.get("aud"), str) else list(claims.get("aud", ()))
        is_valid = (
            claims.get("iss") == self.issuer
            and client_id in audience
            and (len(audience) == 1 or claims.get("azp") == client_id)
            and claims.get("token_use", "id") == "id"
            and claims.get("sub")
            and claims["sub"] == (subject or claims["sub"])
            and claims.get("nonce") == (nonce or claims.get("nonce"))
        )
        if not is_valid:
            raise SignInFailed("The sign-in provider sent a token for something else. Sign in again.")
        lifetime, now = float(claims["exp"]) - float(claims["iat"]), self.clock()
        if not now - _CLOCK_SKEW < float(claims["exp"]) or float(claims["iat"]) > now + _CLOCK_SKEW:
            raise SignInFailed("The clock of this machine is wrong. Set it, then sign in again.")
        name = str(claims.get("email") or claims["sub"])
        return Tokens(token, now + lifetime, document.get("refresh_token"), str(claims["sub"]), name)


def _parse_claims(token: str) -> dict[str, Any]:
    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    except (IndexError, ValueError) as error:
        raise SignInFailed("The sign-in provider sent no ID token.") from error
    if not isinstance(claims, dict):
        raise SignInFailed("The sign-in provider sent no ID token.")
    return claims


def _basic(client_id: str, client_secret: str) -> str:
    """Return the header of RFC 6749, 2.3.1, which encodes both as in a form."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
