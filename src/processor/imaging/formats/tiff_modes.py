"""Which layouts of a TIFF are read: those whose colors were compared with other decoders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.rejections import Rejection
from processor.imaging.formats.tiff_layout import (
    ASSOCIATED,
    BLACK_IS_ZERO,
    CIELAB,
    CMYK,
    COLORS,
    COMPLEX,
    FAX,
    FLOAT,
    JPEG,
    OLD_JPEG,
    PALETTE,
    PREDICTABLE,
    RGB,
    SIGNED,
    SKIPPED,
    UNASSOCIATED,
    UNCOMPRESSED,
    UNREADABLE_ALPHA,
    UNSIGNED,
    WHITE_IS_ZERO,
    YCBCR,
)

if TYPE_CHECKING:
    from processor.imaging.formats.tiff_layout import Layout

_MAX_BITS = 64
_PACKBITS = 32773
_COMPRESSIONS = FAX | PREDICTABLE | {UNCOMPRESSED, OLD_JPEG, JPEG, _PACKBITS}
_OTHER_COMPRESSIONS = {
    9: "JBIG",
    10: "JBIG",
    22610: "JPEG XR",
    32809: "ThunderScan",
    32909: "Pixar",
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    33007: "JPEG 2000",
    34661: "JBIG",
    34676: "SGI Log",
    34677: "SGI Log",
    34712: "JPEG 2000",
    34887: "LERC",
    34933: "PNG",
    34934: "JPEG XR",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
_OTHER_COLORS = {4: "mask", 9: "ICCLAB", 10: "ITULAB", 32844: "LogL", 32845: "LogLuv"}

# Photometric, bits, and alpha: Pillow's mode, and its raw mode for samples in native byte order
_READABLE = {
    (WHITE_IS_ZERO, 1, SKIPPED): ("1", "1;I"),
    (WHITE_IS_ZERO, 2, SKIPPED): ("L", "L;2I"),
    (WHITE_IS_ZERO, 4, SKIPPED): ("L", "L;4I"),
    (WHITE_IS_ZERO, 8, SKIPPED): ("L", "L;I"),
    (WHITE_IS_ZERO, 12, SKIPPED): ("I;16", "I;12"),
    (WHITE_IS_ZERO, 16, SKIPPED): ("I;16", "I;16N"),
    (BLACK_IS_ZERO, 1, SKIPPED): ("1", "1"),
    (BLACK_IS_ZERO, 2, SKIPPED): ("L", "L;2"),
    (BLACK_IS_ZERO, 4, SKIPPED): ("L", "L;4"),
    (BLACK_IS_ZERO, 8, SKIPPED): ("L", "L"),
    (BLACK_IS_ZERO, 8, ASSOCIATED): ("La", "La"),
    (BLACK_IS_ZERO, 8, UNASSOCIATED): ("LA", "LA"),
    (BLACK_IS_ZERO, 12, SKIPPED): ("I;16", "I;12"),
    (BLACK_IS_ZERO, 16, SKIPPED): ("I;16", "I;16N"),
    (RGB, 8, SKIPPED): ("RGB", "RGB"),
    (RGB, 8, ASSOCIATED): ("RGBA", "RGBa"),
    (RGB, 8, UNASSOCIATED): ("RGBA", "RGBA"),
    (RGB, 16, SKIPPED): ("RGB", "RGB;16N"),
    (RGB, 16, ASSOCIATED): ("RGBA", "RGBa;16N"),
    (RGB, 16, UNASSOCIATED): ("RGBA", "RGBA;16N"),
    (PALETTE, 1, SKIPPED): ("P", "P;1"),
    (PALETTE, 2, SKIPPED): ("P", "P;2"),
    (PALETTE, 4, SKIPPED): ("P", "P;4"),
    (PALETTE, 8, SKIPPED): ("P", "P"),
    (PALETTE, 8, UNASSOCIATED): ("PA", "PA"),
    (CMYK, 8, SKIPPED): ("CMYK", "CMYK"),
    (CMYK, 16, SKIPPED): ("CMYK", "CMYK;16N"),
    (CIELAB, 8, SKIPPED): ("LAB", "LAB"),
}
_SKIPPING = {  # raw modes that skip one, two or three samples, by the raw mode without them
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
    (SIGNED, 8): "F;8S",
    (SIGNED, 16): "F;16NS",
    (SIGNED, 32): "F;32NS",
    (FLOAT, 32): "F;32NF",
    (FLOAT, 64): "F;64NF",
}


def find_modes(layout: Layout) -> tuple[str, str]:
    """Return Pillow's mode for the decoded image, and its raw mode for what libtiff decodes.

    Raises Rejection if the layout isn't among those that are known to be shown right,
    ValueError if there is no such layout.
    """
    if not 0 <= layout.bits <= _MAX_BITS:
        raise ValueError(f"{layout.bits} bits per sample")
    modes = _find_modes(layout) if _is_decodable(layout) else None
    if modes is None:
        raise Rejection.of("unsupported-format", format=_name(layout))
    return modes


def _is_decodable(layout: Layout) -> bool:
    if layout.is_predicted and layout.bits not in (8, 16, 32, 64):
        return False
    return layout.compression in _COMPRESSIONS and (layout.compression != JPEG or layout.bits == 8)


def _find_modes(layout: Layout) -> tuple[str, str] | None:
    if layout.photometric == YCBCR:
        return _find_ycbcr_modes(layout)
    if COLORS.get(layout.photometric, ("", 0))[1] + len(layout.extra_samples) != layout.samples:
        return None
    if layout.sample_format == UNSIGNED:
        return _find_color_modes(layout)
    raw_mode = _MEASURED.get((layout.sample_format, layout.bits)) if layout.is_gray else None
    return ("F", raw_mode) if raw_mode else None


def _find_ycbcr_modes(layout: Layout) -> tuple[str, str] | None:
    """libtiff converts the colors: its JPEG decoder to RGB, its interface for everything else to RGBA."""
    if (layout.bits, layout.sample_format) != (8, UNSIGNED) or layout.samples not in (1, 3):
        return None
    if layout.compression == JPEG and not layout.is_planar:
        return ("L", "L") if layout.samples == 1 else ("RGB", "RGB")
    return "RGB", "RGBX"


def _find_color_modes(layout: Layout) -> tuple[str, str] | None:
    first, *rest = layout.extra_samples or (SKIPPED,)
    modes = _READABLE.get((layout.photometric, layout.bits, UNREADABLE_ALPHA if any(rest) else first))
    if modes is None:
        return None
    if layout.is_planar:  # the decoder copies one plane for each band, and skips the others
        return modes if modes[0] in ("RGB", "RGBA", "CMYK") else None
    skipped = len(rest) if first else len(layout.extra_samples)
    if skipped == 0:
        return modes
    mode, raw_mode = modes
    skipping = _SKIPPING.get(raw_mode, ())
    return (mode, skipping[skipped - 1]) if skipped <= len(skipping) else None


def _name(layout: Layout) -> str:
    """Return what is unusual about a layout, as the sentence about unsupported files names it."""
    if layout.sample_format == FLOAT:
        return "Floating-point TIFF"
    if layout.sample_format in COMPLEX:
        return "Complex-number TIFF"
    if layout.compression not in _COMPRESSIONS:
        return f"TIFF ({_OTHER_COMPRESSIONS.get(layout.compression, 'unknown')} compression)"
    if layout.photometric not in COLORS:
        return f"TIFF ({_OTHER_COLORS.get(layout.photometric, 'unknown')} colors)"
    depth = f"{layout.bits}-bit" if layout.bits else "mixed-depth"
    sign = "signed " if layout.sample_format == SIGNED else ""
    extra = ""
    if layout.extra_samples:
        extra = " with alpha" if any(layout.extra_samples) else " with extra channels"
    storage = ", planar" if layout.is_planar else ""
    if not _is_decodable(layout):
        storage += ", JPEG compression" if layout.compression == JPEG else ", predictor"
    return f"TIFF ({sign}{depth} {COLORS[layout.photometric][0]}{extra}{storage})"
