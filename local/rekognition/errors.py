"""Rekognition's errors: codes, HTTP statuses and the body on the wire."""

from __future__ import annotations

import uuid

# Everything else is a 400, throttling included, as the error-handling page of the service says.
SERVER_FAULTS = frozenset({"InternalServerError", "ServiceUnavailableException"})

# What a test may ask for by name.
FAULT_MESSAGES = {
    "AccessDeniedException": "You are not authorized to perform the action.",
    "ImageTooLargeException": "Image size is too large",
    "InternalServerError": "Amazon Rekognition experienced a service issue. Try your call again.",
    "InvalidImageFormatException": "Request has invalid image format",
    "InvalidParameterException": "Request has Invalid Parameters",
    "InvalidS3ObjectException": (
        "Unable to get object metadata from S3. Check object key, region and/or access permissions."
    ),
    "LimitExceededException": "An Amazon Rekognition service limit was exceeded.",
    "ProvisionedThroughputExceededException": "Provisioned rate exceeded.",
    "ResourceNotFoundException": "The resource specified in the request cannot be found.",
    "ResourceNotReadyException": "The requested resource isn't ready.",
    "ServiceUnavailableException": "The service is unavailable. Try your call again.",
    "ThrottlingException": "Rate exceeded",
}


class RekognitionError(Exception):
    """An answer that is an error; `detail` says in words what the bare AWS message leaves out."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @classmethod
    def of(cls, code: str, detail: str = "") -> RekognitionError:
        message = FAULT_MESSAGES[code]
        return cls(code, f"{message.rstrip('.')}: {detail}" if detail else message)

    @property
    def status(self) -> int:
        return 500 if self.code in SERVER_FAULTS else 400

    def body(self) -> dict[str, str]:
        # One shape for all. The real front end leaves Code and Logref out of the errors that it raises
        # before Rekognition sees the request; no client reads them, so two shapes would help nobody.
        return {
            "__type": self.code,
            "Code": self.code,
            "Logref": str(uuid.uuid4()),
            "Message": self.message,
        }


class ObjectUnreadable(Exception):
    """The object is not there, or the caller may not read it: Rekognition does not tell the two apart."""
