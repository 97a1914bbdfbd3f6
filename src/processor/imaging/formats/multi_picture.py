"""The index of a multi-picture file (MPO), a JPEG with several images (CIPA DC-007)."""

from __future__ import annotations

import struct

_IMAGE_COUNT = 0xB001  # tag (CIPA DC-007, 5.2.3)


def count_images(index: bytes) -> int:
    """Return the number of images by the index, or 0 if it isn't valid."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(index[:4])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}I", index, 4)
        (entries,) = struct.unpack_from(f"{order}H", index, start)
        for number in range(entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHII", index, start + 2 + 12 * number)
            if tag == _IMAGE_COUNT:
                return int(value)
    except struct.error:
        return 0
    return 0
