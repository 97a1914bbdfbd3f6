"""A small part of the query language, for a fake library: words, fields, `-`, quotes, `*` and `people:`."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.browser.support import Json

BARE_KINDS = ("label", "text", "tag", "name")
KINDS = (*BARE_KINDS, "color", "camera", "people", "status", "is")
CLAUSE = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)\s*')


class InvalidQueryError(Exception):
    """A query that can't be read; `position` is that of a character, from 1."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position


def terms(image: Json) -> list[tuple[str, str]]:
    """Return the kinds and values that an image can be found by."""
    found = [("label", label["name"]) for label in image["labels"]]
    found += [("color", color) for color in image["colors"]]
    found += [("tag", tag) for tag in image["tags"]]
    found += [("name", image["fileName"]), ("status", image["status"])]
    found += [(kind, str(image[kind])) for kind in ("camera", "people") if image[kind] is not None]
    found += [("is", "favorite")] if image["favorite"] else []
    found += [("is", "waiting")] if "waiting" in image else []
    found += [("is", image["decision"]["value"])] if image["decision"] else []
    return found


def search(images: Iterable[Json], query: str) -> list[Json]:
    """Return the images that match all clauses. Raises InvalidQueryError."""
    clauses, position = [], 0
    while position < len(query):
        match = CLAUSE.match(query, position)
        if match is None:
            quote = query.find('"', position)
            raise InvalidQueryError(f"The quote isn't closed, at character {quote + 1}.", quote + 1)
        minus, kind, quoted, bare = match.groups()
        if kind and kind not in KINDS:
            start = match.start(2) + 1
            raise InvalidQueryError(f"The field “{kind}” is unknown, at character {start}.", start)
        clauses.append((kind, bare if quoted is None else quoted, bool(minus)))
        position = match.end()
    return [
        image
        for image in images
        if all(_matches(image, kind, value) != excluded for kind, value, excluded in clauses)
    ]


def suggest(images: Iterable[Json], query: dict[str, str]) -> list[Json]:
    """Return the terms for `GET /terms`, most frequent first."""
    prefix, kind = _padded(query.get("prefix", "")).rstrip(), query.get("kind")
    counts = Counter(
        term
        for image in images
        for term in terms(image)
        if kind in (None, term[0]) and term[0] != "status" and prefix in _padded(term[1])
    )
    found = [{"kind": kind, "value": value, "count": count} for (kind, value), count in counts.most_common()]
    return found[: int(query.get("limit", "20"))]


def _matches(image: Json, kind: str | None, value: str) -> bool:
    kinds = (kind,) if kind else BARE_KINDS
    wanted = _padded(value)
    if value.endswith("*"):
        wanted = wanted.rstrip()
    if kind == "people" and (span := re.fullmatch(r"(\d*)\.\.(\d*)", value)):
        low, high = int(span[1] or 0), int(span[2] or 1000)
        return image["people"] is not None and low <= image["people"] <= high
    return any(name in kinds and wanted in _padded(each) for name, each in terms(image))


def _padded(text: str) -> str:
    words = re.findall(r"[^\W_]+", text.lower())
    return f" {' '.join(words)} "
