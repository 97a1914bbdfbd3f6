"""The palette: every color gets the name that people would give it, and a picture those of its areas."""

from __future__ import annotations

import pytest
from PIL import Image, ImageColor

from processor.imaging.dominant_colors import find_colors
from processor.imaging.palette import NAMES, dominant_names, nearest_name

# CSS's names by what people call these colors
EXPECTED = {
    "black": "black",
    "gray": "gray dimgray darkgray slategray",
    "silver": "silver lightgray gainsboro",
    "white": "white snow ivory whitesmoke ghostwhite mintcream",
    "red": "red crimson firebrick indianred orangered",
    "maroon": "maroon darkred",
    "pink": "pink hotpink deeppink lightpink palevioletred",
    "orange": "orange darkorange coral tomato sandybrown",
    "brown": "saddlebrown sienna peru chocolate",
    "beige": "beige wheat tan burlywood bisque",
    "yellow": "yellow gold khaki",
    "olive": "olive olivedrab darkolivegreen darkkhaki",
    "green": "green lime forestgreen seagreen palegreen yellowgreen springgreen darkgreen",
    "teal": "teal cyan turquoise darkcyan lightseagreen aquamarine",
    "blue": "blue navy skyblue steelblue royalblue midnightblue lightblue deepskyblue lightsteelblue",
    "purple": "purple violet indigo magenta plum lavender blueviolet",
}


def test_there_are_16_names() -> None:
    assert len(NAMES) == 16
    assert tuple(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_css_colors_get_their_name(name: str) -> None:
    found = {css: nearest_name(*ImageColor.getrgb(css)[:3]) for css in EXPECTED[name].split()}
    assert found == dict.fromkeys(found, name)


def test_grays_have_no_hue() -> None:
    names = list(dict.fromkeys(nearest_name(gray, gray, gray) for gray in range(256)))
    assert names == ["black", "gray", "silver", "white"]


def test_a_picture_has_the_names_of_its_large_areas() -> None:
    image = Image.new("RGB", (300, 200), (20, 90, 200))
    image.paste((30, 150, 40), (0, 130, 300, 200))
    image.paste((255, 0, 0), (0, 0, 20, 20))  # too small
    assert find_colors(image) == ("blue", "green")


def test_a_uniform_picture_has_one_color() -> None:
    assert find_colors(Image.new("RGB", (10, 1), (255, 255, 255))) == ("white",)


def test_shades_count_together_and_at_most_four_names_are_given() -> None:
    shades = [(20.0, (0, 0, 255)), (15.0, (30, 144, 255)), (30.0, (255, 0, 0)), (12.0, (0, 128, 0))]
    others = [(11.5, (255, 255, 0)), (11.5, (128, 0, 128))]
    assert dominant_names([*shades, *others]) == ("blue", "red", "green", "yellow")


def test_without_colors_there_are_no_names() -> None:
    assert dominant_names([]) == ()
