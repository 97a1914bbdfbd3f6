"""The sign-in provider as a server of the local stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from joserfc.jwk import RSAKey

from local.serving import Server
from local.sign_in.provider import Provider
from local.sign_in.store import Authorization, ProviderStore
from local.sign_in.tokens import TokenIssuer
from local.sign_in.user_pool import CLIENT_ID, SCOPES, get_user


class SignIn:
    """An OpenID Connect provider with two users, alice and bob."""

    client_id = CLIENT_ID

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._server: Server | None = None
        self._tokens: TokenIssuer | None = None

    def start(self, host: str, port: int, page_origin: str) -> str:
        """Start serving and return the issuer URL. Port 0 means any free port. Raises AddressUnusable."""
        self._server = Server(host, port, "SIGN_IN_PORT")
        self._tokens = TokenIssuer(self._server.url, self._clock)
        self._server.serve(Provider(page_origin, ProviderStore(self._clock), self._tokens).app)
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
        """Issue an ID token without the code flow.

        `claims` and `headers` override the defaults, None omits one, and `key` replaces the signing key.
        With `headers={"alg": "none"}` the token is unsigned; with `{"alg": "HS256"}` the public key is the
        secret. Raises KeyError if the user is unknown, and RuntimeError before `start`.
        """
        if self._tokens is None:
            raise RuntimeError("The sign-in provider can't issue tokens before it's started.")
        authorization = Authorization(
            user=get_user(username),
            auth_time=int(self._clock()),
            scope=" ".join(SCOPES),
            origin_jti=str(uuid4()),
            refresh_until=0,
        )
        defaults = self._tokens.id_claims(authorization, authorization.scope)
        return self._tokens.sign(defaults | claims, headers, key)
