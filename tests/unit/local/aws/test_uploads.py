"""The body of an upload: its length, its checksums, and many at once."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

INPUT = "local-input-123456789012-us-east-1"
BODY = b"the bytes of a picture"


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def url_of(aws: Any, key: str, **more: Any) -> str:
    url: str = aws.client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": INPUT, "Key": key, **more}
    )
    return url


def test_bytes_that_differ_from_their_checksum(aws: Any, key: str) -> None:
    checksum = sha256(b"other bytes")
    url = url_of(aws, key, ChecksumSHA256=checksum)
    reply = aws.send("PUT", url, BODY, {"x-amz-checksum-sha256": checksum})
    assert reply.refusal == (
        400,
        "BadDigest",
        "The SHA256 you specified did not match the calculated checksum.",
    )
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=INPUT, Prefix=key)


@pytest.mark.parametrize("checksum", ["", "no base64!", base64.b64encode(b"short").decode()])
def test_a_checksum_that_is_none(aws: Any, key: str, checksum: str) -> None:
    url = url_of(aws, key, ChecksumSHA256=checksum)
    reply = aws.send("PUT", url, BODY, {"x-amz-checksum-sha256": checksum})
    assert reply.refusal == (400, "InvalidRequest", "Value for x-amz-checksum-sha256 header is invalid.")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_the_other_checksums_of_boto3_are_checked_too(aws: Any, key: str, algorithm: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=INPUT, Key=key, Body=BODY, ChecksumAlgorithm=algorithm)
    assert s3.get_object(Bucket=INPUT, Key=key)["Body"].read() == BODY
    wrong = base64.b64encode(bytes({"CRC32": 4, "SHA1": 20, "SHA256": 32}[algorithm])).decode()
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=INPUT, Key=key, Body=BODY, **{f"Checksum{algorithm}": wrong})
    assert refused.value.response["Error"]["Code"] == "BadDigest"


@pytest.mark.parametrize(
    ("md5", "code"),
    [
        (base64.b64encode(hashlib.md5(BODY).digest()).decode(), ""),
        (base64.b64encode(bytes(16)).decode(), "BadDigest"),
        ("AAAA", "InvalidDigest"),
    ],
)
def test_an_md5_is_checked(aws: Any, key: str, md5: str, code: str) -> None:
    assert aws.send("PUT", url_of(aws, key, ContentMD5=md5), BODY, {"Content-MD5": md5}).code == code


def test_a_missing_length(aws: Any, key: str) -> None:
    reply = aws.send("PUT", url_of(aws, key), None)
    assert reply.refusal == (411, "MissingContentLength", "You must provide the Content-Length HTTP header.")


def test_a_length_that_comes_only_with_the_bytes(aws: Any, key: str) -> None:
    reply = aws.send("PUT", url_of(aws, key), b"3\r\nabc\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"})
    assert (reply.status, reply.code, reply.element("Header")) == (501, "NotImplemented", "Transfer-Encoding")


def target_of(aws: Any, key: str) -> str:
    return url_of(aws, key).partition(f":{aws.port}")[2]


def test_an_upload_that_is_far_too_large_is_refused_unread(aws: Any, key: str) -> None:
    size = (1 << 30) + 1
    answer = aws.send_part(f"PUT {target_of(aws, key)} HTTP/1.1\nContent-Length: {size}")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<Code>EntityTooLarge</Code>" in answer
    assert f"<ProposedSize>{size}</ProposedSize>".encode() in answer


def test_a_body_that_breaks_off(aws: Any, key: str) -> None:
    answer = aws.send_part(f"PUT {target_of(aws, key)} HTTP/1.1\nContent-Length: 100", b"only this")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<Code>IncompleteBody</Code>" in answer
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=INPUT, Prefix=key)


def test_a_sender_that_asks_first_is_invited_only_to_what_is_taken(aws: Any, key: str) -> None:
    asking = "Content-Length: 2\nExpect: 100-continue"
    taken = aws.send_part(f"PUT {target_of(aws, key)} HTTP/1.1\n{asking}", b"ab")
    assert taken.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    refused = aws.send_part(f"PUT {target_of(aws, key)}0 HTTP/1.1\n{asking}")
    assert refused.startswith(b"HTTP/1.1 403 ")


def test_a_large_refused_upload_gets_its_answer(aws: Any, key: str) -> None:
    reply = aws.send("PUT", url_of(aws, key), bytes(8 << 20), {"x-amz-acl": "private"})
    assert (reply.status, reply.code) == (403, "AccessDenied")


def test_a_connection_is_kept_and_serves_again(aws: Any, key: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=10)
    for body in (b"first", b"second"):
        connection.request("PUT", url_of(aws, key).partition(f":{aws.port}")[2], body)
        assert connection.getresponse().read() == b""
        socket_now = connection.sock
    assert connection.sock is socket_now is not None
    connection.close()


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_body_that_looks_like_a_form_is_stored_whole(aws: Any, key: str, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert aws.send("PUT", url_of(aws, key), b"a=b&c=d", headers).status == 200
    stored = aws.client("s3").get_object(Bucket=INPUT, Key=key)
    assert (stored["Body"].read(), stored["ContentType"]) == (
        b"a=b&c=d",
        content_type or "binary/octet-stream",
    )


def test_of_many_first_uploads_at_once_one_wins(aws: Any, key: str) -> None:
    url = url_of(aws, key, IfNoneMatch="*")
    together = threading.Barrier(12)

    def upload(number: int) -> int:
        together.wait()
        status: int = aws.send("PUT", url, b"%d" % number, {"If-None-Match": "*"}).status
        return status

    with ThreadPoolExecutor(12) as pool:
        statuses = sorted(pool.map(upload, range(12)))
    assert statuses == [200] + [412] * 11
    assert aws.delivered.qsize() == 1


def test_a_picture_of_the_largest_size_passes(aws: Any, key: str) -> None:
    body = bytes(25 << 20)
    url = url_of(aws, key, ChecksumSHA256=sha256(body))
    assert aws.send("PUT", url, body, {"x-amz-checksum-sha256": sha256(body)}).status == 200
    assert aws.client("s3").head_object(Bucket=INPUT, Key=key)["ContentLength"] == 25 << 20


def test_a_file_in_parts_as_boto3_and_sam_send_it(aws: Any, key: str) -> None:
    body = bytes(range(256)) * (36 << 10)
    aws.client("s3").upload_fileobj(io.BytesIO(body), INPUT, key, ExtraArgs={"ContentType": "image/png"})
    stored = aws.client("s3").get_object(Bucket=INPUT, Key=key)
    assert (stored["Body"].read() == body, stored["ContentType"]) == (True, "image/png")
