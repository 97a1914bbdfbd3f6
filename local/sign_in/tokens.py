"""The provider's signing key, and the tokens that it signs, with Cognito's claims."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64encode

from local.sign_in.store import Authorization
from local.sign_in.user_pool import CLIENT_ID

ALGORITHM = "RS256"
TOKEN_SECONDS = 60 * 60


class TokenIssuer:
    """Issues ID and access tokens."""

    def __init__(self, issuer: str, clock: Callable[[], float] = time.time) -> None:
        self.issuer = issuer
        self._clock = clock
        self._key = RSAKey.generate_key(2048, parameters={"use": "sig", "alg": ALGORITHM}, auto_kid=True)

    def public_keys(self) -> dict[str, Any]:
        """Return the JSON Web Key Set that verifies the tokens."""
        return {"keys": [self._key.as_dict(private=False)]}

    def issue_id_token(self, authorization: Authorization, scope: str, access_token: str) -> str:
        digest = hashlib.sha256(access_token.encode()).digest()
        at_hash = _base64url(digest[:16])  # OpenID Connect Core, 3.1.3.6
        return self.sign(self.id_claims(authorization, scope) | {"at_hash": at_hash})

    def id_claims(self, authorization: Authorization, scope: str) -> dict[str, Any]:
        """Return the claims of an ID token. `sign` omits claims that are None."""
        user = authorization.user
        has_email = "email" in scope.split()
        return self._common_claims(authorization, "id") | {
            "aud": CLIENT_ID,
            "nonce": authorization.nonce,
            "cognito:username": user.username,
            "email": user.email if has_email else None,
            "email_verified": True if has_email else None,
        }

    def issue_access_token(self, authorization: Authorization, scope: str) -> str:
        claims = {
            "client_id": CLIENT_ID,  # Cognito's access tokens have no audience
            "scope": scope,
            "username": authorization.user.username,
            "version": 2,
        }
        return self.sign(self._common_claims(authorization, "access") | claims)

    def verify_access_token(self, token: str) -> dict[str, Any] | None:
        """Return the claims of an access token that this provider issued, or None if invalid or expired."""
        try:
            claims = jwt.decode(token, self._key, [ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        valid = claims.get("token_use") == "access" and claims["exp"] > self._clock()
        return claims if valid else None

    def sign(
        self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None, key: RSAKey | None = None
    ) -> str:
        """Sign claims; `headers` and `key` override the provider's own, so that tests can forge tokens.

        With `alg: none` the signature is empty. With `alg: HS256` the public key is the secret.
        """
        header = _without_none({"typ": "JWT", "alg": ALGORITHM, "kid": self._key.kid, **(headers or {})})
        if header.get("alg") == ALGORITHM:
            return jwt.encode(header, _without_none(claims), key or self._key, [ALGORITHM])
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in (header, _without_none(claims)))
        secret = self._key.as_pem(private=False)
        mac = hmac.digest(secret, signed.encode(), "sha256") if header.get("alg") == "HS256" else b""
        return f"{signed}.{_base64url(mac)}"

    def _common_claims(self, authorization: Authorization, token_use: str) -> dict[str, Any]:
        now = int(self._clock())
        return {
            "sub": authorization.user.sub,
            "iss": self.issuer,
            "origin_jti": authorization.origin_jti,
            "event_id": str(uuid4()),
            "token_use": token_use,
            "auth_time": authorization.auth_time,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(uuid4()),
        }


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode()
