"""Pages of lists, with a token for the next one."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, TypeVar

from local.rekognition.errors import RekognitionError

T = TypeVar("T")
MAX_RESULTS = 100  # of a page; the default, too


def paginate(items: Sequence[T], request: dict[str, Any]) -> tuple[Sequence[T], dict[str, str]]:
    """Return the requested page, and the members of the response that lead to the next one.

    Raises RekognitionError if the token is none that a response had.
    """
    start = _read_token(request["NextToken"]) if request.get("NextToken") else 0
    end = start + request.get("MaxResults", MAX_RESULTS)
    token = {"NextToken": base64.b64encode(str(end).encode()).decode()} if end < len(items) else {}
    return items[start:end], token


def _read_token(token: str) -> int:
    """Items may have been removed since the token was issued, so one beyond the end is valid."""
    try:
        text = base64.b64decode(token, validate=True).decode("ascii")
    except ValueError:
        text = ""
    if not text.isdigit():
        raise RekognitionError.from_code("InvalidPaginationTokenException")
    return int(text)
