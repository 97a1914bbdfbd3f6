"""An issuer without a network, its tokens, and what the authorizer makes of them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from local.api.authorizer import JwtAuthorizer, Unauthorized

NOW = int(time.time())
DAY = 24 * 60 * 60  # much longer than any test run
EXAMPLE = "https://issuer.example"
KEY = RSAKey.generate_key(2048, {"kid": "a key"})


class FakeIssuer:
    """Returns the issuer's discovery document and keys, and counts how often the keys are fetched."""

    def __init__(self, *keys: RSAKey, issuer: str = EXAMPLE) -> None:
        self.keys = keys
        self.issuer = issuer
        self.fetches = 0
        self.error: Exception | None = None

    def fetch(self, url: str) -> Any:
        if self.error:
            raise self.error
        if url == f"{EXAMPLE}/.well-known/openid-configuration":
            return {"issuer": self.issuer, "jwks_uri": f"{EXAMPLE}/keys"}
        assert url == f"{EXAMPLE}/keys"
        self.fetches += 1
        return KeySet(list(self.keys)).as_dict()


def example_token(key: RSAKey = KEY, **claims: Any) -> str:
    header = {"alg": "RS256", "kid": key.kid}
    return jwt.encode(header, {"iss": EXAMPLE, "aud": "page", "exp": NOW + DAY, **claims}, key)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def challenge(authorizer: JwtAuthorizer, headers: dict[str, str]) -> str:
    """Return the challenge of a request that must be rejected."""
    with pytest.raises(Unauthorized) as caught:
        authorizer.authorize(headers)
    return caught.value.challenge


def invalid_token(reason: str) -> str:
    return f'Bearer scope="" error="invalid_token" error_description="{reason}"'
