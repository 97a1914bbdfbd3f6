"""The body of an upload: its length, encoding and concurrent uploads."""

from __future__ import annotations

import base64
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.aws.moto_apps import Moto

INPUT = "local-input-123456789012-us-east-1"
BODY = b"the bytes of an image"


def test_requires_a_content_length(aws: Any, key: str) -> None:
    reply = aws.send("PUT", aws.presign("put_object", key), None)
    assert reply.error == (411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
    chunks = b"3\r\nabc\r\n0\r\n\r\n"
    reply = aws.send("PUT", aws.presign("put_object", key), chunks, {"Transfer-Encoding": "chunked"})
    assert (reply.status, reply.code, reply.element("Header")) == (501, "NotImplemented", "Transfer-Encoding")


def request_target(aws: Any, key: str) -> str:
    url: str = aws.presign("put_object", key)
    return url.partition(f":{aws.port}")[2]


def test_rejects_an_oversized_upload_without_reading_it(aws: Any, key: str) -> None:
    size = (1 << 30) + 1
    response = aws.send_raw(f"PUT {request_target(aws, key)} HTTP/1.1\nContent-Length: {size}")
    assert response.startswith(b"HTTP/1.1 400 ")
    assert b"<Code>EntityTooLarge</Code>" in response
    assert f"<ProposedSize>{size}</ProposedSize>".encode() in response


def test_rejects_an_incomplete_body(aws: Any, key: str) -> None:
    response = aws.send_raw(f"PUT {request_target(aws, key)} HTTP/1.1\nContent-Length: 100", b"only this")
    assert response.startswith(b"HTTP/1.1 400 ")
    assert b"<Code>IncompleteBody</Code>" in response
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=INPUT, Prefix=key)


def test_sends_100_continue_only_for_an_accepted_upload(aws: Any, key: str) -> None:
    headers = "Content-Length: 2\nExpect: 100-continue"
    accepted = aws.send_raw(f"PUT {request_target(aws, key)} HTTP/1.1\n{headers}", b"ab")
    assert accepted.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    rejected = aws.send_raw(f"PUT {request_target(aws, key)}0 HTTP/1.1\n{headers}")
    assert rejected.startswith(b"HTTP/1.1 403 ")


