"""Why a picture is rejected for good, in one table of sentences.

The record, the JSON document and the page all show these words.
"""

from __future__ import annotations

from typing import Any

from common.formats import accepted_formats

# {formats} fills itself in; every other name in braces is a keyword argument of Rejection.of
SENTENCES = {
    "not-an-image": "This file is not a picture. Choose a file in one of these formats: {formats}.",
    "unsupported-format": "Pictures in the format {format} are not taken. Save it as {formats}.",
    "broken": "The picture is damaged and cannot be read. Export or copy it again, then upload that.",
    "too-many-pixels": (
        "The picture is {width:,} × {height:,} pixels; at most {megapixels} million pixels are taken. "
        "Make it smaller."
    ),
    "too-narrow": (
        "The picture is {width:,} × {height:,} pixels; each side must have at least {least}. "
        "Choose a larger picture."
    ),
    "too-large": "The file is larger than {megabytes} MB, which is the most that is taken. Make it smaller.",
    "empty": "The file is empty. Choose another file.",
    "gone": "The picture was deleted before it could be looked at. Upload it again.",
    "not-permitted": (
        "The picture could not be read: permission is missing, or its bucket is in another region. "
        "Whoever runs this service has to put that right."
    ),
    "unavailable": (
        "The picture could not be recognised, although it was tried several times. Upload it again later."
    ),
    "not-recognised": (
        "No detector could look at the picture; the result says why. "
        "Whoever runs this service has to put that right."
    ),
    # about events rather than pictures: told to whoever sent the event, recorded nowhere
    "malformed-event": "This is not an event of S3: {missing} is missing or cannot be read.",
    "foreign-event": "The event is not about an object put into the bucket {bucket}.",
}


class Rejection(Exception):
    """A permanent failure of one picture: trying again would end the same way."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @classmethod
    def of(cls, code: str, **values: Any) -> Rejection:
        """Make the rejection of a code; KeyError where a value that its sentence needs is left out."""
        return cls(code, SENTENCES[code].format_map({"formats": accepted_formats(), **values}))
