"""The HTTP API's JWT authorizer, and the issuer's public keys, which it finds by discovery."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import Key, KeySet
from joserfc.jws import JWSRegistry, extract_compact
from joserfc.jwt import JWTClaimsRegistry

from local.template.template import TemplateError

Expand = Callable[[Sequence[str]], list[str]]

_HEADER_SOURCE = re.compile(r"\$request\.header\.([\w-]+)")
_CREDENTIALS = re.compile(r"(?:Bearer +)?([^\s]+)", re.IGNORECASE)
_SIGNATURES = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
_CACHE_SECONDS = 2 * 60 * 60  # API Gateway caches the keys for up to two hours
_MIN_REFETCH_SECONDS = 10  # otherwise each token with an unknown key id would cause a request
_TIMEOUT_SECONDS = 5


class Unauthorized(Exception):
    """The request has no valid token; the API responds with 401."""

    status = 401
    message = "Unauthorized"

    @property
    def challenge(self) -> str:
        """The `WWW-Authenticate` header, which says why the token is invalid if there was one."""
        reason = str(self)
        return f'Bearer scope="" error="invalid_token" error_description="{reason}"' if reason else "Bearer"


class Forbidden(Exception):
    """The request's token has none of the scopes that the route accepts; the API responds with 403."""

    status = 403
    message = "Forbidden"

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__(*scopes)

    @property
    def challenge(self) -> str:
        """The `WWW-Authenticate` header, which says what scopes would do."""
        return f'Bearer scope="{" ".join(self.args)}" error="insufficient_scope"'


