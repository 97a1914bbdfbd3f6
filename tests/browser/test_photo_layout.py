"""The layout of justified rows: a pure module, called in the browser."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.support import Json, OpenPage

pytestmark = pytest.mark.usefixtures("sources")  # imports a module of the page
GAP, ROW_HEIGHT, HEADING = 6, 216, 44
JUSTIFY = """async ([images, width, incomplete]) => {
  const {justify} = await importSource("layout.js");
  const options = {rowHeight: 216, gap: 6, headingHeight: 44, groupGap: 24, groupOf: ({group}) => group};
  return justify(images, {width, ...options});
}"""
MOVE = """async ([boxes, index, step]) => {
  const {indexInRow} = await importSource("layout.js");
  return indexInRow(boxes, index, step);
}"""


@pytest.fixture
def layout_page(open_page: OpenPage) -> Page:
    return open_page(user=None)


def justify(page: Page, images: list[Json], width: int) -> Any:
    return page.evaluate(JUSTIFY, [images, width])


def images(ratios: list[float], group: str = "2026-11") -> list[Json]:
    return [{"width": round(ratio * 1000), "height": 1000, "group": group} for ratio in ratios]


def rows(boxes: list[Json]) -> list[list[Json]]:
    return [list(row) for _, row in itertools.groupby(boxes, key=lambda box: box["top"])]


def test_rows_fill_the_width_and_keep_aspect_ratios(layout_page: Page) -> None:
    rng = random.Random(1)
    ratios = [rng.choice([0.67, 0.75, 1, 1.33, 1.5, 1.78]) for _ in range(120)]
    found = justify(layout_page, images(ratios), 1188)
    assert len(found["boxes"]) == 120
    for box, ratio in zip(found["boxes"], ratios, strict=True):
        assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.01)
    full = rows(found["boxes"])[:-1]
    for row in full:
        assert row[0]["left"] == 0
        assert row[-1]["left"] + row[-1]["width"] == pytest.approx(1188)
        assert ROW_HEIGHT * 0.7 < row[0]["height"] < ROW_HEIGHT * 1.4
        for box, following in itertools.pairwise(row):
            assert following["left"] - box["left"] - box["width"] == pytest.approx(GAP)
    for row, next_row in itertools.pairwise(rows(found["boxes"])):
        assert next_row[0]["top"] - row[0]["top"] - row[0]["height"] == pytest.approx(GAP)
    last = found["boxes"][-1]
    assert found["height"] == pytest.approx(last["top"] + last["height"])


def test_photos_that_are_loaded_later_change_no_row_above(layout_page: Page) -> None:
    ratios = [1.5, 0.75, 1, 1.33] * 30
    before = justify(layout_page, images(ratios[:60]), 1188)["boxes"]
    after = justify(layout_page, images(ratios), 1188)["boxes"]
    kept = sum(len(row) for row in rows(before)[:-1])
    assert kept > 50
    assert after[:kept] == before[:kept]


def test_small_groups_share_a_row_and_none_leaves_a_photo_alone(layout_page: Page) -> None:
    small = images([1, 1], "2026-11") + images([1.5], "2026-10") + images([1.5] * 5, "2026-09")
    found = justify(layout_page, small, 1188)
    first, second, third = found["headings"]
    assert (first["top"], second["top"], second["left"]) == (0, 0, 2 * ROW_HEIGHT + GAP + 24)
    assert [box["top"] for box in found["boxes"][:3]] == [HEADING] * 3
    assert third["top"] == HEADING + ROW_HEIGHT + GAP
    assert [len(row) for row in rows(found["boxes"][3:])] in ([5], [2, 3], [3, 2])


def test_extreme_and_unknown_sizes_stay_usable(layout_page: Page) -> None:
    strange = [*images([10, 0.1]), {"width": None, "height": None, "group": "2026-11"}]
    for width in (296, 1188, 3400):
        for box in justify(layout_page, strange, width)["boxes"]:
            assert 0.5 <= box["width"] / box["height"] <= 3
            assert box["left"] + box["width"] <= width + 0.01


def test_moves_to_the_nearest_photo_of_the_next_row(layout_page: Page) -> None:
    boxes = [
        {"left": left, "top": top, "width": width, "height": 100}
        for top, left, width in [(0, 0, 100), (0, 100, 300), (100, 0, 200), (100, 200, 100), (100, 300, 100)]
    ]
    moves = [((0, 1), 2), ((1, 1), 3), ((4, -1), 1), ((2, -1), 0)]
    for (index, step), expected in moves:
        assert layout_page.evaluate(MOVE, [boxes, index, step]) == expected
    assert layout_page.evaluate(MOVE, [boxes, 1, -1]) == -1
    assert layout_page.evaluate(MOVE, [boxes, 3, 1]) == 5
