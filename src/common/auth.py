"""The owner on whose behalf a request acts."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from common.errors import NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Mapping

_HASH_PREFIX = "s-"
_SAFE = re.compile(r"(?!s-)[A-Za-z0-9_-]{1,64}")  # without the prefix, so no two subjects share a name


def get_owner(event: Mapping[str, Any]) -> str:
    """Return the owner's name for an HTTP API event. Raises NotSignedIn if it has no token claims."""
    try:
        sub = event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
    except (KeyError, TypeError):
        raise NotSignedIn from None
    if not isinstance(sub, str) or not sub:
        raise NotSignedIn
    return owner_name(sub)


def owner_name(sub: str) -> str:
    """Return the owner's name for a token's `sub` claim.

    It is the claim itself if that needs no escaping in an object key, an event or a URL; otherwise it is a
    hash of the claim.
    """
    if _SAFE.fullmatch(sub):
        return sub
    digest = hashlib.sha256(sub.encode(errors="surrogatepass")).digest()
    return _HASH_PREFIX + base64.b32encode(digest).decode().rstrip("=").lower()
