"""Code points: HDR and wide gamut are shown in sRGB, within the error that the module states."""

from __future__ import annotations

import math
import random
from statistics import fmean, quantiles

import pytest
from PIL import Image

from processor.imaging.cicp import CodePoints, to_srgb

PQ, HLG = 16, 18
# Of 255. The page about formats and the module state them: the mean, of 99 % of the values, of all, of grays.
MEAN_ERROR, COMMON_ERROR, MAX_ERROR, GRAY_ERROR = 0.3, 3, 26, 1.5
# From linear light to linear sRGB, each row one channel (BT.2087 and CSS Color 4, rounded to 6 digits).
BT2020_TO_SRGB = (
    (1.660491, -0.587641, -0.072850),
    (-0.124550, 1.132900, -0.008349),
    (-0.018151, -0.100579, 1.118730),
)
P3_TO_SRGB = ((1.224940, -0.224940, 0.0), (-0.042057, 1.042057, 0.0), (-0.019638, -0.078636, 1.098274))
IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
MATRICES = {1: IDENTITY, 9: BT2020_TO_SRGB, 12: P3_TO_SRGB}
LUMINANCES = {1: (0.2126, 0.7152, 0.0722), 9: (0.2627, 0.6780, 0.0593), 12: (0.2290, 0.6917, 0.0793)}

Color = tuple[float, float, float]


def pq_to_nits(value: float) -> float:
    power = value ** (1 / 78.84375)
    ratio = max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return 10_000 * math.pow(ratio, 1 / 0.1593017578125)


def nits_to_pq(nits: float) -> float:
    power = (nits / 10_000) ** 0.1593017578125
    return math.pow((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375)


def hlg_to_nits(color: Color, shares: Color) -> Color:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = [v * v / 3 if v <= 0.5 else (math.exp((v - c) / a) + b) / 12 for v in color]
    luminance = sum(share * light for share, light in zip(shares, scene, strict=True))
    red, green, blue = (1000 * luminance**0.2 * light for light in scene)
    return red, green, blue


def tone_map(nits: float) -> float:
    """BT.2390's EETF from 1,000 to 203 cd/m², as a share of 203."""
    peak = nits_to_pq(1000)
    value, top = nits_to_pq(min(nits, 1000)) / peak, nits_to_pq(203) / peak
    knee = 1.5 * top - 0.5
    if value > knee:
        t = (value - knee) / (1 - knee)
        value = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee)
        value += (-2 * t**3 + 3 * t**2) * top
    return pq_to_nits(value * peak) / 203


def srgb_encode(light: float) -> float:
    light = min(1.0, max(0.0, light))
    return 255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)


def srgb_decode(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def reference(code_points: CodePoints, color: tuple[int, int, int]) -> list[float]:
    red, green, blue = (value / 255 for value in color)
    shares = LUMINANCES[code_points.primaries]
    if code_points.transfer == PQ:
        light = [tone_map(pq_to_nits(value)) for value in (red, green, blue)]
    elif code_points.transfer == HLG:
        light = [tone_map(nits) for nits in hlg_to_nits((red, green, blue), shares)]
    else:
        light = [srgb_decode(value) for value in (red, green, blue)]
    rows = MATRICES[code_points.primaries]
    return [srgb_encode(sum(a * b for a, b in zip(row, light, strict=True))) for row in rows]


def convert(code_points: CodePoints, colors: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    image = Image.new("RGB", (len(colors), 1))
    image.putdata(colors)
    converted = to_srgb(image, code_points).tobytes()
    return [(converted[i], converted[i + 1], converted[i + 2]) for i in range(0, len(converted), 3)]


@pytest.mark.parametrize("transfer", [PQ, HLG, 13])
@pytest.mark.parametrize("primaries", [1, 9, 12])
def test_the_error_is_within_the_stated_limits(primaries: int, transfer: int) -> None:
    code_points = CodePoints(primaries, transfer)
    numbers = random.Random(1)
    colors = [(numbers.randrange(256), numbers.randrange(256), numbers.randrange(256)) for _ in range(4000)]
    errors = [
        abs(value - exact)
        for color, converted in zip(colors, convert(code_points, colors), strict=True)
        for value, exact in zip(converted, reference(code_points, color), strict=True)
    ]
    assert fmean(errors) < MEAN_ERROR
    assert quantiles(errors, n=100)[98] < COMMON_ERROR
    assert max(errors) < MAX_ERROR


@pytest.mark.parametrize("primaries", [1, 9, 12])
@pytest.mark.parametrize("transfer", [PQ, HLG, 13])
def test_grays_stay_gray_and_are_exact(primaries: int, transfer: int) -> None:
    code_points = CodePoints(primaries, transfer)
    grays = [(value, value, value) for value in range(256)]
    for gray, converted in zip(grays, convert(code_points, grays), strict=True):
        assert converted == pytest.approx(reference(code_points, gray), abs=GRAY_ERROR)


@pytest.mark.parametrize("transfer", [PQ, HLG, 13])
def test_black_and_white_stay(transfer: int) -> None:
    ends = [(0, 0, 0), (255, 255, 255)]
    assert convert(CodePoints(9, transfer), ends) == ends


@pytest.mark.parametrize(
    ("transfer", "expected"),  # what Chromium shows for (64, 128, 200) with these numbers
    [
        (1, (54, 121, 197)),
        (4, (62, 129, 201)),
        (5, (40, 106, 189)),
        (7, (81, 141, 206)),
        (8, (137, 188, 229)),
    ],
)
def test_other_transfer_functions_are_shown_as_in_browsers(
    transfer: int, expected: tuple[int, int, int]
) -> None:
    [converted] = convert(CodePoints(1, transfer), [(64, 128, 200)])
    assert converted == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(
    ("primaries", "expected"),  # what Chromium shows for (230, 30, 30) with these numbers
    [(5, (234, 30, 30)), (6, (224, 46, 28)), (9, (255, 0, 0)), (12, (251, 0, 0)), (22, (232, 47, 28))],
)
def test_other_primaries_are_shown_as_in_browsers(primaries: int, expected: tuple[int, int, int]) -> None:
    [converted] = convert(CodePoints(primaries, 13), [(230, 30, 30)])
    assert converted == pytest.approx(expected, abs=3)


def test_transparency_is_kept() -> None:
    image = Image.new("RGBA", (1, 1), (128, 128, 128, 77))
    assert to_srgb(image, CodePoints(9, PQ)).getchannel("A").getpixel((0, 0)) == 77


@pytest.mark.parametrize(
    ("primaries", "transfer", "is_srgb"),
    [
        (1, 13, True),
        (2, 2, True),
        (1, 2, True),
        (0, 255, True),
        (1, 1, False),
        (9, 13, False),
        (1, 16, False),
    ],
)
def test_srgb_and_unknown_numbers_are_not_converted(primaries: int, transfer: int, is_srgb: bool) -> None:
    assert CodePoints(primaries, transfer).is_srgb == is_srgb


@pytest.mark.parametrize("transfer", [1, 6, 14, 15])
def test_a_photo_with_a_transfer_function_for_video_is_shown_as_srgb(transfer: int) -> None:
    assert CodePoints(9, transfer).as_photo == CodePoints(9, 13)


def test_other_transfer_functions_of_a_photo_are_kept() -> None:
    assert CodePoints(9, PQ).as_photo == CodePoints(9, PQ)
