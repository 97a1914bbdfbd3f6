"""Forged tokens of the local sign-in provider."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from joserfc import jwt

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

    from local.sign_in.provider import Provider


def forge_token(
    provider: Provider,
    username: str,
    *,
    headers: Mapping[str, Any] | None = None,
    key: RSAKey | None = None,
    **claims: Any,
) -> str:
    """Return an ID token with other claims, header parameters (None omits one) or another signing key.

    With `alg: HS256` the provider's public key is the secret. With other algorithms but RS256 the signature
    is empty.
    """
    parts = provider.token(username, **claims).split(".")[:2]
    header, payload = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in parts)
    header = {name: value for name, value in (header | (headers or {})).items() if value is not None}
    if header.get("alg") == "RS256":
        return jwt.encode(header, payload, key or provider.tokens.key, ["RS256"])
    signed = f"{base64url(json.dumps(header).encode())}.{parts[1]}"
    secret = provider.tokens.key.as_pem(private=False)
    mac = hmac.digest(secret, signed.encode(), "sha256") if header.get("alg") == "HS256" else b""
    return f"{signed}.{base64url(mac)}"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
