"""The processor's verdict on a file, by the path that an uploaded image takes through `processor.imaging`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.corpus.reduction import Reduction
from common.rejections import Rejection
from processor.imaging import preview, thumbnail
from processor.imaging.convert import convert
from processor.imaging.decode import open_image
from processor.imaging.interface import Limits
from processor.imaging.sniff import sniff_format

if TYPE_CHECKING:
    from pathlib import Path

DONE = "done"


@dataclass(frozen=True)
class Verdict:
    """What becomes of a file: "done", or a rejection's code and message.

    `cause` is the decoder's own error behind a rejection. `format` is "" and the sides are 0 if unknown.
    """

    code: str
    message: str = ""
    cause: str = ""
    format: str = ""
    width: int = 0
    height: int = 0
    is_converted: bool = False
    reduction: Reduction | None = None


def judge(path: Path) -> Verdict:
    """Decode and convert a file as the processor does, and render its preview and thumbnail."""
    data = path.read_bytes()
    format_name, width, height = _sniff(data), 0, 0
    try:
        opened = open_image(data)
        format_name, width, height = opened.format, opened.width, opened.height
        converted = convert(opened, data, Limits())
        thumbnail.render(converted.image)
        preview.render(converted.image)
    except Rejection as rejection:
        cause = rejection.__cause__
        reason = f"{type(cause).__name__}: {cause}" if cause else ""
        return Verdict(rejection.code, rejection.message, reason, format_name, width, height)
    return Verdict(
        DONE,
        format=format_name,
        width=width,
        height=height,
        is_converted=converted.body is not None,
        reduction=Reduction.of(converted.image),
    )


def _sniff(data: bytes) -> str:
    try:
        return sniff_format(data)
    except Rejection:
        return ""
