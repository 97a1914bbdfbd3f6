"""Pixels of BMPs that Pillow can't unpack: run-length codes and bit fields."""

from __future__ import annotations

from PIL import Image, ImageChops

from common.rejections import Rejection

MAX_RUNS = 5_000_000  # run-length codes, which take 2 to 5 seconds, and have 10 to 20 MB
_PAIRS = [bytes((value >> 4, value & 0x0F)) for value in range(256)]
_SINGLES = [bytes((value,)) for value in range(256)]
_END_OF_LINE, _END_OF_BITMAP, _DELTA = 0, 1, 2


def decode_runs(data: bytes, size: tuple[int, int], bits: int) -> bytes:
    """Return a byte for each pixel of RLE8 or RLE4, in the order of the file.

    Pixels that are skipped have the palette's first color; pixels outside the image are ignored.
    Raises EOFError if the codes end too early, and Rejection if there are too many.
    """
    width, height = size
    pixels = bytearray(width * height)
    units = _SINGLES if bits == 8 else _PAIRS
    unit_size = 8 // bits
    at, row_end, position = 0, width, 0  # the next pixel, the end of its row, and the next code
    runs = 0
    while row_end <= len(pixels):
        runs += 1
        if runs > MAX_RUNS:
            raise Rejection.of("too-complex")
        if position + 2 > len(data):
            if at == len(pixels):
                break  # only the end marker is missing
            raise EOFError("the runs are cut off")
        count, value = data[position], data[position + 1]
        position += 2
        if count:
            used = min(count, row_end - at)
            pixels[at : at + used] = (units[value] * ((used + 1) // unit_size))[:used]
            at += used
        elif value == _END_OF_LINE:
            at, row_end = row_end, row_end + width
        elif value == _END_OF_BITMAP:
            break
        elif value == _DELTA:
            right, up = data[position : position + 2]
            position += 2
            row_end += up * width
            at = min(at + right + up * width, row_end)
        else:
            stored_bytes = (value + unit_size - 1) // unit_size
            stored = data[position : position + stored_bytes]
            if len(stored) < stored_bytes:
                raise EOFError("the runs are cut off")
            position += stored_bytes + stored_bytes % 2
            used = min(value, row_end - at)
            pixels[at : at + used] = b"".join(units[each] for each in stored)[:used]
            at += used
    return bytes(pixels)


def expand_fields(
    data: bytes, size: tuple[int, int], pixel_bytes: int, masks: tuple[int, int, int, int]
) -> Image.Image:
    """Return RGB or RGBA pixels from little-endian numbers of 2 or 4 bytes, whose channels the masks select.

    The pixels are in the order of the file; its rows are filled up to 4 bytes. Alpha that is 0 everywhere is
    ignored: many programs write only its mask. Raises ValueError if data is missing or a mask has gaps.
    """
    width, height = size
    stored_size = (width + width % 2 if pixel_bytes == 2 else width), height
    planes = [Image.frombytes("L", stored_size, data[start::pixel_bytes]) for start in range(pixel_bytes)]
    channels = [_select(planes, mask) for mask in masks[:3]]
    alpha = _select(planes, masks[3])
    if masks[3]:
        is_used = alpha.getextrema() != (0, 0)
        channels.append(alpha if is_used else Image.new("L", stored_size, 255))
    return Image.merge("RGBA" if masks[3] else "RGB", channels).crop((0, 0, width, height))


def _select(planes: list[Image.Image], mask: int) -> Image.Image:
    """Return the channel of a mask, scaled to 0 to 255. Only its highest 8 bits matter."""
    if mask == 0:
        return Image.new("L", planes[0].size)
    low = (mask & -mask).bit_length() - 1
    bits = mask.bit_length() - low
    if mask != (1 << bits) - 1 << low or mask.bit_length() > 8 * len(planes):
        raise ValueError(f"bit field {mask:#x}")
    low, bits = low + max(0, bits - 8), min(bits, 8)
    byte, shift = divmod(low, 8)
    highest = (1 << bits) - 1
    channel = planes[byte].point([value >> shift & highest for value in range(256)])
    if shift + bits > 8:  # continued in the next byte
        upper = planes[byte + 1].point([value << 8 - shift & highest for value in range(256)])
        channel = ImageChops.add(channel, upper)
    return channel.point([min(255, round(value * 255 / highest)) for value in range(256)])
