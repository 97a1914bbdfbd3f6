"""The OAuth server on Authlib: code grant with PKCE, refresh grant, ID tokens, revocation, and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDToken
from authlib.oidc.core.grants.util import validate_request_prompt
from flask import Flask

from local.sign_in.clients import (
    NO_SECRET,
    PROGRAM_GRANT,
    PUBLIC_GRANTS,
    SECRET_METHODS,
    ProgramClient,
    PublicClient,
)
from local.sign_in.programs import Programs
from local.sign_in.store import CODE_SECONDS, REFRESH_SECONDS, Authorization, ProviderStore
from local.sign_in.tokens import TOKEN_SECONDS, TokenIssuer


class CodeGrant(AuthorizationCodeGrant):
    """The authorization code grant, with single-use codes."""

    server: LocalAuthorizationServer
    TOKEN_ENDPOINT_AUTH_METHODS = NO_SECRET

    def save_authorization_code(self, code: str, request: Any) -> None:
        session, parameters = request.user, request.payload.data
        store = self.server.store
        now = store.clock()
        authorization = Authorization(
            client_id=request.client.get_client_id(),
            user=session.user,
            auth_time=session.auth_time,
            scope=request.scope,
            origin_jti=str(uuid4()),
            refresh_until=now + REFRESH_SECONDS,
            nonce=parameters.get("nonce"),
            redirect_uri=parameters["redirect_uri"],
            code_challenge=parameters["code_challenge"],
            code_challenge_method=parameters["code_challenge_method"],
        )
        store.codes.put(code, authorization, now + CODE_SECONDS)

    def query_authorization_code(self, code: str, client: PublicClient) -> Authorization | None:
        # Remove the code here, so that only one of two concurrent requests can redeem it.
        authorization = self.server.store.codes.pop(code)
        return authorization if authorization and authorization.check_client(client) else None

    def delete_authorization_code(self, authorization_code: Authorization) -> None:
        """Do nothing: `query_authorization_code` removed it."""

    def authenticate_user(self, authorization_code: Authorization) -> Authorization:
        return authorization_code


class RefreshGrant(RefreshTokenGrant):
    """The refresh token grant. Each use replaces the refresh token."""

    server: LocalAuthorizationServer
    TOKEN_ENDPOINT_AUTH_METHODS = NO_SECRET
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Authorization | None:
        return self.server.store.refresh_tokens.get(refresh_token)

    def authenticate_user(self, refresh_token: Authorization) -> Authorization:
        # Remove the token only now, when the rest of the request is known to be valid.
        authorization = self.server.store.refresh_tokens.pop(self.request.form["refresh_token"])
        if authorization is None:
            raise InvalidGrantError
        return authorization

    def revoke_old_credential(self, refresh_token: Authorization) -> None:
        """Do nothing: `authenticate_user` removed it."""


class ProgramGrant(ClientCredentialsGrant):
    """The client credentials grant, for programs only."""

    TOKEN_ENDPOINT_AUTH_METHODS = SECRET_METHODS

    def validate_requested_scope(self) -> None:
        if self.request.client.get_allowed_scope(self.request.payload.scope) is None:
            raise InvalidScopeError


class S256Challenge(CodeChallenge):
    """PKCE, required in every request, with the method S256 only."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        for name in ("code_challenge", "code_challenge_method"):
            if not grant.request.payload.data.get(name):
                raise InvalidRequestError(f"Missing '{name}'. PKCE with S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDToken):
    """Adds an ID token to the token response."""

    def __init__(self, tokens: TokenIssuer) -> None:
        self._tokens = tokens

    def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
        return self._tokens.issue_id_token(request.user, token["scope"], token["access_token"])


class CodeIdToken(IdToken):
    """Validates `prompt` as well, which Authlib's OpenIDCode does only if the request has a scope."""

    def __call__(self, grant: CodeGrant) -> None:
        super().__call__(grant)
        grant.register_hook("after_validate_consent_request", validate_request_prompt)


class Revocation(RevocationEndpoint):
    """Revokes an authorization: its refresh token and the access tokens issued with it."""

    server: LocalAuthorizationServer
    CLIENT_AUTH_METHODS = NO_SECRET

    def query_token(self, token_string: str, token_type_hint: str | None) -> Authorization | None:
        return self.server.store.refresh_tokens.get(token_string)

    def revoke_token(self, token: Authorization, request: Any) -> None:
        store = self.server.store
        store.refresh_tokens.pop(request.form["token"])
        store.revoked.put(token.origin_jti, True, store.clock() + TOKEN_SECONDS)


class LocalAuthorizationServer(AuthorizationServer):
    """The authorization server."""

    def __init__(
        self,
        app: Flask,
        clients: Mapping[str, PublicClient],
        programs: Programs,
        store: ProviderStore,
        tokens: TokenIssuer,
    ) -> None:
        self.store = store
        self._clients = clients
        self._programs = programs
        app.config.update(
            OAUTH2_ACCESS_TOKEN_GENERATOR=lambda client, grant_type, user, scope: (
                tokens.issue_access_token(user, scope)
                if user
                else tokens.issue_program_token(client.get_client_id(), scope)
            ),
            OAUTH2_REFRESH_TOKEN_GENERATOR=True,
            OAUTH2_TOKEN_EXPIRES_IN=dict.fromkeys((*PUBLIC_GRANTS, PROGRAM_GRANT), TOKEN_SECONDS),
        )
        super().__init__(app)
        self.register_grant(CodeGrant, [S256Challenge(), CodeIdToken(tokens)])
        self.register_grant(RefreshGrant, [IdToken(tokens)])
        self.register_grant(ProgramGrant)
        self.register_endpoint(Revocation)

    def query_client(self, client_id: str) -> PublicClient | ProgramClient | None:
        return self._clients.get(client_id) or self._programs.find(client_id)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        if "refresh_token" not in token:
            return  # a program's
        # The nonce belongs to the client's first request, so refreshed ID tokens don't repeat it.
        authorization = replace(request.user, nonce=None)
        self.store.refresh_tokens.put(token["refresh_token"], authorization, authorization.refresh_until)
