"""POST /images/batch: a result for each image, whatever happens to the others."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import OwnData
from catalog.usage import StackUsage
from images.batches import Batch, run_batch
from images.own_data import tag_edit
from tests.unit.support import (
    DONE_BODY,
    IMAGE_ID,
    INPUT_BUCKET,
    NOW_TEXT,
    OTHER_ID,
    OUTPUT_BUCKET,
    problem_body,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog

THIRD_ID, MISSING_ID = "ef" * 32, "01" * 32
DONE = {**DONE_BODY, "fileName": "Kätzchen.jpg", "labels": []}
NOT_FOUND = {
    "status": 404,
    "code": "not-found",
    "detail": "This picture doesn't exist. It may have been deleted.",
}
NOT_FINISHED = {
    "status": 503,
    "code": "not-finished",
    "detail": "There was no time left for this picture. Try again.",
}


@pytest.fixture
def batch(send: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Send a batch. Return the response."""
    return lambda action, *ids, owner="alice", **fields: send(
        "POST /images/batch", owner=owner, body={"action": action, "ids": ids, **fields}
    )


@pytest.fixture
def tags_of(catalog: Catalog) -> Callable[[str], list[str]]:
    return lambda image_id: list(catalog.get("alice", image_id).own.tags)  # type: ignore[union-attr]


def results(response: dict[str, Any]) -> list[dict[str, Any]]:
    assert response["statusCode"] == 200, response
    found: list[dict[str, Any]] = response["body"]["results"]
    return found


def test_deletes_images_and_says_which_did_not_exist(batch, store, object_keys, get_page) -> None:
    for image_id in (IMAGE_ID, OTHER_ID, THIRD_ID):
        store(image_id, "Cat")
    assert batch("delete", OTHER_ID, MISSING_ID, IMAGE_ID) == {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": {
            "results": [
                {"id": OTHER_ID, "status": 204},
                {"id": MISSING_ID, **NOT_FOUND},
                {"id": IMAGE_ID, "status": 204},
            ]
        },
        "isBase64Encoded": False,
    }
    assert [image["id"] for image in get_page()["images"]] == [THIRD_ID]
    assert object_keys(INPUT_BUCKET) == [f"uploads/alice/{THIRD_ID}"]
    assert len(object_keys(OUTPUT_BUCKET)) == 3
    assert results(batch("delete", IMAGE_ID)) == [{"id": IMAGE_ID, **NOT_FOUND}]


def test_tags_and_untags_images(batch, store, tags_of, catalog) -> None:
    store(IMAGE_ID)
    store(OTHER_ID)
    revision = catalog.get("alice", IMAGE_ID).revision
    tagged = batch("tag", IMAGE_ID, tags=[" Sale ", "new"])
    image = {**DONE, "tags": ["Sale", "new"], "revision": revision + 1}
    assert results(tagged) == [{"id": IMAGE_ID, "status": 200, "image": image}]
    assert batch("tag", IMAGE_ID, tags=["SALE"]) == batch("untag", IMAGE_ID, tags=["x"]) == tagged
    batch("tag", IMAGE_ID, OTHER_ID, tags=["both"])
    batch("untag", IMAGE_ID, OTHER_ID, tags=["sale", "NEW"])
    assert tags_of(IMAGE_ID) == tags_of(OTHER_ID) == ["both"]


def test_decides_about_images(batch, store, catalog) -> None:
    store(IMAGE_ID)
    (hidden,) = results(batch("decide", IMAGE_ID, decision="hidden"))
    assert hidden["image"]["decision"] == {"value": "hidden", "by": "alice", "at": NOW_TEXT}
    (withdrawn,) = results(batch("decide", IMAGE_ID, decision=None))
    assert withdrawn["image"]["decision"] is None
    assert catalog.get("alice", IMAGE_ID).own == OwnData()


def test_retries_what_can_be_retried(batch, store, fail, fail_with, start, read_messages) -> None:
    fail_with("unavailable")  # IMAGE_ID
    fail(OTHER_ID)
    start(THIRD_ID)
    first, second, third = results(batch("retry", IMAGE_ID, OTHER_ID, THIRD_ID))
    assert (first["status"], first["image"]["status"]) == (202, "pending")
    assert second == {"id": OTHER_ID, "status": 409, "code": "not-retryable", "detail": "It is."}
    assert (third["status"], third["image"]["status"]) == (202, "pending")
    assert len(read_messages()) == 1


