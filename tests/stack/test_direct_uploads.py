"""Objects put into the input bucket by other means than an upload."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Picture, Pipeline


@pytest.mark.parametrize(
    "name",
    [
        "plain.jpg",
        "with space.jpg",
        "a+b.jpg",
        "100%.jpg",
        "100%25.jpg",
        "café.jpg",
        "日本/絵.jpg",
        "a&b=c?d#e.jpg",
        "quotes'\"<>.jpg",
        "no extension",
        "a//b/./c.jpg",
        "uploads but not really.jpg",
    ],
)
def test_a_drop_of_any_name_has_its_json_beside_it(
    pipeline: Pipeline, photograph: Callable[[], Picture], name: str
) -> None:
    picture, key = photograph(), f"{uuid4()}/{name}"
    pipeline.drop(key, picture.content)
    result = pipeline.result_of(key)
    assert (result["Image"]["Bucket"], result["Image"]["Key"]) == (pipeline.input, key)
    assert "Person" in {label["Name"] for label in result["Labels"]}
    with Image.open(BytesIO(pipeline.object(pipeline.output, f"{key}.thumb.webp"))) as thumbnail:
        assert thumbnail.size == (480, 480)


def test_a_drop_that_is_no_picture_has_its_failure_beside_it(
    pipeline: Pipeline, file_of: Callable[..., Picture]
) -> None:
    key = f"{uuid4()}/notes.txt"
    pipeline.drop(key, file_of(b"these are notes, ").content)
    assert pipeline.result_of(key)["Failure"]["Code"] == "not-an-image"


def test_the_event_in_the_files_is_the_one_that_arrives(
    pipeline: Pipeline,
    photograph: Callable[[], Picture],
    event_file: Callable[[str], Any],
    held: Callable[..., Any],
) -> None:
    event = held(lambda: pipeline.drop(f"{uuid4()}/a.jpg", photograph().content))
    assert shape(event) == shape(event_file("s3-put"))


def shape(value: Any) -> Any:
    """Give a document's names, without its values."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    return [shape(entry) for entry in value] if isinstance(value, list) else type(value)
