"""The rules of own data: what is accepted, how it is stored, and what each edit changes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from catalog.records import Decision, OwnData
from common.errors import InvalidRequest
from images.own_data import decision_edit, parse_patch, parse_tags, tag_edit, untag_edit
from tests.unit.support import NOW, http_event

APPROVED = Decision("approved", "ann@example.com", NOW)
OWN = OwnData(("Sale", "Bird"), favorite=True, caption="A heron.", decision=APPROVED)
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
        ({"tags": None, "favorite": None, "caption": None, "decision": None}, OwnData()),
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
        ({"labels": []}, 'The field "labels" is unknown. Use tags, favorite, caption, decision.'),
        ({"tags": "sale"}, "tags must be an array of strings."),
        ({"tags": [1]}, "tags must be an array of strings."),
        ({"tags": [""]}, "Each tag must have 1 to 50 characters, and not only spaces."),
        ({"tags": [" \n"]}, "Each tag must have 1 to 50 characters, and not only spaces."),
        ({"tags": ["x" * 51]}, "Each tag must have 1 to 50 characters, and not only spaces."),
        ({"tags": ["-" + "\u0344" * 25]}, "Each tag must have 1 to 50 characters, and not only spaces."),
        ({"tags": [f"{number}" for number in range(51)]}, "A picture can have at most 50 tags."),
        ({"favorite": 1}, "favorite must be true or false."),
        ({"favorite": "true"}, "favorite must be true or false."),
        ({"caption": 1}, "caption must be a string, or null for none."),
        ({"caption": "x" * 501}, "caption must have at most 500 characters."),
        ({"decision": "rejected"}, 'decision must be "approved" or "hidden", or null for none.'),
        ({"decision": True}, 'decision must be "approved" or "hidden", or null for none.'),
        ({"decision": {"value": "hidden"}}, 'decision must be "approved" or "hidden", or null for none.'),
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
