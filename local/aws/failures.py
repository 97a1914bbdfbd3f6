"""The error with which a service responds when it fails itself."""

from __future__ import annotations

import json

from werkzeug.datastructures import Headers

from local.aws.http import Request, Response
from local.aws.s3_errors import S3Error

# Error codes of the JSON services, as in their API references.
_CODES = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810#InternalServerError",
    "events": "InternalException",
    "sqs": "com.amazonaws.sqs#InternalFailure",
}


def failure(request: Request, service: str) -> Response:
    """Return the 500 of a service, given by its name in signatures."""
    message = "We encountered an internal error. Please try again."
    if service not in _CODES:
        return S3Error("InternalError", message).to_response(request.method)
    document = {"__type": _CODES[service], "message": message}
    headers = Headers({"Content-Type": "application/x-amz-json-1.0"})
    return Response(500, headers, json.dumps(document).encode())
