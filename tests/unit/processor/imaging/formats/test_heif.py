"""HEIC and AVIF: damage that decoders conceal, codecs that aren't supported, crops, and colors."""

from __future__ import annotations

import io
import random
import struct
from dataclasses import replace

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageStat

from common.rejections import Rejection
from processor.imaging.cicp import CodePoints
from processor.imaging.decode import decode, open_image, reject_damaged
from tests.heif_files import Item, box, clap, coded_item, full_box, grid_files, ispe, nclx, write_heif
from tests.unit.processor.imaging.support import CENTER, SIZE, linear_profile, prepare_file, save

BRANDS = {"HEIC": "heic", "AVIF": "avif"}
BROKEN = "The picture is damaged and can't be read. Export or copy it again, then upload the new file."
COLUMNS, ROWS = 4, 3


def photo(size: tuple[int, int] = (256, 192)) -> Image.Image:
    """Return a picture whose tiles all need more than 1,000 bytes."""
    colors = Image.merge("RGB", [Image.linear_gradient("L").rotate(angle) for angle in (0, 90, 180)])
    noise = Image.frombytes("L", size, random.Random(1).randbytes(size[0] * size[1])).convert("RGB")
    return ImageChops.add(colors.resize(size), noise, scale=2)


def read(data: bytes) -> Image.Image:
    with reject_damaged():
        return decode(open_image(data), 4096).image


def verdict(data: bytes) -> str:
    try:
        read(data)
    except Rejection as rejection:
        return rejection.message
    return "done"


def unsupported(name: str) -> str:
    return Rejection.of("unsupported-format", format=name).message


def zero(data: bytes, start: float, end: float) -> bytes:
    """Return data with zeros in a part of it, given as shares."""
    first, last = int(start * len(data)), int(end * len(data))
    return data[:first] + bytes(last - first) + data[last:]


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


