"""AV1 data in a HEIF item: damage, and the colors in its sequence header (AV1 specification, 5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from processor.imaging.cicp import CodePoints

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEQUENCE_HEADER, _METADATA, _PADDING = 1, 5, 15  # types of OBUs, the parts of the data
_ZEROS = bytes(64)  # the longest run seen in 150 intact files, also of a single color, was 6


def is_intact(data: bytes) -> bool:
    """Return whether the coded picture contains no long run of zeros, which decoders don't report.

    Raises ValueError if the data is damaged otherwise.
    """
    return not any(
        data.find(_ZEROS, start, end) >= 0
        for kind, start, end in _walk(data)
        if kind not in (_METADATA, _PADDING)
    )


def read_code_points(data: bytes) -> CodePoints | None:
    """Return the code points in AV1 data, or None if there are none. Raises ValueError if it is damaged."""
    header = _find_sequence_header(data)
    return _parse_sequence_header(_Bits(header)) if header else None


def _find_sequence_header(data: bytes) -> bytes | None:
    return next((data[start:end] for kind, start, end in _walk(data) if kind == _SEQUENCE_HEADER), None)


def _walk(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the type of each OBU, and where its content starts and ends (5.3)."""
    position = 0
    while position < len(data):
        first = data[position]
        position += 2 if first & 4 else 1  # an extension byte
        if not first & 2:  # without a size, the OBU extends to the end
            size = len(data) - position
        else:
            size, position = _read_leb128(data, position)
        yield first >> 3 & 15, position, position + size
        position += size


def _read_leb128(data: bytes, position: int) -> tuple[int, int]:
    """Return a number of up to 8 groups of 7 bits, and the position after it."""
    value = 0
    for index, byte in enumerate(data[position : position + 8]):
        value |= (byte & 127) << (7 * index)
        if not byte & 128:
            return value, position + index + 1
    raise ValueError("invalid leb128")


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def read(self, count: int = 1) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("the sequence header is truncated")
        return self._value >> self._left & ((1 << count) - 1)

    def skip_uvlc(self) -> None:
        zeros = 0
        while not self.read():
            zeros += 1
        self.read(zeros if zeros < 32 else 0)


def _parse_sequence_header(bits: _Bits) -> CodePoints | None:
    """Read sequence_header_obu (5.5.1) up to the color description of color_config (5.5.2)."""
    profile = bits.read(3)
    bits.read()  # still_picture
    is_reduced = bits.read()
    if is_reduced:
        bits.read(5)  # seq_level_idx
    else:
        _skip_operating_points(bits)
    size_bits = bits.read(4) + bits.read(4) + 2
    bits.read(size_bits)
    if not is_reduced and bits.read():  # frame_id_numbers_present_flag
        bits.read(7)
    bits.read(3)  # use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
    if not is_reduced:
        _skip_inter_features(bits)
    bits.read(3)  # enable_superres, enable_cdef, enable_restoration
    has_high_depth = bits.read()
    if profile == 2 and has_high_depth:
        bits.read()  # twelve_bit
    if profile != 1:
        bits.read()  # mono_chrome
    return CodePoints(bits.read(8), bits.read(8)) if bits.read() else None


def _skip_operating_points(bits: _Bits) -> None:
    delay_bits = 0
    if bits.read():  # timing_info_present_flag
        bits.read(64)
        if bits.read():  # equal_picture_interval
            bits.skip_uvlc()
        if bits.read():  # decoder_model_info_present_flag
            delay_bits = bits.read(5) + 1
            bits.read(42)
    has_display_delay = bits.read()
    for _ in range(bits.read(5) + 1):
        bits.read(12)  # operating_point_idc
        if bits.read(5) > 7:  # seq_level_idx
            bits.read()  # seq_tier
        if delay_bits and bits.read():
            bits.read(2 * delay_bits + 1)
        if has_display_delay and bits.read():
            bits.read(4)


def _skip_inter_features(bits: _Bits) -> None:
    bits.read(4)  # interintra and masked compound, warped motion, dual filter
    has_order_hint = bits.read()
    if has_order_hint:
        bits.read(2)
    chooses_screen_content_tools = bits.read()
    if (chooses_screen_content_tools or bits.read()) and not bits.read():  # seq_choose_integer_mv
        bits.read()  # seq_force_integer_mv
    if has_order_hint:
        bits.read(3)
