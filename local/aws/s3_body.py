"""The body of a request to S3: its length, its checksums, and aws-chunked taken apart."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import zlib
from collections.abc import Callable, Mapping

from local.aws.http import Request
from local.aws.s3_errors import S3Error

LARGEST = 1 << 30  # S3 takes 5 GB; here a body is held in memory, and a picture has 25 MB
_STREAMING = "STREAMING-"
_CHECKSUMS: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "x-amz-checksum-sha256": ("SHA256", lambda body: hashlib.sha256(body).digest()),
    "x-amz-checksum-sha1": ("SHA1", lambda body: hashlib.sha1(body, usedforsecurity=False).digest()),
    "x-amz-checksum-crc32": ("CRC32", lambda body: zlib.crc32(body).to_bytes(4, "big")),
}
# Python computes no others, but they are kept as they come.
CHECKSUM_HEADERS = {*_CHECKSUMS, "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme"}
_DIGEST_SIZES = {"SHA256": 32, "SHA1": 20, "CRC32": 4}


def require_length(request: Request) -> None:
    """Refuse an upload that does not say how long it is, or that is too long, before a byte is read."""
    streaming = request.headers.get("x-amz-content-sha256", "").startswith(_STREAMING)
    if request.body.chunked and not streaming:
        raise S3Error(
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
            Header="Transfer-Encoding",
        )
    if request.body.length is None and not request.body.chunked:
        raise S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.")
    if (request.body.length or 0) > LARGEST:
        raise _too_large(request.body.length or 0)


def read_body(request: Request) -> tuple[bytes, Mapping[str, str]]:
    """Read and check the body; give it with the headers as they are without aws-chunked."""
    try:
        body = request.body.read_all(LARGEST)
    except TimeoutError as error:
        raise S3Error(
            "RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout period."
            " Idle connections will be closed.",
        ) from error
    except OSError as error:
        raise _incomplete() from error
    if body is None:
        raise _too_large(request.body.length or LARGEST + 1)
    headers = dict(request.headers)
    announced = headers.pop("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    if announced.startswith(_STREAMING):
        body = _unchunk(body, headers)
    elif announced != "UNSIGNED-PAYLOAD" and hashlib.sha256(body).hexdigest() != announced.lower():
        raise S3Error(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    _check_md5(headers.get("content-md5"), body)
    for name in _CHECKSUMS.keys() & headers.keys():
        _check(name, headers[name], body)
    return body, headers


def _check(name: str, announced: str, body: bytes) -> None:
    algorithm, compute = _CHECKSUMS[name]
    try:
        expected = base64.b64decode(announced, validate=True)
    except binascii.Error:
        expected = b""
    if len(expected) != _DIGEST_SIZES[algorithm]:
        raise S3Error("InvalidRequest", f"Value for {name} header is invalid.")
    if not hmac.compare_digest(compute(body), expected):
        # BadDigest is what S3 is seen to answer in public reports of SDK users, for every algorithm;
        # XAmzContentChecksumMismatch, also found in the wild, is MinIO's.
        raise S3Error("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")


def _check_md5(announced: str | None, body: bytes) -> None:
    if announced is None:
        return
    try:
        expected = base64.b64decode(announced, validate=True)
    except binascii.Error:
        expected = b""
    if len(expected) != 16:
        raise S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.")
    computed = hashlib.md5(body, usedforsecurity=False).digest()
    if not hmac.compare_digest(computed, expected):
        raise S3Error(
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            ExpectedDigest=expected.hex(),
            CalculatedDigest=base64.b64encode(computed).decode(),
        )


def _unchunk(stream: bytes, headers: dict[str, str]) -> bytes:
    """Take aws-chunked apart: pieces each after a line with its length, then checksums as trailers.

    The signature of each piece is not checked, only the request's own.
    """
    pieces: list[bytes] = []
    at = 0
    while True:
        line_end = stream.find(b"\r\n", at)
        try:
            size = int(stream[at:line_end].split(b";", 1)[0], 16) if line_end >= 0 else -1
        except ValueError:
            size = -1
        if size < 0 or line_end + 2 + size > len(stream):
            raise _incomplete()
        at = line_end + 2 + size
        if size == 0:
            break
        pieces.append(stream[line_end + 2 : at])
        at += 2
    _add_trailers(stream[at:], headers)
    body = b"".join(pieces)
    if headers.pop("x-amz-decoded-content-length", None) != str(len(body)):
        raise _incomplete()
    return body


def _add_trailers(tail: bytes, headers: dict[str, str]) -> None:
    encodings = [part.strip() for part in headers.pop("content-encoding", "").split(",")]
    if kept := ",".join(part for part in encodings if part not in ("", "aws-chunked")):
        headers["content-encoding"] = kept
    lines = [line.partition(":") for line in tail.decode("latin-1").split("\r\n") if ":" in line]
    sent = {name.strip().lower(): value.strip() for name, _, value in lines}
    promised = headers.pop("x-amz-trailer", "").lower()
    if promised and promised not in sent:
        raise S3Error(
            "MalformedTrailerError",
            "The request contained trailing data that was not well-formed"
            " or did not conform to our published schema.",
        )
    headers.update({name: value for name, value in sent.items() if name == promised})


def _incomplete() -> S3Error:
    return S3Error(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )


def _too_large(proposed: int) -> S3Error:
    return S3Error(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
        ProposedSize=str(proposed),
        MaxSizeAllowed=str(LARGEST),
    )
