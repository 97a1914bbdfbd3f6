"""Whose request it is."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from common.errors import NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Mapping

_HASHED = "s-"
_PLAIN = re.compile(r"(?!s-)[A-Za-z0-9_-]{1,64}")  # never like a hashed one, or two people could be one owner


def owner_of(event: Mapping[str, Any]) -> str:
    """Name the owner on whose behalf an API request acts; NotSignedIn without a token's claims.

    The name is the token's `sub`, in a form that needs no escape in an object key, an event or a URL.
    """
    try:
        sub = event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
    except (KeyError, TypeError):
        raise NotSignedIn from None
    if not isinstance(sub, str) or not sub:
        raise NotSignedIn
    if _PLAIN.fullmatch(sub):
        return sub
    digest = hashlib.sha256(sub.encode(errors="surrogatepass")).digest()
    return _HASHED + base64.b32encode(digest).decode().rstrip("=").lower()
