"""Own data: what an owner says about an image, validated, and the edits that requests make to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

from catalog.records import Box, Decision, DecisionValue, OwnData
from catalog.terms import fold
from common.errors import InvalidRequest
from common.http import json_object, quoted
from common.text import clean_line

Edit = Callable[[OwnData], OwnData]  # from the own data of an image to the new; it may raise InvalidRequest

PATCH_FIELDS = ("tags", "favorite", "caption", "decision", "boxes")
DECISIONS: tuple[DecisionValue, ...] = ("approved", "hidden")
MAX_TAGS, MAX_TAG, MAX_CAPTION = 50, 50, 500  # tags of an image, characters of a tag and of a caption
MAX_BOXES = 50  # of an image
_STEPS = 100_000  # in which boxes are stored: finer than a pixel of any picture that is accepted
_ROUNDING = 1e-6  # by which the sum of a client's fractions may exceed 1
_BOX_SIDES = ("left", "top", "width", "height")
_TAG_LENGTH = f"must have 1 to {MAX_TAG} characters, and not only spaces."
_EACH_TAG, _EACH_CLASS = f"Each tag {_TAG_LENGTH}", f"The class of each box {_TAG_LENGTH}"
_OUTSIDE = (
    "Each box must be inside the picture: left, top, width and height are numbers from 0 to 1, "
    "and width and height are above 0."
)


def parse_patch(event: Mapping[str, Any], reviewer: str, time: datetime) -> Edit:
    """Parse a JSON merge patch (RFC 7396): null removes a value, and a field that isn't sent stays as it is.

    `reviewer` and `time` say who decides, and when. Raises InvalidRequest about the first thing that's wrong.
    """
    fields = json_object(event)
    for name in fields:
        if name not in PATCH_FIELDS:
            raise InvalidRequest(f"The field {quoted(name)} is unknown. Use {', '.join(PATCH_FIELDS)}.")
    changes: dict[str, Any] = {}
    edits: list[Edit] = [lambda own: replace(own, **changes)]
    if "tags" in fields:
        changes["tags"] = () if fields["tags"] is None else parse_tags(fields["tags"])
    if "favorite" in fields:
        changes["favorite"] = _parse_favorite(fields["favorite"])
    if "caption" in fields:
        changes["caption"] = _parse_caption(fields["caption"])
    if "boxes" in fields:
        edits.append(boxes_edit(() if fields["boxes"] is None else parse_boxes(fields["boxes"])))
    if "decision" in fields:
        edits.append(decision_edit(parse_decision(fields["decision"]), reviewer, time))
    return lambda own: reduce(lambda edited, edit: edit(edited), edits, own)


def parse_tags(value: Any) -> tuple[str, ...]:
    """Return tags as they are stored: cleaned, and each once, whatever its case. Raises InvalidRequest.

    A tag without a visible character is left out.
    """
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise InvalidRequest("tags must be an array of strings.")
    _check_number(value)
    return _unique(filter(None, [_clean_tag(tag, _EACH_TAG) for tag in value]))


def check_visible(tags: Iterable[str]) -> None:
    """Raise InvalidRequest if a tag has no visible character."""
    if not all(map(clean_line, tags)):
        raise InvalidRequest(_EACH_TAG)


def parse_boxes(value: Any) -> tuple[Box, ...]:
    """Return boxes as they are stored: inside the picture, their classes cleaned. Raises InvalidRequest."""
    if not isinstance(value, list) or not all(isinstance(box, dict) for box in value):
        raise InvalidRequest("boxes must be an array of objects, or null for none.")
    if len(value) > MAX_BOXES:
        raise InvalidRequest(f"A picture can have at most {MAX_BOXES} boxes.")
    return tuple(map(_parse_box, value))


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


def boxes_edit(boxes: tuple[Box, ...]) -> Edit:
    """Return the edit that replaces the boxes, and adds their classes to the tags.

    A class that is a tag of the image already is spelled like it.
    """

    def edit(own: OwnData) -> OwnData:
        tags = _unique((*own.tags, *(box.name for box in boxes)))
        if len(tags) > MAX_TAGS:
            raise InvalidRequest(
                f"The class of a box is also a tag, and a picture can have at most {MAX_TAGS} tags."
            )
        spelling = {fold(tag): tag for tag in tags}
        spelled = tuple(replace(box, name=spelling[fold(box.name)]) for box in boxes)
        return replace(own, tags=tags, boxes=spelled)

    return edit


def decision_edit(value: DecisionValue | None, reviewer: str, time: datetime) -> Edit:
    """Return the edit that decides, or withdraws a decision. To repeat one's own decision changes nothing."""

    def edit(own: OwnData) -> OwnData:
        if value is None:
            return replace(own, decision=None)
        if own.decision and (own.decision.value, own.decision.by) == (value, reviewer):
            return own
        return replace(own, decision=Decision(value, reviewer, time))

    return edit


def _clean_tag(text: str, sentence: str) -> str:
    """Return a tag without what can't be seen. Raises InvalidRequest with a sentence about its length."""
    cleaned = clean_line(text)
    if not text.strip() or max(len(text), len(cleaned)) > MAX_TAG:
        raise InvalidRequest(sentence)
    return cleaned


def _parse_box(value: Mapping[str, Any]) -> Box:
    if value.keys() != {"class", *_BOX_SIDES}:
        raise InvalidRequest(f"Each box must have class, {', '.join(_BOX_SIDES)}, and nothing else.")
    if not isinstance(value["class"], str):
        raise InvalidRequest("The class of each box must be a string.")
    name = _clean_tag(value["class"], _EACH_CLASS)
    if not name:
        raise InvalidRequest(_EACH_CLASS)
    left, top, width, height = (value[side] for side in _BOX_SIDES)
    left, width = _parse_span(left, width)
    top, height = _parse_span(top, height)
    return Box(name, left, top, width, height)


def _parse_span(start: Any, length: Any) -> tuple[float, float]:
    """Return where a box begins in one direction, and how long it is."""
    if any(isinstance(number, bool) or not isinstance(number, (int, float)) for number in (start, length)):
        raise InvalidRequest(_OUTSIDE)
    if not (0 <= start <= 1 and 0 < length <= 1) or start + length > 1 + _ROUNDING:
        raise InvalidRequest(_OUTSIDE)
    first = min(round(start * _STEPS), _STEPS - 1)
    steps = min(max(round(length * _STEPS), 1), _STEPS - first)
    return first / _STEPS, steps / _STEPS


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
