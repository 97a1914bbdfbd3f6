"""Pictures that carry a number, and the labels that follow from it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bench.chaos.pictures import MAX_NUMBER, NAMES, draw, label_names, read_number

NUMBERS = (0, 1, 0x8000, 0x5A3C, MAX_NUMBER - 1)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_carries_its_number(file_format: str) -> None:
    assert tuple(read_number(draw(number, file_format)) for number in NUMBERS) == NUMBERS


def test_a_conversion_keeps_the_number() -> None:
    with io.BytesIO() as file:
        Image.open(io.BytesIO(draw(0x5A3C, "WEBP"))).convert("RGB").save(file, "JPEG", quality=75)
        assert read_number(file.getvalue()) == 0x5A3C


def test_the_labels_of_many_pictures_are_all_names_and_follow_from_the_number() -> None:
    labels = [label_names(number) for number in range(300)]
    assert {name for names in labels for name in names} == set(NAMES)
    assert {len(names) for names in labels} == {3, 4, 5, 6}
    assert [label_names(number) for number in range(300)] == labels
