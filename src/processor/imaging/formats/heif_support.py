"""What the decoders of HEIC and AVIF don't support: the codecs of a file, and what their errors mean."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from common.rejections import Rejection
from processor.imaging.formats import hevc
from processor.imaging.formats.heif_file import HeifError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from processor.imaging.formats.heif_file import HeifFile

AV1, HEVC = "av01", "hvc1"
_CODECS = {
    AV1: "AV1",
    "avc1": "H.264",
    "vvc1": "H.266",
    "jpeg": "JPEG",
    "j2k1": "JPEG 2000",
    "unci": "uncompressed",
    "lhv1": "layered H.265",
}
_UNUSUAL = "unusual structure"
_UNUSUAL_COLORS = "unusual color encoding"
_LIMITATIONS = ("Not implemented", "Reformat failed")  # what libavif says of valid files that it can't read


def read_codecs(file: HeifFile) -> set[str]:
    """Return the item types of the parts of the primary image."""
    return {file.read_type(item) for item in file.list_coded_items(file.primary_id)}


def check_codecs(file: HeifFile, supported: str) -> None:
    """Raise Rejection if the primary image has parts in another codec than the supported one."""
    for codec in sorted(read_codecs(file) & _CODECS.keys() - {supported}):
        raise Rejection.of("unsupported-format", format=f"HEIF ({_CODECS[codec]})")


def explain(error: HeifError, data: bytes) -> Exception:
    """Return the rejection of a file that is valid but not supported, or the error itself."""
    if error.code == HeifError.UNSUPPORTED_FEATURE and error.subcode in HeifError.UNSUPPORTED_SUBCODES:
        is_color = error.subcode == HeifError.UNSUPPORTED_CONVERSION
        return Rejection.of(
            "unsupported-format", format=f"HEIF ({_UNUSUAL_COLORS if is_color else _UNUSUAL})"
        )
    if error.subcode in HeifError.MISSING_IMAGE_SUBCODES and b"moov" in data:
        return Rejection.of("unsupported-format", format="HEIC image sequence")
    return error


def explain_decoding(error: HeifError, file: HeifFile) -> Exception:
    """Return the rejection of an image whose decoder lacks something, or the error itself."""
    if error.code == HeifError.DECODER_FAILED and _has_layers(file):
        return Rejection.of("unsupported-format", format=f"HEIF ({_CODECS['lhv1']})")
    return explain(error, file.data)


def _has_layers(file: HeifFile) -> bool:
    """Return whether a part of the primary image has several layers, all of them intact."""
    parts = file.list_coded_items(file.primary_id)
    return any(hevc.has_layers(file.read_data(part)) for part in parts if file.read_type(part) == HEVC)


@contextmanager
def explain_avif() -> Iterator[None]:
    """Raise Rejection if Pillow's decoder says that it lacks what a file needs."""
    try:
        yield
    except RuntimeError as error:
        text = str(error)
        if not text.endswith(_LIMITATIONS):
            raise
        name = _UNUSUAL_COLORS if "YUV" in text else _UNUSUAL
        raise Rejection.of("unsupported-format", format=f"AVIF ({name})") from error
