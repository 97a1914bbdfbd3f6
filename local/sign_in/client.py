"""The one client of the provider: the page."""

from __future__ import annotations

import re

from authlib.oauth2.rfc6749 import ClientMixin

CLIENT_ID = "local-page"
SCOPES = ("openid", "email")  # what the template allows Cognito's client
GRANT_TYPES = ("authorization_code", "refresh_token")


class PageClient(ClientMixin):
    """A public client: it proves itself by PKCE and by where it lives, as a page can keep no secret."""

    def __init__(self, page_origin: str) -> None:
        # a path and nothing else: queries and fragments are the provider's to add
        self._addresses = re.compile(re.escape(page_origin) + r"(/[\w.~%/-]*)?", re.ASCII)

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        asked = (scope or " ".join(SCOPES)).split()
        return " ".join(asked) if "openid" in asked and set(asked) <= set(SCOPES) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return bool(self._addresses.fullmatch(redirect_uri))

    def check_client_secret(self, client_secret: str) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANT_TYPES
