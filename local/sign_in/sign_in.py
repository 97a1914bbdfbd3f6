"""The provider as a part of the stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from joserfc.jwk import RSAKey

from local.server import Server
from local.sign_in.client import CLIENT_ID, SCOPES
from local.sign_in.memory import Memory, Permission
from local.sign_in.provider import Provider
from local.sign_in.tokens import Mint
from local.sign_in.users import known_user


class SignIn:
    """An OpenID Connect provider with the ready users alice and bob."""

    client_id = CLIENT_ID

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._server: Server | None = None
        self._mint: Mint | None = None

    def start(self, host: str, port: int, page_origin: str) -> str:
        """Serve, and give the issuer; port 0 takes any free one. Raises AddressError."""
        self._server = Server(host, port, "SIGN_IN_PORT")
        self._mint = Mint(self._server.url, CLIENT_ID, self._clock)
        self._server.serve(Provider(page_origin, Memory(self._clock), self._mint).app)
        return self._server.url

    def stop(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None

    def token(
        self,
        username: str,
        *,
        headers: Mapping[str, Any] | None = None,
        key: RSAKey | None = None,
        **claims: Any,
    ) -> str:
        """Make an ID token without the code flow.

        `claims` and `headers` replace what a right token has, None leaves one out, and `key` signs in place
        of the provider's own; `headers={"alg": "none"}` is unsigned, `{"alg": "HS256"}` is signed with the
        public key as the secret.
        """
        if self._mint is None:
            raise RuntimeError("The sign-in provider makes tokens once it has been started.")
        permission = Permission(
            user=known_user(username),
            auth_time=int(self._clock()),
            scope=" ".join(SCOPES),
            origin_jti=str(uuid4()),
            refresh_until=0,
            nonce=None,
            redirect_uri="",
            code_challenge="",
            code_challenge_method="",
        )
        return self._mint.sign(self._mint.id_claims(permission, permission.scope) | claims, headers, key)
