"""The rules of own data: what is accepted, how it is stored, and what each edit changes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from catalog.records import Box, Decision, OwnData
from common.errors import InvalidRequest
from images.own_data import boxes_edit, decision_edit, parse_patch, parse_tags, tag_edit, untag_edit
from tests.unit.support import NOW, http_event

APPROVED = Decision("approved", "ann@example.com", NOW)
OWN = OwnData(("Sale", "Bird"), favorite=True, caption="A heron.", decision=APPROVED)
BOX = {"class": "scratch", "left": 0.1, "top": 0.2, "width": 0.3, "height": 0.1}
TAG_LENGTH = "Each tag must have 1 to 50 characters, and not only spaces."
CLASS_LENGTH = "The class of each box must have 1 to 50 characters, and not only spaces."
BOX_FIELDS = "Each box must have class, left, top, width, height, and nothing else."
OUTSIDE = (
    "Each box must be inside the picture: left, top, width and height are numbers from 0 to 1, "
    "and width and height are above 0."
)
LATER = NOW + timedelta(hours=1)


def patched(own: OwnData, fields: Any, reviewer: str = "ann@example.com") -> OwnData:
    body = fields if isinstance(fields, str) else json.dumps(fields)
    return parse_patch(http_event("PATCH /images/{id}", body=body), reviewer, LATER)(own)


@pytest.mark.parametrize(
    ("fields", "own"),
    [
        ({}, OWN),
        ({"tags": ["new"]}, OwnData(("new",), True, "A heron.", APPROVED)),
        ({"tags": []}, OwnData((), True, "A heron.", APPROVED)),
        ({"favorite": False}, OwnData(("Sale", "Bird"), False, "A heron.", APPROVED)),
        ({"caption": ""}, OwnData(("Sale", "Bird"), True, None, APPROVED)),
        ({"caption": " \u200b\n"}, OwnData(("Sale", "Bird"), True, None, APPROVED)),
        ({"decision": "approved"}, OWN),  # its own decision again
        (
            {"decision": "hidden", "favorite": None},
            OwnData(("Sale", "Bird"), False, "A heron.", Decision("hidden", "ann@example.com", LATER)),
        ),
        (
            {"boxes": [BOX]},
            OwnData(
                ("Sale", "Bird", "scratch"), True, "A heron.", APPROVED, (Box("scratch", 0.1, 0.2, 0.3, 0.1),)
            ),
        ),
        ({"tags": None, "favorite": None, "caption": None, "decision": None, "boxes": None}, OwnData()),
    ],
)
def test_a_patch_changes_what_it_names(fields: Any, own: OwnData) -> None:
    assert patched(OWN, fields) == own


def test_another_reviewer_may_decide_the_same() -> None:
    assert patched(OWN, {"decision": "approved"}, "bob").decision == Decision("approved", "bob", LATER)


def test_text_is_cleaned() -> None:
    fields = {"tags": [" New\nYork ", "a\u202eb", "\u200b"], "caption": "One\r\ntwo\x00\ud800"}
    assert patched(OwnData(), fields) == OwnData(("New York", "ab"), caption="One two")


@pytest.mark.parametrize(
    ("tags", "stored"),
    [
        (["Sale", "sale", "SALE", "other"], ("Sale", "other")),
        (["Straße", "STRASSE"], ("Straße",)),
        (["é", "e\u0301"], ("é",)),
        (["①", "1"], ("①",)),
        (["❤\ufe0f", "❤"], ("❤\ufe0f",)),
        (["İstanbul", "istanbul"], ("İstanbul",)),
        (["ca\u200dt", "cat\u2800"], ("cat",)),
        (
            ["\ufdfa" * 30 + end for end in "ab"],
            ("\ufdfa" * 30 + "a", "\ufdfa" * 30 + "b"),
        ),  # 18 characters each
        (["a  b", "a b"], ("a b",)),
    ],
)
def test_tags_that_differ_in_spelling_only_are_one(tags: list[str], stored: tuple[str, ...]) -> None:
    assert parse_tags(tags) == stored


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"labels": []}, 'The field "labels" is unknown. Use tags, favorite, caption, decision, boxes.'),
        ({"tags": "sale"}, "tags must be an array of strings."),
        ({"tags": [1]}, "tags must be an array of strings."),
        ({"tags": [""]}, TAG_LENGTH),
        ({"tags": [" \n"]}, TAG_LENGTH),
        ({"tags": ["x" * 51]}, TAG_LENGTH),
        ({"tags": ["-" + "\u0344" * 25]}, TAG_LENGTH),
        ({"tags": [f"{number}" for number in range(51)]}, "A picture can have at most 50 tags."),
        ({"favorite": 1}, "favorite must be true or false."),
        ({"favorite": "true"}, "favorite must be true or false."),
        ({"caption": 1}, "caption must be a string, or null for none."),
        ({"caption": "x" * 501}, "caption must have at most 500 characters."),
        ({"decision": "rejected"}, 'decision must be "approved" or "hidden", or null for none.'),
        ({"decision": True}, 'decision must be "approved" or "hidden", or null for none.'),
        ({"decision": {"value": "hidden"}}, 'decision must be "approved" or "hidden", or null for none.'),
        ({"boxes": BOX}, "boxes must be an array of objects, or null for none."),
        ({"boxes": [["scratch", 0, 0, 1, 1]]}, "boxes must be an array of objects, or null for none."),
        ({"boxes": [BOX] * 51}, "A picture can have at most 50 boxes."),
        ({"boxes": [{**BOX, "name": "a"}]}, BOX_FIELDS),
        ({"boxes": [{"class": "a"}]}, BOX_FIELDS),
        ({"boxes": [{**BOX, "class": 1}]}, "The class of each box must be a string."),
        *(({"boxes": [{**BOX, "class": name}]}, CLASS_LENGTH) for name in ("", " ", "\u200b", "x" * 51)),
        *(
            ({"boxes": [BOX, {**BOX, **wrong}]}, OUTSIDE)
            for wrong in (
                *({"left": -0.1}, {"top": 1.1}, {"width": 0}, {"height": -1}),
                *({"left": 0.8}, {"left": "0"}, {"top": None}, {"width": True}, {"height": 10**400}),
            )
        ),
        ("[]", "The body isn't a JSON object. Send the fields between { and }."),
        ("", "The body is empty. Send a JSON object."),
        ('{"tags":[],"tags":[]}', 'The field "tags" appears twice. Send each field once.'),
    ],
)
def test_rejects_everything_else_with_a_sentence(fields: Any, detail: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        patched(OwnData(), fields)
    assert caught.value.detail == detail


def test_accepts_what_is_just_within_the_limits() -> None:
    tags = [f"{number:050}" for number in range(50)]
    assert patched(OwnData(), {"tags": tags, "caption": "x" * 500}) == OwnData(tuple(tags), caption="x" * 500)


def test_adding_tags_keeps_the_spelling_of_present_ones() -> None:
    assert tag_edit(("sale", "New"))(OWN).tags == ("Sale", "Bird", "New")
    assert tag_edit(("sale",))(OWN) == OWN


def test_an_image_has_at_most_fifty_tags() -> None:
    full = OwnData(tuple(f"tag {number}" for number in range(50)))
    assert tag_edit(("TAG 7",))(full) == full
    with pytest.raises(InvalidRequest, match=r"^A picture can have at most 50 tags\.$"):
        tag_edit(("new",))(full)


def test_removes_tags_whatever_their_case() -> None:
    assert untag_edit(("SALE", "missing"))(OWN).tags == ("Bird",)


def test_a_decision_is_withdrawn() -> None:
    assert decision_edit(None, "bob", LATER)(OWN).decision is None


@pytest.mark.parametrize(
    ("sides", "stored"),
    [
        ((0, 0, 1, 1), (0.0, 0.0, 1.0, 1.0)),
        ((1 / 3, 0.1 + 0.2, 2 / 3, 0.7), (0.33333, 0.3, 0.66667, 0.7)),
        (
            (0.333336, 0.7, 0.666664, 0.30000000000000004),
            (0.33334, 0.7, 0.66666, 0.3),
        ),  # never beyond the edge
        ((1, 0.5, 1e-9, 1e-9), (0.99999, 0.5, 0.00001, 0.00001)),  # never without an area
    ],
)
def test_boxes_are_stored_inside_the_picture_with_five_decimals(
    sides: tuple[float, ...], stored: tuple[float, ...]
) -> None:
    box = {"class": " scratch ", **dict(zip(("left", "top", "width", "height"), sides, strict=True))}
    assert patched(OwnData(), {"boxes": [box]}) == OwnData(("scratch",), boxes=(Box("scratch", *stored),))


def test_a_class_is_spelled_like_the_tag() -> None:
    boxes = [{**BOX, "class": name} for name in ("dent", "SALE", "Dent")]
    changed = patched(OWN, {"tags": ["Sale"], "boxes": boxes})
    assert (changed.tags, [box.name for box in changed.boxes]) == (("Sale", "dent"), ["dent", "Sale", "dent"])


def test_removing_a_class_from_the_tags_keeps_its_boxes() -> None:
    boxed = patched(OwnData(), {"boxes": [BOX]})
    assert patched(boxed, {"tags": []}) == OwnData((), boxes=boxed.boxes)
    assert patched(boxed, {"boxes": []}) == OwnData(("scratch",))


def test_classes_dont_exceed_the_number_of_tags() -> None:
    full = OwnData(tuple(f"tag {number}" for number in range(50)))
    boxes = tuple(Box(name, 0.0, 0.0, 1.0, 1.0) for name in full.tags)
    assert boxes_edit(boxes)(full).boxes == boxes
    with pytest.raises(
        InvalidRequest, match=r"^The class of a box is also a tag, and a picture can have at most 50 tags\.$"
    ):
        boxes_edit((Box("new", 0.0, 0.0, 1.0, 1.0),))(full)
