"""From an upload to its JSON, over HTTP."""

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

    from tests.stack.client import Picture, Pipeline

    Done = tuple[Picture, dict[str, Any]]

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "result.schema.json").read_text(encoding="utf-8"))
FACE = {"Left": 177 / 512, "Top": 66 / 512, "Right": 272 / 512, "Bottom": 161 / 512}  # in the sample


@pytest.fixture(scope="module")
def done(pipeline: Pipeline, photograph: Callable[[], Picture]) -> Done:
    picture = photograph()
    return picture, pipeline.recognised(picture)


def test_an_upload_is_done_and_says_what_is_in_it(done: Done) -> None:
    picture, answer = done
    image = dict(answer["image"])
    labels = {label["name"] for label in image.pop("labels")}
    assert image.pop("uploadedAt") < image.pop("processedAt")
    assert image == {
        "id": picture.id,
        "status": "done",
        "fileName": "photo.jpg",
        "contentType": "image/jpeg",
        "size": len(picture.content),
        "width": 512,
        "height": 512,
    }
    assert "Person" in labels


def test_the_person_is_where_the_face_is(done: Done) -> None:
    (person,) = [label for label in done[1]["result"]["Labels"] if label["Name"] == "Person"]
    assert any(
        box["Left"] < (FACE["Left"] + FACE["Right"]) / 2 < box["Left"] + box["Width"]
        and box["Top"] < (FACE["Top"] + FACE["Bottom"]) / 2 < box["Top"] + box["Height"]
        for box in (instance["BoundingBox"] for instance in person["Instances"])
    )


def test_the_json_in_the_output_bucket_is_the_answers_and_fits_the_schema(
    pipeline: Pipeline, done: Done
) -> None:
    picture, answer = done
    stored = json.loads(pipeline.object(pipeline.output, f"{pipeline.key(picture)}.json"))
    assert stored == answer["result"]
    jsonschema.validate(stored, SCHEMA)


def test_the_links_lead_to_the_original_the_thumbnail_and_the_json(pipeline: Pipeline, done: Done) -> None:
    picture, answer = done
    origin = {"Origin": pipeline.stack.page_url}
    replies = {name: send("GET", url, headers=origin) for name, url in answer["links"].items()}
    assert {name: reply.status for name, reply in replies.items()} == {
        "original": 200,
        "thumbnail": 200,
        "result": 200,
    }
    assert {reply.headers["access-control-allow-origin"] for reply in replies.values()} == {
        pipeline.stack.page_url
    }
    assert replies["original"].body == picture.content
    assert replies["result"].document == answer["result"]
    with Image.open(BytesIO(replies["thumbnail"].body)) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (480, 480))


def test_the_same_bytes_are_known_and_not_billed_again(pipeline: Pipeline, done: Done) -> None:
    picture, answer = done
    billed = pipeline.billed()
    reply = pipeline.ask({**picture.request, "fileName": "again.jpg"})
    assert (reply.status, reply.document) == (200, {"image": answer["image"]})
    assert pipeline.billed() == billed


def test_one_upload_is_one_billed_call(pipeline: Pipeline, photograph: Callable[[], Picture]) -> None:
    billed, picture = pipeline.billed(), photograph()
    pipeline.recognised(picture)
    assert pipeline.billed() == billed + 1


def test_a_pending_image_says_when_to_ask_again(
    pipeline: Pipeline, photograph: Callable[[], Picture]
) -> None:
    picture = photograph()
    pipeline.permission(picture)
    reply = pipeline.status(picture.id)
    assert (reply.status, reply.headers["retry-after"]) == (200, "1")
    assert (reply.document["image"]["status"], reply.document["result"], reply.document["links"]) == (
        "pending",
        None,
        {},
    )


def test_a_second_permission_for_a_pending_image_is_harmless(
    pipeline: Pipeline, photograph: Callable[[], Picture]
) -> None:
    picture = photograph()
    first, second = pipeline.permission(picture), pipeline.permission(picture)
    replies = [send("PUT", each["url"], picture.content, each["headers"]) for each in (first, second)]
    assert [reply.status for reply in replies] == [200, 412]
    assert pipeline.finished(picture)["image"]["status"] == "done"