def test_client_of_a_rejected_large_upload_gets_the_response(aws: Any, key: str) -> None:
    reply = aws.send("PUT", aws.presign("put_object", key), bytes(8 << 20), {"x-amz-acl": "private"})
    assert (reply.status, reply.code) == (403, "AccessDenied")
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_stores_a_form_body_unparsed(aws: Any, key: str, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert aws.send("PUT", aws.presign("put_object", key), b"a=b&c=d", headers).status == 200
    stored = aws.client("s3").get_object(Bucket=INPUT, Key=key)
    assert (stored["Body"].read(), stored["ContentType"]) == (
        b"a=b&c=d",
        content_type or "binary/octet-stream",
    )


def test_one_of_many_concurrent_first_uploads_succeeds(aws: Any, key: str) -> None:
    url = aws.presign("put_object", key, IfNoneMatch="*")
    barrier = threading.Barrier(12)

    def upload(number: int) -> int:
        barrier.wait()
        status: int = aws.send("PUT", url, b"%d" % number, {"If-None-Match": "*"}).status
        return status

    with ThreadPoolExecutor(12) as pool:
        statuses = sorted(pool.map(upload, range(12)))
    assert statuses == [200] + [412] * 11
    assert aws.events.qsize() == 1


def test_slow_upload_does_not_delay_requests_for_other_objects(
    aws: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_s3 = Moto.call_s3
    started, finish = threading.Event(), threading.Event()

    def call_slowly(moto: Moto, method: str, *args: Any) -> Any:
        if method == "PUT":
            started.set()
            finish.wait(5)
        return call_s3(moto, method, *args)

    aws.client("s3").put_object(Bucket=INPUT, Key=f"{key}-other", Body=BODY)
    monkeypatch.setattr(Moto, "call_s3", call_slowly)
    with ThreadPoolExecutor(1) as pool:
        upload = pool.submit(aws.send, "PUT", aws.presign("put_object", key), BODY)
        assert started.wait(5)
        aws.client("s3").get_object(Bucket=INPUT, Key=f"{key}-other")
        assert not upload.done()
        finish.set()
        assert upload.result().status == 200


def test_accepts_an_image_of_the_maximum_size(aws: Any, key: str) -> None:
    assert aws.send("PUT", aws.presign("put_object", key), bytes(25 << 20)).status == 200
    assert aws.client("s3").head_object(Bucket=INPUT, Key=key)["ContentLength"] == 25 << 20


def send_chunked(aws: Any, key: str, stream: bytes, size: int, content_sha256: str, **more: str) -> Any:
    """Send a signed aws-chunked upload, as SDKs do. boto3 itself does so only over TLS."""
    headers = {
        "Content-Encoding": "gzip,aws-chunked",
        "x-amz-decoded-content-length": str(size),
        "x-amz-content-sha256": content_sha256,
        **more,
    }
    return aws.send_s3("PUT", f"/{INPUT}/{key}", stream, headers)


def test_decodes_chunks_with_a_trailing_checksum(aws: Any, key: str) -> None:
    checksum = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big"))
    chunks = b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n" % (BODY[:5], len(BODY) - 5, BODY[5:])
    stream = chunks + b"x-amz-checksum-crc32:%b\r\n\r\n" % checksum
    trailer = {"x-amz-trailer": "x-amz-checksum-crc32"}
    content_sha256 = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    assert send_chunked(aws, key, stream, len(BODY), content_sha256, **trailer).status == 200
    stored = aws.client("s3").get_object(Bucket=INPUT, Key=key)
    assert (stored["Body"].read(), stored["ContentEncoding"]) == (BODY, "gzip")
    _, event = aws.events.get(timeout=5)
    assert event["Records"][0]["s3"]["object"]["size"] == len(BODY)
    wrong = stream.replace(checksum, b"AAAAAA==")
    mismatch = send_chunked(aws, key, wrong, len(BODY), content_sha256, **trailer)
    assert (mismatch.status, mismatch.code) == (400, "BadDigest")
    for malformed in (b"\r\n", b"x-amz-checksum-crc32:" + bytes(70_000), b"a: b\r\n" * 200):
        reply = send_chunked(aws, key, chunks + malformed, len(BODY), content_sha256, **trailer)
        assert (reply.status, reply.code) == (400, "MalformedTrailerError")


def test_decodes_signed_chunks(aws: Any, key: str) -> None:
    content_sha256 = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    signature = b"chunk-signature=" + b"0" * 64
    stream = b"%x;%b\r\n%b\r\n0;%b\r\n\r\n" % (len(BODY), signature, BODY, signature)
    assert send_chunked(aws, key, stream, len(BODY), content_sha256).status == 200
    assert aws.client("s3").get_object(Bucket=INPUT, Key=key)["Body"].read() == BODY
    for malformed, size in ((stream[:30], len(BODY)), (b"zz\r\n", len(BODY)), (stream, len(BODY) + 1)):
        assert send_chunked(aws, key, malformed, size, content_sha256).code == "IncompleteBody"


def test_rejects_a_body_that_differs_from_the_signed_one(aws: Any, key: str) -> None:
    request = AWSRequest("PUT", f"{aws.url}/{INPUT}/{key}", data=BODY)
    S3SigV4Auth(Credentials("defaultkey", "defaultsecret"), "s3", "us-east-1").add_auth(request)
    headers = dict(request.headers.items())
    assert aws.send("PUT", request.url, BODY[::-1], headers).code == "XAmzContentSHA256Mismatch"
    assert aws.send("PUT", request.url, BODY, headers).status == 200
