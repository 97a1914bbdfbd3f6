"""The clients of the OAuth server: the page and the command line, which are public, and programs."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin

from local.sign_in.user_pool import (
    CLIENT_ID,
    COMMAND_LINE_CLIENT_ID,
    COMMAND_LINE_REDIRECTS,
    PROGRAMS,
    SCOPES,
)

PUBLIC_GRANTS = ("authorization_code", "refresh_token")
PROGRAM_GRANT = "client_credentials"
NO_SECRET = ["none"]  # Authlib's name for the authentication of a public client
SECRET_METHODS = ["client_secret_basic", "client_secret_post"]


@dataclass(frozen=True)
class PublicClient(ClientMixin):
    """A client that can't keep a secret, so PKCE and its redirect URIs protect it."""

    id: str
    redirect_uris: re.Pattern[str]
    origins: tuple[str, ...]  # of the redirect URIs

    def get_client_id(self) -> str:
        return self.id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        requested = (scope or " ".join(SCOPES)).split()
        return " ".join(requested) if "openid" in requested and set(requested) <= set(SCOPES) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return bool(self.redirect_uris.fullmatch(redirect_uri))

    def check_client_secret(self, client_secret: str) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in NO_SECRET

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in PUBLIC_GRANTS


@dataclass(frozen=True)
class ProgramClient(ClientMixin):
    """A program, which authenticates with its secret and gets tokens for itself."""

    id: str
    name: str
    scopes: tuple[str, ...]
    secret_hash: str

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> ProgramClient:
        return cls(**{**row, "scopes": tuple(row["scopes"])})

    def get_client_id(self) -> str:
        return self.id

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the requested scope, or all if none is requested; None if one of them isn't allowed."""
        requested = (scope or "").split() or self.scopes
        return " ".join(requested) if set(requested) <= set(self.scopes) else None

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(self.secret_hash, hash_secret(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in SECRET_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == PROGRAM_GRANT

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return False

    def check_response_type(self, response_type: str) -> bool:
        return False


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()  # random, so it needs no slow hash


def public_clients(page_origin: str) -> dict[str, PublicClient]:
    """Return the page and the command line by their IDs."""
    # A path only: the provider adds the query, and OAuth forbids a fragment.
    of_page = re.compile(re.escape(page_origin) + r"(/[\w.~%/-]*)?", re.ASCII)
    of_command_line = re.compile("|".join(map(re.escape, COMMAND_LINE_REDIRECTS)))
    origins = tuple(uri.removesuffix("/") for uri in COMMAND_LINE_REDIRECTS)
    return {
        CLIENT_ID: PublicClient(CLIENT_ID, of_page, (page_origin,)),
        COMMAND_LINE_CLIENT_ID: PublicClient(COMMAND_LINE_CLIENT_ID, of_command_line, origins),
    }


def expand_audience(audience: Sequence[str], programs: Callable[[], Iterable[str]]) -> list[str]:
    """Return the client IDs that an authorizer's audience stands for on this machine.

    On AWS, the stack's parameters list them. Here programs come and go while the stack runs.
    """
    expanded: list[str] = []
    for name in audience:
        if name == CLIENT_ID:
            expanded += (CLIENT_ID, COMMAND_LINE_CLIENT_ID)
        elif name == PROGRAMS:
            expanded += programs()
        else:
            expanded.append(name)
    return expanded
