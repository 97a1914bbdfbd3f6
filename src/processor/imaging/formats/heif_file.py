"""A HEIF file (ISO/IEC 23008-12) and its images, read by libheif."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_int, c_size_t, c_uint32, c_void_p

from PIL import Image

from processor.imaging.cicp import CodePoints
from processor.imaging.formats import libheif
from processor.imaging.size import MAX_METADATA_BYTES, MAX_PIXELS

_MAX_PARTS = 65_535  # boxes, items or extents; large photos exceed libheif's own limits of 32 to 1,000
_MAX_REFERENCES = 256  # boxes of references of one item, one for each type; libheif copies all to return one
_DECODE_THREADS = 4


class HeifError(OSError):
    """An error that libheif reports, with its subcode from heif_error.h."""

    UNSUPPORTED_FEATURE, DECODER_FAILED = 4, 7  # codes
    # What libheif doesn't support: references between images (0), image types, color conversions, ways to
    # store and compress items, and essential properties.
    UNSUPPORTED_SUBCODES = frozenset((0, 3001, 3003, 3004, 3005, 3006, 3007))
    UNSUPPORTED_CONVERSION = 3003
    MISSING_IMAGE_SUBCODES = frozenset((104, 107, 124))  # no meta or pitm box, no primary image

    def __init__(self, error: libheif.Error) -> None:
        super().__init__(f"{error.subcode}: {(error.message or b'').decode(errors='replace')}")
        self.code: int = error.code
        self.subcode: int = error.subcode


class HeifFile:
    """The items of a HEIF file. Raises HeifError if the boxes that describe them can't be read."""

    def __init__(self, data: bytes) -> None:
        self.data = data  # libheif reads from it until the context is freed
        self.context = libheif.context_alloc()
        limits = libheif.context_limits(self.context).contents
        limits.max_image_size_pixels = MAX_PIXELS * 5 // 4  # coded sizes are rounded up
        for name in (
            "max_items",
            "max_children_per_box",
            "max_iloc_extents_per_item",
            "max_size_entity_group",
        ):
            setattr(limits, name, _MAX_PARTS)
        libheif.context_threads(self.context, _DECODE_THREADS)
        _check(libheif.context_read(self.context, data, len(data), None))
        primary = libheif.ItemId()
        _check(libheif.primary_id(self.context, byref(primary)))
        self.primary_id = primary.value

    def __del__(self) -> None:
        libheif.context_free(self.context)

    def open_image(self, item_id: int) -> HeifImage:
        """Return an image item. Raises HeifError if it can't be read."""
        handle = c_void_p()
        _check(libheif.get_handle(self.context, item_id, byref(handle)))
        return HeifImage(self, handle)

    def read_type(self, item_id: int) -> str:
        """Return an item's type, such as "hvc1", or "" if there is no such item."""
        code: int = libheif.item_type(self.context, item_id)
        return code.to_bytes(4, "big").decode("latin-1").strip("\0")

    def read_data(self, item_id: int) -> bytes:
        """Return an item's data. Raises HeifError if a part of it is outside the file."""
        data, size = c_void_p(), c_size_t()
        _check(libheif.item_data(self.context, item_id, None, byref(data), byref(size)))
        try:
            return ctypes.string_at(data, size.value) if data else b""
        finally:
            libheif.item_data_release(self.context, byref(data))

    def list_coded_items(self, item_id: int) -> list[int]:
        """Return the coded images that an image is derived from, such as a grid's tiles, or itself."""
        coded, visited, pending = [], {item_id}, [item_id]
        while pending:
            current = pending.pop()
            sources = self.list_sources(current)
            if not sources:
                coded.append(current)
            pending += [source for source in dict.fromkeys(sources) if source not in visited]
            visited.update(sources)
        return coded

    def list_sources(self, item_id: int) -> list[int]:
        """Return the images that an image is directly derived from.

        Raises ValueError if it has more boxes of references than there are types (ISO/IEC 14496-12, 8.11.12).
        """
        sources: list[int] = []
        for index in range(_MAX_REFERENCES):
            kind, ids = c_uint32(), POINTER(libheif.ItemId)()
            count = libheif.references(self.context, item_id, index, byref(kind), byref(ids))
            if not count:
                return sources
            if kind.value.to_bytes(4, "big") == b"dimg":
                sources += ids[:count]
            libheif.references_release(self.context, byref(ids))
        raise ValueError("too many references")


