"""What POST /uploads is asked, checked field by field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.errors import InvalidRequest, TooLarge, UnsupportedType
from common.formats import accepted_formats, format_of
from common.http import json_object, quoted
from common.settings import MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIELDS = ("fileName", "contentType", "size", "sha256")
LONGEST_NAME = 255  # what file systems allow
_UNPRINTED = {"Cc", "Cs", "Zl", "Zp"}  # controls, half surrogate pairs, and line and paragraph separators


@dataclass(frozen=True)
class UploadRequest:
    """The picture that somebody wants to upload; the type and the checksum are in lower case."""

    file_name: str
    content_type: str
    size: int
    sha256: str


def parse_request(event: Mapping[str, Any], max_megabytes: int) -> UploadRequest:
    """Read the request; a problem, in one sentence or two, says the first thing that is wrong with it."""
    fields = json_object(event)
    _check_names(fields)
    return UploadRequest(
        file_name=_file_name(fields["fileName"]),
        sha256=_sha256(fields["sha256"]),
        size=_size(fields["size"], max_megabytes),
        content_type=_content_type(fields["contentType"]),
    )


def _check_names(fields: Mapping[str, Any]) -> None:
    missing = [name for name in FIELDS if name not in fields]
    extra = [name for name in fields if name not in FIELDS]
    wrong = []
    if missing:
        wrong.append(f"lacks {_listed(missing)}")
    if extra:
        wrong.append(f"has {_listed(extra)}, which is not known" if len(extra) == 1 else _unknown(extra))
    if wrong:
        raise InvalidRequest(f"The request {' and '.join(wrong)}. Send exactly {', '.join(FIELDS)}.")


def _unknown(names: list[str]) -> str:
    return f"has {_listed(names[:5])}, which are not known"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _file_name(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("fileName must be text.")
    if not 1 <= len(value) <= LONGEST_NAME:
        raise InvalidRequest(f"fileName must have 1 to {LONGEST_NAME} characters.")
    if any(unicodedata.category(character) in _UNPRINTED for character in value):
        raise InvalidRequest("fileName must be plain text on one line, without control characters.")
    return value


def _sha256(value: Any) -> str:
    if not isinstance(value, str) or re.fullmatch("[0-9A-Fa-f]{64}", value) is None:
        raise InvalidRequest("sha256 must be the SHA-256 of the file as 64 hexadecimal digits.")
    return value.lower()


def _size(value: Any, max_megabytes: int) -> int:
    if isinstance(value, float) and value.is_integer():  # 1000.0 is a whole number in JSON
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequest("size must be a whole number, the file's length in bytes.")
    if value == 0:
        raise InvalidRequest("The file is empty. Choose another file.")
    if value < 0:
        raise InvalidRequest("size must be above 0.")
    if value > max_megabytes * MEGABYTE:
        raise TooLarge(f"The file is too large. At most {max_megabytes} MB are taken.")
    return value


def _content_type(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("contentType must be text, such as image/jpeg.")
    if format_of(value) is None:
        raise UnsupportedType(
            f"Files of the type {quoted(value)} are not taken. Choose a {accepted_formats()} picture."
        )
    return value.strip().lower()
