"""Rejections: the reasons why an image fails, with one message per code.

The record, the result document and the page all show these messages.
"""

from __future__ import annotations

from typing import Any

from common.formats import supported_formats

UNAVAILABLE = "unavailable"  # the only failure of which POST /images/{id}/retry tries the same bytes again
INACCESSIBLE = ("gone", "not-permitted", "archived")  # failures of an object that may be readable by now

# {formats} is filled in automatically; every other placeholder is a keyword argument of Rejection.of.
MESSAGES = {
    "not-an-image": "This file isn't an image. Choose a file in one of these formats: {formats}.",
    "unsupported-format": "{format} files aren't supported. Save the picture as a standard JPEG or PNG file.",
    "broken": "The picture is damaged and can't be read. Export or copy it again, then upload the new file.",
    "too-many-pixels": (
        "The picture is {width:,} × {height:,} pixels. The limit is {megapixels} million pixels. "
        "Make it smaller and upload it again."
    ),
    "too-narrow": (
        "The picture is {width:,} × {height:,} pixels, which is too long and narrow. "
        "Its shorter side must have at least {min_side} pixels. Crop it and upload it again."
    ),
    "too-complex": (
        "The picture takes too much time or memory to read. "
        "Save it as a standard JPEG or PNG file and upload that."
    ),
    "too-large": "The file is larger than the limit of {megabytes} MB. Make it smaller and upload it again.",
    "empty": "The file is empty. Choose another file.",
    "gone": "The picture was deleted before it could be processed. Upload it again.",
    "not-permitted": (
        "The picture couldn't be read: a permission is missing, or its bucket is in another region. "
        "Contact the administrator."
    ),
    "archived": "The picture is archived, so it can't be read. Ask the administrator to restore it.",
    UNAVAILABLE: "The picture couldn't be recognized after several attempts. Try again later.",
    "not-recognized": (
        "No detector could process the picture. The result lists the errors. Contact the administrator."
    ),
    # These are in NOT_STORED.
    "key-too-long": (
        "The object's key has {bytes:,} bytes. The limit is {max_bytes:,}, because the results are stored "
        "under longer keys. Copy the object to a shorter key."
    ),
    "malformed-event": "This isn't a valid event: {field} is missing or invalid.",
    "foreign-event": "The event isn't about an object created in the bucket {bucket}.",
}

# Returned to the event's sender, logged and counted only: a document about them could have no key.
NOT_STORED = frozenset({"key-too-long", "malformed-event", "foreign-event"})


class Rejection(Exception):
    """A failure of one image that is recorded instead of retried."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @classmethod
    def of(cls, code: str, **values: Any) -> Rejection:
        """Return the rejection of a code. Raises KeyError if the code or one of its values is missing."""
        return cls(code, MESSAGES[code].format_map({"formats": supported_formats(), **values}))
