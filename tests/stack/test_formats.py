"""Every format and orientation through the whole stack: boxes lie where people see what is boxed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from PIL import Image

from tests.pictures import encode

if TYPE_CHECKING:
    from tests.stack.client import Pipeline

SAMPLE = Path(__file__).parents[2] / "samples" / "astronaut.jpg"
FACE = (177 / 512, 66 / 512, 272 / 512, 161 / 512)  # left, top, right, bottom of the upright portrait
TURNED = [("JPEG", orientation) for orientation in range(2, 9)]
TURNED += [(name, 6) for name in ("PNG", "WebP", "HEIC", "AVIF", "TIFF", "MPO")]
UPRIGHT = [(name, 1) for name in ("JPEG", "PNG", "WebP", "HEIC", "AVIF", "GIF", "TIFF", "BMP", "MPO")]


@pytest.fixture(scope="session")
def drop_portrait(pipeline: Pipeline) -> Callable[..., dict[str, Any]]:
    """Drops the portrait in a format and an orientation; gives its result."""

    def dropped(name: str, orientation: int, mode: str = "RGB") -> dict[str, Any]:
        with Image.open(SAMPLE) as portrait:
            content = encode(portrait.convert(mode), name, orientation)
        key = f"{uuid4()}/portrait"  # neither name nor type says what it is
        pipeline.drop(key, content)
        return pipeline.result_of(key)

    return dropped


def box_of_person(result: dict[str, Any]) -> tuple[float, float, float, float]:
    (person,) = [label for label in result["Labels"] if label["Name"] == "Person"]
    (instance,) = person["Instances"]
    box = instance["BoundingBox"]
    return box["Left"], box["Top"], box["Left"] + box["Width"], box["Top"] + box["Height"]


@pytest.mark.parametrize(("name", "orientation"), UPRIGHT + TURNED)
def test_the_box_is_on_the_face(
    drop_portrait: Callable[..., dict[str, Any]], name: str, orientation: int
) -> None:
    result = drop_portrait(name, orientation)
    assert result["Image"]["Format"] == name
    assert (result["Image"]["Width"], result["Image"]["Height"]) == (512, 512)
    assert box_of_person(result) == pytest.approx(FACE, abs=0.05)


@pytest.mark.parametrize(("name", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "RGBA")])
def test_other_colours_than_rgb(drop_portrait: Callable[..., dict[str, Any]], name: str, mode: str) -> None:
    assert box_of_person(drop_portrait(name, 1, mode)) == pytest.approx(FACE, abs=0.05)
