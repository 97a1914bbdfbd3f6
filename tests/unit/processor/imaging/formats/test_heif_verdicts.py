"""HEIC and AVIF: damage that decoders conceal, and codecs that aren't supported."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from tests.heif_files import Item, box, coded_item, full_box, grid_files, ispe, write_heif
from tests.unit.processor.imaging.formats.heif_reading import (
    BRANDS,
    BROKEN,
    EACH_CODEC,
    photo,
    read,
    unsupported,
    verdict,
    zero,
)
from tests.unit.processor.imaging.support import CENTER, SIZE, save


@EACH_CODEC
@pytest.mark.parametrize("part", range(1, 20))
def test_a_single_image_that_was_cut_or_zeroed_is_broken(name: str, part: int) -> None:
    item = coded_item(photo(), name)
    data = write_heif({1: item}, [], BRANDS[name])
    assert verdict(data) == "done"
    assert verdict(data[: len(data) * part // 20]) == BROKEN
    zeroed = replace(item, data=zero(item.data, part / 20, 1))
    assert verdict(write_heif({1: zeroed}, [], BRANDS[name])) == BROKEN


@EACH_CODEC
@pytest.mark.parametrize("is_damaged", [False, True])
def test_damaged_transparency_is_broken(name: str, is_damaged: bool) -> None:
    image = photo()
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    data = save(image, "HEIF" if name == "HEIC" else name)
    # Encoders write the transparency after or before the colors: zero the middle of both in turn.
    start = data.index(b"mdat") + 4
    part = (len(data) - start) // 4
    for first in (start + part // 4, len(data) - part):
        zeroed = data[:first] + bytes(part // 2) + data[first + part // 2 :]
        assert verdict(zeroed if is_damaged else data) == (BROKEN if is_damaged else "done")


@EACH_CODEC
def test_a_damaged_thumbnail_is_ignored(name: str) -> None:
    thumbnail = coded_item(photo((64, 64)), name)
    damaged = replace(thumbnail, data=zero(thumbnail.data, 0.2, 1))
    data = write_heif({1: coded_item(photo(), name), 2: damaged}, [("thmb", 2, [1])], BRANDS[name])
    assert verdict(data) == "done"


def test_a_heic_with_thousands_of_items_is_read() -> None:
    others = {item_id: Item("mime", b"") for item_id in range(2, 20_000)}
    assert verdict(write_heif({1: coded_item(photo(), "HEIC"), **others}, [], "heic")) == "done"


@pytest.mark.parametrize(
    ("item_type", "brand", "codec"),
    [
        ("avc1", "avci", "H.264"),
        ("jpeg", "jpeg", "JPEG"),
        ("j2k1", "j2ki", "JPEG 2000"),
        ("vvc1", "vvic", "H.266"),
        ("unci", "mif1", "uncompressed"),
        ("lhv1", "heic", "layered H.265"),
        ("av01", "heic", "AV1"),
        ("avc1", "avif", "H.264"),
    ],
)
def test_a_codec_that_is_not_supported_is_named(item_type: str, brand: str, codec: str) -> None:
    data = write_heif({1: Item(item_type, b"data", (ispe(SIZE),))}, [], brand)
    assert verdict(data) == unsupported(f"HEIF ({codec})")


def test_heic_with_the_brand_of_avif_is_read() -> None:
    assert read(write_heif({1: coded_item(photo(), "HEIC")}, [], "avif")).size == photo().size


def test_an_unknown_essential_property_is_not_supported() -> None:
    item = coded_item(photo(), "HEIC")
    data = write_heif({1: replace(item, properties=(*item.properties, box(b"test")))}, [], "heic")
    assert verdict(data) == unsupported("HEIF (unusual structure)")


def test_an_image_that_is_predicted_from_another_is_not_supported() -> None:
    item = coded_item(photo(), "HEIC")
    predicted = replace(item, properties=(*item.properties, full_box(b"rref", b"\1pred")))
    data = write_heif({1: predicted, 2: item}, [("pred", 1, [2])], "heic")
    assert verdict(data) == unsupported("HEIF (unusual structure)")


def test_an_image_sequence_without_a_still_image_is_not_supported() -> None:
    data = box(b"ftyp", b"hevc", bytes(4), b"msf1", b"hevc") + box(b"moov", full_box(b"mvhd", bytes(96)))
    assert verdict(data) == unsupported("HEIC image sequence")


def test_a_minimized_avif_is_not_supported() -> None:
    assert verdict(box(b"ftyp", b"mif3", b"avif") + box(b"mini", bytes(40))) == unsupported(
        "AVIF (minimized)"
    )


def test_the_primary_image_is_shown() -> None:
    items = {
        item_id: coded_item(Image.new("RGB", SIZE, color), "HEIC")
        for item_id, color in ((1, "red"), (2, "lime"), (3, "blue"))
    }
    assert read(write_heif(items, [], "heic", primary=2)).getpixel(CENTER) == pytest.approx(
        (0, 255, 0), abs=6
    )


def test_an_avif_whose_colors_and_transparency_share_a_tile_is_not_supported() -> None:
    items, tiles = grid_files(photo(), "AVIF", 4, 3)
    alpha = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
    items[99] = replace(items[1], properties=(*items[1].properties, alpha))
    data = write_heif(items, [("dimg", 1, tiles), ("dimg", 99, tiles), ("auxl", 99, [1])], "avif")
    assert verdict(data) == unsupported("AVIF (unusual structure)")


def test_a_heic_with_layers_is_read_if_the_decoder_can_and_named_otherwise() -> None:
    item = coded_item(photo(), "HEIC")
    layer = item.data[:5] + bytes((item.data[5] | 1 << 3,)) + item.data[6:]  # nuh_layer_id is 1

    def verdict_on(data: bytes) -> str:
        return verdict(write_heif({1: replace(item, data=data)}, [], "heic"))

    assert verdict_on(item.data + layer) == "done"
    assert verdict_on(layer) == unsupported("HEIF (layered H.265)")
    assert {verdict_on(layer[:-1]), verdict_on(zero(layer, 0.1, 0.2))} == {BROKEN}
