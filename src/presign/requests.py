"""The request of POST /uploads, validated field by field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.errors import InvalidRequest, TooLarge, UnsupportedType
from common.file_names import MAX_FILE_NAME, clean_file_name
from common.formats import find_format, supported_formats
from common.http import json_object, quoted
from common.units import MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIELDS = ("fileName", "contentType", "size", "sha256")
_MAX_LISTED = 5  # unknown fields to name in the error message
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}  # Unicode categories: controls, surrogates, line and paragraph breaks


@dataclass(frozen=True)
class UploadRequest:
    """The file to upload; `size` is in bytes, the content type and the SHA-256 are in lower case.

    The file name is the one to display.
    """

    file_name: str
    content_type: str
    size: int
    sha256: str


def parse_request(event: Mapping[str, Any], max_megabytes: int) -> UploadRequest:
    """Parse and validate the request. Raises a Problem about the first thing that is wrong with it."""
    fields = json_object(event)
    _check_field_names(fields)
    return UploadRequest(
        file_name=_parse_file_name(fields["fileName"]),
        sha256=_parse_sha256(fields["sha256"]),
        size=_parse_size(fields["size"], max_megabytes),
        content_type=_parse_content_type(fields["contentType"]),
    )


def _check_field_names(fields: Mapping[str, Any]) -> None:
    missing = [name for name in FIELDS if name not in fields]
    unknown = [name for name in fields if name not in FIELDS]
    errors = []
    if missing:
        errors.append(f"lacks {_quoted_list(missing)}")
    if unknown:
        noun = "field" if len(unknown) == 1 else "fields"
        errors.append(f"has the unknown {noun} {_quoted_list(unknown[:_MAX_LISTED])}")
    if errors:
        raise InvalidRequest(f"The request {' and '.join(errors)}. Send exactly {', '.join(FIELDS)}.")


def _quoted_list(names: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _parse_file_name(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("fileName must be a string.")
    if not 1 <= len(value) <= MAX_FILE_NAME:
        raise InvalidRequest(f"fileName must have 1 to {MAX_FILE_NAME} characters.")
    if any(unicodedata.category(character) in _UNPRINTABLE for character in value):
        raise InvalidRequest("fileName must be one line without control characters.")
    return clean_file_name(value)


def _parse_sha256(value: Any) -> str:
    if not isinstance(value, str) or re.fullmatch("[0-9A-Fa-f]{64}", value) is None:
        raise InvalidRequest("sha256 must be the file's SHA-256 as 64 hexadecimal digits.")
    return value.lower()


def _parse_size(value: Any, max_megabytes: int) -> int:
    if isinstance(value, float) and value.is_integer():  # in JSON, 1000.0 is an integer
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequest("size must be an integer, the file's size in bytes.")
    if value == 0:
        raise InvalidRequest("The file is empty. Choose another file.")
    if value < 0:
        raise InvalidRequest("size must be greater than 0.")
    if value > max_megabytes * MEGABYTE:
        raise TooLarge(f"The file is too large. The limit is {max_megabytes} MB.")
    return value


def _parse_content_type(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("contentType must be a media type, such as image/jpeg.")
    if find_format(value) is None:
        raise UnsupportedType(
            f"Files of type {quoted(value)} aren't supported. "
            f"Choose a picture in one of these formats: {supported_formats()}."
        )
    return value.strip().lower()
