"""Direct uploads: objects put into the input bucket without the API."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile


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
def test_writes_the_result_for_any_key(client: Client, new_image: Callable[[], ImageFile], name: str) -> None:
    image, key = new_image(), f"{uuid4()}/{name}"
    client.put_directly(key, image.content)
    result = client.wait_for_result(key)
    assert (result["Image"]["Bucket"], result["Image"]["Key"]) == (client.input, key)
    assert "Person" in {label["Name"] for label in result["Labels"]}
    for suffix, size in (("preview", (512, 512)), ("thumb", (480, 480))):
        with Image.open(BytesIO(client.get_object(client.output, f"{key}.{suffix}.webp"))) as rendering:
            assert rendering.size == size


def test_writes_the_failure_of_a_file_that_is_not_an_image(
    client: Client, new_file: Callable[..., ImageFile]
) -> None:
    key = f"{uuid4()}/notes.txt"
    client.put_directly(key, new_file(b"these are notes, ").content)
    assert client.wait_for_result(key)["Failure"]["Code"] == "not-an-image"


def test_event_file_has_the_structure_of_a_real_event(
    client: Client,
    new_image: Callable[[], ImageFile],
    event_file: Callable[[str], Any],
    capture_event: Callable[..., Any],
) -> None:
    event = capture_event(lambda: client.put_directly(f"{uuid4()}/a.jpg", new_image().content))
    assert shape(event) == shape(event_file("s3-put"))


def shape(value: Any) -> Any:
    """Return a document with the types of its values."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    return [shape(entry) for entry in value] if isinstance(value, list) else type(value)
