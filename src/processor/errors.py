"""What Rekognition's errors mean: which pass, and what the others say in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PASSING = frozenset(
    (
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "InternalServerError",
        "ExpiredTokenException",  # the next invocation brings new credentials
    )
)
_TOO_MANY_REQUESTS = 429
_SENTENCES = {
    "AccessDeniedException": (
        "The permission rekognition:{operation} is missing. Whoever runs this service has to add it."
    ),
    "ImageTooLargeException": "The picture is too large for this detector. Upload a smaller one.",
    "InvalidImageFormatException": "Rekognition cannot read this picture. Save it as a JPEG and upload that.",
    "InvalidS3ObjectException": (
        "Rekognition could not get the picture from its bucket: it is gone, "
        "or s3:GetObject is not permitted, or the bucket is in another region."
    ),
    "LimitExceededException": "A limit of the AWS account is reached. Its owner has to raise it.",
    "ResourceNotFoundException": "The custom model does not exist. Its ARN has to be corrected.",
    "ResourceNotReadyException": "The custom model is not running. Start it, then upload the picture again.",
}
# what the whole picture's rejection is when no detector answered; else it is "not-recognised"
_REJECTIONS = {
    "AccessDeniedException": "not-permitted",
    "InvalidS3ObjectException": "not-permitted",
    "InvalidImageFormatException": "broken",
}


class TransientFault(Exception):
    """Something that passes by itself: the picture is to be tried again later."""


@dataclass(frozen=True)
class DetectorError:
    """Why a detector failed for good."""

    code: str
    message: str


def error_code(error: ClientError) -> str:
    """Return AWS's own code of an error."""
    return error.response["Error"]["Code"]


def passes(error: ClientError) -> bool:
    """Tell whether trying again can help."""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return error_code(error) in _PASSING or status >= 500 or status == _TOO_MANY_REQUESTS


def detector_error(error: ClientError, operation: str) -> DetectorError:
    """Put a permanent error in plain words; one that is not known keeps AWS's."""
    code = error_code(error)
    message = (
        _SENTENCES[code].format(operation=operation)
        if code in _SENTENCES
        else error.response["Error"]["Message"]
    )
    return DetectorError(code, message)


def rejection_code(errors: Iterable[DetectorError]) -> str:
    """Name the rejection of a picture that every detector failed on."""
    codes = {_REJECTIONS.get(error.code, "not-recognised") for error in errors}
    return codes.pop() if len(codes) == 1 else "not-recognised"
