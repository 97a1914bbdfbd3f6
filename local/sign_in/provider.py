"""The provider's endpoints, at the paths that Cognito has them."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from local.sign_in import page
from local.sign_in.client import CLIENT_ID, SCOPES, PageClient
from local.sign_in.grants import PageAuthorizationServer
from local.sign_in.memory import SESSION_SECONDS, Memory, Session
from local.sign_in.tokens import ALGORITHM, Mint
from local.sign_in.users import USERS, User, find_user

DISCOVERY = "/.well-known/openid-configuration"
_FOR_THE_PAGE = (DISCOVERY, "/.well-known/jwks.json", "/oauth2/token", "/oauth2/userInfo", "/oauth2/revoke")
_LARGEST_BODY = 64 * 1024
# What an OAuth error may quote; Authlib quotes these parameters, and fails over any other character.
_QUOTABLE = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
_QUOTED = ("grant_type", "redirect_uri", "response_type")


class Provider:
    """Answers the browser and the page."""

    def __init__(self, page_origin: str, memory: Memory, mint: Mint) -> None:
        self._page_origin = page_origin
        self._memory = memory
        self._mint = mint
        self._client = PageClient(page_origin)
        # by port, as browsers share the cookies of all servers on 127.0.0.1
        self._cookie = "sign-in-" + mint.issuer.rpartition(":")[2]
        self.app = Flask(__name__)
        self.app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
        self._server = PageAuthorizationServer(self.app, self._client, memory, mint)
        self._add_routes()

    def _add_routes(self) -> None:
        add = self.app.add_url_rule
        add(DISCOVERY, view_func=self._discovery)
        add("/.well-known/jwks.json", view_func=self._mint.public_keys, endpoint="jwks")
        add("/oauth2/authorize", view_func=self._authorize, methods=["GET", "POST"])
        add("/oauth2/token", view_func=self._token, methods=["POST"])
        add("/oauth2/userInfo", view_func=self._user_info, methods=["GET", "POST"])
        add("/oauth2/revoke", view_func=self._revoke, methods=["POST"])
        add("/logout", view_func=self._logout)
        self.app.before_request(_refuse_unquotable)
        self.app.after_request(self._finish)
        self.app.register_error_handler(HTTPException, _http_error)
        self.app.register_error_handler(
            OAuth2Error, lambda error: self._server.handle_error_response(None, error)
        )

    def _discovery(self) -> dict[str, Any]:
        issuer = self._mint.issuer
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
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self) -> Response:
        session = self._memory.sessions.get(request.cookies.get(self._cookie, ""))
        grant = self._server.get_consent_grant(end_user=session)
        if request.method == "POST":
            typed = request.form.get("username", "")
            user = find_user(typed)
            if user is None:
                return page.sign_in_page(self._page_origin, typed, refused=True)
            return self._sign_in(user, grant)
        if session is None or grant.prompt:
            return page.sign_in_page(self._page_origin, request.args.get("login_hint", ""))
        return self._grant(session, grant)

    def _sign_in(self, user: User, grant: Any) -> Response:
        now = self._memory.clock()
        session = Session(user, int(now))
        cookie = secrets.token_urlsafe(32)
        self._memory.sessions.take(request.cookies.get(self._cookie, ""))
        self._memory.sessions.put(cookie, session, now + SESSION_SECONDS)
        response = self._grant(session, grant)
        response.set_cookie(self._cookie, cookie, max_age=SESSION_SECONDS, httponly=True, samesite="Lax")
        return response

    def _grant(self, session: Session, grant: Any) -> Response:
        response: Response = self._server.create_authorization_response(grant_user=session, grant=grant)
        return response

    def _token(self) -> Response:
        response: Response = self._server.create_token_response()
        return response

    def _revoke(self) -> Response:
        response: Response = self._server.create_endpoint_response("revocation")
        return response

    def _user_info(self) -> Response | dict[str, Any]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        claims = self._mint.access_claims(token.strip()) if scheme.lower() == "bearer" else None
        if claims is None or self._memory.revoked.get(claims["origin_jti"]):
            answer = _error(401, "invalid_token", "The access token is missing, expired or revoked.")
            answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return answer
        user = USERS[claims["username"]]
        found = {"sub": user.sub, "username": user.username}
        if "email" in claims["scope"].split():
            found |= {"email": user.email, "email_verified": "true"}  # a string, as Cognito has it
        return found

    def _logout(self) -> Response:
        if request.args.get("client_id") != CLIENT_ID:
            return _error(400, "invalid_request", f"client_id must be {CLIENT_ID}.")
        target = request.args.get("logout_uri", "")
        if not self._client.check_redirect_uri(target):
            return _error(400, "invalid_request", f"logout_uri must be an address of {self._page_origin}.")
        self._memory.sessions.take(request.cookies.get(self._cookie, ""))
        response = Response(status=302, headers={"Location": target})
        response.delete_cookie(self._cookie, httponly=True, samesite="Lax")
        return response

    def _finish(self, response: Response) -> Response:
        for name, value in page.HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "no-store"
        if request.path in _FOR_THE_PAGE:
            response.headers.add("Vary", "Origin")
            if request.headers.get("Origin") == self._page_origin:
                self._allow_page(response)
        return response

    def _allow_page(self, response: Response) -> None:
        response.headers["Access-Control-Allow-Origin"] = self._page_origin
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            response.headers["Access-Control-Max-Age"] = "3600"


def _refuse_unquotable() -> Response | None:
    for name in _QUOTED:
        if not _QUOTABLE.fullmatch(request.values.get(name, "")):
            return _error(400, "invalid_request", f"{name} has characters that no address or name has.")
    return None


def _http_error(error: HTTPException) -> Response:
    return _error(error.code or 500, "invalid_request", error.description or error.name)


def _error(status: int, code: str, description: str) -> Response:
    body = json.dumps({"error": code, "error_description": description})
    return Response(body, status, content_type="application/json")
