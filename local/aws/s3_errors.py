"""S3's error responses, with the codes and messages that S3 uses."""

from __future__ import annotations

import secrets
from xml.sax.saxutils import escape

from werkzeug.datastructures import Headers

from local.aws.http import Response

# All other codes have status 400.
_STATUSES = {
    "AccessDenied": 403,
    "AccessForbidden": 403,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "MethodNotAllowed": 405,
    "MissingContentLength": 411,
    "NoSuchBucketPolicy": 404,
    "NoSuchConfiguration": 404,
    "NoSuchCORSConfiguration": 404,
    "NoSuchLifecycleConfiguration": 404,
    "NoSuchTagSet": 404,
    "NoSuchUpload": 404,
    "NotImplemented": 501,
    "RequestTimeTooSkewed": 403,
    "SignatureDoesNotMatch": 403,
}

SIGNATURE_MISMATCH = (
    "The request signature we calculated does not match the signature you provided."
    " Check your key and signing method."
)


class S3Error(Exception):
    """An error response of S3; `details` become further elements of its XML."""

    def __init__(self, code: str, message: str, **details: str) -> None:
        super().__init__(message)
        self.code = code
        self.details = details

    def to_response(self, method: str) -> Response:
        request_id = secrets.token_hex(8).upper()
        elements = {"Code": self.code, "Message": str(self), **self.details}
        elements |= {"RequestId": request_id, "HostId": "local"}
        inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items())
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()
        headers = Headers({"Content-Type": "application/xml", "x-amz-request-id": request_id})
        return Response(_STATUSES.get(self.code, 400), headers, b"" if method == "HEAD" else body)


def access_denied(message: str, **details: str) -> S3Error:
    return S3Error("AccessDenied", message, **details)
