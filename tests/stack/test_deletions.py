"""Deleting an image removes all its data for good, no matter when it happens."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.stack.client import send, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile, UploadAndCapture


def stored_data(user: Client, image: ImageFile) -> dict[str, Any]:
    """Return what S3 and the table contain about a user's image."""
    pages = user.stack.client("dynamodb").get_paginator("scan").paginate(TableName="CatalogTable")
    items = [
        f"{item['pk']['S']} {item['sk']['S']}"
        for page in pages
        for item in page["Items"]
        if user.owner in item["pk"]["S"]
    ]
    key = user.key(image)
    return {
        "objects": user.keys(user.input, key) | user.keys(user.output, key),
        "items": sorted(item for item in items if image.id in item),
    }


NO_DATA: dict[str, Any] = {"objects": set(), "items": []}


def check_deleted(user: Client, image: ImageFile) -> None:
    """Check that no data of a user's only image is left."""
    assert user.get_image(image.id).status == 404
    assert user.delete(image.id) == 404
    assert (user.page(), user.label_counts()) == ({"images": [], "cursor": None}, {})
    assert user.page(label="person") == {"images": [], "cursor": None}
    assert stored_data(user, image) == NO_DATA


def start_recognition(
    user: Client, executor: ThreadPoolExecutor, process: Callable[..., Any], event: Any
) -> Future[Any]:
    """Process an event in the background, and return when the processor waits for Rekognition's response."""
    billed = user.billed_calls()
    outcome = executor.submit(process, event)
    wait_until(lambda: user.billed_calls() > billed or None)
    return outcome


def test_deletes_all_data(user: Client, new_image: Callable[[], ImageFile]) -> None:
    image = new_image()
    user.recognize(image)
    key = user.key(image)
    data = stored_data(user, image)
    assert data["objects"] == {key, f"{key}.json", f"{key}.preview.webp", f"{key}.thumb.webp"}
    partitions = {item.partition("#")[2].rpartition("#")[0].split(" ")[0] for item in data["items"]}
    assert partitions >= {
        user.owner,
        f"{user.owner}#IMAGES",
        f"{user.owner}#TAKEN",
        f"{user.owner}#TERM#label:face",
        f"{user.owner}#TERM#label:head",
        f"{user.owner}#TERM#label:person",
        f"{user.owner}#TERM#name:photo.jpg",
    }
    assert user.delete(image.id) == 204
    check_deleted(user, image)


def test_deletes_a_failed_image(user: Client, new_file: Callable[..., ImageFile]) -> None:
    image = new_file(b"these are notes, ")
    user.upload(image)
    user.wait_until_processed(image)
    assert len(stored_data(user, image)["objects"]) == 2
    assert user.delete(image.id) == 204
    check_deleted(user, image)


def test_deletes_an_image_that_was_never_uploaded(user: Client, new_image: Callable[[], ImageFile]) -> None:
    image = new_image()
    user.create_upload(image)
    assert user.delete(image.id) == 204
    check_deleted(user, image)


def test_keeps_other_images(user: Client, new_image: Callable[..., ImageFile]) -> None:
    first, second, cat = new_image(), new_image(), new_image("chelsea")
    for image in (first, second, cat):
        user.recognize(image)
    assert user.delete(first.id) == 204
    assert user.image_ids() == [cat.id, second.id]
    assert user.image_ids(label="person") == [second.id]
    assert user.label_counts() == dict.fromkeys(
        ("Animal", "Cat", "Face", "Head", "Mammal", "Person", "Pet"), 1
    )
    month = user.call("GET", "/labels").document["thisMonth"]
    assert (month["images"], month["billedCalls"]) == (3, 3)


def test_invalidates_links(user: Client, new_image: Callable[[], ImageFile]) -> None:
    image = new_image()
    links = user.recognize(image)["links"]
    user.delete(image.id)
    assert {name: send("GET", url).status in (403, 404) for name, url in links.items()} == {
        "original": True,
        "preview": True,
        "thumbnail": True,
        "result": True,
    }


def test_skips_an_event_that_arrives_after_the_deletion(
    user: Client, upload_and_capture: UploadAndCapture, process: Callable[..., Any]
) -> None:
    image, event = upload_and_capture()
    assert user.delete(image.id) == 204
    billed = user.billed_calls()
    assert process(event)["status"] == "skipped"
    assert user.billed_calls() == billed
    check_deleted(user, image)


def test_deletes_an_object_that_is_uploaded_after_the_deletion(
    user: Client,
    new_image: Callable[[], ImageFile],
    capture_event: Callable[..., Any],
    process: Callable[..., Any],
) -> None:
    image = new_image()
    upload = user.create_upload(image)
    assert user.delete(image.id) == 204
    billed = user.billed_calls()
    event = capture_event(lambda: user.put(image, upload))
    assert process(event)["status"] == "skipped"
    assert user.billed_calls() == billed
    check_deleted(user, image)


def test_deletes_an_image_during_its_recognition(
    user: Client,
    upload_and_capture: UploadAndCapture,
    process: Callable[..., Any],
    rekognition: Callable[..., None],
) -> None:
    image, event = upload_and_capture()
    rekognition(latencyMs=5000)
    with ThreadPoolExecutor(1) as executor:
        outcome = start_recognition(user, executor, process, event)
        assert user.delete(image.id) == 204
        assert not outcome.done()
        assert user.get_image(image.id).status == 404
        assert outcome.result()["status"] == "skipped"
    check_deleted(user, image)


def test_deletes_an_image_between_two_attempts(
    user: Client,
    upload_and_capture: UploadAndCapture,
    process: Callable[..., Any],
    rekognition: Callable[..., None],
) -> None:
    image, event = upload_and_capture()
    rekognition(faults={"code": "InternalServerError", "count": 6})  # retries in place included
    assert user.stack.functions.invoke("ProcessorFunction", event).failed
    assert user.delete(image.id) == 204
    assert process(event)["status"] == "skipped"
    check_deleted(user, image)


def test_processes_an_upload_made_after_a_deletion_during_recognition(
    user: Client,
    upload_and_capture: UploadAndCapture,
    capture_event: Callable[..., Any],
    process: Callable[..., Any],
    rekognition: Callable[..., None],
) -> None:
    image, event = upload_and_capture()
    rekognition(latencyMs=2000)
    with ThreadPoolExecutor(1) as executor:
        outcome = start_recognition(user, executor, process, event)
        assert user.delete(image.id) == 204
        rekognition(latencyMs=0)
        second_event = capture_event(lambda: user.upload(image))
        outcome.result()
    process(second_event)
    assert user.wait_until_processed(image)["image"]["status"] == "done"
    assert (user.image_ids(), user.label_counts()) == ([image.id], {"Face": 1, "Head": 1, "Person": 1})
    assert set(user.get_image(image.id).document["links"]) == {"original", "preview", "thumbnail", "result"}


def test_concurrent_deletions_update_the_counts_once(
    user: Client, new_image: Callable[..., ImageFile]
) -> None:
    image, other = new_image(), new_image()
    for each in (image, other):
        user.recognize(each)
    with ThreadPoolExecutor(2) as executor:
        statuses = sorted(executor.map(user.delete, [image.id] * 2))
    assert statuses in ([204, 204], [204, 404])
    assert stored_data(user, image) == NO_DATA
    assert (user.image_ids(), user.label_counts()) == ([other.id], {"Face": 1, "Head": 1, "Person": 1})