def fetch_json(url: str) -> Any:
    """Fetch a JSON document. Raises OSError or ValueError."""
    with urlopen(url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 -- the issuer in the template
        return json.load(response)


class IssuerKeys:
    """The keys of one issuer, fetched again when the cache expires or a token has an unknown key id."""

    def __init__(
        self,
        issuer: str,
        fetch: Callable[[str], Any] = fetch_json,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str | None, Key] = {}
        self._fetched_at = float("-inf")
        self._lock = threading.Lock()

    def find(self, kid: str) -> Key | None:
        """Return the key with this id, or None if the issuer has no such key.

        Raises Unauthorized if the keys can't be read.
        """
        with self._lock:
            age = self._clock() - self._fetched_at
            if age > _CACHE_SECONDS or (kid not in self._keys and age > _MIN_REFETCH_SECONDS):
                self._keys = {key.kid: key for key in self._fetch_keys()}
                self._fetched_at = self._clock()
            return self._keys.get(kid)

    def _fetch_keys(self) -> KeySet:
        try:
            # The discovery URL has a single slash even if the issuer ends in one.
            document = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if document["issuer"] != self.issuer:
                raise ValueError(f"The discovery document is for {document['issuer']}.")
            return KeySet.import_key_set(self._fetch(document["jwks_uri"]))
        except (OSError, ValueError, LookupError, TypeError, JoseError) as error:
            raise Unauthorized("the issuer's keys can't be read") from error


@dataclass(frozen=True)
class Authorization:
    """What a token permits, as in `requestContext.authorizer.jwt`."""

    claims: dict[str, str]
    scopes: list[str] | None  # those of the route that the token has; None if the route needs none


class JwtAuthorizer:
    """Accepts requests that have a valid token of one issuer for one of the audiences."""

    def __init__(
        self,
        keys: IssuerKeys,
        audience: Sequence[str],
        header: str = "authorization",
        expand: Expand = list,
    ) -> None:
        """Create an authorizer that reads tokens from `header`, whose name is in lowercase.

        `expand(audience)` returns the audiences at the time of a request.
        """
        self.issuer = keys.issuer
        self._keys = keys
        self._audience = list(audience)
        self._header = header
        self._expand = expand

    def authorize(self, headers: Mapping[str, str], scopes: Sequence[str] = ()) -> Authorization:
        """Return what the token permits on a route with these scopes. Raises Unauthorized or Forbidden."""
        values = (value for name, value in headers.items() if name.lower() == self._header)
        credentials = _CREDENTIALS.fullmatch(next(values, "").strip())
        if not credentials:
            raise Unauthorized
        claims = self._verify_signature(credentials[1])
        self._validate_claims(claims)
        granted = [scope for scope in scopes if scope in _scopes(claims)]
        if scopes and not granted:
            raise Forbidden(scopes)
        text = {name: _to_text(value) for name, value in claims.items()}
        return Authorization(text, granted if scopes else None)

    def _verify_signature(self, token: str) -> dict[str, Any]:
        try:
            kid = extract_compact(token.encode(), registry=_SIGNATURES).headers().get("kid")
            key = self._keys.find(kid) if isinstance(kid, str) else None
            if key is None:
                raise Unauthorized("the token's key isn't one of the issuer's keys")
            return jwt.decode(token, key, registry=_SIGNATURES).claims
        except (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            # joserfc raises its own errors, and built-in ones for headers that aren't JSON objects.
            raise Unauthorized("the token is malformed or its signature is invalid") from error

    def _validate_claims(self, claims: dict[str, Any]) -> None:
        # API Gateway checks client_id if there is no aud, as in Cognito's access tokens.
        name, values = "aud" if "aud" in claims else "client_id", self._expand(self._audience)
        if not values:  # to joserfc, an empty list permits everything
            raise Unauthorized(f"the token does not have a valid {name}")
        registry = JWTClaimsRegistry(
            now=int(time.time()),
            iss={"essential": True, "value": self.issuer},
            exp={"essential": True},
        )
        registry.options[name] = {"essential": True, "values": values}
        try:
            registry.validate(claims)
        except ExpiredTokenError as error:
            raise Unauthorized("the token has expired") from error
        except ClaimError as error:
            raise Unauthorized(f"the token does not have a valid {error.claim}") from error


def load_authorizers(body: Mapping[str, Any], expand: Expand = list) -> dict[str, JwtAuthorizer]:
    """Read the authorizers from the OpenAPI body of the transformed template. Raises TemplateError.

    `expand` is that of JwtAuthorizer.
    """
    authorizers = {}
    for name, scheme in body.get("components", {}).get("securitySchemes", {}).items():
        settings = scheme.get("x-amazon-apigateway-authorizer", {})
        if settings.get("type") != "jwt":
            raise TemplateError(
                f"{name} isn't a JWT authorizer. The local stack doesn't support any other type."
            )
        source = _HEADER_SOURCE.fullmatch(settings["identitySource"])
        if not source:
            raise TemplateError(
                f"The local stack can only read tokens from headers, not from {settings['identitySource']}."
            )
        issuer, audience = settings["jwtConfiguration"]["issuer"], settings["jwtConfiguration"]["audience"]
        if not issuer.startswith(("https://", "http://")):
            raise TemplateError(f"The issuer of an authorizer must be a URL, not {issuer!r}.")
        if not audience:
            raise TemplateError(f"The authorizer for {issuer} needs an audience.")
        authorizers[name] = JwtAuthorizer(IssuerKeys(issuer), audience, source[1].lower(), expand)
    return authorizers


def _scopes(claims: Mapping[str, Any]) -> list[str]:
    """Return the scopes of a token: `scope` of RFC 8693, or else `scp`, which may be an array."""
    for name in ("scope", "scp"):
        match claims.get(name):
            case str(text):
                return text.split()
            case list(entries):
                return [str(entry) for entry in entries]
    return []


def _to_text(value: Any) -> str:
    """Format a claim as API Gateway does, which is Go's format: [a b], map[k:v], true, 1700000000."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return f"[{' '.join(map(_to_text, value))}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{name}:{_to_text(value[name])}' for name in sorted(value))}]"
    return "<nil>" if value is None else str(value)
