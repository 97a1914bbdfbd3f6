"""Boxes match the upright image for every format and orientation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from PIL import Image

from tests.image_files import encode

if TYPE_CHECKING:
    from tests.stack.client import Client

SAMPLE = Path(__file__).parents[2] / "web" / "samples" / "astronaut.jpg"
PERSON = (20 / 512, 14 / 512, 362 / 512, 1)  # left, top, right, bottom of the upright portrait
ROTATED = [("JPEG", orientation) for orientation in range(2, 9)]
ROTATED += [(name, 6) for name in ("PNG", "WebP", "HEIC", "AVIF", "TIFF", "MPO")]
UPRIGHT = [(name, 1) for name in ("JPEG", "PNG", "WebP", "HEIC", "AVIF", "GIF", "TIFF", "BMP", "MPO")]


@pytest.fixture(scope="session")
def process_portrait(client: Client) -> Callable[..., dict[str, Any]]:
    """Upload the portrait directly in a format and an orientation, and return its result."""

    def process(name: str, orientation: int, mode: str = "RGB") -> dict[str, Any]:
        with Image.open(SAMPLE) as portrait:
            content = encode(portrait.convert(mode), name, orientation)
        key = f"{uuid4()}/portrait"  # no extension or media type reveals the format
        client.put_directly(key, content)
        return client.wait_for_result(key)

    return process


def box_of_person(result: dict[str, Any]) -> tuple[float, float, float, float]:
    (user,) = [label for label in result["Labels"] if label["Name"] == "Person"]
    (instance,) = user["Instances"]
    box = instance["BoundingBox"]
    return box["Left"], box["Top"], box["Left"] + box["Width"], box["Top"] + box["Height"]


@pytest.mark.parametrize(("name", "orientation"), UPRIGHT + ROTATED)
def test_finds_the_person(
    process_portrait: Callable[..., dict[str, Any]], name: str, orientation: int
) -> None:
    result = process_portrait(name, orientation)
    assert result["Image"]["Format"] == name
    assert (result["Image"]["Width"], result["Image"]["Height"]) == (512, 512)
    assert box_of_person(result) == pytest.approx(PERSON, abs=0.08)


@pytest.mark.parametrize(("name", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "RGBA")])
def test_supports_other_color_modes(
    process_portrait: Callable[..., dict[str, Any]], name: str, mode: str
) -> None:
    assert box_of_person(process_portrait(name, 1, mode)) == pytest.approx(PERSON, abs=0.08)
