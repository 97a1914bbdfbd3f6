"""Facts and similar images of uploads, through the whole local stack."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageEnhance

from tests.exif_files import FACTS, full_exif, with_metadata
from tests.stack.client import ImageFile, unique_jpeg

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client

SAMPLES = Path(__file__).parents[2] / "web" / "samples"
SIMILAR = "/images/{}/similar"


def sample(name: str) -> Image.Image:
    with Image.open(SAMPLES / f"{name}.jpg") as image:
        return image.convert("RGB")


def jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=60)
    return unique_jpeg(file.getvalue())


@pytest.fixture
def library(user: Client) -> dict[str, ImageFile]:
    """Versions of a photo, which its metadata rotates, and another photo."""
    portrait = sample("astronaut")
    upright = portrait.transpose(Image.Transpose.ROTATE_270)
    files = {
        "original": ImageFile(unique_jpeg(with_metadata(portrait, "JPEG", full_exif()))),
        "small": ImageFile(jpeg(upright.resize((200, 200)))),
        "bright": ImageFile(jpeg(ImageEnhance.Brightness(upright).enhance(1.15))),
        "cat": ImageFile(jpeg(sample("chelsea"))),
    }
    for file in files.values():
        user.upload(file)
    for file in files.values():
        user.wait_until_processed(file)
    return files


def test_facts_and_similar_images(user: Client, bob: Client, library: dict[str, ImageFile]) -> None:
    body = user.get_image(library["original"].id).document
    assert body["result"]["Exif"] == {name: value for name, value in FACTS.items() if name != "Location"}
    assert (body["image"]["takenAt"], body["image"]["camera"]) == ("2026-11-22T14:00:00.120Z", "Canon EOS R5")
    assert user.image_ids(q='camera:"canon eos"') == [library["original"].id]

    response = user.call("GET", SIMILAR.format(library["original"].id))
    found = {image["id"]: image["distance"] for image in response.document["images"]}
    assert set(found) == {library["small"].id, library["bright"].id}
    assert user.call("GET", SIMILAR.format(library["cat"].id)).document == {"images": [], "cursor": None}
    assert bob.call("GET", SIMILAR.format(library["original"].id)).status == 404


def test_another_users_copy_is_not_similar(
    new_user: Callable[[], Client], new_image: Callable[..., ImageFile]
) -> None:
    users = new_user(), new_user()
    images = [new_image() for _ in users]
    for user, image in zip(users, images, strict=True):
        user.recognize(image)
    for user, image in zip(users, images, strict=True):
        assert user.call("GET", SIMILAR.format(image.id)).document == {"images": [], "cursor": None}
    users[0].recognize(images[1])
    similar = users[0].call("GET", SIMILAR.format(images[0].id)).document["images"]
    assert [image["id"] for image in similar] == [images[1].id]
    assert users[1].call("GET", SIMILAR.format(images[1].id)).document["images"] == []
