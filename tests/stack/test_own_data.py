"""Tags, favorites, captions and decisions, for one image and for many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.client import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile

UNKNOWN_ID = "0" * 64
OWN_DATA: dict[str, Any] = {"tags": ["Sale", "Räuber 🐈"], "favorite": True, "caption": "It sleeps."}
BOX = {"class": "Ohr", "left": 0.25, "top": 0.1, "width": 0.5, "height": 0.33333}


def own_data(image: dict[str, Any]) -> dict[str, Any]:
    """Return what the owner said about an image, except when they decided."""
    decision = image["decision"] and {name: image["decision"][name] for name in ("value", "by")}
    return {name: image[name] for name in OWN_DATA} | {"decision": decision}


@pytest.fixture
def done(user: Client, new_image: Callable[[], ImageFile]) -> ImageFile:
    """An image of the user that is done."""
    image = new_image()
    user.recognize(image)
    return image


def test_own_data_is_shown_wherever_the_image_is(user: Client, done: ImageFile) -> None:
    viewed = user.get_image(done.id)
    changed = user.patch(done.id, viewed.headers["etag"], **OWN_DATA, decision="approved")
    assert changed.status == 200
    image = changed.document["image"]
    assert own_data(image) == {**OWN_DATA, "decision": {"value": "approved", "by": "alice@example.com"}}
    assert image["revision"] == viewed.document["image"]["revision"] + 1
    again = user.get_image(done.id)
    assert (again.document["image"], again.headers["etag"]) == (image, changed.headers["etag"])
    (listed,) = user.page()["images"]
    assert own_data(listed) == own_data(image)
    assert again.document["result"] == viewed.document["result"]  # which describes the picture only
    for query in ('tag:"räuber"', "sale", "is:favorite", "is:approved", "tag:sa* -is:hidden"):
        assert user.image_ids(q=query) == [done.id], query
    assert user.image_ids(q="is:hidden") == []


def test_the_class_of_a_box_is_a_tag(user: Client, done: ImageFile) -> None:
    assert user.patch(done.id, tags=["Sale"]).status == 200
    image = user.patch(done.id, boxes=[BOX]).document["image"]
    assert (image["tags"], image["boxes"]) == (["Sale", "Ohr"], [BOX])
    (listed,) = user.page(q="tag:ohr")["images"]
    assert listed["boxes"] == [BOX]
    outside = user.patch(done.id, boxes=[{**BOX, "left": 0.75}])
    assert (outside.status, outside.document["code"]) == (400, "invalid-request")
    removed = user.patch(done.id, boxes=None).document["image"]
    assert (removed["tags"], removed["boxes"]) == (["Sale", "Ohr"], [])


def test_a_change_of_an_old_revision_is_refused(user: Client, done: ImageFile) -> None:
    etag = user.get_image(done.id).headers["etag"]
    assert user.patch(done.id, etag, caption="one").status == 200
    refused = user.patch(done.id, etag, caption="two")
    assert (refused.status, refused.document["code"]) == (412, "changed")
    assert user.get_image(done.id).document["image"]["caption"] == "one"


def test_the_page_can_read_the_etag(user: Client, done: ImageFile) -> None:
    headers = {"Authorization": f"Bearer {user.token}", "Origin": user.stack.page_url}
    response = send("GET", f"{user.stack.api_url}/images/{done.id}", headers=headers)
    assert response.headers["access-control-expose-headers"] == "retry-after,etag"
    assert response.headers["etag"] == f'"{response.document["image"]["revision"]}"'


def test_own_data_survives_processing_the_image_again(
    user: Client, new_file: Callable[[bytes], ImageFile]
) -> None:
    file = new_file(b"These are notes.")
    user.upload(file)
    failed = user.wait_until_processed(file)["image"]
    assert failed["status"] == "failed"
    annotated = user.patch(file.id, **OWN_DATA, decision="hidden").document["image"]
    assert user.request_upload(file.request).status == 200  # it is stored, so it is processed again
    again = user.wait_until_processed(file)["image"]
    assert (own_data(again), again["decision"]) == (own_data(annotated), annotated["decision"])
    assert again["uploadedAt"] > failed["uploadedAt"]


def test_own_data_is_deleted_with_the_image(user: Client, done: ImageFile) -> None:
    user.patch(done.id, **OWN_DATA, decision="hidden")
    assert user.delete(done.id) == 204
    assert user.patch(done.id, favorite=True).status == 404
    again = user.recognize(done)["image"]
    assert own_data(again) == {"tags": [], "favorite": False, "caption": None, "decision": None}


def test_a_batch_changes_many_images_and_hides_no_failure(
    user: Client, new_image: Callable[[], ImageFile]
) -> None:
    images = [new_image() for _ in range(3)]
    for image in images:
        user.upload(image)
    for image in images:
        user.wait_until_processed(image)
    first, second, third = (image.id for image in images)
    tagged = user.batch("tag", first, UNKNOWN_ID, second, first, tags=["Sale", "new"])
    assert [(result["id"], result["status"]) for result in tagged] == [
        (first, 200),
        (UNKNOWN_ID, 404),
        (second, 200),
    ]
    user.batch("untag", first, second, third, tags=["SALE"])
    user.batch("decide", third, decision="hidden")
    shown = {image["id"]: own_data(image) for image in user.page()["images"]}
    assert [shown[image_id]["tags"] for image_id in (first, second, third)] == [["new"], ["new"], []]
    assert shown[third]["decision"] == {"value": "hidden", "by": "alice@example.com"}
    assert [result["status"] for result in user.batch("delete", first, third)] == [204, 204]
    assert [result["status"] for result in user.batch("delete", first, second)] == [404, 204]
    assert (user.image_ids(), user.label_counts()) == ([], {})
    assert user.keys(user.input, f"uploads/{user.owner}/") == set()
    assert user.keys(user.output, f"uploads/{user.owner}/") == set()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/images/{id}", b'{"tags": ["\xff"]}'),
        ("/images/{id}", b'{"labels": []}'),
        ("/images/batch", b'{"action": "delete", "ids": []}'),
        ("/images/batch", b"["),
    ],
)
def test_an_invalid_request_gets_one_sentence(user: Client, path: str, body: bytes) -> None:
    method = "POST" if path.endswith("batch") else "PATCH"
    response = user.call(method, path.replace("{id}", UNKNOWN_ID), body)
    assert (response.status, response.document["code"]) == (400, "invalid-request")
    assert response.document["detail"].endswith(".")
