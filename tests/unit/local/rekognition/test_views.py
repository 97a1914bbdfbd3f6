"""The views of an image, in which the object detector is run."""

from __future__ import annotations

import pytest

from local.rekognition.detectors.views import WHOLE, Found, find_views, is_cut, is_same_object, to_image
from local.rekognition.geometry import Box

LEFT, RIGHT = Box(0, 0, 0.5, 1), Box(0.5, 0, 0.5, 1)


@pytest.mark.parametrize(
    ("size", "squares"),
    [
        ((100, 100), []),
        ((114, 100), []),
        ((200, 100), [LEFT, RIGHT]),
        ((100, 200), [Box(0, 0, 1, 0.5), Box(0, 0.5, 1, 0.5)]),
        ((250, 100), [Box(0, 0, 0.4, 1), Box(0.3, 0, 0.4, 1), Box(0.6, 0, 0.4, 1)]),
        ((1000, 100), [pytest.approx((start, 0, 0.1, 1)) for start in (0, 0.3, 0.6, 0.9)]),
    ],
)
def test_divides_a_long_picture_into_squares(size: tuple[int, int], squares: list[Box]) -> None:
    assert find_views(*size) == [WHOLE, *squares]


def test_converts_a_box_to_ratios_of_the_image() -> None:
    assert to_image(Box(0.2, 0.1, 0.4, 0.8), RIGHT) == pytest.approx((0.6, 0.1, 0.2, 0.8))


@pytest.mark.parametrize(
    ("box", "cut_in"),
    [
        (Box(0.1, 0, 0.8, 1), []),
        (Box(0, 0, 0.5, 1), [RIGHT]),
        (Box(0.5, 0, 0.5, 1), [LEFT]),
        (Box(0, 0, 1, 1), [LEFT, RIGHT]),
    ],
)
def test_a_box_is_cut_where_its_square_ends_but_not_where_the_image_ends(box: Box, cut_in: list[Box]) -> None:
    assert [view for view in (WHOLE, LEFT, RIGHT) if is_cut(box, view)] == cut_in


def test_a_box_is_cut_at_the_lower_edge_of_a_square() -> None:
    upper, lower = Box(0, 0, 1, 0.5), Box(0, 0.5, 1, 0.5)
    assert [is_cut(Box(0.2, 0.5, 0.2, 0.5), view) for view in (upper, lower)] == [True, False]
    assert [is_cut(Box(0.2, 0, 0.2, 0.5), view) for view in (upper, lower)] == [False, True]


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (Found("dog", 60, Box(0.1, 0.1, 0.4, 0.4), LEFT), True),
        (Found("dog", 60, Box(0.1, 0.1, 0.1, 0.1), LEFT), True),  # a part of it
        (Found("dog", 60, Box(0.4, 0.4, 0.3, 0.3), LEFT), False),
        (Found("cat", 60, Box(0.1, 0.1, 0.4, 0.4), LEFT), False),
        (Found("dog", 60, Box(0.1, 0.1, 0.1, 0.1), WHOLE), False),  # one view suppresses its own overlaps
    ],
)
def test_boxes_of_two_views_that_overlap_show_one_object(other: Found, is_same: bool) -> None:
    assert is_same_object(Found("dog", 90, Box(0.1, 0.1, 0.5, 0.4), WHOLE), other) is is_same
