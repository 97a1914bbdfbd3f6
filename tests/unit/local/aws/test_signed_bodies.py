"""Bodies that are part of the signature, and aws-chunked, in which SDKs send their own."""

from __future__ import annotations

import base64
import zlib
from typing import Any

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

INPUT = "local-input-123456789012-us-east-1"
BODY = b"the bytes of a picture"


def send_streaming(aws: Any, key: str, stream: bytes, size: int, payload: str, **more: str) -> Any:
    """Send aws-chunked, which boto3 itself uses over TLS alone, signed as SDKs do."""
    headers = {
        "Content-Encoding": "gzip,aws-chunked",
        "x-amz-decoded-content-length": str(size),
        "x-amz-content-sha256": payload,
        **more,
    }
    signer = S3SigV4Auth(Credentials("defaultkey", "defaultsecret"), "s3", "us-east-1")
    request = AWSRequest("PUT", f"{aws.url}/{INPUT}/{key}", headers=headers)
    signer.payload = lambda request: payload
    signer.add_auth(request)
    return aws.send("PUT", request.url, stream, dict(request.headers.items()))


def test_pieces_with_a_checksum_at_the_end(aws: Any, key: str) -> None:
    checksum = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big"))
    stream = b"5\r\n%b\r\n%x\r\n%b\r\n0\r\nx-amz-checksum-crc32:%b\r\n\r\n" % (
        BODY[:5],
        len(BODY) - 5,
        BODY[5:],
        checksum,
    )
    trailer = {"x-amz-trailer": "x-amz-checksum-crc32"}
    kind = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    assert send_streaming(aws, key, stream, len(BODY), kind, **trailer).status == 200
    stored = aws.client("s3").get_object(Bucket=INPUT, Key=key)
    assert (stored["Body"].read(), stored["ContentEncoding"]) == (BODY, "gzip")
    _, event = aws.delivered.get(timeout=5)
    assert event["Records"][0]["s3"]["object"]["size"] == len(BODY)
    wrong = send_streaming(aws, key, stream.replace(checksum, b"AAAAAA=="), len(BODY), kind, **trailer)
    assert (wrong.status, wrong.code) == (400, "BadDigest")
    without = send_streaming(aws, key, stream.partition(b"x-amz")[0] + b"\r\n", len(BODY), kind, **trailer)
    assert (without.status, without.code) == (400, "MalformedTrailerError")


def test_signed_pieces(aws: Any, key: str) -> None:
    kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    mark = b"chunk-signature=" + b"0" * 64
    stream = b"%x;%b\r\n%b\r\n0;%b\r\n\r\n" % (len(BODY), mark, BODY, mark)
    assert send_streaming(aws, key, stream, len(BODY), kind).status == 200
    assert aws.client("s3").get_object(Bucket=INPUT, Key=key)["Body"].read() == BODY
    for broken, size in ((stream[:30], len(BODY)), (b"zz\r\n", len(BODY)), (stream, len(BODY) + 1)):
        assert send_streaming(aws, key, broken, size, kind).code == "IncompleteBody"


def test_a_body_that_is_not_the_one_that_was_signed(aws: Any, key: str) -> None:
    request = AWSRequest("PUT", f"{aws.url}/{INPUT}/{key}", data=BODY)
    S3SigV4Auth(Credentials("defaultkey", "defaultsecret"), "s3", "us-east-1").add_auth(request)
    headers = dict(request.headers.items())
    assert aws.send("PUT", request.url, BODY[::-1], headers).code == "XAmzContentSHA256Mismatch"
    assert aws.send("PUT", request.url, BODY, headers).status == 200