class HeifImage:
    """An image item of a HEIF file."""

    def __init__(self, file: HeifFile, handle: c_void_p) -> None:
        self._file = file
        self._handle = handle
        self.size: tuple[int, int] = libheif.width(handle), libheif.height(handle)  # upright
        self.coded_size: tuple[int, int] = libheif.ispe_width(handle), libheif.ispe_height(handle)
        self.has_alpha = bool(libheif.has_alpha(handle))
        self.is_premultiplied = bool(libheif.is_premultiplied(handle))

    def __del__(self) -> None:
        libheif.handle_release(self._handle)

    @property
    def depth(self) -> int:
        """Return the bits per channel."""
        bits: int = libheif.depth(self._handle)
        return bits

    @property
    def mode(self) -> str:
        """Return Pillow's mode of the decoded image."""
        if self.has_alpha:
            return "RGBa" if self.is_premultiplied else "RGBA"
        return "RGB"

    @property
    def is_monochrome(self) -> bool:
        """Return whether the image has no colors."""
        colorspace, chroma = c_int(), c_int()
        error = libheif.colorspace(self._handle, byref(colorspace), byref(chroma))
        return error.code == 0 and colorspace.value == libheif.MONOCHROME

    def list_auxiliary_items(self) -> list[int]:
        """Return the auxiliary images, such as transparency, but no depth maps."""
        ids = (libheif.ItemId * _MAX_PARTS)()
        count = libheif.auxiliary_ids(self._handle, libheif.OMIT_DEPTH, ids, _MAX_PARTS)
        return list(ids[:count])

    def read_profile(self) -> bytes | None:
        """Return the ICC profile, or None if there is none."""
        size = libheif.icc_size(self._handle)
        if not size:
            return None
        profile = ctypes.create_string_buffer(size)
        _check(libheif.icc(self._handle, profile))
        return profile.raw

    def read_metadata(self, kind: str, content_type: str = "") -> bytes:
        """Return the first metadata of a type, such as "Exif", or b"" if there is none, or it is too long."""
        count = min(libheif.metadata_count(self._handle, kind.encode()), _MAX_PARTS)
        ids = (libheif.ItemId * max(count, 0))()
        for item_id in ids[: libheif.metadata_ids(self._handle, kind.encode(), ids, len(ids))]:
            found = libheif.metadata_content_type(self._handle, item_id) or b""
            size = libheif.metadata_size(self._handle, item_id)
            if found.decode(errors="replace") == content_type and 0 < size <= MAX_METADATA_BYTES:
                metadata = ctypes.create_string_buffer(size)
                _check(libheif.metadata(self._handle, item_id, metadata))
                return metadata.raw
        return b""

    def read_code_points(self) -> CodePoints | None:
        """Return the code points in the file's boxes, or None if there are none."""
        nclx = POINTER(libheif.Nclx)()
        return _take_code_points(libheif.handle_nclx(self._handle, byref(nclx)), nclx)

    def decode(self, *, is_upright: bool = True) -> Image.Image:
        """Return the pixels, 8 bits per channel. Raises HeifError if any tile can't be decoded."""
        chroma = libheif.INTERLEAVED_RGBA if self.has_alpha else libheif.INTERLEAVED_RGB
        options = libheif.options_alloc()
        options.contents.convert_hdr_to_8bit = 1
        options.contents.ignore_transformations = not is_upright
        options.contents.autocorrect_broken_input = 1  # such as a wrong range in files of Sony cameras
        decoded = self._decode(libheif.RGB, chroma, options)
        try:
            size = (
                libheif.image_width(decoded, libheif.INTERLEAVED),
                libheif.image_height(decoded, libheif.INTERLEAVED),
            )
            stride = c_size_t()
            plane = libheif.plane(decoded, libheif.INTERLEAVED, byref(stride))
            pixels = (ctypes.c_ubyte * (stride.value * size[1])).from_address(plane)
            image = Image.frombytes(self.mode, size, memoryview(pixels), "raw", self.mode, stride.value)
        finally:
            libheif.image_release(decoded)
        return image.convert("L") if self.is_monochrome and image.mode == "RGB" else image

    def decode_code_points(self) -> CodePoints | None:
        """Return the code points in the compressed data, which is decoded, or None if there are none."""
        options = libheif.options_alloc()
        options.contents.output_image_nclx_profile_passthrough = 1
        decoded = self._decode(libheif.UNDEFINED, libheif.UNDEFINED, options)
        try:
            nclx = POINTER(libheif.Nclx)()
            return _take_code_points(libheif.image_nclx(decoded, byref(nclx)), nclx)
        finally:
            libheif.image_release(decoded)

    def _decode(self, colorspace: int, chroma: int, options: ctypes._Pointer[libheif.Options]) -> c_void_p:
        options.contents.strict_decoding = 1
        decoded = c_void_p()
        try:
            _check(libheif.decode(self._handle, byref(decoded), colorspace, chroma, options))
        finally:
            libheif.options_free(options)
        return decoded


def _check(error: libheif.Error) -> None:
    if error.code:
        raise HeifError(error)


def _take_code_points(error: libheif.Error, nclx: ctypes._Pointer[libheif.Nclx]) -> CodePoints | None:
    if error.code:
        return None
    code_points = CodePoints(nclx.contents.primaries, nclx.contents.transfer)
    libheif.nclx_free(nclx)
    return code_points
