"""IMAGE_PROPERTIES: colors and quality."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageFilter

from local.rekognition.colors import css_color, simplified_color
from tests.unit.local.rekognition.support import encoded, flat

PROPERTIES = ["IMAGE_PROPERTIES"]


def stripes(*parts: tuple[str, int]) -> bytes:
    image = Image.new("RGB", (100, sum(height for _, height in parts)))
    top = 0
    for color, height in parts:
        image.paste(color, (0, top, 100, top + height))
        top += height
    return encoded(image, "PNG")


def test_colors_and_their_percentages(client: Any) -> None:
    image = stripes(("red", 70), ("white", 30))
    response = client.detect_labels(Image={"Bytes": image}, Features=PROPERTIES)
    properties = response["ImageProperties"]
    assert response["Labels"] == []
    assert sorted(properties) == ["DominantColors", "Quality"]
    assert properties["DominantColors"] == [
        {
            "Red": 255,
            "Green": 0,
            "Blue": 0,
            "HexCode": "#ff0000",
            "CSSColor": "red",
            "SimplifiedColor": "red",
            "PixelPercent": 70.0,
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
    ]


@pytest.mark.parametrize(("max_colors", "expected"), [(None, 10), (3, 3), (12, 12), (20, 12)])
def test_max_colors(client: Any, max_colors: int | None, expected: int) -> None:
    hues = [(f"hsl({hue * 24}, 100%, {30 + hue % 3 * 20}%)", 10) for hue in range(15)]
    settings: dict[str, Any] = {}
    if max_colors is not None:
        settings = {"Settings": {"ImageProperties": {"MaxDominantColors": max_colors}}}
    response = client.detect_labels(Image={"Bytes": stripes(*hues)}, Features=PROPERTIES, **settings)
    assert len(response["ImageProperties"]["DominantColors"]) == expected


def test_quality(client: Any, astronaut: bytes) -> None:
    def measure(image: bytes) -> dict[str, float]:
        response = client.detect_labels(Image={"Bytes": image}, Features=PROPERTIES)
        quality: dict[str, float] = response["ImageProperties"]["Quality"]
        assert all(0 <= value <= 100 for value in quality.values())
        return quality

    black = measure(flat(100, 100, color="black"))
    assert black == {"Brightness": 0, "Sharpness": 0, "Contrast": 0}
    assert measure(flat(100, 100, color="white"))["Brightness"] == 100
    sharp = measure(astronaut)
    blurred = Image.open(io.BytesIO(astronaut)).filter(ImageFilter.GaussianBlur(3))
    assert sharp["Sharpness"] > measure(encoded(blurred))["Sharpness"] + 30
    faint = Image.open(io.BytesIO(astronaut)).point(lambda value: 100 + value // 8)
    assert sharp["Contrast"] > measure(encoded(faint))["Contrast"] + 30


def test_describes_foreground_and_background(client: Any, astronaut: bytes) -> None:
    both = ["GENERAL_LABELS", "IMAGE_PROPERTIES"]
    response = client.detect_labels(Image={"Bytes": astronaut}, Features=both)
    alone = client.detect_labels(Image={"Bytes": astronaut}, Features=PROPERTIES)
    properties = response["ImageProperties"]
    assert properties == alone["ImageProperties"]
    assert sorted(properties) == ["Background", "DominantColors", "Foreground", "Quality"]
    for part in ("Foreground", "Background"):
        assert sorted(properties[part]) == ["DominantColors", "Quality"]
        shares = [color["PixelPercent"] for color in properties[part]["DominantColors"]]
        assert shares == sorted(shares, reverse=True)
        assert 50 < sum(shares) <= 100.01
    face = properties["Foreground"]["DominantColors"][0]
    assert face["Red"] > face["Green"] > face["Blue"]
    (instance,) = response["Labels"][0]["Instances"]
    skin = instance["DominantColors"][0]
    assert skin["Red"] > skin["Green"] > skin["Blue"]


NAMES = "red pink orange saddlebrown yellow green navy purple grey white black"


@pytest.mark.parametrize("name", NAMES.split())
def test_color_names(name: str) -> None:
    red, green, blue = Image.new("RGB", (1, 1), name).getpixel((0, 0))  # type: ignore[misc]
    assert css_color(red, green, blue) == name
    simplified = {"saddlebrown": "brown", "navy": "blue"}.get(name, name)
    assert simplified_color(red, green, blue) == simplified
