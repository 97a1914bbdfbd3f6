"""Rekognition's errors: codes, HTTP statuses and the response body."""

from __future__ import annotations

import uuid

# All other errors are 400, including throttling (Rekognition Developer Guide, "Error handling").
SERVER_ERRORS = frozenset({"InternalServerError", "ServiceUnavailableException"})

# Messages as AWS sends them. Fault injection accepts exactly these codes.
ERROR_MESSAGES = {
    "AccessDeniedException": "You are not authorized to perform the action.",
    "ImageTooLargeException": "Image size is too large",
    "InternalServerError": "Amazon Rekognition experienced a service issue. Try your call again.",
    "InvalidImageFormatException": "Request has invalid image format",
    "InvalidPaginationTokenException": "The pagination token is invalid.",
    "InvalidParameterException": "Request has Invalid Parameters",
    "InvalidS3ObjectException": (
        "Unable to get object metadata from S3. Check object key, region and/or access permissions."
    ),
    "LimitExceededException": "An Amazon Rekognition service limit was exceeded.",
    "ProvisionedThroughputExceededException": "Provisioned rate exceeded.",
    "ResourceAlreadyExistsException": "A resource with the specified ID already exists.",
    "ResourceInUseException": "The specified resource is already being used.",
    "ResourceNotFoundException": "The resource specified in the request cannot be found.",
    "ResourceNotReadyException": "The requested resource isn't ready.",
    "ServiceUnavailableException": "The service is unavailable. Try your call again.",
    "ThrottlingException": "Rate exceeded",
}


class SettingError(ValueError):
    """An invalid setting. The message names the setting and says what is valid."""


class ModelError(Exception):
    """A file of a built-in model is missing or damaged. The message says how to restore it."""


class ObjectUnreadable(Exception):
    """The object doesn't exist or the caller may not read it. Rekognition reports both the same way."""


class ObjectUnwritable(Exception):
    """The bucket doesn't exist or the caller may not write to it."""


class RekognitionError(Exception):
    """An error response with its code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @classmethod
    def from_code(cls, code: str, detail: str = "") -> RekognitionError:
        """Build an error with AWS's message for the code; `detail` adds the cause, which AWS omits."""
        message = ERROR_MESSAGES[code]
        return cls(code, f"{message.rstrip('.')}: {detail}" if detail else message)

    def to_wire(self) -> tuple[int, dict[str, str]]:
        """Return the HTTP status and the JSON body."""
        # AWS omits Code and Logref from errors raised before Rekognition itself sees the request. No client
        # reads these two fields, so the emulator always sends them.
        logref = str(uuid.uuid4())
        body = {"__type": self.code, "Code": self.code, "Logref": logref, "Message": self.message}
        return (500 if self.code in SERVER_ERRORS else 400), body
