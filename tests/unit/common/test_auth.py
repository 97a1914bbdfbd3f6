from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.auth import get_owner, get_reviewer, is_in_group
from common.errors import NotSignedIn
from common.object_keys import parse_upload_key, upload_key

ANY_TEXT = st.text(alphabet=st.characters(), min_size=1)
SUBJECTS = ANY_TEXT | st.from_regex("(s-)?[A-Za-z0-9_-]+", fullmatch=True)


def event(sub: Any) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": {"sub": sub}, "scopes": None}}}}


@pytest.mark.parametrize(
    "sub", ["f3b0c442-98fc-4c14-9afb-f4c8996fb924", "alice", "A_b-1", "x" * 64, "s", "S-x"]
)
def test_a_subject_that_is_safe_in_keys_is_the_owner(sub: str) -> None:
    assert get_owner(event(sub)) == sub


@pytest.mark.parametrize(
    ("sub", "owner"),
    [
        ("auth0|123", "s-ibbuixvn53vsuxmillz4cm7wb32xki5b76d3uihnzrnw3y4s5nwa"),
        ("x" * 65, "s-su34l7prebec67ky2jpj5vmd6uwafnhdatvictnrmm5nkzno27uq"),
    ],
)
def test_any_other_subject_is_hashed(sub: str, owner: str) -> None:
    assert get_owner(event(sub)) == owner


def test_a_subject_that_looks_like_a_hash_is_hashed_again() -> None:
    hashed = get_owner(event("auth0|123"))
    assert get_owner(event(hashed)) != hashed


@given(ANY_TEXT)
def test_every_owner_is_valid_in_an_object_key(sub: str) -> None:
    owner = get_owner(event(sub))
    key = parse_upload_key(upload_key(owner, "ab" * 32))
    assert key is not None
    assert key.owner == owner


@given(SUBJECTS, SUBJECTS)
@example("a", "A")
@example("é", "e\u0301")  # rendered alike, but different subjects to an identity provider
@example("x" * 65, "x" * 66)
def test_different_subjects_are_different_owners(one: str, other: str) -> None:
    assert (get_owner(event(one)) == get_owner(event(other))) == (one == other)


@pytest.mark.parametrize(
    "unsigned",
    [
        {},
        {"requestContext": {}},
        {"requestContext": {"authorizer": None}},
        {"requestContext": {"authorizer": {"iam": {}}}},
        {"requestContext": {"authorizer": {"jwt": {"claims": {"email": "a@example.com"}}}}},
        event(""),
        event(None),
        event(7),
    ],
)
def test_rejects_an_event_without_a_subject(unsigned: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn) as caught:
        get_owner(unsigned)
    assert caught.value.body() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "You aren't signed in. Sign in and try again.",
        "code": "not-signed-in",
    }


def with_email(email: Any) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": {"sub": "auth0|123", "email": email}}}}}


def test_the_reviewer_is_the_address_of_the_token() -> None:
    assert get_reviewer(with_email("ann@example.com")) == "ann@example.com"


@pytest.mark.parametrize("email", [None, "", 7, "a" * 255, "a\u202eb@example.com", "a\nb", "\ud800"])
def test_without_a_valid_address_the_reviewer_is_the_owner(email: Any) -> None:
    assert get_reviewer(with_email(email)) == get_owner(with_email(email))
    assert get_reviewer(event("alice")) == "alice"


def test_a_reviewer_has_a_subject() -> None:
    with pytest.raises(NotSignedIn):
        get_reviewer({"requestContext": {"authorizer": {"jwt": {"claims": {"email": "a@example.com"}}}}})


@pytest.mark.parametrize(
    ("groups", "is_member"),
    [
        (["others", "admins"], True),
        ("[others admins]", True),  # as the HTTP API passes an array on
        ("admins", True),
        ("[admins-of-others]", False),
        (["others"], False),
        ([], False),
        (None, False),
        (7, False),
    ],
)
def test_a_claim_lists_the_groups(groups: Any, is_member: bool) -> None:
    found = event("alice")
    found["requestContext"]["authorizer"]["jwt"]["claims"]["cognito:groups"] = groups
    assert is_in_group(found, "admins") == is_member
    assert not is_in_group(found, None)


def test_without_the_claim_nobody_is_in_a_group() -> None:
    assert not is_in_group(event("alice"), "admins")
