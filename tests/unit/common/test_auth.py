from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.auth import owner_of
from common.errors import NotSignedIn
from common.object_keys import parse_upload_key, upload_key


def event(sub: Any) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": {"sub": sub}, "scopes": None}}}}


@pytest.mark.parametrize(
    "sub", ["f3b0c442-98fc-4c14-9afb-f4c8996fb924", "alice", "A_b-1", "x" * 64, "s", "S-x"]
)
def test_a_subject_that_is_safe_in_keys_is_the_owner(sub: str) -> None:
    assert owner_of(event(sub)) == sub


@pytest.mark.parametrize(
    ("sub", "owner"),
    [
        ("auth0|123", "s-ibbuixvn53vsuxmillz4cm7wb32xki5b76d3uihnzrnw3y4s5nwa"),
        ("x" * 65, "s-su34l7prebec67ky2jpj5vmd6uwafnhdatvictnrmm5nkzno27uq"),
    ],
)
def test_any_other_subject_is_hashed(sub: str, owner: str) -> None:
    assert owner_of(event(sub)) == owner


def test_nobody_becomes_another_by_choosing_a_hash_as_a_name() -> None:
    hashed = owner_of(event("auth0|123"))
    assert owner_of(event(hashed)) != hashed


@given(st.text(alphabet=st.characters(), min_size=1))
def test_every_owner_fits_into_a_key(sub: str) -> None:
    owner = owner_of(event(sub))
    found = parse_upload_key(upload_key(owner, "ab" * 32))
    assert found is not None
    assert found.owner == owner


SUBJECTS = st.text(alphabet=st.characters(), min_size=1) | st.from_regex(
    "(s-)?[A-Za-z0-9_-]+", fullmatch=True
)


@given(SUBJECTS, SUBJECTS)
@example("a", "A")
@example("é", "e\u0301")  # the same to the eye, and two names to a provider
@example("x" * 65, "x" * 66)
def test_no_two_people_are_one_owner(one: str, other: str) -> None:
    assert (owner_of(event(one)) == owner_of(event(other))) == (one == other)


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
def test_nobody_owns_anything_without_claims(unsigned: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn) as caught:
        owner_of(unsigned)
    assert caught.value.body() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Nobody is signed in. Sign in and try again.",
        "code": "not-signed-in",
    }
