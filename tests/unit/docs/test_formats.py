"""docs/formats.md matches the code and its own sums."""

from __future__ import annotations

import re
from pathlib import Path

from bench.corpus.disagreements import MAX_DIFFERENCE, MAX_MEAN, MAX_MEGABYTES, MAX_SECONDS
from common.formats import FORMATS
from common.rejections import MESSAGES
from common.units import MEGABYTE
from processor.imaging import cicp, preview, thumbnail
from processor.imaging.formats import bmp_pixels, gif, heif_cost, jpeg, jpeg_markers, png_chunks, webp
from processor.imaging.imaging_process import FUNCTION_BYTES
from processor.imaging.interface import MAX_PREPARE_SECONDS, MAX_SIDE, MIN_SIDE
from processor.imaging.size import MAX_PIXELS
from tests.unit.processor.imaging.test_cicp import COMMON_ERROR, GRAY_ERROR, MAX_ERROR, MEAN_ERROR

ROOT = Path(__file__).resolve().parents[3]
FORMATS_PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
# What is told about files; the other codes are about their processing.
CODES = (
    "not-an-image",
    "unsupported-format",
    "broken",
    "too-many-pixels",
    "too-narrow",
    "too-complex",
    "too-large",
    "empty",
)


def table(section: str) -> list[list[str]]:
    """Return the rows of the first table in a section."""
    _, _, text = FORMATS_PAGE.partition(f"# {section}\n")
    rows, *_ = re.findall(r"^(?:\|.*\n)+", text, re.MULTILINE)
    return [line.strip("| ").split(" | ") for line in rows.splitlines()[2:]]


def test_lists_every_format_in_order() -> None:
    assert [row[0] for row in table("Accepted formats")] == [known.name for known in FORMATS]


def test_quotes_every_rejection_of_a_file() -> None:
    assert [tuple(row) for row in table("Rejections")] == [(f"`{code}`", MESSAGES[code]) for code in CODES]


def test_states_the_limits() -> None:
    values = {row[0]: row[1] for row in table("Limits")}
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    (megabytes,) = re.findall(
        r"^  MaxUploadMegabytes:\n(?:    .*\n)*?    Default: (\d+)$", template, re.MULTILINE
    )
    assert values == {
        "file size": f"{megabytes} MB (`MaxUploadMegabytes`)",
        "pixels": f"{MAX_PIXELS // 1_000_000} million",
        "sides of a converted picture": (
            f"scaled to {MIN_SIDE} to {MAX_SIDE:,} pixels; "
            f"the longer side at most {MAX_SIDE / MIN_SIDE} times the shorter one"
        ),
        "time to read a file": f"{MAX_PREPARE_SECONDS:g} seconds",
        "memory to read a file": f"the function's memory minus {FUNCTION_BYTES // MEGABYTE} MB",
        "segments of a JPEG": f"{jpeg_markers.MAX_SEGMENTS:,}",
        "scans of a JPEG": (
            f"{jpeg_markers.MAX_SCANS}, "
            f"and {jpeg_markers.MAX_SCANNED_PIXELS // MAX_PIXELS} of the largest picture; "
            "half as many if arithmetic-coded"
        ),
        "scans of a JPEG that may lack pixels, each time it is decoded": (
            f"{jpeg.MAX_CHECKED_PIXELS // MAX_PIXELS} of the largest picture"
        ),
        "chunks of a PNG or a WebP": f"{png_chunks.MAX_CHUNKS:,}",
        "blocks before the first frame of a GIF": f"{gif.MAX_BLOCKS:,}",
        "pixels of a TIFF's tile": f"{MAX_PIXELS // 1_000_000} million",
        "pixels and bytes of all parts of a HEIC or an AVIF": f"{heif_cost.MAX_COST // 1_000_000} million",
        "codes of a BMP with RLE": f"{bmp_pixels.MAX_RUNS:,}",
    }
    assert png_chunks.MAX_CHUNKS == webp.MAX_CHUNKS
    renderings = f"at most {preview.MAX_SIDE:,} pixels, the thumbnail's at most {thumbnail.MAX_SIDE}."
    assert renderings in FORMATS_PAGE


def test_states_the_limits_of_the_comparison() -> None:
    text = " ".join(FORMATS_PAGE.split())
    assert f"a mean of {MAX_MEAN:g} or a maximum of {MAX_DIFFERENCE}" in text
    assert f"{MAX_SECONDS:g} seconds or {MAX_MEGABYTES:,} MB" in text


def test_states_the_error_of_hdr_that_is_tested() -> None:
    assert (
        f"is below {MEAN_ERROR} of 255 on average, below {COMMON_ERROR} for 99 % of the values, "
        f"and below {MAX_ERROR} for all; that of grays is at most {GRAY_ERROR}."
    ) in " ".join(FORMATS_PAGE.split())
    assert (
        f"is below {MEAN_ERROR} of 255, 99 % of the errors are below {COMMON_ERROR}, and all are below "
        f"{MAX_ERROR}; the largest are in channels that are almost zero. "
        f"Those of grays are at most {GRAY_ERROR}."
    ) in " ".join((cicp.__doc__ or "").split())


def test_the_suites_add_up() -> None:
    *suites, total = [[int(cell.replace(",", "")) for cell in row[3:]] for row in table("Suites")]
    assert len(suites) > 20
    assert [sum(column) for column in zip(*suites, strict=True)] == total
    assert [sum(row[1:-1]) for row in suites] == [row[0] for row in suites]


def test_explains_every_disagreement() -> None:
    *reasons, total = [int(row[1]) for row in table("Disagreements")]
    assert sum(reasons) == total == int(table("Suites")[-1][-1])


def test_names_the_commit_of_every_suite() -> None:
    *suites, _ = table("Suites")
    assert [row for row in suites if not re.fullmatch(r"`[0-9a-f]{10}`", row[2])] == []


def test_every_link_leads_to_a_file() -> None:
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", FORMATS_PAGE) if "://" not in target]
    assert [target for target in linked if not (ROOT / "docs" / target).exists()] == []
