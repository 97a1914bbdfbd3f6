"""Presigned downloads: parts, conditions, and headers of the asker's choice."""

from __future__ import annotations

from typing import Any

import pytest

INPUT = "local-input-123456789012-us-east-1"
BODY = b"the bytes of a picture"


def download(aws: Any, key: str, **more: str) -> str:
    parameters = {"Bucket": INPUT, "Key": key, **more}
    url: str = aws.client("s3", "ReaderFunction").generate_presigned_url("get_object", Params=parameters)
    return url


def test_a_download_may_choose_headers_of_the_answer(aws: Any, key: str) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key=key, Body=BODY)
    disposition = 'attachment; filename="café.jpg"'
    reply = aws.send(
        "GET", download(aws, key, ResponseContentDisposition=disposition, ResponseContentType="a/b")
    )
    assert (reply.status, reply.body) == (200, BODY)
    assert (reply.headers["content-disposition"], reply.headers["content-type"]) == (disposition, "a/b")


def test_a_download_of_a_part_and_of_what_is_known_already(aws: Any, key: str) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key=key, Body=BODY)
    url = download(aws, key)
    part = aws.send("GET", url, headers={"Range": "bytes=4-8"})
    assert (part.status, part.body) == (206, b"bytes")
    assert part.headers["content-range"] == f"bytes 4-8/{len(BODY)}"
    known = aws.send("GET", url, headers={"If-None-Match": part.headers["etag"]})
    assert (known.status, known.body) == (304, b"")


@pytest.mark.parametrize("value", ["日本.jpg", "a\r\nSet-Cookie: b=c"])
def test_a_header_that_cannot_be_written(aws: Any, key: str, value: str) -> None:
    reply = aws.send("GET", download(aws, key, ResponseContentDisposition=value))
    message = "Header value cannot be represented using ISO-8859-1."
    assert reply.refusal == (400, "InvalidArgument", message)


def test_an_unusual_spelling_of_the_same_url_is_the_same_url(aws: Any) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key="tilde~(1).jpg", Body=BODY)
    url = download(aws, "tilde~(1).jpg")
    assert "tilde~%281%29.jpg" in url
    assert aws.send("GET", url.replace("tilde~%281%29.jpg", "tilde%7e(1).jpg")).body == BODY
