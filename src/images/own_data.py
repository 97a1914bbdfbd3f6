"""Own data: what an owner says about an image, validated, and the edits that requests make to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalog.records import Decision, DecisionValue, OwnData
from catalog.terms import fold
from common.errors import InvalidRequest
from common.http import json_object, quoted
from common.text import clean_line

Edit = Callable[[OwnData], OwnData]  # from the own data of an image to the new; it may raise InvalidRequest

PATCH_FIELDS = ("tags", "favorite", "caption", "decision")
DECISIONS: tuple[DecisionValue, ...] = ("approved", "hidden")
MAX_TAGS, MAX_TAG, MAX_CAPTION = 50, 50, 500  # tags of an image, characters of a tag and of a caption
_TAG_LENGTH = f"Each tag must have 1 to {MAX_TAG} characters, and not only spaces."


def parse_patch(event: Mapping[str, Any], reviewer: str, time: datetime) -> Edit:
    """Parse a JSON merge patch (RFC 7396): null removes a value, and a field that isn't sent stays as it is.

    `reviewer` and `time` say who decides, and when. Raises InvalidRequest about the first thing that's wrong.
    """
    fields = json_object(event)
    for name in fields:
        if name not in PATCH_FIELDS:
            raise InvalidRequest(f"The field {quoted(name)} is unknown. Use {', '.join(PATCH_FIELDS)}.")
    changes: dict[str, Any] = {}
    if "tags" in fields:
        changes["tags"] = () if fields["tags"] is None else parse_tags(fields["tags"])
    if "favorite" in fields:
        changes["favorite"] = _parse_favorite(fields["favorite"])
    if "caption" in fields:
        changes["caption"] = _parse_caption(fields["caption"])
    if "decision" not in fields:
        return lambda own: replace(own, **changes)
    decide = decision_edit(parse_decision(fields["decision"]), reviewer, time)
    return lambda own: decide(replace(own, **changes))


def parse_tags(value: Any) -> tuple[str, ...]:
    """Return tags as they are stored: cleaned, and each once, whatever its case. Raises InvalidRequest.

    A tag without a visible character is left out.
    """
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise InvalidRequest("tags must be an array of strings.")
    _check_number(value)
    tags = [clean_line(tag) for tag in value]
    if not all(map(str.strip, value)) or max(map(len, [*value, *tags]), default=0) > MAX_TAG:
        raise InvalidRequest(_TAG_LENGTH)
    return _unique(filter(None, tags))


def check_visible(tags: Iterable[str]) -> None:
    """Raise InvalidRequest if a tag has no visible character."""
    if not all(map(clean_line, tags)):
        raise InvalidRequest(_TAG_LENGTH)


def parse_decision(value: Any) -> DecisionValue | None:
    """Return the decision, or None to withdraw it. Raises InvalidRequest."""
    for known in DECISIONS:
        if value == known:
            return known
    if value is None:
        return None
    raise InvalidRequest(f"decision must be {' or '.join(map(quoted, DECISIONS))}, or null for none.")


def tag_edit(tags: tuple[str, ...]) -> Edit:
    """Return the edit that adds tags. One that the image has already keeps its spelling."""

    def edit(own: OwnData) -> OwnData:
        merged = _unique((*own.tags, *tags))
        _check_number(merged)
        return replace(own, tags=merged)

    return edit


def untag_edit(tags: tuple[str, ...]) -> Edit:
    """Return the edit that removes tags, whatever their case."""
    removed = {fold(tag) for tag in tags}
    return lambda own: replace(own, tags=tuple(tag for tag in own.tags if fold(tag) not in removed))


def decision_edit(value: DecisionValue | None, reviewer: str, time: datetime) -> Edit:
    """Return the edit that decides, or withdraws a decision. To repeat one's own decision changes nothing."""

    def edit(own: OwnData) -> OwnData:
        if value is None:
            return replace(own, decision=None)
        if own.decision and (own.decision.value, own.decision.by) == (value, reviewer):
            return own
        return replace(own, decision=Decision(value, reviewer, time))

    return edit


def _parse_favorite(value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise InvalidRequest("favorite must be true or false.")
    return bool(value)


def _parse_caption(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise InvalidRequest("caption must be a string, or null for none.")
    caption = clean_line(value or "")
    if max(len(value or ""), len(caption)) > MAX_CAPTION:
        raise InvalidRequest(f"caption must have at most {MAX_CAPTION} characters.")
    return caption or None


def _check_number(tags: Sized) -> None:
    if len(tags) > MAX_TAGS:
        raise InvalidRequest(f"A picture can have at most {MAX_TAGS} tags.")


def _unique(tags: Iterable[str]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for tag in tags:
        unique.setdefault(fold(tag), tag)
    return tuple(unique.values())
