"""The query string of GET /images, validated parameter by parameter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from catalog.keys import decode_cursor
from catalog.terms import fold
from common.errors import InvalidRequest
from common.http import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETERS = ("label", "limit", "cursor")
DEFAULT_LIMIT, MAX_LIMIT = 30, 100


@dataclass(frozen=True)
class ListQuery:
    """The page of images to list: all images if `label` is None, the first page if `position` is None."""

    label: str | None
    limit: int
    position: str | None


def parse_query(event: Mapping[str, Any]) -> ListQuery:
    """Parse the query string. Raises InvalidRequest about the first thing that is wrong with it."""
    parameters: Mapping[str, str] = event.get("queryStringParameters") or {}
    for name in parameters:
        if name not in PARAMETERS:
            raise InvalidRequest(f"The parameter {quoted(name)} is unknown. Use {', '.join(PARAMETERS)}.")
    _check_unique(event.get("rawQueryString") or "")
    return ListQuery(
        label=_parse_label(parameters["label"]) if "label" in parameters else None,
        limit=_parse_limit(parameters["limit"]) if "limit" in parameters else DEFAULT_LIMIT,
        position=_parse_cursor(parameters["cursor"]) if "cursor" in parameters else None,
    )


def _check_unique(raw_query: str) -> None:
    # The HTTP API joins repeated parameters with a comma, which a label may contain as well.
    names = [name for name, _ in parse_qsl(raw_query, keep_blank_values=True)]
    for name in names:
        if names.count(name) > 1:
            raise InvalidRequest(f"The parameter {quoted(name)} appears twice. Send each parameter once.")


def _parse_label(text: str) -> str:
    if not fold(text):
        raise InvalidRequest("label must be the name of a label. Leave it out to list all pictures.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest("label must be UTF-8 text.") from None
    return text


def _parse_limit(text: str) -> int:
    if re.fullmatch("[0-9]{1,3}", text) is None or not 1 <= int(text) <= MAX_LIMIT:
        raise InvalidRequest(f"limit must be a whole number from 1 to {MAX_LIMIT}.")
    return int(text)


def _parse_cursor(text: str) -> str:
    position = decode_cursor(text)
    if position is None:
        raise InvalidRequest("cursor must be a cursor from this list. Leave it out to start at the newest.")
    return position
