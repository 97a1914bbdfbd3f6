"""The limit of what decoding a HEIF file costs: an image may consist of others, which may all be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.rejections import Rejection
from processor.imaging.formats.heif_file import HeifError
from processor.imaging.size import MAX_PIXELS, check_size

if TYPE_CHECKING:
    from processor.imaging.formats.heif_file import HeifFile

# In pixels of every image that is decoded or composed, and bytes of data. A grid of the maximum size has its
# pixels twice, its tiles may extend beyond it, its transparency is another grid, and then there is the file.
MAX_COST = 5 * MAX_PIXELS
_IMAGE_COST = 32_768  # what starting the decoder for an image takes, in pixels
_MAX_DEPTH = 8  # of images that consist of others; a grid in an overlay has 3


def check_cost(file: HeifFile) -> None:
    """Raise Rejection if the primary image, or its transparency, consists of more than an ordinary one.

    Raises HeifError if the primary image can't be read.
    """
    check_size(*file.open_image(file.primary_id).size)
    if _measure(file, file.primary_id, {}) > MAX_COST:
        raise Rejection.of("too-complex")


def _measure(file: HeifFile, item_id: int, known: dict[int, int], depth: int = 1) -> int:
    """Return the cost of an image with all it consists of, as often as it is used there.

    `known` are the costs that have been measured. Returns more than the limit as soon as it is exceeded.
    """
    if item_id in known:
        return known[item_id]
    known[item_id] = cost = MAX_COST + 1  # for an image that is a part of itself
    if depth > _MAX_DEPTH:
        return cost
    sources = file.list_sources(item_id)
    try:
        image = file.open_image(item_id)
        parts = sources + (image.list_auxiliary_items() if image.has_alpha else [])
        pixels, data_bytes = image.coded_size[0] * image.coded_size[1], len(file.read_data(item_id))
        cost = _IMAGE_COST + pixels + data_bytes
    except HeifError:
        parts, cost = sources, _IMAGE_COST  # isn't decoded
    for part in parts:
        cost += _measure(file, part, known, depth + 1)
        if cost > MAX_COST:
            break
    known[item_id] = cost
    return cost
