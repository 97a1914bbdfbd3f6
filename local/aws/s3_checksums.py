"""The checksums of an S3 upload, in headers, trailers or the query of a presigned URL.

The algorithms are those of botocore's service model (ChecksumAlgorithm); CRCs are big-endian integers.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping

from awscrt.checksums import XXHash, crc32c, crc64nvme

from local.aws.s3_errors import S3Error

SDK_ALGORITHM = "x-amz-sdk-checksum-algorithm"
_PREFIX = "x-amz-checksum-"
_SETTINGS = {f"{_PREFIX}{name}" for name in ("algorithm", "mode", "type")}  # headers without a checksum
_ALGORITHMS: Mapping[str, Callable[[bytes], bytes]] = {
    "crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "crc32c": lambda body: crc32c(body).to_bytes(4, "big"),
    "crc64nvme": lambda body: crc64nvme(body).to_bytes(8, "big"),
    "md5": lambda body: hashlib.md5(body, usedforsecurity=False).digest(),
    "sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "sha256": lambda body: hashlib.sha256(body).digest(),
    "sha512": lambda body: hashlib.sha512(body).digest(),
    "xxhash3": XXHash.compute_xxhash3_64,
    "xxhash64": XXHash.compute_xxhash64,
    "xxhash128": XXHash.compute_xxhash3_128,
}
CHECKSUM_HEADERS = {f"{_PREFIX}{name}" for name in _ALGORITHMS}


def checksum_header(headers: Mapping[str, str]) -> str | None:
    """Return the name of the header that has a checksum. Raises S3Error if there are several."""
    names = [name for name in headers if name.startswith(_PREFIX) and name not in _SETTINGS]
    if len(names) > 1:
        raise _invalid("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    if names and names[0] not in CHECKSUM_HEADERS:
        raise _invalid("The algorithm type you specified in x-amz-checksum- header is invalid.")
    return names[0] if names else None


def verify_checksums(headers: Mapping[str, str], body: bytes) -> None:
    """Compare every checksum in the headers with the body. Raises S3Error."""
    if "content-md5" in headers:
        _verify_md5(headers["content-md5"], body)
    name = checksum_header(headers)
    algorithm = headers.get(SDK_ALGORITHM, "").lower()
    if algorithm and (algorithm not in _ALGORITHMS or name not in (None, f"{_PREFIX}{algorithm}")):
        raise _invalid(f"Value for {SDK_ALGORITHM} header is invalid.")
    if algorithm and not name:
        raise _invalid(
            f"{SDK_ALGORITHM} specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were"
            " found."
        )
    if name:
        _verify(name, headers[name], body)


def _verify(name: str, value: str, body: bytes) -> None:
    algorithm = name.removeprefix(_PREFIX)
    computed = _ALGORITHMS[algorithm](body)
    expected = _decode_digest(value, len(computed))
    if expected is None:
        raise _invalid(f"Value for {name} header is invalid.")
    if computed != expected:
        # SDK users report BadDigest from S3 for every algorithm; XAmzContentChecksumMismatch is MinIO's code.
        message = f"The {algorithm.upper()} you specified did not match the calculated checksum."
        raise S3Error("BadDigest", message)


def _verify_md5(value: str, body: bytes) -> None:
    computed = hashlib.md5(body, usedforsecurity=False).digest()
    expected = _decode_digest(value, len(computed))
    if expected is None:
        raise S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.")
    if computed != expected:
        raise S3Error(
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            ExpectedDigest=expected.hex(),
            CalculatedDigest=base64.b64encode(computed).decode(),
        )


def _decode_digest(value: str, size: int) -> bytes | None:
    """Decode a Base64 digest. Return None if it is malformed or has the wrong size."""
    try:
        digest = base64.b64decode(value, validate=True)
    except ValueError:  # also what a character outside ASCII raises
        return None
    return digest if len(digest) == size else None


def _invalid(message: str) -> S3Error:
    return S3Error("InvalidRequest", message)
