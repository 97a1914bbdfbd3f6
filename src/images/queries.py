"""The query strings of the routes that list images and terms, validated parameter by parameter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from catalog.keys import decode_cursor, position_of
from catalog.terms import KINDS, Term, fold
from common.errors import InvalidRequest
from common.http import quoted
from common.time import parse_date
from search.candidates import ORDERS
from search.grammar import EXAMPLE_DATES, parse
from search.matching import Clause, ExactTerm, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.index.entries import Order
    from catalog.terms import Kind

PARAMETERS = ("q", "label", "order", "until", "limit", "cursor")  # of GET /images
SIMILAR_PARAMETERS = ("cursor",)  # of GET /images/{id}/similar
TERM_PARAMETERS = ("prefix", "kind", "limit")  # of GET /terms
DEFAULT_LIMIT, MAX_LIMIT = 30, 100
MAX_PREFIX = 200  # characters
_FIRST_ID = 64 * "0"  # the lowest one


@dataclass(frozen=True)
class ListQuery:
    """The page of images to list: those after `position`, or the first page if that is None."""

    query: Query
    order: Order
    limit: int
    position: str | None


@dataclass(frozen=True)
class TermsQuery:
    """The terms to list: of all kinds if `kind` is None."""

    prefix: str
    kind: Kind | None
    limit: int


def parse_query(event: Mapping[str, Any]) -> ListQuery:
    """Parse the query string of GET /images.

    Raises InvalidRequest or InvalidQuery about the first thing that is wrong with it.
    """
    parameters = _parameters(event, PARAMETERS)
    clauses = parse(_parse_text("q", parameters["q"])).clauses if "q" in parameters else ()
    if "label" in parameters:
        clauses = (*clauses, Clause(ExactTerm(Term("label", _parse_label(parameters["label"])))))
    positions = []
    if "until" in parameters:
        positions.append(_parse_until(parameters["until"]))
    if "cursor" in parameters:
        positions.append(_parse_cursor(parameters["cursor"]))
    return ListQuery(
        query=Query(clauses),
        order=_parse_order(parameters["order"]) if "order" in parameters else "added",
        limit=_parse_limit(parameters["limit"]) if "limit" in parameters else DEFAULT_LIMIT,
        position=min(positions, default=None),
    )


def parse_terms_query(event: Mapping[str, Any]) -> TermsQuery:
    """Parse the query string of GET /terms. Raises InvalidRequest."""
    parameters = _parameters(event, TERM_PARAMETERS)
    prefix = _parse_text("prefix", parameters.get("prefix", ""))
    if len(prefix) > MAX_PREFIX:
        raise InvalidRequest(f"prefix is longer than {MAX_PREFIX} characters.")
    return TermsQuery(
        prefix=prefix,
        kind=_parse_kind(parameters["kind"]) if "kind" in parameters else None,
        limit=_parse_limit(parameters["limit"]) if "limit" in parameters else DEFAULT_LIMIT,
    )


def parse_similar_query(event: Mapping[str, Any]) -> str | None:
    """Return the position after which to go on, None for the first page. Raises InvalidRequest."""
    parameters = _parameters(event, SIMILAR_PARAMETERS)
    return _parse_cursor(parameters["cursor"]) if "cursor" in parameters else None


def _parameters(event: Mapping[str, Any], names: tuple[str, ...]) -> Mapping[str, str]:
    parameters: Mapping[str, str] = event.get("queryStringParameters") or {}
    for name in parameters:
        if name not in names:
            raise InvalidRequest(f"The parameter {quoted(name)} is unknown. Use {', '.join(names)}.")
    _check_unique(event.get("rawQueryString") or "")
    return parameters


def _check_unique(raw_query: str) -> None:
    # The HTTP API joins repeated parameters with a comma, which a label may contain as well.
    names = [name for name, _ in parse_qsl(raw_query, keep_blank_values=True)]
    for name in names:
        if names.count(name) > 1:
            raise InvalidRequest(f"The parameter {quoted(name)} appears twice. Send each parameter once.")


def _parse_label(text: str) -> str:
    if not fold(text):
        raise InvalidRequest("label must be the name of a label. Leave it out to list all pictures.")
    return _parse_text("label", text)


def _parse_text(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest(f"{name} must be UTF-8 text.") from None
    return text


def _parse_order(text: str) -> Order:
    if text not in ORDERS:
        raise InvalidRequest(f"order must be {' or '.join(ORDERS)}.")
    return text


def _parse_until(text: str) -> str:
    """Return the position before all images that are newer than a year, month or day."""
    try:
        _, end = parse_date(text)
    except ValueError:
        *others, last = EXAMPLE_DATES
        examples = f"{', '.join(others)} or {last}"
        raise InvalidRequest(f"until must be a year, month or day, such as {examples}.") from None
    return position_of(end, _FIRST_ID)


def _parse_kind(text: str) -> Kind:
    if text not in KINDS:
        raise InvalidRequest(f"kind must be {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
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
