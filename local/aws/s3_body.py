"""The body of an S3 request: its length, its hash and the aws-chunked encoding."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from http.client import HTTPException, parse_headers

from local.aws.http import Request
from local.aws.s3_checksums import CHECKSUM_HEADERS, verify_checksums
from local.aws.s3_errors import S3Error

# S3 accepts 5 GB. The local stack holds bodies in memory, and an image has at most 25 MB.
MAX_BODY_BYTES = 900_000_000  # SQLite, which keeps local data, stores at most 1,000,000,000
_STREAMING = "STREAMING-"
_UNSIGNED = "UNSIGNED-PAYLOAD"


def check_length(request: Request) -> None:
    """Reject an upload with a missing or too large length before any of it is read. Raises S3Error."""
    streaming = request.headers.get("x-amz-content-sha256", "").startswith(_STREAMING)
    if request.body.chunked and not streaming:
        raise S3Error(
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
            Header="Transfer-Encoding",
        )
    if request.body.length is None and not request.body.chunked:
        raise S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.")
    if (request.body.length or 0) > MAX_BODY_BYTES:
        raise _too_large(request.body.length or 0)


def read_body(request: Request) -> tuple[bytes, Mapping[str, str]]:
    """Read, decode and verify the body. Return it with the headers that describe it decoded.

    Raises S3Error.
    """
    try:
        body = request.body.read_all(MAX_BODY_BYTES)
    except TimeoutError as error:
        raise S3Error(
            "RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout period."
            " Idle connections will be closed.",
        ) from error
    except OSError as error:
        raise _incomplete() from error
    if body is None:
        raise _too_large(request.body.length or MAX_BODY_BYTES + 1)
    headers = dict(request.headers)
    content_sha256 = headers.pop("x-amz-content-sha256", _UNSIGNED)
    if content_sha256.startswith(_STREAMING):
        body = _decode_aws_chunked(body, headers)
    elif content_sha256 != _UNSIGNED and hashlib.sha256(body).hexdigest() != content_sha256.lower():
        raise S3Error(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    completes_upload = request.method == "POST" and "uploadId" in dict(request.query_pairs)
    if not completes_upload:  # its checksum is that of the whole object, not of this body
        verify_checksums(headers, body)
    return body, headers


def _decode_aws_chunked(stream: bytes, headers: dict[str, str]) -> bytes:
    """Decode aws-chunked: chunks that each follow a line with their size, then checksums as trailers.

    Updates `headers`. The signatures of single chunks are not verified, only the request's. Raises S3Error.
    """
    source = io.BytesIO(stream)
    chunks: list[bytes] = []
    try:
        while size := int(source.readline().split(b";", 1)[0], 16):
            chunks.append(source.read(size))
            source.readline()  # the line end after the chunk
    except ValueError as error:
        raise _incomplete() from error
    _add_trailers(source, headers)
    body = b"".join(chunks)
    if headers.pop("x-amz-decoded-content-length", None) != str(len(body)):
        raise _incomplete()
    return body


def _add_trailers(source: io.BytesIO, headers: dict[str, str]) -> None:
    encodings = [encoding.strip() for encoding in headers.pop("content-encoding", "").split(",")]
    if kept := ",".join(encoding for encoding in encodings if encoding not in ("", "aws-chunked")):
        headers["content-encoding"] = kept
    try:
        trailers = parse_headers(source)
    except HTTPException as error:  # a line that is too long, or too many of them
        raise _malformed_trailer() from error
    announced = headers.pop("x-amz-trailer", "").lower()
    if not announced:
        return
    if announced not in CHECKSUM_HEADERS:
        raise S3Error("InvalidRequest", "The value specified in the x-amz-trailer header is not supported")
    if announced not in trailers:
        raise _malformed_trailer()
    headers[announced] = trailers[announced]


def _malformed_trailer() -> S3Error:
    return S3Error(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed"
        " or did not conform to our published schema.",
    )


def _incomplete() -> S3Error:
    return S3Error(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )


def _too_large(size: int) -> S3Error:
    return S3Error(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
        ProposedSize=str(size),
        MaxSizeAllowed=str(MAX_BODY_BYTES),
    )
