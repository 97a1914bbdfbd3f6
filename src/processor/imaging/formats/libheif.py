"""libheif's C interface, as far as it is used here.

pi-heif contains the library, but gives no access to its strict mode, without which missing tiles become green
areas, nor to its limits. The interface is stable: structures only grow, at their end.
Source: libheif's headers heif_context.h, heif_decoding.h, heif_items.h and others.
"""

from __future__ import annotations

import ctypes
import importlib.util
from ctypes import POINTER, c_char_p, c_float, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from typing import Any

RGB, MONOCHROME, UNDEFINED = 1, 2, 99  # color spaces; UNDEFINED is also a chroma format
INTERLEAVED_RGB, INTERLEAVED_RGBA = 10, 11  # chroma formats
INTERLEAVED = 10  # channel
OMIT_DEPTH = 4  # filter of auxiliary images


class Error(ctypes.Structure):
    _fields_ = (("code", c_int), ("subcode", c_int), ("message", c_char_p))


class Limits(ctypes.Structure):
    _fields_ = (
        ("version", c_uint8),
        ("max_image_size_pixels", c_uint64),
        ("max_number_of_tiles", c_uint64),
        ("max_bayer_pattern_pixels", c_uint32),
        ("max_items", c_uint32),
        ("max_color_profile_size", c_uint32),
        ("max_memory_block_size", c_uint64),
        ("max_components", c_uint32),
        ("max_iloc_extents_per_item", c_uint32),
        ("max_size_entity_group", c_uint32),
        ("max_children_per_box", c_uint32),
    )


class Options(ctypes.Structure):
    """The options, up to version 10 of the structure. Unused ones are named differently than in libheif."""

    _fields_ = (
        ("version", c_uint8),
        ("ignore_transformations", c_uint8),
        ("callbacks", c_void_p * 4),
        ("convert_hdr_to_8bit", c_uint8),
        ("strict_decoding", c_uint8),
        ("decoder_id", c_char_p),
        ("color_conversion", c_int * 4),
        ("cancel_decoding", c_void_p),
        ("chroma_extension", c_void_p),
        ("ignore_sequence_editlist", c_int),
        ("output_image_nclx_profile", c_void_p),
        ("threads", c_int * 2),
        ("autocorrect_broken_input", c_uint8),
        ("output_image_nclx_profile_passthrough", c_uint8),
    )


class Nclx(ctypes.Structure):
    _fields_ = (
        ("version", c_uint8),
        ("primaries", c_int),
        ("transfer", c_int),
        ("matrix", c_int),
        ("full_range", c_uint8),
        ("chromaticities", c_float * 8),
    )


_module = importlib.util.find_spec("_pi_heif")
if _module is None:
    raise ImportError("pi-heif isn't installed")
_library = ctypes.CDLL(_module.origin)  # also finds the functions of the libraries that it is linked to


def _function(name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(_library, f"heif_{name}")
    function.restype, function.argtypes = result, arguments
    return function


ItemId = c_uint32
context_alloc = _function("context_alloc", c_void_p)
context_free = _function("context_free", None, c_void_p)
context_read = _function(
    "context_read_from_memory_without_copy", Error, c_void_p, c_char_p, c_size_t, c_void_p
)
context_limits = _function("context_get_security_limits", POINTER(Limits), c_void_p)
context_threads = _function("context_set_max_decoding_threads", None, c_void_p, c_int)
primary_id = _function("context_get_primary_image_ID", Error, c_void_p, POINTER(ItemId))
get_handle = _function("context_get_image_handle", Error, c_void_p, ItemId, POINTER(c_void_p))
item_type = _function("item_get_item_type", c_uint32, c_void_p, ItemId)
item_data = _function(
    "item_get_item_data", Error, c_void_p, ItemId, c_void_p, POINTER(c_void_p), POINTER(c_size_t)
)
item_data_release = _function("release_item_data", None, c_void_p, POINTER(c_void_p))
references = _function(
    "context_get_item_references",
    c_size_t,
    c_void_p,
    ItemId,
    c_int,
    POINTER(c_uint32),
    POINTER(POINTER(ItemId)),
)
references_release = _function("release_item_references", None, c_void_p, POINTER(POINTER(ItemId)))
handle_release = _function("image_handle_release", None, c_void_p)
width = _function("image_handle_get_width", c_int, c_void_p)
height = _function("image_handle_get_height", c_int, c_void_p)
depth = _function("image_handle_get_luma_bits_per_pixel", c_int, c_void_p)
ispe_width = _function("image_handle_get_ispe_width", c_int, c_void_p)
ispe_height = _function("image_handle_get_ispe_height", c_int, c_void_p)
has_alpha = _function("image_handle_has_alpha_channel", c_int, c_void_p)
is_premultiplied = _function("image_handle_is_premultiplied_alpha", c_int, c_void_p)
colorspace = _function(
    "image_handle_get_preferred_decoding_colorspace", Error, c_void_p, POINTER(c_int), POINTER(c_int)
)
icc_size = _function("image_handle_get_raw_color_profile_size", c_size_t, c_void_p)
icc = _function("image_handle_get_raw_color_profile", Error, c_void_p, c_char_p)
handle_nclx = _function("image_handle_get_nclx_color_profile", Error, c_void_p, POINTER(POINTER(Nclx)))
image_nclx = _function("image_get_nclx_color_profile", Error, c_void_p, POINTER(POINTER(Nclx)))
nclx_free = _function("nclx_color_profile_free", None, POINTER(Nclx))
auxiliary_ids = _function(
    "image_handle_get_list_of_auxiliary_image_IDs", c_int, c_void_p, c_int, POINTER(ItemId), c_int
)
metadata_count = _function("image_handle_get_number_of_metadata_blocks", c_int, c_void_p, c_char_p)
metadata_ids = _function(
    "image_handle_get_list_of_metadata_block_IDs", c_int, c_void_p, c_char_p, POINTER(ItemId), c_int
)
metadata_content_type = _function("image_handle_get_metadata_content_type", c_char_p, c_void_p, ItemId)
metadata_size = _function("image_handle_get_metadata_size", c_size_t, c_void_p, ItemId)
metadata = _function("image_handle_get_metadata", Error, c_void_p, ItemId, c_char_p)
options_alloc = _function("decoding_options_alloc", POINTER(Options))
options_free = _function("decoding_options_free", None, POINTER(Options))
decode = _function("decode_image", Error, c_void_p, POINTER(c_void_p), c_int, c_int, POINTER(Options))
image_release = _function("image_release", None, c_void_p)
image_width = _function("image_get_width", c_int, c_void_p, c_int)
image_height = _function("image_get_height", c_int, c_void_p, c_int)
plane = _function("image_get_plane_readonly2", c_void_p, c_void_p, c_int, POINTER(c_size_t))
transforms = _function(
    "item_get_transformation_properties", c_int, c_void_p, ItemId, POINTER(c_uint32), c_int
)
property_type = _function("item_get_property_type", c_int, c_void_p, ItemId, c_uint32)
rotation = _function("item_get_property_transform_rotation_ccw", c_int, c_void_p, ItemId, c_uint32)
mirror = _function("item_get_property_transform_mirror", c_int, c_void_p, ItemId, c_uint32)
crop_borders = _function(
    "item_get_property_transform_crop_borders",
    None,
    c_void_p,
    ItemId,
    c_uint32,
    c_int,
    c_int,
    *(POINTER(c_int),) * 4,
)