def test_each_refused_retry_says_why_and_is_counted(batch, fail_with, catalog, read_metrics) -> None:
    fail_with("unavailable")
    catalog.add_usage(StackUsage({"image": 100_000}, 100_000))
    read_metrics()
    (refused,) = results(batch("retry", IMAGE_ID))
    assert (refused["status"], refused["code"]) == (429, "ceiling-reached")
    assert [metric for metric in read_metrics() if "UploadsRefused" in metric] == [
        {"Code": "ceiling-reached", "UploadsRefused": 1, "imageId": IMAGE_ID, "owner": "alice"}
    ]


def test_an_id_that_appears_twice_is_changed_once(batch, store) -> None:
    store(IMAGE_ID)
    assert results(batch("delete", IMAGE_ID, IMAGE_ID)) == [{"id": IMAGE_ID, "status": 204}]


def test_another_owners_images_look_like_missing_ones(batch, store, catalog) -> None:
    store(IMAGE_ID, "Cat")
    actions: dict[str, dict[str, Any]] = {
        "get": {},
        "delete": {},
        "retry": {},
        "tag": {"tags": ["x"]},
        "untag": {"tags": ["x"]},
        "decide": {"decision": "hidden"},
    }
    for action, fields in actions.items():
        response = batch(action, IMAGE_ID, MISSING_ID, owner="bob", **fields)
        assert results(response) == [{"id": IMAGE_ID, **NOT_FOUND}, {"id": MISSING_ID, **NOT_FOUND}]
    assert catalog.get("alice", IMAGE_ID).own == OwnData()


def test_an_image_with_too_many_tags_does_not_stop_the_others(batch, store, patch, tags_of) -> None:
    store(IMAGE_ID)
    store(OTHER_ID)
    patch({"tags": [str(number) for number in range(50)]})
    first, second = results(batch("tag", IMAGE_ID, OTHER_ID, tags=["new"]))
    assert first == {
        "id": IMAGE_ID,
        "status": 400,
        "code": "invalid-request",
        "detail": "A picture can have at most 50 tags.",
    }
    assert (second["status"], tags_of(OTHER_ID)) == (200, ["new"])


