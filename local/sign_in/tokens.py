"""The provider's key, and the tokens it signs with Cognito's claims."""

from __future__ import annotations

import base64
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

from local.sign_in.memory import Permission

ALGORITHM = "RS256"
TOKEN_SECONDS = 60 * 60


class Mint:
    """Makes tokens for one client in the name of one issuer."""

    def __init__(self, issuer: str, client_id: str, clock: Callable[[], float] = time.time) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._clock = clock
        self._key = RSAKey.generate_key(2048, parameters={"use": "sig", "alg": ALGORITHM}, auto_kid=True)

    def public_keys(self) -> dict[str, Any]:
        """Give the key set that tokens are verified with."""
        return {"keys": [self._key.as_dict(private=False)]}

    def id_token(self, permission: Permission, scope: str, access_token: str | None = None) -> str:
        return self.sign(self.id_claims(permission, scope, access_token))

    def id_claims(
        self, permission: Permission, scope: str, access_token: str | None = None
    ) -> dict[str, Any]:
        """Give an ID token's claims; one that is None is left out when it is signed."""
        user = permission.user
        with_email = "email" in scope.split()
        return self._claims(permission, "id") | {
            "aud": self._client_id,
            "at_hash": _half_hash(access_token) if access_token else None,
            "nonce": permission.nonce,
            "cognito:username": user.username,
            "email": user.email if with_email else None,
            "email_verified": True if with_email else None,
        }

    def access_token(self, permission: Permission, scope: str) -> str:
        claims = {
            "client_id": self._client_id,  # Cognito's access tokens have no audience
            "scope": scope,
            "username": permission.user.username,
            "version": 2,
        }
        return self.sign(self._claims(permission, "access") | claims)

    def access_claims(self, token: str) -> dict[str, Any] | None:
        """Give the claims of a valid access token of this provider's own."""
        try:
            claims = jwt.decode(token, self._key, [ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        valid = claims.get("token_use") == "access" and claims["exp"] > self._clock()
        return claims if valid else None

    def sign(
        self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None, key: RSAKey | None = None
    ) -> str:
        """Sign claims; what `headers` and `key` put in the place of the provider's own makes a forgery.

        `alg: none` leaves the signature empty, and `alg: HS256` takes the public key for the secret.
        """
        header = _present({"typ": "JWT", "alg": ALGORITHM, "kid": self._key.kid, **(headers or {})})
        if header.get("alg") == ALGORITHM:
            return jwt.encode(header, _present(claims), key or self._key, [ALGORITHM])
        signed = f"{_encoded(header)}.{_encoded(_present(claims))}"
        secret = self._key.as_pem(private=False)
        mac = hmac.digest(secret, signed.encode(), "sha256") if header.get("alg") == "HS256" else b""
        return f"{signed}.{_base64url(mac)}"

    def _claims(self, permission: Permission, use: str) -> dict[str, Any]:
        now = int(self._clock())
        return {
            "sub": permission.user.sub,
            "iss": self.issuer,
            "origin_jti": permission.origin_jti,
            "event_id": str(uuid4()),
            "token_use": use,
            "auth_time": permission.auth_time,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(uuid4()),
        }


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _half_hash(access_token: str) -> str:
    """Give OpenID Connect's `at_hash`."""
    return _base64url(hashlib.sha256(access_token.encode()).digest()[:16])


def _encoded(value: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(value).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
