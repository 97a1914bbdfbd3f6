"""GIF."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from common.rejections import Rejection

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_SCREEN_BYTES = 13
_EXTENSION, _FRAME, _CONTROL = 0x21, 0x2C, 0xF9
_BLOCK = re.compile(rb"[\x21\x2c\x3b]")  # an extension, a frame or the trailer
# Before the first frame: 25 MB of text have 100,000; XMP, whose letters count as lengths, more.
MAX_BLOCKS = 1_000_000


class _FirstFrameGif(GifImageFile):
    """A GIF whose screen is transparent where its first frame isn't."""

    def load(self) -> Any:
        if not self.tile:
            return super().load()
        box = self.tile[0].extents or (0, 0, *self.size)
        super().load()
        if box != (0, 0, *self.size):
            canvas = Image.new("RGBA", self.size)
            canvas.paste(self.crop(box).convert("RGBA"), box)
            self.info.pop("transparency", None)
            self._mode, self.im, self.palette = canvas.mode, canvas.im, None
        return super().load()


def open_gif(data: bytes) -> ImageFile:
    """Read a GIF's header. Raises Rejection if it has no frame."""
    return _FirstFrameGif(io.BytesIO(_without_extensions(data)), "")


def _without_extensions(data: bytes) -> bytes:
    """Return a GIF without what precedes its first frame, except for the transparent color.

    Pillow misreads an application extension without data, for example.
    """
    flags = data[10]
    start = position = _SCREEN_BYTES + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    control, blocks = b"", 0
    while match := _BLOCK.search(data, position):  # there may be garbage between two blocks
        position = match.start()
        if data[position] != _EXTENSION:
            break
        end, count = _skip_blocks(data, position + 2)
        blocks += 1 + count
        if blocks > MAX_BLOCKS:
            raise Rejection.of("too-complex")
        if data[position + 1 : position + 3] == bytes((_CONTROL, 4)):
            control = data[position:end]
        position = end
    if data[position : position + 1] != bytes((_FRAME,)):
        raise Rejection.of("broken")
    return data if start + len(control) == position else data[:start] + control + data[position:]


def _skip_blocks(data: bytes, position: int) -> tuple[int, int]:
    """Return where an extension ends, and the number of its blocks, or one more than the limit."""
    count = 0
    while position < len(data) and data[position] and count <= MAX_BLOCKS:
        position += 1 + data[position]
        count += 1
    return position + 1, count
