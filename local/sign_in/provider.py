"""The OpenID Connect provider: its endpoints, at Cognito's paths, and its sign-in page."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException

from local.sign_in.clients import NO_SECRET, PROGRAM_GRANT, PUBLIC_GRANTS, SECRET_METHODS, public_clients
from local.sign_in.grants import LocalAuthorizationServer
from local.sign_in.programs import Programs, add_client_routes
from local.sign_in.store import SESSION_SECONDS, Authorization, ProviderStore, Rows, Session
from local.sign_in.tokens import ALGORITHM, TokenIssuer
from local.sign_in.user_pool import CLIENT_ID, SCOPES, USERS, User, find_user

_PAGE = Path(__file__).parents[2] / "web"  # its styles, font and photo, so that both look the same
_DISCOVERY = "/.well-known/openid-configuration"
_CORS_PATHS = (_DISCOVERY, "/.well-known/jwks.json", "/oauth2/token", "/oauth2/userInfo", "/oauth2/revoke")
_PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "3600",
}
_LOGOUT_URIS = ("logout_uri", "post_logout_redirect_uri")  # Cognito's and the standard's
_MAX_BODY_BYTES = 64 * 1024
# Authlib quotes these in error descriptions, and raises ValueError for characters that RFC 6749, 5.2 forbids.
_QUOTED_PARAMETERS = ("grant_type", "redirect_uri", "response_type")
_QUOTABLE = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the page's URL contains the whole authorization request
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Provider:
    """An OpenID Connect provider with two users, alice and bob, and any number of programs."""

    def __init__(
        self,
        issuer: str,
        page_origin: str,
        clock: Callable[[], float] = time.time,
        key: str | None = None,
        rows: Callable[[str], Rows] = lambda kind: Rows(),
    ) -> None:
        """Create the provider; its URL is the issuer, and people use it from the page and the command line.

        `key` signs the tokens, and `rows(kind)` keeps the provider's state.
        """
        self._issuer = issuer
        self._page_origin = page_origin
        self._store = ProviderStore(clock, rows)
        self.tokens = TokenIssuer(issuer, clock, key)
        self._clients = public_clients(page_origin)
        self.programs = Programs(self._store)
        # The name contains the port, because cookies of 127.0.0.1 are sent to every port.
        self._cookie = "sign-in-" + issuer.rpartition(":")[2]
        self.app = Flask(__name__)
        self.app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES
        self._server = LocalAuthorizationServer(
            self.app, self._clients, self.programs, self._store, self.tokens
        )
        self._add_routes()

    def token(self, username: str, **claims: Any) -> str:
        """Issue an ID token without the code flow.

        `claims` override the defaults, and None omits one. Raises KeyError if the user is unknown.
        """
        authorization = Authorization(
            user=USERS[username],
            auth_time=int(self._store.clock()),
            scope=" ".join(SCOPES),
            origin_jti=str(uuid4()),
            refresh_until=0,
        )
        return self.tokens.sign(self.tokens.id_claims(authorization, authorization.scope) | claims)

    def _add_routes(self) -> None:
        add = self.app.add_url_rule
        add(_DISCOVERY, view_func=self._discovery)
        add("/.well-known/jwks.json", view_func=self.tokens.public_keys, endpoint="jwks")
        add("/oauth2/authorize", view_func=self._authorize, methods=["GET", "POST"])
        add("/oauth2/token", view_func=self._server.create_token_response, methods=["POST"])
        add("/oauth2/userInfo", view_func=self._user_info, methods=["GET", "POST"])
        revoke = partial(self._server.create_endpoint_response, "revocation")
        add("/oauth2/revoke", view_func=revoke, endpoint="revoke", methods=["POST"])
        add("/logout", view_func=self._logout)
        add("/page/<path:name>", view_func=_page_file)
        add_client_routes(self.app, self.programs)
        self.app.before_request(_reject_unquotable_parameters)
        self.app.after_request(self._add_headers)
        self.app.register_error_handler(HTTPException, _http_error)
        self.app.register_error_handler(
            OAuth2Error, lambda error: self._server.handle_error_response(None, error)
        )

    def _discovery(self) -> dict[str, Any]:
        issuer = self._issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/oauth2/authorize",
            "token_endpoint": f"{issuer}/oauth2/token",
            "userinfo_endpoint": f"{issuer}/oauth2/userInfo",
            "revocation_endpoint": f"{issuer}/oauth2/revoke",
            "end_session_endpoint": f"{issuer}/logout",
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "response_types_supported": ["code"],
            "scopes_supported": list(SCOPES),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "grant_types_supported": [*PUBLIC_GRANTS, PROGRAM_GRANT],
            "token_endpoint_auth_methods_supported": [*NO_SECRET, *SECRET_METHODS],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self) -> Response:
        session = self._store.sessions.get(request.cookies.get(self._cookie, ""))
        grant = self._server.get_consent_grant(end_user=session)
        if request.method == "POST":
            entered = request.form.get("username", "")
            user = find_user(entered)
            if user is None:
                return self._sign_in_page(entered, grant, unknown_user=True)
            return self._sign_in(user, grant)
        if session is None or grant.prompt:
            return self._sign_in_page(request.args.get("login_hint", ""), grant)
        return self._redirect_with_code(session, grant)

    def _sign_in(self, user: User, grant: Any) -> Response:
        now = self._store.clock()
        session = Session(user, int(now))
        session_id = secrets.token_urlsafe(32)
        self._store.sessions.pop(request.cookies.get(self._cookie, ""))
        self._store.sessions.put(session_id, session, now + SESSION_SECONDS)
        response = self._redirect_with_code(session, grant)
        response.set_cookie(self._cookie, session_id, max_age=SESSION_SECONDS, httponly=True, samesite="Lax")
        return response

    def _sign_in_page(self, username: str, grant: Any, *, unknown_user: bool = False) -> Response:
        """Render the form, with `username` filled in."""
        query = request.args.to_dict()
        users = {name: "?" + urlencode(query | {"login_hint": name}) for name in USERS}
        body = render_template("sign-in.html", username=username, users=users, unknown_user=unknown_user)
        response = Response(body, 400 if unknown_user else 200, content_type="text/html; charset=utf-8")
        # form-action also applies to the redirect back to the client.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
            f"form-action 'self' {' '.join(grant.client.origins)}; base-uri 'none'; frame-ancestors 'none'"
        )
        return response

    def _redirect_with_code(self, session: Session, grant: Any) -> Response:
        response: Response = self._server.create_authorization_response(grant_user=session, grant=grant)
        return response

    def _user_info(self) -> Response | dict[str, Any]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        claims = self.tokens.verify_access_token(token.strip()) if scheme.lower() == "bearer" else None
        is_persons = claims and "username" in claims
        if not claims or not is_persons or self._store.revoked.get(claims["origin_jti"]):
            response = _error(401, "invalid_token", "The access token is missing, expired or revoked.")
            response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return response
        user = USERS[claims["username"]]
        info = {"sub": user.sub, "username": user.username}
        if "email" in claims["scope"].split():
            info |= {"email": user.email, "email_verified": "true"}  # a string, as in Cognito's response
        return info

    def _logout(self) -> Response:
        """End the session. The parameters are Cognito's or those of OpenID Connect RP-Initiated Logout."""
        hint = request.args.get("id_token_hint")
        if hint is not None and not self.tokens.is_id_token(hint):
            return _error(400, "invalid_request", "id_token_hint must be an ID token of this provider.")
        if request.args.get("client_id", CLIENT_ID if hint else "") != CLIENT_ID:
            return _error(400, "invalid_request", f"client_id must be {CLIENT_ID}.")
        targets = [request.args[name] for name in _LOGOUT_URIS if name in request.args]
        if not targets or not all(map(self._clients[CLIENT_ID].check_redirect_uri, targets)):
            expected = f"{' or '.join(_LOGOUT_URIS)} must be a URL of {self._page_origin}."
            return _error(400, "invalid_request", expected)
        self._store.sessions.pop(request.cookies.get(self._cookie, ""))
        response = Response(status=302, headers={"Location": targets[0]})
        response.delete_cookie(self._cookie, httponly=True, samesite="Lax")
        return response

    def _add_headers(self, response: Response) -> Response:
        for name, value in _SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "no-store"
        if request.path in _CORS_PATHS:
            response.headers.add("Vary", "Origin")
            if request.headers.get("Origin") == self._page_origin:
                response.headers["Access-Control-Allow-Origin"] = self._page_origin
                if request.method == "OPTIONS":
                    response.headers.update(_PREFLIGHT_HEADERS)
        return response


def _reject_unquotable_parameters() -> Response | None:
    for name in _QUOTED_PARAMETERS:
        if not _QUOTABLE.fullmatch(request.values.get(name, "")):
            return _error(400, "invalid_request", f"{name} contains characters that aren't allowed.")
    return None


def _page_file(name: str) -> Response:
    return send_from_directory(_PAGE, name)


def _http_error(error: HTTPException) -> Response:
    return _error(error.code or 500, "invalid_request", error.description or error.name)


def _error(status: int, code: str, description: str) -> Response:
    body = json.dumps({"error": code, "error_description": description})
    return Response(body, status, content_type="application/json")
