"""HEIC and AVIF in tiles: damage to any tile is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.heif_files import Item, grid_files, write_heif
from tests.unit.processor.imaging.formats.heif_reading import (
    BRANDS,
    BROKEN,
    photo,
    read,
    unsupported,
    verdict,
    zero,
)

COLUMNS, ROWS = 4, 3


@pytest.fixture(scope="module", params=["HEIC", "AVIF"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def grid(name: str) -> tuple[dict[int, Item], list[int]]:
    return grid_files(photo(), name, COLUMNS, ROWS)


def write_grid(items: dict[int, Item], tiles: list[int], name: str) -> bytes:
    return write_heif(items, [("dimg", 1, tiles)], BRANDS[name])


def test_a_whole_grid_is_read(grid, name: str) -> None:
    items, tiles = grid
    image = read(write_grid(items, tiles, name))
    assert max(ImageStat.Stat(ImageChops.difference(image, photo())).mean) < 6


def test_a_grid_that_was_cut_anywhere_is_broken(grid, name: str) -> None:
    items, tiles = grid
    data = write_grid(items, tiles, name)
    assert {verdict(data[: len(data) * part // 40]) for part in range(3, 40)} | {verdict(data[:-1])} == {
        BROKEN
    }


@pytest.mark.parametrize(("start", "end"), [(0, 1), (0, 0.5), (0.01, 0.2), (0.3, 0.6), (0.5, 1), (0.9, 1)])
def test_a_grid_with_zeros_in_any_tile_is_broken(grid, name: str, start: float, end: float) -> None:
    items, tiles = grid
    for tile in tiles:
        damaged = {**items, tile: replace(items[tile], data=zero(items[tile].data, start, end))}
        assert verdict(write_grid(damaged, tiles, name)) == BROKEN


def test_a_grid_without_one_of_its_tiles_is_broken(grid, name: str) -> None:
    items, tiles = grid
    assert verdict(write_grid(items, [*tiles[:-1], 99], name)) == BROKEN
    assert verdict(write_grid(items, tiles[:-1], name)) == BROKEN


def test_tiles_of_another_codec_are_not_supported(grid, name: str) -> None:
    items, tiles = grid
    mixed = {**items, tiles[3]: replace(items[tiles[3]], type="avc1")}
    assert verdict(write_grid(mixed, tiles, name)) == unsupported("HEIF (H.264)")


def test_properties_may_be_in_a_box_per_item(grid, name: str) -> None:
    items, tiles = grid
    references = [("dimg", 1, tiles)]
    data = write_heif(items, references, BRANDS[name], has_ipma_per_item=True)
    assert read(data).tobytes() == read(write_heif(items, references, BRANDS[name])).tobytes()


def test_a_heic_with_hundreds_of_boxes_is_read() -> None:
    items, tiles = grid_files(Image.new("RGB", (1280, 960), "red"), "HEIC", 20, 15)
    assert sum(len(item.properties) for item in items.values()) > 600
    assert read(write_grid(items, tiles, "HEIC")).size == (1280, 960)
