"""How a TIFF's pixels are stored, and which of these layouts are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.rejections import Rejection

if TYPE_CHECKING:
    from processor.imaging.formats.tiff_tags import Directory

BITS_PER_SAMPLE, COMPRESSION, PHOTOMETRIC, SAMPLES_PER_PIXEL = 258, 259, 262, 277
PLANAR_CONFIGURATION, EXTRA_SAMPLES, SAMPLE_FORMAT = 284, 338, 339

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR, _CIELAB = 0, 1, 2, 3, 5, 6, 8
_COLORS = {
    _WHITE_IS_ZERO: ("gray", 1),
    _BLACK_IS_ZERO: ("gray", 1),
    _RGB: ("RGB", 3),
    _PALETTE: ("palette", 1),
    _CMYK: ("CMYK", 4),
    _YCBCR: ("YCbCr", 3),
    _CIELAB: ("CIELAB", 3),
}
_OTHER_COLORS = {4: "mask", 9: "ICCLAB", 10: "ITULAB", 32844: "LogL", 32845: "LogLuv"}

_UNCOMPRESSED, _OLD_JPEG, _JPEG = 1, 6, 7
_FAX = frozenset((2, 3, 4, 32771))
# What the decoder was built with: no compression, CCITT, LZW, JPEG, Deflate, PackBits, LZMA, Zstandard
_COMPRESSIONS = _FAX | {_UNCOMPRESSED, 5, _OLD_JPEG, _JPEG, 8, 32773, 32946, 34925, 50000}
_OTHER_COMPRESSIONS = {
    9: "JBIG",
    10: "JBIG",
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    33007: "JPEG 2000",
    32809: "ThunderScan",
    34661: "JBIG",
    34676: "SGI Log",
    34677: "SGI Log",
    34712: "JPEG 2000",
    34887: "LERC",
    34933: "PNG",
    34934: "JPEG XR",
    22610: "JPEG XR",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}

_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
_VOID = 4  # treated as unsigned, as libtiff does
_COMPLEX = frozenset((5, 6))
_ASSOCIATED, _UNASSOCIATED = 1, 2  # alpha: colors are multiplied by it, or not
_UNREADABLE_ALPHA = -1
_COREL_ALPHA = 999  # CorelDRAW 10 writes this for unassociated alpha

# Photometric, bits, and alpha or None: Pillow's mode, and its raw mode for samples in native byte order
_READABLE: dict[tuple[int, int, int | None], tuple[str, str]] = {
    (_WHITE_IS_ZERO, 1, None): ("1", "1;I"),
    (_WHITE_IS_ZERO, 2, None): ("L", "L;2I"),
    (_WHITE_IS_ZERO, 4, None): ("L", "L;4I"),
    (_WHITE_IS_ZERO, 8, None): ("L", "L;I"),
    (_WHITE_IS_ZERO, 12, None): ("I;16", "I;12"),
    (_WHITE_IS_ZERO, 16, None): ("I;16", "I;16N"),
    (_BLACK_IS_ZERO, 1, None): ("1", "1"),
    (_BLACK_IS_ZERO, 2, None): ("L", "L;2"),
    (_BLACK_IS_ZERO, 4, None): ("L", "L;4"),
    (_BLACK_IS_ZERO, 8, None): ("L", "L"),
    (_BLACK_IS_ZERO, 8, _ASSOCIATED): ("La", "La"),
    (_BLACK_IS_ZERO, 8, _UNASSOCIATED): ("LA", "LA"),
    (_BLACK_IS_ZERO, 12, None): ("I;16", "I;12"),
    (_BLACK_IS_ZERO, 16, None): ("I;16", "I;16N"),
    (_RGB, 8, None): ("RGB", "RGB"),
    (_RGB, 8, _ASSOCIATED): ("RGBA", "RGBa"),
    (_RGB, 8, _UNASSOCIATED): ("RGBA", "RGBA"),
    (_RGB, 16, None): ("RGB", "RGB;16N"),
    (_RGB, 16, _ASSOCIATED): ("RGBA", "RGBa;16N"),
    (_RGB, 16, _UNASSOCIATED): ("RGBA", "RGBA;16N"),
    (_PALETTE, 1, None): ("P", "P;1"),
    (_PALETTE, 2, None): ("P", "P;2"),
    (_PALETTE, 4, None): ("P", "P;4"),
    (_PALETTE, 8, None): ("P", "P"),
    (_PALETTE, 8, _UNASSOCIATED): ("PA", "PA"),
    (_CMYK, 8, None): ("CMYK", "CMYK"),
    (_CMYK, 16, None): ("CMYK", "CMYK;16N"),
    (_CIELAB, 8, None): ("LAB", "LAB"),
}
_SKIPPING = {  # raw modes that skip extra samples, by the raw mode without them
    "L": ("LX",),
    "P": ("PX",),
    "RGB": ("RGBX", "RGBXX", "RGBXXX"),
    "RGBa": ("RGBaX", "RGBaXX"),
    "RGBA": ("RGBAX", "RGBAXX"),
    "RGB;16N": ("RGBX;16N",),
    "CMYK": ("CMYKX", "CMYKXX"),
}
# Gray samples without a defined range: raw modes that convert them to floats
_MEASURED = {
    (_SIGNED, 8): "F;8S",
    (_SIGNED, 16): "F;16NS",
    (_SIGNED, 32): "F;32NS",
    (_FLOAT, 32): "F;32NF",
    (_FLOAT, 64): "F;64NF",
}


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

    @classmethod
    def of(cls, tags: Directory) -> Layout:
        """Read the layout, with TIFF 6.0's defaults and libtiff's guesses for what is missing."""
        compression = tags.integer(COMPRESSION, 1)
        photometric = tags.integer(PHOTOMETRIC, -1)
        if compression == _OLD_JPEG:
            photometric = _YCBCR
        samples = tags.integer(SAMPLES_PER_PIXEL, 3 if compression == _OLD_JPEG else 1)
        if photometric == -1:
            photometric = _guess_photometric(samples, compression)
        bits = tags.integers(BITS_PER_SAMPLE)[:samples] or ((8,) if compression == _OLD_JPEG else (1,))
        formats = tags.integers(SAMPLE_FORMAT)[:samples] or (_UNSIGNED,)
        is_uniform = len({*bits}) == len({*formats}) == 1
        is_planar = tags.integer(PLANAR_CONFIGURATION, 1) == 2 and samples > 1
        return cls(
            photometric,
            compression,
            bits[0] if is_uniform else 0,
            _UNSIGNED if formats[0] == _VOID else formats[0],
            samples,
            _read_extra_samples(tags, photometric, samples, is_planar),
            is_planar,
        )

    @property
    def is_white_zero(self) -> bool:
        """Return whether the lowest sample is white."""
        return self.photometric == _WHITE_IS_ZERO

    @property
    def has_computable_size(self) -> bool:
        """Return whether the layout tells the size of the stored pixels: no compression, no subsampling."""
        return self.compression == _UNCOMPRESSED and self.photometric != _YCBCR

    def row_bytes(self, width: int) -> int:
        """Return the bytes of one uncompressed row, or of one plane's row."""
        return (width * self.bits * (1 if self.is_planar else self.samples) + 7) // 8

    def modes(self) -> tuple[str, str]:
        """Return Pillow's mode for the decoded image, and its raw mode for the decoder's samples.

        Raises Rejection if the layout isn't among those that have been verified against other decoders.
        """
        modes = self._find_modes() if self.compression in _COMPRESSIONS else None
        if modes is None:
            raise Rejection.of("unsupported-format", format=self._name())
        return modes

    def _find_modes(self) -> tuple[str, str] | None:
        if self.photometric == _YCBCR:
            return self._find_ycbcr_modes()
        if _COLORS.get(self.photometric, ("", 0))[1] + len(self.extra_samples) != self.samples:
            return None
        if self.sample_format == _UNSIGNED:
            return self._find_color_modes()
        is_plain_gray = self.photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO) and self.samples == 1
        raw_mode = _MEASURED.get((self.sample_format, self.bits)) if is_plain_gray else None
        return ("F", raw_mode) if raw_mode else None

    def _find_ycbcr_modes(self) -> tuple[str, str] | None:
        """libtiff converts the colors: its JPEG decoder to RGB, its interface for everything else to RGBA."""
        if (self.bits, self.sample_format) != (8, _UNSIGNED) or self.samples not in (1, 3):
            return None
        if self.compression == _JPEG and not self.is_planar:
            return ("L", "L") if self.samples == 1 else ("RGB", "RGB")
        return "RGB", "RGBX"

    def _find_color_modes(self) -> tuple[str, str] | None:
        alpha, skipped = self._split_extra_samples()
        modes = _READABLE.get((self.photometric, self.bits, alpha))
        if modes is None:
            return None
        if self.is_planar:  # the decoder copies one plane for each band, and skips the others
            return modes if modes[0] in ("RGB", "RGBA", "CMYK") else None
        return _skip(modes, skipped)

    def _split_extra_samples(self) -> tuple[int | None, int]:
        """Return the kind of alpha, which is read from the first extra sample only, and how many follow."""
        first, *rest = self.extra_samples or (0,)
        alpha = _UNASSOCIATED if first == _COREL_ALPHA else first
        if any(rest):
            return _UNREADABLE_ALPHA, 0
        return (alpha, len(rest)) if alpha else (None, len(self.extra_samples))

    def _name(self) -> str:
        """Return what is unusual about the layout, as the sentence about unsupported files names it."""
        if self.sample_format == _FLOAT:
            return "Floating-point TIFF"
        if self.sample_format in _COMPLEX:
            return "Complex-number TIFF"
        if self.compression not in _COMPRESSIONS:
            compression = _OTHER_COMPRESSIONS.get(self.compression, "unknown")
            return f"TIFF ({compression} compression)"
        if self.photometric not in _COLORS:
            return f"TIFF ({_OTHER_COLORS.get(self.photometric, 'unknown')} colors)"
        sign = "signed " if self.sample_format == _SIGNED else ""
        bits = f"{self.bits}-bit" if self.bits else "mixed-depth"
        colors = _COLORS[self.photometric][0]
        extra = ""
        if self.extra_samples:
            extra = " with alpha" if any(self.extra_samples) else " with extra channels"
        return f"TIFF ({sign}{bits} {colors}{extra}{', planar' if self.is_planar else ''})"


def _guess_photometric(samples: int, compression: int) -> int:
    if samples >= 3:
        return _RGB
    return _WHITE_IS_ZERO if compression in _FAX else _BLACK_IS_ZERO


def _read_extra_samples(tags: Directory, photometric: int, samples: int, is_planar: bool) -> tuple[int, ...]:
    count = max(0, samples - _COLORS.get(photometric, ("", samples))[1])
    kinds = tags.integers(EXTRA_SAMPLES)[:count]
    if not kinds and photometric == _RGB and count == 1:
        # The tag is often missing. In planes, libtiff takes the sample for associated alpha.
        return (_UNREADABLE_ALPHA if is_planar else _UNASSOCIATED,)
    return kinds + (0,) * min(count - len(kinds), 16)


def _skip(modes: tuple[str, str], count: int) -> tuple[str, str] | None:
    if count == 0:
        return modes
    mode, raw_mode = modes
    skipping = _SKIPPING.get(raw_mode, ())
    return (mode, skipping[count - 1]) if count <= len(skipping) else None