@pytest.mark.parametrize("part", range(1, 20))
def test_a_single_image_that_was_cut_or_zeroed_is_broken(name: str, part: int) -> None:
    item = coded_item(photo(), name)
    data = write_heif({1: item}, [], BRANDS[name])
    assert verdict(data) == "done"
    assert verdict(data[: len(data) * part // 20]) == BROKEN
    zeroed = replace(item, data=zero(item.data, part / 20, 1))
    assert verdict(write_heif({1: zeroed}, [], BRANDS[name])) == BROKEN


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


def test_properties_may_be_in_a_box_per_item(grid, name: str) -> None:
    items, tiles = grid
    references = [("dimg", 1, tiles)]
    data = write_heif(items, references, BRANDS[name], has_ipma_per_item=True)
    assert read(data).tobytes() == read(write_heif(items, references, BRANDS[name])).tobytes()


def test_a_damaged_thumbnail_is_ignored(name: str) -> None:
    thumbnail = coded_item(photo((64, 64)), name)
    damaged = replace(thumbnail, data=zero(thumbnail.data, 0.2, 1))
    data = write_heif({1: coded_item(photo(), name), 2: damaged}, [("thmb", 2, [1])], BRANDS[name])
    assert verdict(data) == "done"


def test_a_heic_with_hundreds_of_boxes_is_read() -> None:
    items, tiles = grid_files(Image.new("RGB", (1280, 960), "red"), "HEIC", 20, 15)
    assert sum(len(item.properties) for item in items.values()) > 600
    assert read(write_grid(items, tiles, "HEIC")).size == (1280, 960)


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


@pytest.mark.parametrize("matrix", [3, 10, 14])
def test_an_avif_whose_matrix_the_decoder_lacks_is_not_supported(matrix: int) -> None:
    assert verdict(colored("AVIF", nclx(9, 16, matrix))) == unsupported("AVIF (unusual color encoding)")


def test_a_heic_whose_matrix_the_decoder_lacks_is_not_supported() -> None:
    assert verdict(colored("HEIC", nclx(9, 16, 14))) == unsupported("HEIF (unusual color encoding)")


def test_an_avif_whose_colors_and_transparency_share_a_tile_is_not_supported() -> None:
    items, tiles = grid_files(photo(), "AVIF", COLUMNS, ROWS)
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


@pytest.mark.parametrize(
    ("properties", "size"),
    [
        ((clap((60, 40), (-30, -30)),), (60, 40)),
        ((clap((60, 40), (-30, -30)), box(b"irot", b"\1")), (40, 60)),
        ((box(b"irot", b"\1"),), (100, 120)),
        ((box(b"pasp", struct.pack(">II", 2, 1)),), (120, 100)),
    ],
)
def test_crop_and_rotation_are_applied(
    name: str, properties: tuple[bytes, ...], size: tuple[int, int]
) -> None:
    image = Image.new("RGB", SIZE, "blue")
    image.paste("red", (0, 0, 60, 40))
    item = coded_item(image, name)
    data = write_heif({1: replace(item, properties=item.properties + properties)}, [], BRANDS[name])
    opened = open_image(data)
    assert (opened.width, opened.height) == size
    shown = decode(opened, 4096).image
    assert shown.size == size
    if 60 in size:  # cropped to the red part
        assert shown.resize((1, 1)).getpixel((0, 0)) == pytest.approx((255, 0, 0), abs=6)


@pytest.mark.parametrize(
    "transforms",
    [(), (box(b"irot", b"\1"),), (box(b"imir", b"\0"),), (box(b"irot", b"\3"), box(b"imir", b"\1"))],
)
def test_a_heic_is_cropped_to_a_small_part(transforms: tuple[bytes, ...]) -> None:
    image = Image.new("RGB", (640, 480), "blue")
    image.paste("red", (400, 300, 520, 400))
    item = coded_item(image, "HEIC")
    crop = clap((120, 100), (460 - 320, 350 - 240))
    data = write_heif({1: replace(item, properties=(*item.properties, crop, *transforms))}, [], "heic")
    opened = open_image(data)
    shown = read(data)
    is_turned = any(each[4:8] == b"irot" for each in transforms)
    assert shown.size == (opened.width, opened.height) == ((100, 120) if is_turned else (120, 100))
    assert shown.resize((1, 1)).getpixel((0, 0)) == pytest.approx((255, 0, 0), abs=6)


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("mirror", [None, 0, 1])
def test_a_crop_keeps_rotation_and_mirroring(turn: int, mirror: int | None) -> None:
    image = photo((320, 200))
    item = coded_item(image, "HEIC")
    turned = (box(b"irot", bytes((turn,))), *([] if mirror is None else [box(b"imir", bytes((mirror,)))]))
    whole = read(write_heif({1: replace(item, properties=item.properties + turned)}, [], "heic"))
    uncropped = (*item.properties, clap((320, 200)), *turned)
    assert read(write_heif({1: replace(item, properties=uncropped)}, [], "heic")) == whole


def test_a_crop_of_an_avif_on_the_left_is_ignored_as_in_browsers() -> None:
    item = coded_item(photo(SIZE), "AVIF")
    data = write_heif({1: replace(item, properties=(*item.properties, clap((60, 40))))}, [], "avif")
    assert read(data).size == SIZE


def test_exif_orientation_is_ignored(name: str) -> None:
    exif = Image.Exif()
    exif[274] = 6
    items = {1: coded_item(photo(SIZE), name), 2: Item("Exif", bytes(4) + exif.tobytes()[6:])}
    assert read(write_heif(items, [("cdsc", 2, [1])], BRANDS[name])).size == SIZE


def colored(name: str, *properties: bytes) -> bytes:
    item = coded_item(Image.new("RGB", SIZE, (230, 30, 30)), name)
    own = tuple(each for each in item.properties if each[4:8] != b"colr")
    return write_heif({1: replace(item, properties=own + properties)}, [], BRANDS[name])


@pytest.mark.parametrize(
    ("primaries", "transfer", "expected"),
    [(1, 13, (230, 30, 30)), (9, 1, (255, 0, 0)), (12, 13, (251, 0, 0)), (1, 8, (244, 96, 96))],
)
def test_code_points_are_applied(name: str, primaries: int, transfer: int, expected: tuple[int, ...]) -> None:
    data = colored(name, nclx(primaries, transfer))
    assert read(data).getpixel(CENTER) == pytest.approx(expected, abs=6)


def test_a_profile_precedes_code_points(name: str) -> None:
    profile = box(b"colr", b"prof", linear_profile())
    shown = read(colored(name, nclx(9, 16), profile)).getpixel(CENTER)
    assert shown == pytest.approx((244, 96, 96), abs=6)


def test_code_points_in_the_hevc_data_are_applied() -> None:
    file = io.BytesIO()
    image = pillow_heif.from_bytes("RGB;16", (120, 100), struct.pack("<3H", 0x9400, 0x9400, 0x9400) * 12_000)
    image.save(file, quality=90, color_primaries=9, transfer_characteristics=16, matrix_coefficients=9)
    for data in (file.getvalue(), file.getvalue().replace(b"colr", b"free")):
        # 0x9400 is 203 cd/m²
        assert read(data).getpixel(CENTER) == pytest.approx((227, 227, 227), abs=3)


def test_code_points_in_the_av1_data_are_applied() -> None:
    item = coded_item(Image.new("RGB", SIZE, (230, 30, 30)), "AVIF")
    assert not any(each[4:8] == b"colr" for each in item.properties)
    image = open_image(write_heif({1: item}, [], "avif")).image
    assert image.info["cicp"] == CodePoints(1, 13)  # what the encoder wrote


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_monochrome_is_read_in_full_range(name: str, mode: str) -> None:
    image = Image.new(mode, SIZE, 255)
    image.paste(0, (0, 0, 60, 100))
    if mode == "LA":
        image.putalpha(255)
    shown = read(save(image, "HEIF" if name == "HEIC" else name))
    assert shown.getpixel((20, 50)) == pytest.approx((0, 0, 0), abs=3)
    assert shown.getpixel((100, 50)) == pytest.approx((255, 255, 255), abs=3)


def test_the_converted_picture_is_tone_mapped() -> None:
    prepared = prepare_file(colored("AVIF", nclx(9, 16)))
    assert prepared.body is not None
    assert prepared.image.getpixel(CENTER) == pytest.approx((255, 0, 0), abs=6)
