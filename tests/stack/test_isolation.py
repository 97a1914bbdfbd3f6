"""Users can never see each other's images, through any route."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from common.auth import get_owner
from tests.stack.client import ROUTES, Client, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import ImageFile

UNKNOWN_ID = "0" * 64


@dataclass(frozen=True)
class User:
    """A user with one image of their own, and one that the other user has too."""

    client: Client
    own: ImageFile
    shared: ImageFile


@pytest.fixture(scope="module")
def users(client: Client, bob: Client, new_image: Callable[..., ImageFile]) -> tuple[User, User]:
    shared = new_image("chelsea")
    each = (User(client, new_image(), shared), User(bob, new_image("chelsea"), shared))
    for user in each:
        user.client.upload(user.own)
        user.client.upload(user.shared)
    for user in each:
        user.client.wait_until_processed(user.own)
        user.client.wait_until_processed(user.shared)
    return each


@pytest.fixture(params=[0, 1], ids=["alice", "bob"])
def sides(users: tuple[User, User], request: pytest.FixtureRequest) -> tuple[User, User]:
    """The user who makes the requests, and the user whose images must stay hidden."""
    return users[request.param], users[1 - request.param]


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_another_users_image_looks_like_a_missing_one(sides: tuple[User, User], method: str) -> None:
    me, other = sides
    body = b'{"tags": ["mine"]}' if method == "PATCH" else None
    other_response = me.client.call(method, f"/images/{other.own.id}", body)
    missing_response = me.client.call(method, f"/images/{UNKNOWN_ID}", body)
    assert (other_response.status, other_response.body) == (404, missing_response.body)
    assert other.client.get_image(other.own.id).document["image"]["status"] == "done"
    assert other.client.label_counts()  # its labels are still there, too
    assert other.client.get_image(other.own.id).document["image"]["tags"] == []


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("get", {}),
        ("delete", {}),
        ("retry", {}),
        ("tag", {"tags": ["mine"]}),
        ("untag", {"tags": ["mine"]}),
        ("decide", {"decision": "hidden"}),
    ],
)
def test_no_batch_reaches_another_users_image(
    sides: tuple[User, User], action: str, fields: dict[str, Any]
) -> None:
    me, other = sides
    before = other.client.get_image(other.own.id).document["image"]
    others, missing = me.client.batch(action, other.own.id, UNKNOWN_ID, **fields)
    assert (others["status"], others) == (404, {**missing, "id": other.own.id})
    assert other.client.get_image(other.own.id).document["image"] == before


def test_own_data_about_the_same_picture_is_separate(sides: tuple[User, User]) -> None:
    me, other = sides
    fields: dict[str, Any] = {
        "tags": ["secret of mine"],
        "favorite": True,
        "caption": "mine",
        "decision": "hidden",
    }
    assert me.client.patch(me.shared.id, **fields).status == 200
    seen = [
        other.client.get_image(other.shared.id).document["image"],
        other.client.page(),
        other.client.call("GET", "/labels").document,
        other.client.call("GET", "/terms?prefix=secret").document,
        other.client.page(q='tag:"secret of mine"'),
        other.client.page(q="is:favorite"),
    ]
    assert [image["id"] for image in me.client.page(q='tag:"secret of mine" is:hidden')["images"]] == [
        me.shared.id
    ]
    assert (seen[0]["tags"], seen[0]["favorite"], seen[0]["decision"]) == ([], False, None)
    assert "mine" not in json.dumps(seen)
    assert [page["images"] for page in seen[-2:]] == [[], []]
    nothing: dict[str, Any] = {
        "tags": None,
        "favorite": None,
        "caption": None,
        "decision": None,
        "boxes": None,
    }
    assert me.client.patch(me.shared.id, **nothing).document["image"]["tags"] == []


def test_upload_does_not_reveal_another_users_image(sides: tuple[User, User]) -> None:
    me, other = sides
    response = me.client.request_upload(other.own.request)
    assert (response.status, response.document["image"]["status"]) == (201, "pending")
    assert f"/uploads/{me.client.owner}/" in response.document["upload"]["url"]
    assert me.client.delete(other.own.id) == 204  # the record that this upload created
    assert other.client.get_image(other.own.id).document["image"]["status"] == "done"


@pytest.mark.parametrize("label", [None, "cat", "Person", "ANIMAL"])
def test_lists_contain_only_own_images(sides: tuple[User, User], label: str | None) -> None:
    me, other = sides
    query = {"label": label} if label else {}
    mine, others = me.client.image_ids(**query), other.client.image_ids(**query)
    assert other.own.id not in mine
    assert set(mine) & set(others) <= {me.shared.id}
    thumbnails = [image["thumbnailUrl"] for image in me.client.page(**query)["images"]]
    assert all(f"/uploads/{me.client.owner}/" in url for url in thumbnails if url)


@pytest.mark.parametrize("label", ["#LABEL#cat", "{other}#LABEL#cat", "{other}", "cat#"])
def test_no_label_reaches_another_users_list(sides: tuple[User, User], label: str) -> None:
    me, other = sides
    assert me.client.image_ids(label=label.replace("{other}", other.client.owner)) == []


def test_another_users_cursor_lists_only_own_images(
    sides: tuple[User, User], new_user: Callable[[], Client]
) -> None:
    me, other = sides
    cursor = other.client.page(limit=1)["cursor"]
    assert cursor
    assert set(me.client.image_ids(cursor=cursor)) <= set(me.client.image_ids())
    assert new_user().page(cursor=cursor) == {"images": [], "cursor": None}


def test_counts_labels_per_user(users: tuple[User, User], new_user: Callable[[], Client]) -> None:
    response = new_user().call("GET", "/labels")
    assert response.document["labels"] == []
    assert response.document["thisMonth"] == {"images": 0, "billedCalls": 0, "estimatedCost": 0}
    assert [period["used"] for period in response.document["quota"].values()] == [0, 0]
    for user in users:
        counts = user.client.label_counts()
        assert counts["Cat"] == len(user.client.image_ids(label="cat"))


def test_same_bytes_are_separate_images(
    new_user: Callable[[], Client], new_image: Callable[[], ImageFile]
) -> None:
    first, second, image = new_user(), new_user(), new_image()
    bodies = [user.recognize(image) for user in (first, second)]  # the second one is uploaded too
    assert bodies[0]["image"]["id"] == bodies[1]["image"]["id"]
    assert first.delete(image.id) == 204
    assert (first.get_image(image.id).status, first.image_ids(), first.label_counts()) == (404, [], {})
    assert second.image_ids() == [image.id]
    assert second.label_counts() == {"Face": 1, "Head": 1, "Person": 1}
    links = second.get_image(image.id).document["links"]
    assert {name: send("GET", url).status for name, url in links.items()} == {
        "original": 200,
        "preview": 200,
        "thumbnail": 200,
        "result": 200,
    }


@pytest.mark.parametrize(
    "sub", ["auth0|5f7c", "a/b/../c", "..", "Jürgen 猫", "x" * 300, "s-abc", "+%2F%25&?#", "a\\b"]
)
def test_supports_any_subject_of_a_provider(
    client: Client, new_image: Callable[[], ImageFile], sub: str
) -> None:
    stack = client.stack
    user, image = Client(stack, owner_id(sub), stack.sign_in.token("alice", sub=sub)), new_image()
    user.recognize(image)
    assert (user.image_ids(), user.image_ids(label="person")) == ([image.id], [image.id])
    links = user.get_image(image.id).document["links"].values()
    assert [send("GET", url).status for url in links] == [200] * 4
    assert user.delete(image.id) == 204
    assert (user.image_ids(), user.label_counts()) == ([], {})


def owner_id(sub: str) -> str:
    return get_owner({"requestContext": {"authorizer": {"jwt": {"claims": {"sub": sub}}}}})


def test_subjects_are_case_sensitive(client: Client, new_image: Callable[[], ImageFile]) -> None:
    stack, image, subs = client.stack, new_image(), ("carol-of-case", "Carol-of-case")
    lower, upper = (Client(stack, sub, stack.sign_in.token("alice", sub=sub)) for sub in subs)
    lower.recognize(image)
    assert (upper.get_image(image.id).status, upper.image_ids(), upper.label_counts()) == (404, [], {})


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("sub", ["", None])
def test_rejects_a_token_without_a_subject(client: Client, route: str, sub: str | None) -> None:
    token = client.stack.sign_in.token("alice", sub=sub)
    method, path = route.replace("{id}", UNKNOWN_ID).split(" ")
    response = client.call(method, path, None, {"Authorization": f"Bearer {token}"})
    assert (response.status, response.document["code"]) == (401, "not-signed-in")


def test_responses_never_contain_another_owner(sides: tuple[User, User]) -> None:
    me, other = sides
    bodies = [
        me.client.get_image(me.shared.id).document,
        me.client.page(),
        me.client.call("GET", "/labels").document,
    ]
    assert other.client.owner not in json.dumps(bodies)
