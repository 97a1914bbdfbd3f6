"""Presigned downloads: ranges, conditions and overridden response headers."""

from __future__ import annotations

from typing import Any

import pytest

INPUT = "local-input-123456789012-us-east-1"
BODY = b"the bytes of an image"


def test_url_can_override_response_headers(aws: Any, key: str) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key=key, Body=BODY)
    disposition = 'attachment; filename="café.jpg"'
    overrides = {"ResponseContentDisposition": disposition, "ResponseContentType": "a/b"}
    reply = aws.send("GET", aws.presign("get_object", key, "ReaderFunction", **overrides))
    assert (reply.status, reply.body) == (200, BODY)
    assert (reply.headers["content-disposition"], reply.headers["content-type"]) == (disposition, "a/b")


def test_supports_range_and_conditional_requests(aws: Any, key: str) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key=key, Body=BODY)
    url = aws.presign("get_object", key)
    part = aws.send("GET", url, headers={"Range": "bytes=4-8"})
    assert (part.status, part.body) == (206, b"bytes")
    assert part.headers["content-range"] == f"bytes 4-8/{len(BODY)}"
    unmodified = aws.send("GET", url, headers={"If-None-Match": part.headers["etag"]})
    assert (unmodified.status, unmodified.body) == (304, b"")


@pytest.mark.parametrize("value", ["日本.jpg", "a\r\nSet-Cookie: b=c"])
def test_rejects_an_override_that_is_not_latin_1(aws: Any, key: str, value: str) -> None:
    reply = aws.send("GET", aws.presign("get_object", key, ResponseContentDisposition=value))
    message = "Header value cannot be represented using ISO-8859-1."
    assert reply.error == (400, "InvalidArgument", message)


def test_accepts_any_percent_encoding_of_the_same_url(aws: Any) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key="tilde~(1).jpg", Body=BODY)
    url = aws.presign("get_object", "tilde~(1).jpg")
    assert "tilde~%281%29.jpg" in url
    assert aws.send("GET", url.replace("tilde~%281%29.jpg", "tilde%7e(1).jpg")).body == BODY
