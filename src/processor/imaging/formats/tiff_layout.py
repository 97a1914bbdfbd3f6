"""How a TIFF's pixels are stored, as its tags tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from processor.imaging.formats.tiff_tags import Directory

_BITS_PER_SAMPLE, _COMPRESSION, _PHOTOMETRIC, _SAMPLES_PER_PIXEL = 258, 259, 262, 277
_PLANAR_CONFIGURATION, _PREDICTOR, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 284, 317, 338, 339

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, CIELAB = 0, 1, 2, 3, 5, 6, 8
COLORS = {  # photometric: name, and samples of a pixel
    WHITE_IS_ZERO: ("gray", 1),
    BLACK_IS_ZERO: ("gray", 1),
    RGB: ("RGB", 3),
    PALETTE: ("palette", 1),
    CMYK: ("CMYK", 4),
    YCBCR: ("YCbCr", 3),
    CIELAB: ("CIELAB", 3),
}
UNCOMPRESSED, OLD_JPEG, JPEG = 1, 6, 7
FAX = frozenset((2, 3, 4, 32771))  # CCITT
PREDICTABLE = frozenset((5, 8, 32946, 34925, 50000))  # LZW, Deflate, LZMA, Zstandard
UNSIGNED, SIGNED, FLOAT = 1, 2, 3
_VOID = 4  # treated as unsigned, as libtiff does
COMPLEX = frozenset((5, 6))
SKIPPED, ASSOCIATED, UNASSOCIATED = 0, 1, 2  # extra samples: colors are multiplied by associated alpha
UNREADABLE_ALPHA = -1
_COREL_ALPHA = 999  # CorelDRAW 10 writes this for unassociated alpha
_MAX_EXTRA_SAMPLES = 16


@dataclass(frozen=True)
class Layout:
    """How an image's pixels are stored. `bits` is 0 if the samples differ in their bits or format."""

    photometric: int
    compression: int
    bits: int
    sample_format: int
    samples: int
    extra_samples: tuple[int, ...]
    is_planar: bool
    is_predicted: bool  # the differences between pixels are stored

    @classmethod
    def of(cls, tags: Directory) -> Layout:
        """Read the layout, with TIFF 6.0's defaults and libtiff's guesses for what is missing."""
        compression = tags.integer(_COMPRESSION, UNCOMPRESSED)
        is_old_jpeg = compression == OLD_JPEG
        samples = tags.integer(_SAMPLES_PER_PIXEL, 3 if is_old_jpeg else 1)
        photometric = tags.integer(_PHOTOMETRIC, _guess_photometric(samples, compression))
        bits = tags.integers(_BITS_PER_SAMPLE)[:samples] or ((8,) if is_old_jpeg else (1,))
        formats = tags.integers(_SAMPLE_FORMAT)[:samples] or (UNSIGNED,)
        is_uniform = len({*bits}) == len({*formats}) == 1
        is_planar = tags.integer(_PLANAR_CONFIGURATION, 1) == 2 and samples > 1
        return cls(
            YCBCR if is_old_jpeg else photometric,
            compression,
            bits[0] if is_uniform else 0,
            UNSIGNED if formats[0] == _VOID else formats[0],
            samples,
            _read_extra_samples(tags, photometric, samples, is_planar),
            is_planar,
            compression in PREDICTABLE and tags.integer(_PREDICTOR, 1) != 1,
        )

    @property
    def is_gray(self) -> bool:
        """Return whether a pixel is one sample from black to white, or from white to black."""
        return self.photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO) and self.samples == 1

    @property
    def has_computable_size(self) -> bool:
        """Return whether the layout tells the size of the stored pixels: no compression, no subsampling."""
        return self.compression == UNCOMPRESSED and self.photometric != YCBCR

    def row_bytes(self, width: int) -> int:
        """Return the bytes of one uncompressed row, or of one plane's row."""
        return (width * self.bits * (1 if self.is_planar else self.samples) + 7) // 8


def _guess_photometric(samples: int, compression: int) -> int:
    if samples >= 3:
        return RGB
    return WHITE_IS_ZERO if compression in FAX else BLACK_IS_ZERO


def _read_extra_samples(tags: Directory, photometric: int, samples: int, is_planar: bool) -> tuple[int, ...]:
    """Return what the samples beyond a pixel's colors are."""
    count = min(max(0, samples - COLORS.get(photometric, ("", samples))[1]), _MAX_EXTRA_SAMPLES)
    kinds = tuple(
        UNASSOCIATED if kind == _COREL_ALPHA else kind for kind in tags.integers(_EXTRA_SAMPLES)[:count]
    )
    if not kinds and photometric == RGB and count == 1:
        # The tag is often missing. In planes, libtiff takes the sample for associated alpha.
        return (UNREADABLE_ALPHA if is_planar else UNASSOCIATED,)
    return kinds + (SKIPPED,) * (count - len(kinds))
