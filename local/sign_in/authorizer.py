"""The HTTP API's JWT authorizer."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry, extract_compact
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from local.sign_in.jwks import IssuerKeys, KeysUnavailable
from local.template.template import TemplateError

_HEADER_SOURCE = re.compile(r"\$request\.header\.([\w-]+)")
_CREDENTIALS = re.compile(r"(?:Bearer +)?([^\s]+)", re.IGNORECASE)
_SIGNATURES = JWSRegistry(algorithms=["RS256"], strict_check_header=False)


class Unauthorized(Exception):
    """The request has no valid token; the API responds with 401."""

    @property
    def challenge(self) -> str:
        """The `WWW-Authenticate` header, which says why the token is invalid if there was one."""
        reason = str(self)
        return f'Bearer scope="" error="invalid_token" error_description="{reason}"' if reason else "Bearer"


class JwtAuthorizer:
    """Accepts requests that have a valid token of one issuer for one of the audiences."""

    def __init__(
        self,
        issuer: str,
        audience: Sequence[str],
        identity_source: str = "$request.header.Authorization",
        keys: IssuerKeys | None = None,
    ) -> None:
        """Raises TemplateError if API Gateway would reject the settings, or the local stack lacks support."""
        source = _HEADER_SOURCE.fullmatch(identity_source)
        if not source:
            raise TemplateError(
                f"The local stack can only read tokens from headers, not from {identity_source}."
            )
        if not issuer.startswith(("https://", "http://")):
            raise TemplateError(f"The issuer of an authorizer must be a URL, not {issuer!r}.")
        if not audience:
            raise TemplateError(f"The authorizer for {issuer} needs an audience.")
        self.issuer = issuer
        self._audience = list(audience)
        self._header = source[1].lower()
        self._keys = keys or IssuerKeys(issuer)

    def authorize(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the claims as in `requestContext.authorizer.jwt.claims`. Raises Unauthorized."""
        values = (value for name, value in headers.items() if name.lower() == self._header)
        credentials = _CREDENTIALS.fullmatch(next(values, "").strip())
        if not credentials:
            raise Unauthorized
        claims = self._verify_signature(credentials[1])
        self._validate_claims(claims)
        return {name: _to_text(value) for name, value in claims.items()}

    def _verify_signature(self, token: str) -> dict[str, Any]:
        try:
            kid = extract_compact(token.encode(), registry=_SIGNATURES).headers().get("kid")
            key = self._keys.find(kid) if isinstance(kid, str) else None
            if key is None:
                raise Unauthorized("the token's key isn't one of the issuer's keys")
            return jwt.decode(token, key, registry=_SIGNATURES).claims
        except KeysUnavailable as error:
            raise Unauthorized("the issuer's keys can't be read") from error
        except (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            # joserfc raises its own errors, and built-in ones for headers that aren't JSON objects.
            raise Unauthorized("the token is malformed or its signature is invalid") from error

    def _validate_claims(self, claims: dict[str, Any]) -> None:
        audience: ClaimsOption = {"essential": True, "values": self._audience}
        registry = JWTClaimsRegistry(
            now=int(time.time()),
            iss={"essential": True, "value": self.issuer},
            exp={"essential": True},
        )
        # API Gateway checks client_id if there is no aud, as in Cognito's access tokens.
        registry.options["aud" if "aud" in claims else "client_id"] = audience
        try:
            registry.validate(claims)
        except ExpiredTokenError as error:
            raise Unauthorized("the token has expired") from error
        except ClaimError as error:
            raise Unauthorized(f"the token does not have a valid {error.claim}") from error


def load_authorizers(body: Mapping[str, Any]) -> dict[str, JwtAuthorizer]:
    """Read the authorizers from the OpenAPI body of the transformed template. Raises TemplateError."""
    authorizers = {}
    for name, scheme in body.get("components", {}).get("securitySchemes", {}).items():
        settings = scheme.get("x-amazon-apigateway-authorizer", {})
        if settings.get("type") != "jwt":
            raise TemplateError(
                f"{name} isn't a JWT authorizer. The local stack doesn't support any other type."
            )
        jwt_settings = settings["jwtConfiguration"]
        authorizers[name] = JwtAuthorizer(
            jwt_settings["issuer"], jwt_settings["audience"], settings["identitySource"]
        )
    return authorizers


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
