"""IMAGE_PROPERTIES: colours and quality as measured."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageFilter

from local.rekognition.colors import css_colour, simplified_colour
from tests.unit.local.rekognition.support import encoded, flat, noise

PROPERTIES = ["IMAGE_PROPERTIES"]


def stripes(*parts: tuple[str, int]) -> bytes:
    image = Image.new("RGB", (100, sum(height for _, height in parts)))
    top = 0
    for colour, height in parts:
        image.paste(colour, (0, top, 100, top + height))
        top += height
    return encoded(image, "PNG")


def test_colours_and_their_shares(client: Any) -> None:
    picture = stripes(("red", 50), ("white", 30), ("#0000ff", 20))
    answer = client.detect_labels(Image={"Bytes": picture}, Features=PROPERTIES)
    properties = answer["ImageProperties"]
    assert answer["Labels"] == []
    assert sorted(properties) == ["DominantColors", "Quality"]
    assert properties["DominantColors"] == [
        {
            "Red": 255,
            "Green": 0,
            "Blue": 0,
            "HexCode": "#ff0000",
            "CSSColor": "red",
            "SimplifiedColor": "red",
            "PixelPercent": 50.0,
        },
        {
            "Red": 255,
            "Green": 255,
            "Blue": 255,
            "HexCode": "#ffffff",
            "CSSColor": "white",
            "SimplifiedColor": "white",
            "PixelPercent": 30.0,
        },
        {
            "Red": 0,
            "Green": 0,
            "Blue": 255,
            "HexCode": "#0000ff",
            "CSSColor": "blue",
            "SimplifiedColor": "blue",
            "PixelPercent": 20.0,
        },
    ]


@pytest.mark.parametrize(("asked", "given"), [(None, 10), (3, 3), (12, 12), (20, 12)])
def test_the_most_colours(client: Any, asked: int | None, given: int) -> None:
    hues = [(f"hsl({hue * 24}, 100%, {30 + hue % 3 * 20}%)", 10) for hue in range(15)]
    settings = {} if asked is None else {"Settings": {"ImageProperties": {"MaxDominantColors": asked}}}
    answer = client.detect_labels(Image={"Bytes": stripes(*hues)}, Features=PROPERTIES, **settings)
    assert len(answer["ImageProperties"]["DominantColors"]) == given


def quality(client: Any, picture: bytes) -> dict[str, float]:
    answer = client.detect_labels(Image={"Bytes": picture}, Features=PROPERTIES)
    measured: dict[str, float] = answer["ImageProperties"]["Quality"]
    assert sorted(measured) == ["Brightness", "Contrast", "Sharpness"]
    assert all(0 <= value <= 100 for value in measured.values())
    return measured


def test_quality(client: Any, astronaut: bytes) -> None:
    assert quality(client, flat(100, 100, colour="black")) == {
        "Brightness": 0,
        "Sharpness": 0,
        "Contrast": 0,
    }
    assert quality(client, flat(100, 100, colour="white"))["Brightness"] == 100
    sharp = quality(client, astronaut)
    blurred = Image.open(io.BytesIO(astronaut)).filter(ImageFilter.GaussianBlur(3))
    soft = quality(client, encoded(blurred))
    assert sharp["Sharpness"] > soft["Sharpness"] + 30
    faint = quality(client, encoded(Image.open(io.BytesIO(astronaut)).point(lambda value: 100 + value // 8)))
    assert sharp["Contrast"] > faint["Contrast"] + 30
    assert quality(client, noise(1, 1))["Sharpness"] > 95


def test_what_is_before_and_what_is_behind(client: Any, astronaut: bytes) -> None:
    both = ["GENERAL_LABELS", "IMAGE_PROPERTIES"]
    answer = client.detect_labels(Image={"Bytes": astronaut}, Features=both)
    alone = client.detect_labels(Image={"Bytes": astronaut}, Features=PROPERTIES)
    properties = answer["ImageProperties"]
    assert properties == alone["ImageProperties"]
    assert sorted(properties) == ["Background", "DominantColors", "Foreground", "Quality"]
    for part in ("Foreground", "Background"):
        assert sorted(properties[part]) == ["DominantColors", "Quality"]
        shares = [colour["PixelPercent"] for colour in properties[part]["DominantColors"]]
        assert shares == sorted(shares, reverse=True)
        assert 50 < sum(shares) <= 100.01
    face = properties["Foreground"]["DominantColors"][0]
    assert face["Red"] > face["Green"] > face["Blue"]
    (instance,) = answer["Labels"][0]["Instances"]
    skin = instance["DominantColors"][0]
    assert skin["Red"] > skin["Green"] > skin["Blue"]


@pytest.mark.parametrize(
    ("name", "simple"),
    [
        ("red", "red"),
        ("pink", "pink"),
        ("orange", "orange"),
        ("saddlebrown", "brown"),
        ("yellow", "yellow"),
        ("green", "green"),
        ("navy", "blue"),
        ("purple", "purple"),
        ("grey", "grey"),
        ("white", "white"),
        ("black", "black"),
    ],
)
def test_names_of_colours(name: str, simple: str) -> None:
    red, green, blue = Image.new("RGB", (1, 1), name).getpixel((0, 0))  # type: ignore[misc]
    assert css_colour(red, green, blue) == name
    assert simplified_colour(red, green, blue) == simple
