"""The owner on whose behalf a request acts."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from common.errors import NotSignedIn
from common.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_EMAIL = 254  # characters: a path of RFC 5321, 4.5.3.1.3, without its brackets
_HASH_PREFIX = "s-"
_SAFE = re.compile(r"(?!s-)[A-Za-z0-9_-]{1,64}")  # without the prefix, so no two subjects share a name


def get_owner(event: Mapping[str, Any]) -> str:
    """Return the owner's name for an HTTP API event. Raises NotSignedIn if it has no token claims."""
    sub = _claims(event).get("sub")
    if not isinstance(sub, str) or not sub:
        raise NotSignedIn
    return owner_name(sub)


def get_reviewer(event: Mapping[str, Any]) -> str:
    """Return who decides about an image: the token's e-mail address or else the owner's name.

    The name is the token's subject, unless that needs escaping. Raises NotSignedIn as `get_owner` does.
    """
    owner, email = get_owner(event), _claims(event).get("email")
    if isinstance(email, str) and 0 < len(email) <= MAX_EMAIL and clean_line(email) == email:
        return email
    return owner


def is_in_group(event: Mapping[str, Any], group: str | None) -> bool:
    """Return whether the token says that its subject is in a group; nobody is in the group None.

    The claim of Amazon Cognito is an array, which the HTTP API passes on as text: `[reviewers admins]`.
    """
    groups = _claims(event).get("cognito:groups", [])
    if isinstance(groups, str):
        groups = groups.removeprefix("[").removesuffix("]").split()
    return group is not None and isinstance(groups, list) and group in groups


def owner_name(sub: str) -> str:
    """Return the owner's name for a token's `sub` claim.

    It is the claim itself if that needs no escaping in an object key, an event or a URL; otherwise it is a
    hash of the claim.
    """
    if _SAFE.fullmatch(sub):
        return sub
    digest = hashlib.sha256(sub.encode(errors="surrogatepass")).digest()
    return _HASH_PREFIX + base64.b32encode(digest).decode().rstrip("=").lower()


def _claims(event: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    except (KeyError, TypeError):
        raise NotSignedIn from None
    if not isinstance(claims, dict):
        raise NotSignedIn
    return claims
