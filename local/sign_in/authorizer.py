"""The HTTP API's JWT authorizer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry, extract_compact
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from local.sign_in.keys import IssuerKeys, KeysUnavailable
from local.template.template import TemplateError

_HEADER_SOURCE = re.compile(r"\$request\.header\.([\w-]+)")
_CREDENTIALS = re.compile(r"(?:Bearer +)?([^\s]+)", re.IGNORECASE)
_SIGNATURES = JWSRegistry(algorithms=["RS256"], strict_check_header=False)


class Unauthorized(Exception):
    """The request has no token that the authorizer takes; the API answers 401."""

    @property
    def challenge(self) -> str:
        """The answer's `WWW-Authenticate`: what is wrong with the token, if there was one."""
        reason = str(self)
        return f'Bearer scope="" error="invalid_token" error_description="{reason}"' if reason else "Bearer"


class JwtAuthorizer:
    """Lets through who brings a valid token of one issuer for one of the audiences."""

    def __init__(
        self,
        issuer: str,
        audience: Sequence[str],
        identity_source: str = "$request.header.Authorization",
        keys: IssuerKeys | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises TemplateError for what API Gateway would not take, or the local stack cannot do."""
        source = _HEADER_SOURCE.fullmatch(identity_source)
        if not source:
            raise TemplateError(f"The local stack finds tokens in headers only, not in {identity_source}.")
        if not issuer.startswith(("https://", "http://")):
            raise TemplateError(f"An authorizer's issuer must be a web address; {issuer!r} is none.")
        if not audience:
            raise TemplateError(f"The authorizer of {issuer} needs an audience.")
        self.issuer = issuer
        self._audience = list(audience)
        self._header = source[1].lower()
        self._keys = keys or IssuerKeys(issuer)
        self._clock = clock

    def claims(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Give the claims as `requestContext.authorizer.jwt.claims` has them. Raises Unauthorized."""
        values = (value for name, value in headers.items() if name.lower() == self._header)
        credentials = _CREDENTIALS.fullmatch(next(values, "").strip())
        if not credentials:
            raise Unauthorized
        claims = self._verified(credentials[1])
        self._check(claims)
        return {name: _as_text(value) for name, value in claims.items()}

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            kid = extract_compact(token.encode(), registry=_SIGNATURES).headers().get("kid")
            key = self._keys.find(kid) if isinstance(kid, str) else None
            if key is None:
                raise Unauthorized("the token names no key of the issuer")
            return jwt.decode(token, key, registry=_SIGNATURES).claims
        except KeysUnavailable as error:
            raise Unauthorized("the keys of the issuer cannot be read") from error
        except (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            # joserfc's own errors, and what it stumbles over in headers that are no JSON object
            raise Unauthorized("the token is malformed or its signature is wrong") from error

    def _check(self, claims: dict[str, Any]) -> None:
        ours: ClaimsOption = {"essential": True, "values": self._audience}
        known = JWTClaimsRegistry(
            now=int(self._clock()),
            iss={"essential": True, "value": self.issuer},
            exp={"essential": True},
        )
        known.options["aud" if "aud" in claims else "client_id"] = ours  # some have no audience
        try:
            known.validate(claims)
        except ExpiredTokenError as error:
            raise Unauthorized("the token has expired") from error
        except ClaimError as error:
            raise Unauthorized(f"the token does not have a valid {error.claim}") from error


def jwt_authorizers(body: Mapping[str, Any]) -> dict[str, JwtAuthorizer]:
    """Read the authorizers from the OpenAPI body of the transformed template. Raises TemplateError."""
    authorizers = {}
    for name, scheme in body.get("components", {}).get("securitySchemes", {}).items():
        settings = scheme.get("x-amazon-apigateway-authorizer", {})
        if settings.get("type") != "jwt":
            raise TemplateError(
                f"The authorizer {name} is not a JWT authorizer, and the local stack has no other."
            )
        tokens = settings["jwtConfiguration"]
        authorizers[name] = JwtAuthorizer(tokens["issuer"], tokens["audience"], settings["identitySource"])
    return authorizers


def _as_text(value: Any) -> str:
    """Write a claim as API Gateway does, which is Go's way: [a b], map[k:v], true, 1700000000."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return f"[{' '.join(map(_as_text, value))}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{name}:{_as_text(value[name])}' for name in sorted(value))}]"
    return "<nil>" if value is None else str(value)
