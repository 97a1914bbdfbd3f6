"""Rekognition's errors: which are retryable, and what the others mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable

_THROTTLED = frozenset(("ProvisionedThroughputExceededException", "ThrottlingException"))
_RETRYABLE = frozenset(
    (
        "InternalServerError",
        "ExpiredTokenException",  # the next invocation has new credentials
    )
)
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500  # and above
MODEL_STOPPED = "ResourceNotReadyException"
_MESSAGES = {
    "AccessDeniedException": (
        "The permission rekognition:{operation} is missing. The administrator has to add it."
    ),
    "ImageTooLargeException": "The picture is too large for this detector. Upload a smaller one.",
    "InvalidImageFormatException": "Rekognition can't read this picture. Save it as a JPEG and upload that.",
    "InvalidS3ObjectException": (
        "Rekognition couldn't read the picture from its bucket: it was deleted, "
        "the permission s3:GetObject is missing, or the bucket is in another region."
    ),
    "LimitExceededException": "A limit of the AWS account is reached. The administrator has to raise it.",
    "ResourceNotFoundException": "The custom model doesn't exist. The administrator has to correct its ARN.",
    MODEL_STOPPED: "The custom model isn't running. Start it, then upload the picture again.",
}
# Rejections of images for which every detector failed; any other error means "not-recognized".
_REJECTION_CODES = {
    "AccessDeniedException": "not-permitted",
    "InvalidS3ObjectException": "not-permitted",
    "InvalidImageFormatException": "broken",
}


class TransientError(Exception):
    """A temporary failure: the image has to be processed again later."""


class Postponed(TransientError):
    """The image has to wait for Rekognition's quota, or for an invocation with more time. Nothing failed."""


@dataclass(frozen=True)
class DetectorError:
    """A permanent failure of one detector."""

    code: str
    message: str


def error_code(error: ClientError) -> str:
    """Return the AWS error code."""
    return error.response["Error"]["Code"]


def is_throttled(error: ClientError) -> bool:
    """Return whether the call exceeded a quota per second."""
    return error_code(error) in _THROTTLED or _status(error) == _TOO_MANY_REQUESTS


def is_retryable(error: ClientError) -> bool:
    """Return whether a call that wasn't throttled may succeed later."""
    return error_code(error) in _RETRYABLE or _status(error) >= _SERVER_ERROR


def to_detector_error(error: ClientError, operation: str) -> DetectorError:
    """Describe a permanent error of an operation; an unknown error keeps AWS's message."""
    code = error_code(error)
    message = _MESSAGES.get(code, "").format(operation=operation)
    return DetectorError(code, message or error.response["Error"]["Message"])


def rejection_code(errors: Iterable[DetectorError]) -> str:
    """Return the rejection code of an image for which every detector failed."""
    codes = {_REJECTION_CODES.get(error.code, "not-recognized") for error in errors}
    return codes.pop() if len(codes) == 1 else "not-recognized"


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]
