"""The revision that a request is made for: the headers ETag and If-Match (RFC 9110, 8.8.3 and 13.1.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from common.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.records import ImageRecord

_OWN_TAG = re.compile('"(0|[1-9][0-9]{0,8})"')
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_BARE = re.compile("[0-9]{1,9}")
_TAGS = re.compile(rf"(?:{_TAG}|[ \t,])+")


def entity_tag(record: ImageRecord) -> str:
    """Return the ETag of an image's current revision."""
    return f'"{record.revision}"'


def parse_if_match(event: Mapping[str, Any]) -> frozenset[int] | None:
    """Return the revisions that the client accepts, or None if it accepts any. Raises InvalidRequest.

    A weak tag or another resource's never matches. The quotes of a single one may be missing.
    """
    text = event.get("headers", {}).get("if-match", "*").strip(" \t")
    if text == "*":
        return None
    if _BARE.fullmatch(text):
        text = f'"{text}"'
    if _TAGS.fullmatch(text) is None or '"' not in text:
        raise InvalidRequest('If-Match must be the ETag of the picture, such as "3", or *.')
    tags = re.findall(_TAG, text)
    return frozenset(int(tag.strip('"')) for tag in tags if _OWN_TAG.fullmatch(tag))
