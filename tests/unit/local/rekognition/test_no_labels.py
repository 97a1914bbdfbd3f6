"""Pictures of nothing, and labels that are not asked for."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.unit.local.rekognition.support import encoded, flat, noise


def names(answer: dict[str, Any]) -> list[str]:
    return [label["Name"] for label in answer["Labels"]]


def marker() -> bytes:
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 90, 60), "red")
    draw.ellipse((200, 100, 330, 230), "navy", "gold", 9)
    draw.line((0, 299, 399, 0), "black", 5)
    draw.text((20, 200), "No one is here", "black", font_size=30)
    return encoded(image)


def gradient() -> bytes:
    return encoded(Image.linear_gradient("L").resize((500, 400)).rotate(30))


EMPTY = {
    "flat": lambda: flat(300, 200),
    "gradient": gradient,
    "radial": lambda: encoded(Image.radial_gradient("L").resize((400, 400))),
    "marker": marker,
    "fractal": lambda: encoded(Image.effect_mandelbrot((400, 300), (-2, -1.5, 1, 1.5), 40)),
    **{
        f"noise {seed}, {blur}": lambda seed=seed, blur=blur: noise(seed, blur)
        for seed in range(2)
        for blur in (1, 3, 8, 30)
    },
}


@pytest.mark.parametrize("case", EMPTY)
def test_nothing_is_seen_where_nothing_is(client: Any, case: str) -> None:
    image = {"Bytes": EMPTY[case]()}
    assert client.detect_labels(Image=image, MinConfidence=0)["Labels"] == []


def test_the_least_confidence_and_the_most_labels(client: Any, cat: bytes) -> None:
    image = {"Bytes": cat}
    confidence = client.detect_labels(Image=image)["Labels"][0]["Confidence"]
    assert names(client.detect_labels(Image=image, MinConfidence=confidence - 0.1)) == [
        "Cat",
        "Animal",
        "Mammal",
        "Pet",
    ]
    assert names(client.detect_labels(Image=image, MinConfidence=confidence + 0.1)) == []
    assert names(client.detect_labels(Image=image, MaxLabels=2)) == ["Cat", "Animal"]
    assert names(client.detect_labels(Image=image, MaxLabels=0)) == []


FILTERS = {
    "a label": ({"LabelInclusionFilters": ["Pet", "Dog"]}, ["Pet"]),
    "a category": (
        {"LabelCategoryInclusionFilters": ["Animals and Pets"]},
        ["Cat", "Animal", "Mammal", "Pet"],
    ),
    "another category": ({"LabelCategoryInclusionFilters": ["Person Description"]}, []),
    "all but a label": ({"LabelExclusionFilters": ["Animal"]}, ["Cat", "Mammal", "Pet"]),
    "all but a category": ({"LabelCategoryExclusionFilters": ["Animals and Pets"]}, []),
    "both": (
        {"LabelCategoryInclusionFilters": ["Animals and Pets"], "LabelExclusionFilters": ["Cat"]},
        ["Animal", "Mammal", "Pet"],
    ),
}


@pytest.mark.parametrize("case", FILTERS)
def test_filters(client: Any, cat: bytes, case: str) -> None:
    filters, expected = FILTERS[case]
    answer = client.detect_labels(Image={"Bytes": cat}, Settings={"GeneralLabels": filters})
    assert names(answer) == expected
