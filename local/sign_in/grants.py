"""Authlib's authorization server with the code and refresh grants, PKCE and ID tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, OpenIDToken
from authlib.oidc.core.grants.util import validate_request_prompt
from flask import Flask

from local.sign_in.client import CLIENT_ID, PageClient
from local.sign_in.memory import CODE_SECONDS, REFRESH_SECONDS, Memory, Permission
from local.sign_in.tokens import TOKEN_SECONDS, Mint

_PUBLIC = ["none"]  # Authlib's name for a client without a secret


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token that somebody showed."""

    token: str
    permission: Permission

    def check_client(self, client: PageClient) -> bool:
        return True  # there is only one

    def get_scope(self) -> str:
        return self.permission.scope


class CodeGrant(AuthorizationCodeGrant):
    """Codes that work once."""

    TOKEN_ENDPOINT_AUTH_METHODS = _PUBLIC

    def save_authorization_code(self, code: str, request: Any) -> None:
        session, asked = request.user, request.payload.data
        memory: Memory = self.server.memory
        now = memory.clock()
        permission = Permission(
            user=session.user,
            auth_time=session.auth_time,
            scope=request.scope,
            origin_jti=str(uuid4()),
            refresh_until=now + REFRESH_SECONDS,
            nonce=asked.get("nonce"),
            redirect_uri=asked["redirect_uri"],
            code_challenge=asked["code_challenge"],
            code_challenge_method=asked["code_challenge_method"],
        )
        memory.codes.put(code, permission, now + CODE_SECONDS)

    def query_authorization_code(self, code: str, client: PageClient) -> Permission | None:
        # taken at once, so that of two who show it at the same time only one is served
        taken: Permission | None = self.server.memory.codes.take(code)
        return taken

    def delete_authorization_code(self, authorization_code: Permission) -> None:
        """Do nothing: it was taken."""

    def authenticate_user(self, authorization_code: Permission) -> Permission:
        return authorization_code


class RefreshGrant(RefreshTokenGrant):
    """Refresh tokens that are replaced by each use."""

    TOKEN_ENDPOINT_AUTH_METHODS = _PUBLIC
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        permission = self.server.memory.refresh_tokens.get(refresh_token)
        return RefreshToken(refresh_token, permission) if permission else None

    def authenticate_user(self, refresh_token: RefreshToken) -> Permission:
        # only now, as the rest of the request has been found right
        permission: Permission | None = self.server.memory.refresh_tokens.take(refresh_token.token)
        if permission is None:
            raise InvalidGrantError
        return permission

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        """Do nothing: it was taken."""


class S256Challenge(CodeChallenge):
    """PKCE, which every request must use, and never `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        for name in ("code_challenge", "code_challenge_method"):
            if not grant.request.payload.data.get(name):
                raise InvalidRequestError(f"Missing '{name}'; PKCE with S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)


class _SignedByMint:
    """What the ID tokens of both grants have in common."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint

    def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
        return self._mint.id_token(request.user, token["scope"], token["access_token"])


class CodeIdToken(_SignedByMint, OpenIDCode):
    """The ID token that comes for a code."""

    def __call__(self, grant: CodeGrant) -> None:
        # Authlib would leave `prompt` alone in a request that takes its scope from the client
        grant.register_hook("after_create_token_response", self.process_token)
        grant.register_hook("after_validate_consent_request", validate_request_prompt)


class RefreshedIdToken(_SignedByMint, OpenIDToken):
    """The ID token that comes for a refresh token."""


class Revocation(RevocationEndpoint):
    """Ends a permission: its refresh token and the access tokens that came with it."""

    CLIENT_AUTH_METHODS = _PUBLIC

    def query_token(self, token_string: str, token_type_hint: str | None) -> RefreshToken | None:
        permission = self.server.memory.refresh_tokens.get(token_string)
        return RefreshToken(token_string, permission) if permission else None

    def revoke_token(self, token: RefreshToken, request: Any) -> None:
        memory: Memory = self.server.memory
        memory.refresh_tokens.take(token.token)
        memory.revoked.put(token.permission.origin_jti, True, memory.clock() + TOKEN_SECONDS)


class PageAuthorizationServer(AuthorizationServer):
    """The authorization server of the page."""

    def __init__(self, app: Flask, client: PageClient, memory: Memory, mint: Mint) -> None:
        self.memory = memory
        self._client = client
        app.config.update(
            OAUTH2_ACCESS_TOKEN_GENERATOR=lambda client, grant_type, user, scope: mint.access_token(
                user, scope
            ),
            OAUTH2_REFRESH_TOKEN_GENERATOR=True,
            OAUTH2_TOKEN_EXPIRES_IN={"authorization_code": TOKEN_SECONDS, "refresh_token": TOKEN_SECONDS},
        )
        super().__init__(app)
        self.register_grant(CodeGrant, [S256Challenge(), CodeIdToken(mint)])
        self.register_grant(RefreshGrant, [RefreshedIdToken(mint)])
        self.register_endpoint(Revocation)

    def query_client(self, client_id: str) -> PageClient | None:
        return self._client if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        # a renewed ID token answers no request of the page, so it has no nonce
        permission = replace(request.user, nonce=None)
        self.memory.refresh_tokens.put(token["refresh_token"], permission, permission.refresh_until)
