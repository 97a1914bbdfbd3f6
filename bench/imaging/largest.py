"""The largest supported pictures: about 100 megapixels, in files of nearly 25 MB."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_BYTES = 25 * 1_048_576
_SQUARE = (10_000, 10_000)
_WIDE = (16_383, 6_103)  # 16,383 is WebP's maximum side
_TILE = 500

Encoded = tuple[bytes, tuple[int, int]]  # the file, and its width and height in pixels


def _noise(mode: str, size: tuple[int, int]) -> Image.Image:
    bands = [
        Image.frombytes("L", size, random.Random(band).randbytes(size[0] * size[1]))
        for band in range(Image.getmodebands(mode))
    ]
    return bands[0].convert(mode) if len(bands) == 1 else Image.merge(mode, bands)


def _grainy(mode: str, size: tuple[int, int], strength: float) -> Image.Image:
    """Return a picture with grain everywhere, which lossy formats store as detail."""
    gradient = Image.linear_gradient("L").resize((_TILE, _TILE)).convert("RGB").convert(mode)
    tile = Image.blend(gradient, _noise(mode, (_TILE, _TILE)), strength)
    picture = Image.new(mode, size)
    for x in range(0, size[0], _TILE):
        for y in range(0, size[1], _TILE):
            picture.paste(tile, (x, y))
    return picture


def _partly_noise(mode: str, size: tuple[int, int], noise_bytes: int) -> Image.Image:
    """Return an empty picture with a corner of noise, which lossless formats store bit by bit."""
    side = int((noise_bytes / Image.getmodebands(mode)) ** 0.5)
    picture = Image.new(mode, size)
    picture.paste(_noise(mode, (side, side)), (0, 0))
    return picture


def _encode(picture: Image.Image, name: str, **options: Any) -> Encoded:
    file = io.BytesIO()
    picture.save(file, name, **options)
    if file.tell() > _MAX_BYTES:
        raise ValueError(f"{file.tell()} bytes exceed the upload limit")
    return file.getvalue(), picture.size


def _lossy(
    name: str, mode: str, strength: float, size: tuple[int, int] = _SQUARE, **options: Any
) -> Callable[[], Encoded]:
    return lambda: _encode(_grainy(mode, size, strength), name, **options)


def _lossless(
    name: str, mode: str, megabytes: int = 20, size: tuple[int, int] = _SQUARE, **options: Any
) -> Callable[[], Encoded]:
    return lambda: _encode(_partly_noise(mode, size, megabytes * 1_000_000), name, **options)


def _heic() -> Encoded:
    import pillow_heif  # for encoding only: the function has just the decoder

    pillow_heif.register_heif_opener()
    return _encode(_grainy("RGB", _SQUARE, 0.1), "HEIF", quality=40)


def _png_16_bit() -> Encoded:
    """Encode four channels of 16 bits, 800 MB of pixels, which Pillow can't write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    width, height = _SQUARE
    compressor = zlib.compressobj(1)
    noise = random.Random(1)
    rows = [compressor.compress(b"\0" + noise.randbytes(width * 8)) for _ in range(250)]
    rows += [compressor.compress(bytes(1 + width * 8)) for _ in range(height - 250)]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0))
    body = chunk(b"IDAT", b"".join(rows) + compressor.flush())
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b""), _SQUARE


MAKERS: dict[str, Callable[[], Encoded]] = {
    "JPEG": _lossy("JPEG", "RGB", 0.25, quality=75),
    "JPEG progressive 4:4:4": _lossy("JPEG", "RGB", 0.14, quality=75, progressive=True, subsampling=0),
    "JPEG CMYK progressive": _lossy("JPEG", "CMYK", 0.05, quality=75, progressive=True),
    "JPEG CMYK, gray corner": lambda: _encode(  # might lack pixels, so it is decoded again to check
        Image.new("CMYK", _SQUARE, (127,) * 4), "JPEG", progressive=True, subsampling=0
    ),
    "PNG RGB": _lossless("PNG", "RGB", compress_level=1),
    "PNG RGBA": _lossless("PNG", "RGBA", compress_level=1),
    "PNG RGBA, 16 bits": _png_16_bit,
    "PNG gray and alpha": _lossless("PNG", "LA", compress_level=1),
    "PNG palette, transparent": lambda: _encode(
        _partly_noise("L", _SQUARE, 20_000_000).convert("P"), "PNG", transparency=3, compress_level=1
    ),
    "WebP": _lossy("WEBP", "RGB", 0.2, _WIDE, quality=75, method=0),
    "WebP lossless, alpha": _lossless("WEBP", "RGBA", 16, _WIDE, lossless=True, quality=20, method=1),
    "AVIF": _lossy("AVIF", "RGB", 0.12, quality=60, speed=10),
    "AVIF 4:4:4, alpha": _lossy("AVIF", "RGBA", 0.08, quality=60, speed=10, subsampling="4:4:4"),
    "HEIC": _heic,
    "GIF": lambda: _encode(_partly_noise("L", _SQUARE, 14_000_000), "GIF"),
    "TIFF CMYK": _lossless("TIFF", "CMYK", compression="tiff_adobe_deflate"),
    "TIFF RGBA, rotated": _lossless("TIFF", "RGBA", 15, compression="tiff_lzw", tiffinfo={274: 6}),
    "TIFF of floats": lambda: _encode(
        _partly_noise("L", _SQUARE, 10_000_000).convert("F"), "TIFF", compression="tiff_adobe_deflate"
    ),
    "BMP, one bit": _lossless("BMP", "1", 12),
}
