"""An upload from POST /uploads to its result."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from PIL import Image

from tests.stack.client import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile

    Done = tuple[ImageFile, dict[str, Any]]

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "result.schema.json").read_text(encoding="utf-8"))
FACE = {"Left": 177 / 512, "Top": 66 / 512, "Right": 272 / 512, "Bottom": 161 / 512}  # in the sample


@pytest.fixture(scope="module")
def done(client: Client, new_image: Callable[[], ImageFile]) -> Done:
    image = new_image()
    return image, client.recognize(image)


def test_describes_a_processed_upload(done: Done) -> None:
    image, body = done
    view = dict(body["image"])
    labels = {label["name"] for label in view.pop("labels")}
    assert view.pop("uploadedAt") < view.pop("processedAt")
    for name in ("takenAt", "camera", "people", "colors", "revision"):
        view.pop(name)
    assert view == {
        "id": image.id,
        "status": "done",
        "fileName": "photo.jpg",
        "contentType": "image/jpeg",
        "size": len(image.content),
        "width": 512,
        "height": 512,
        "flags": [],
        "review": None,
        "tags": [],
        "favorite": False,
        "caption": None,
        "decision": None,
        "boxes": [],
    }
    assert "Person" in labels


def test_finds_the_person(done: Done) -> None:
    (user,) = [label for label in done[1]["result"]["Labels"] if label["Name"] == "Person"]
    assert any(
        box["Left"] < (FACE["Left"] + FACE["Right"]) / 2 < box["Left"] + box["Width"]
        and box["Top"] < (FACE["Top"] + FACE["Bottom"]) / 2 < box["Top"] + box["Height"]
        for box in (instance["BoundingBox"] for instance in user["Instances"])
    )


def test_stored_result_matches_the_response_and_the_schema(client: Client, done: Done) -> None:
    image, body = done
    stored = json.loads(client.get_object(client.output, f"{client.key(image)}.json"))
    assert stored == body["result"]
    jsonschema.validate(stored, SCHEMA)


def test_links_return_the_original_its_renderings_and_the_result(client: Client, done: Done) -> None:
    image, body = done
    origin = {"Origin": client.stack.page_url}
    responses = {name: send("GET", url, headers=origin) for name, url in body["links"].items()}
    assert {name: response.status for name, response in responses.items()} == {
        "original": 200,
        "preview": 200,
        "thumbnail": 200,
        "result": 200,
    }
    assert {response.headers["access-control-allow-origin"] for response in responses.values()} == {
        client.stack.page_url
    }
    assert responses["original"].body == image.content
    assert responses["result"].document == body["result"]
    for name, size in (("preview", (512, 512)), ("thumbnail", (480, 480))):
        with Image.open(BytesIO(responses[name].body)) as rendering:
            assert (rendering.format, rendering.size) == ("WEBP", size)
        assert responses[name].headers["cache-control"] == "private, max-age=86400, immutable"


def test_known_bytes_are_not_billed_again(client: Client, done: Done) -> None:
    image, body = done
    billed = client.billed_calls()
    response = client.request_upload({**image.request, "fileName": "again.jpg"})
    assert (response.status, response.document) == (200, {"image": body["image"]})
    assert client.billed_calls() == billed


def test_bills_one_call_per_upload(client: Client, new_image: Callable[[], ImageFile]) -> None:
    billed, image = client.billed_calls(), new_image()
    client.recognize(image)
    assert client.billed_calls() == billed + 1


def test_pending_image_has_retry_after(client: Client, new_image: Callable[[], ImageFile]) -> None:
    image = new_image()
    client.create_upload(image)
    response = client.get_image(image.id)
    assert (response.status, response.headers["retry-after"]) == (200, "1")
    assert (
        response.document["image"]["status"],
        response.document["result"],
        response.document["links"],
    ) == (
        "pending",
        None,
        {},
    )


def test_pending_image_accepts_only_one_upload(client: Client, new_image: Callable[[], ImageFile]) -> None:
    image = new_image()
    first, second = client.create_upload(image), client.create_upload(image)
    responses = [send("PUT", each["url"], image.content, each["headers"]) for each in (first, second)]
    assert [response.status for response in responses] == [200, 412]
    assert client.wait_until_processed(image)["image"]["status"] == "done"


def test_a_known_image_without_its_object_is_uploaded_again(
    user: Client, new_image: Callable[[], ImageFile]
) -> None:
    """As after RetentionDays was lowered: the lifecycle rule deletes the objects, but not the records."""
    image = new_image()
    labels = [label["name"] for label in user.recognize(image)["image"]["labels"]]
    counts = user.label_counts()
    for bucket in (user.input, user.output):
        for key in user.keys(bucket, user.key(image)):
            user.s3.delete_object(Bucket=bucket, Key=key)
    expired = user.get_image(image.id).document
    assert (expired["image"]["status"], expired["result"]) == ("done", None)
    body = user.recognize(image)
    assert body["result"]["SchemaVersion"] == 1
    assert user.request_upload(image.request).status == 200
    assert user.label_counts() == counts
    assert user.image_ids() == user.image_ids(label=labels[0]) == [image.id]
    assert user.call("GET", "/labels").document["thisMonth"]["images"] == 2
