"""What GET /images is asked, checked parameter by parameter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from catalog.keys import fold, position_of
from common.errors import InvalidRequest
from common.http import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETERS = ("label", "limit", "cursor")
DEFAULT_LIMIT, LARGEST_LIMIT = 30, 100


@dataclass(frozen=True)
class ListQuery:
    """The page that somebody wants to see; no label stands for all images, no position for the newest."""

    label: str | None
    limit: int
    position: str | None


def parse_query(event: Mapping[str, Any]) -> ListQuery:
    """Read the query; InvalidRequest, in one sentence or two, says the first thing that is wrong with it."""
    given: Mapping[str, str] = event.get("queryStringParameters") or {}
    for name in given:
        if name not in PARAMETERS:
            raise InvalidRequest(f"The parameter {quoted(name)} is not known. Use {', '.join(PARAMETERS)}.")
    _check_once(event.get("rawQueryString") or "")
    return ListQuery(
        label=_label(given["label"]) if "label" in given else None,
        limit=_limit(given["limit"]) if "limit" in given else DEFAULT_LIMIT,
        position=_position(given["cursor"]) if "cursor" in given else None,
    )


def _check_once(raw_query: str) -> None:
    # the API joins values of the same name with a comma, which a label may hold as well
    names = [name for name, _ in parse_qsl(raw_query, keep_blank_values=True)]
    for name in names:
        if names.count(name) > 1:
            raise InvalidRequest(f"The parameter {quoted(name)} is there twice. Send each parameter once.")


def _label(text: str) -> str:
    if not fold(text):
        raise InvalidRequest("label must be the name of a label. Leave it out to see all pictures.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest("label must be text in UTF-8.") from None
    return text


def _limit(text: str) -> int:
    if re.fullmatch("[0-9]{1,3}", text) is None or not 1 <= int(text) <= LARGEST_LIMIT:
        raise InvalidRequest(f"limit must be a whole number from 1 to {LARGEST_LIMIT}.")
    return int(text)


def _position(text: str) -> str:
    position = position_of(text)
    if position is None:
        raise InvalidRequest("cursor must be one that this list gave. Leave it out to start at the newest.")
    return position
