"""The perceptual hash: near for versions of a picture, far for different pictures, none for flat ones."""

from __future__ import annotations

import io
import random
from itertools import combinations

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from images.similar import MAX_DISTANCE
from processor.imaging.perceptual_hash import hash_pixels


def paint(seed: int, size: tuple[int, int] = (480, 320)) -> Image.Image:
    """Return a picture of soft shapes, different for each seed."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        width, height = chance.randrange(20, 200), chance.randrange(20, 200)
        color = tuple(chance.randrange(256) for _ in range(3))
        draw.ellipse((x - width // 2, y - height // 2, x + width // 2, y + height // 2), fill=color)
    return image.filter(ImageFilter.GaussianBlur(3))


PICTURES = [paint(seed) for seed in range(20)]


def distance(a: Image.Image, b: Image.Image) -> int:
    hashes = hash_pixels(a), hash_pixels(b)
    assert None not in hashes
    return (int(str(hashes[0]), 16) ^ int(str(hashes[1]), 16)).bit_count()


def recompress(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def crop(image: Image.Image, share: float) -> Image.Image:
    width, height = image.size
    return image.crop(
        (int(width * share), int(height * share), int(width * (1 - share)), int(height * (1 - share)))
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((240, 160)),
        lambda image: image.resize((1920, 1280)),
        lambda image: image.resize((97, 64)),
        lambda image: recompress(image, 20),
        lambda image: ImageEnhance.Brightness(image).enhance(1.15),
        lambda image: ImageEnhance.Brightness(image).enhance(0.8),
        lambda image: ImageEnhance.Contrast(image).enhance(1.2),
        lambda image: image.convert("L").convert("RGB"),
        lambda image: crop(image, 0.01),
    ],
)
def test_versions_of_a_picture_are_near(change) -> None:
    assert [distance(image, change(image)) <= MAX_DISTANCE for image in PICTURES] == [True] * len(PICTURES)


def test_different_pictures_are_far() -> None:
    assert min(distance(a, b) for a, b in combinations(PICTURES, 2)) > MAX_DISTANCE


def test_a_hash_is_16_digits() -> None:
    assert len(str(hash_pixels(PICTURES[0]))) == 16


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 1), (40, 40)])
def test_a_picture_of_any_size_is_hashed(size: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 100).convert("RGB")
    assert hash_pixels(image) is None or len(str(hash_pixels(image))) == 16


@pytest.mark.parametrize("gray", [0, 1, 128, 254, 255])
def test_a_flat_picture_has_no_hash(gray: int) -> None:
    flat = Image.new("RGB", (640, 480), (gray, gray, gray))
    noise = Image.effect_noise((640, 480), 3).convert("RGB")
    assert hash_pixels(flat) is None
    assert hash_pixels(Image.blend(flat, noise, 0.5)) is None
    assert hash_pixels(recompress(flat, 30)) is None
