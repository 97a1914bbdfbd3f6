"""The provider's signing key, and the tokens that it signs, with Cognito's claims."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64encode

from local.sign_in.store import Authorization

ALGORITHM = "RS256"
TOKEN_SECONDS = 60 * 60


def new_signing_key() -> str:
    """Return a new key as a private JSON Web Key."""
    key = RSAKey.generate_key(2048, parameters={"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return json.dumps(key.as_dict(private=True))


class TokenIssuer:
    """Issues ID and access tokens."""

    def __init__(self, issuer: str, clock: Callable[[], float], key: str | None = None) -> None:
        """`key` is a signing key of `new_signing_key`; None creates one."""
        self.issuer = issuer
        self._clock = clock
        self.key = RSAKey.import_key(json.loads(key or new_signing_key()))

    def public_keys(self) -> dict[str, Any]:
        """Return the JSON Web Key Set that verifies the tokens."""
        return {"keys": [self.key.as_dict(private=False)]}

    def issue_id_token(self, authorization: Authorization, scope: str, access_token: str) -> str:
        digest = hashlib.sha256(access_token.encode()).digest()
        at_hash = urlsafe_b64encode(digest[:16]).decode()  # OpenID Connect Core, 3.1.3.6
        return self.sign(self.id_claims(authorization, scope) | {"at_hash": at_hash})

    def id_claims(self, authorization: Authorization, scope: str) -> dict[str, Any]:
        """Return the claims of an ID token. `sign` omits claims that are None."""
        user = authorization.user
        has_email = "email" in scope.split()
        return self._persons_claims(authorization, "id") | {
            "aud": authorization.client_id,
            "nonce": authorization.nonce,
            "cognito:username": user.username,
            "email": user.email if has_email else None,
            "email_verified": True if has_email else None,
        }

    def issue_access_token(self, authorization: Authorization, scope: str) -> str:
        claims = {
            "client_id": authorization.client_id,  # Cognito's access tokens have no audience
            "scope": scope,
            "username": authorization.user.username,
            "version": 2,
        }
        return self.sign(self._persons_claims(authorization, "access") | claims)

    def issue_program_token(self, client_id: str, scope: str) -> str:
        """Issue an access token of a program, which is its own subject."""
        claims = {"client_id": client_id, "scope": scope, "version": 2, "auth_time": int(self._clock())}
        return self.sign(self._common_claims(client_id, "access") | claims)

    def verify_access_token(self, token: str) -> dict[str, Any] | None:
        """Return the claims of an access token that this provider issued, or None if invalid or expired."""
        claims = self._decode(token, "access")
        return claims if claims and claims["exp"] > self._clock() else None

    def is_id_token(self, token: str) -> bool:
        """Return whether this provider issued the ID token. It may have expired."""
        return self._decode(token, "id") is not None

    def _decode(self, token: str, token_use: str) -> dict[str, Any] | None:
        try:
            claims = jwt.decode(token, self.key, [ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        return claims if claims.get("token_use") == token_use else None

    def sign(self, claims: dict[str, Any]) -> str:
        """Sign claims; those that are None are omitted."""
        header = {"typ": "JWT", "alg": ALGORITHM, "kid": self.key.kid}
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, present, self.key, [ALGORITHM])

    def _persons_claims(self, authorization: Authorization, token_use: str) -> dict[str, Any]:
        return self._common_claims(authorization.user.sub, token_use) | {
            "origin_jti": authorization.origin_jti,
            "event_id": str(uuid4()),
            "auth_time": authorization.auth_time,
        }

    def _common_claims(self, sub: str, token_use: str) -> dict[str, Any]:
        now = int(self._clock())
        return {
            "sub": sub,
            "iss": self.issuer,
            "token_use": token_use,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(uuid4()),
        }
