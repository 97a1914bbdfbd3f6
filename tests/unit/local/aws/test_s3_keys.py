"""Path-style and virtual-hosted-style addressing, and unusual keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pytest

INPUT = "local-input-123456789012-us-east-1"
UNUSUAL_KEYS = [
    "a b+c",
    "100%2F%",
    "é/日本.jpg",
    "a//b",
    "/lead",
    "//",
    "tail/",
    "a/../b",
    "./x",
    "..",
    "a?b=c&d#e;f",
    "'()!*~",
    "tab\tslash\\",
    "x" * 1024,
]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("key", UNUSUAL_KEYS)
def test_unusual_key_round_trips(aws: Any, host: str, key: str) -> None:
    s3, signer = aws.client("s3"), aws.client("s3", host=host)
    target = {"Bucket": INPUT, "Key": key}
    url = signer.generate_presigned_url("put_object", Params=target)
    assert urlsplit(url).hostname == (host if host == "127.0.0.1" else f"{INPUT}.{host}")
    assert aws.send("PUT", url, key.encode()).status == 200
    function_id, event = aws.events.get(timeout=5)
    delivered = event["Records"][0]["s3"]["object"]["key"]
    assert (function_id, unquote_plus(delivered)) == ("WriterFunction", key)
    assert aws.send("GET", signer.generate_presigned_url("get_object", Params=target)).body == key.encode()
    assert s3.get_object(**target)["Body"].read() == key.encode()
    assert key in [found["Key"] for found in s3.list_objects_v2(Bucket=INPUT, Prefix=key)["Contents"]]
    s3.delete_object(**target)
    assert "Contents" not in s3.list_objects_v2(Bucket=INPUT, Prefix=key)


def test_accepts_an_absolute_url_in_the_request_line(aws: Any, key: str) -> None:
    url = aws.presign("put_object", key)
    response = aws.send_raw(f"PUT {url} HTTP/1.1\nContent-Length: 1", b"x")
    assert response.startswith(b"HTTP/1.1 200 ")


def test_rejects_a_key_above_1024_bytes(aws: Any) -> None:
    reply = aws.send("PUT", aws.presign("put_object", "é" * 513), b"")
    assert reply.error == (400, "KeyTooLongError", "Your key is too long")
    assert (reply.element("Size"), reply.element("MaxSizeAllowed")) == ("1026", "1024")


def test_rejects_a_key_that_is_not_utf_8(aws: Any) -> None:
    reply = aws.send("GET", f"/{INPUT}/%ff")
    assert (reply.status, reply.code) == (400, "InvalidURI")


def test_passes_ordinary_operations_to_moto(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="packages")
    s3.put_object(Bucket="packages", Key=key, Body=b"x", Metadata={"made_by": "me", "made-for": "you"})
    assert s3.head_object(Bucket="packages", Key=key)["Metadata"] == {"made_by": "me", "made-for": "you"}
    s3.delete_objects(Bucket="packages", Delete={"Objects": [{"Key": key}]})
    s3.delete_bucket(Bucket="packages")
    assert {"packages"}.isdisjoint(bucket["Name"] for bucket in s3.list_buckets()["Buckets"])