def test_an_error_of_one_image_is_its_result_and_is_logged(
    batch, store, storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store(IMAGE_ID)
    store(OTHER_ID)
    delete = storage.delete

    def fail_for_one(bucket: str, key: str) -> None:
        if IMAGE_ID in key:
            raise RuntimeError("the disk is on fire")
        delete(bucket, key)

    monkeypatch.setattr(storage, "delete", fail_for_one)
    assert results(batch("delete", IMAGE_ID, OTHER_ID)) == [
        {
            "id": IMAGE_ID,
            "status": 500,
            "code": "internal-error",
            "detail": "Something went wrong on our side. Try again in a moment.",
        },
        {"id": OTHER_ID, "status": 204},
    ]
    (logged,) = [record for record in caplog.records if record.levelname == "ERROR"]
    fields = vars(logged)
    assert (fields["owner"], fields["imageId"], fields["route"]) == ("alice", IMAGE_ID, "POST /images/batch")
    monkeypatch.setattr(storage, "delete", delete)
    assert results(batch("delete", IMAGE_ID)) == [{"id": IMAGE_ID, "status": 204}]  # it resumes


def test_the_order_of_the_results_is_that_of_the_ids(batch, start) -> None:
    ids = [f"{number:064x}" for number in range(100)]
    for image_id in ids[::20]:
        start(image_id)
    found = results(batch("tag", *ids, tags=["x"]))
    assert [result["id"] for result in found] == ids
    assert [result["status"] for result in found] == [200, *[404] * 19] * 5


def test_what_is_not_finished_in_time_says_so(service, store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight images that take too long, so that the others can't begin."""
    ids = tuple(f"{number:064x}" for number in range(20))
    end, began = threading.Event(), []

    def wait_for_the_end(owner: str, image_id: str, edit: Any) -> None:
        began.append(image_id)
        end.wait()
        raise RuntimeError

    monkeypatch.setattr(service, "annotate", wait_for_the_end)
    found = run_batch(service, "alice", Batch(ids, "tag", tag_edit(("x",))), seconds=0.05)
    end.set()
    assert found == [{"id": image_id, **NOT_FINISHED} for image_id in ids]
    assert len(began) == 8


@pytest.fixture
def merges(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The owner and the number of changes of each time that a merge is tried."""
    merges: list[tuple[str, int]] = []
    monkeypatch.setattr(
        catalog.index, "merge_sometimes", lambda owner, changes=1: merges.append((owner, changes))
    )
    return merges


@pytest.mark.parametrize(("action", "fields"), [("tag", {"tags": ["x"]}), ("delete", {})])
def test_a_batch_tries_to_merge_the_counts_once(
    batch, store, merges, action: str, fields: dict[str, Any]
) -> None:
    for image_id in (IMAGE_ID, OTHER_ID):
        store(image_id)
    merges.clear()
    batch(action, IMAGE_ID, OTHER_ID, MISSING_ID, **fields)
    assert merges == [("alice", 2)]


def test_a_single_change_tries_to_merge_the_counts(store, patch, delete, merges) -> None:
    store(IMAGE_ID)
    merges.clear()
    patch({"favorite": True})
    delete(IMAGE_ID)
    assert merges == [("alice", 1)] * 2


def test_a_batch_that_changes_nothing_has_nothing_to_merge(batch, store, merges) -> None:
    store(IMAGE_ID)
    merges.clear()
    batch("get", IMAGE_ID)
    assert merges == []


def test_a_batch_that_took_long_leaves_the_merge_to_others(service, store, merges) -> None:
    store(IMAGE_ID)
    merges.clear()
    run_batch(service, "alice", Batch((IMAGE_ID,), "tag", tag_edit(("x",))), seconds=0)
    assert merges == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("[]", "The body isn't a JSON object. Send the fields between { and }."),
        ({"ids": [IMAGE_ID]}, "action must be one of get, delete, tag, untag, decide, retry."),
        (
            {"ids": [IMAGE_ID], "action": ["tag"]},
            "action must be one of get, delete, tag, untag, decide, retry.",
        ),
        (
            {"ids": [IMAGE_ID], "action": "move"},
            "action must be one of get, delete, tag, untag, decide, retry.",
        ),
        ({"action": "delete"}, "ids must be an array of 1 to 100 image ids."),
        ({"action": "delete", "ids": []}, "ids must be an array of 1 to 100 image ids."),
        ({"action": "delete", "ids": IMAGE_ID}, "ids must be an array of 1 to 100 image ids."),
        ({"action": "delete", "ids": [IMAGE_ID] * 101}, "ids must be an array of 1 to 100 image ids."),
        ({"action": "delete", "ids": [IMAGE_ID, 7]}, "Each of ids must be 64 lowercase hexadecimal digits."),
        ({"action": "delete", "ids": ["AB" * 32]}, "Each of ids must be 64 lowercase hexadecimal digits."),
        (
            {"action": "get", "ids": [IMAGE_ID], "tags": ["x"]},
            'The field "tags" isn\'t for get. Use ids, action.',
        ),
        (
            {"action": "delete", "ids": [IMAGE_ID], "tags": ["x"]},
            'The field "tags" isn\'t for delete. Use ids, action.',
        ),
        (
            {"action": "tag", "ids": [IMAGE_ID], "tags": [" "]},
            "Each tag must have 1 to 50 characters, and not only spaces.",
        ),
        (
            {"action": "tag", "ids": [IMAGE_ID], "tags": ["\u200b"]},
            "Each tag must have 1 to 50 characters, and not only spaces.",
        ),
        (
            {"action": "untag", "ids": [IMAGE_ID], "tags": ["x", "\u2800"]},
            "Each tag must have 1 to 50 characters, and not only spaces.",
        ),
        (
            {"action": "tag", "ids": [IMAGE_ID], "tags": ["x"], "decision": None},
            'The field "decision" isn\'t for tag. Use ids, action, tags.',
        ),
        ({"action": "tag", "ids": [IMAGE_ID]}, "The action tag needs the field tags."),
        ({"action": "untag", "ids": [IMAGE_ID], "tags": []}, "tags must have at least one tag."),
        ({"action": "tag", "ids": [IMAGE_ID], "tags": None}, "tags must be an array of strings."),
        ({"action": "decide", "ids": [IMAGE_ID]}, "The action decide needs the field decision."),
        (
            {"action": "decide", "ids": [IMAGE_ID], "decision": "maybe"},
            'decision must be "approved" or "hidden", or null for none.',
        ),
    ],
)
def test_an_invalid_batch_changes_nothing(send, store, catalog, body: Any, detail: str) -> None:
    store(IMAGE_ID)
    response = send("POST /images/batch", body=body)
    assert (response["statusCode"], response["body"]) == (
        400,
        problem_body(400, "Bad Request", "invalid-request", detail),
    )
    assert catalog.get("alice", IMAGE_ID).own == OwnData()
