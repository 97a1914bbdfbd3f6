"""Requests with wrong arguments: S3's own errors, and never an internal one."""

from __future__ import annotations

from typing import Any

import pytest

INPUT = "local-input-123456789012-us-east-1"
LIST = f"/{INPUT}?list-type=2"
PART = "Part number must be an integer between 1 and 10000, inclusive"
TOKEN = "The continuation token provided is incorrect"
NO_INTEGER = "Provided {} not an integer or within integer range"
NEGATIVE = "Argument {} must be an integer between 0 and 2147483647"
COPY_SOURCE = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
MALFORMED_XML = (
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("target", "argument", "message"),
    [
        (f"{LIST}&max-keys=abc", "max-keys", NO_INTEGER.format("max-keys")),
        (f"{LIST}&max-keys=", "max-keys", NO_INTEGER.format("max-keys")),
        (f"{LIST}&max-keys=1.5", "max-keys", NO_INTEGER.format("max-keys")),
        (f"{LIST}&max-keys=2147483648", "max-keys", NO_INTEGER.format("max-keys")),
        (f"{LIST}&max-keys={'9' * 5000}", "max-keys", NO_INTEGER.format("max-keys")),
        (f"{LIST}&max-keys=%D9%A3", "max-keys", NO_INTEGER.format("max-keys")),  # an Arabic digit
        (f"{LIST}&max-keys=-1", "maxKeys", NEGATIVE.format("maxKeys")),
        (f"/{INPUT}?max-keys=-1", "maxKeys", NEGATIVE.format("maxKeys")),
        (f"/{INPUT}?max-keys=abc&versions", "max-keys", NO_INTEGER.format("max-keys")),
        (f"/{INPUT}?max-uploads=abc&uploads", "max-uploads", NO_INTEGER.format("max-uploads")),
        (f"/{INPUT}/a?max-parts=-1&uploadId=x", "max-parts", NEGATIVE.format("max-parts")),
        (f"{LIST}&continuation-token=", "continuation-token", TOKEN),
        (f"{LIST}&encoding-type=base64", "encoding-type", "Invalid Encoding Method specified in Request"),
        (
            "/?max-buckets=0",
            "max-buckets",
            "Argument max-buckets must be an integer between 1 and 10000.",
        ),
        (f"/{INPUT}/a?partNumber=abc", "partNumber", PART),
        (f"/{INPUT}/a?partNumber=0", "partNumber", PART),
        (f"/{INPUT}/a?partNumber=10001", "partNumber", PART),
        (f"/{INPUT}/a?versionId=nope", "versionId", "Invalid version id specified"),
        (f"/{INPUT}/a?versionId=", "versionId", "Invalid version id specified"),
    ],
)
def test_rejects_a_wrong_parameter(aws: Any, method: str, target: str, argument: str, message: str) -> None:
    reply = aws.send_s3(method, target)
    assert reply.status == 400
    if method == "GET":
        assert (reply.error, reply.element("ArgumentName")) == ((400, "InvalidArgument", message), argument)


@pytest.mark.parametrize("token", ["bad", "YWJj", "0" * 32])
def test_rejects_a_continuation_token_that_it_did_not_issue(aws: Any, key: str, token: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=INPUT, Key=key, Body=b"x")
    error = aws.call_error(s3.list_objects_v2, Bucket=INPUT, ContinuationToken=token)
    assert error == (400, "InvalidArgument", TOKEN)


def test_lists_all_pages(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    for number in range(3):
        s3.put_object(Bucket=INPUT, Key=f"{key}/{number}", Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=INPUT, Prefix=key, PaginationConfig={"PageSize": 1}
    )
    assert [page["Contents"][0]["Key"][-1] for page in pages] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("x-amz-copy-source", "", COPY_SOURCE),
        ("x-amz-copy-source", "bucket", COPY_SOURCE),
        ("x-amz-copy-source", "/", COPY_SOURCE),
        ("x-amz-acl", "everyone", ""),
        ("x-amz-grant-read", "everyone", "Argument format not recognized"),
    ],
)
def test_rejects_a_wrong_header(aws: Any, key: str, name: str, value: str, message: str) -> None:
    reply = aws.send_s3("PUT", f"/{INPUT}/{key}", b"", {name: value})
    assert (reply.error, reply.element("ArgumentName")) == ((400, "InvalidArgument", message), name)


@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since"])
def test_ignores_a_condition_with_an_invalid_date(aws: Any, key: str, name: str) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key=key, Body=b"x")
    assert aws.send_s3("GET", f"/{INPUT}/{key}", headers={name: "yesterday"}).body == b"x"


@pytest.mark.parametrize(
    ("method", "query"),
    [("PUT", "uploadId=x&partNumber=1"), ("GET", "uploadId=x"), ("DELETE", "uploadId=x")],
)
def test_rejects_an_unknown_upload(aws: Any, key: str, method: str, query: str) -> None:
    reply = aws.send_s3(method, f"/{INPUT}/{key}?{query}")
    assert (reply.status, reply.code) == (404, "NoSuchUpload")


def test_rejects_a_part_without_an_upload(aws: Any, key: str) -> None:
    message = "This operation does not accept partNumber without uploadId"
    reply = aws.send_s3("PUT", f"/{INPUT}/{key}?partNumber=1", b"x")
    assert reply.error == (400, "InvalidArgument", message)
    assert aws.send_s3("GET", f"/{INPUT}/{key}").status == 404


@pytest.mark.parametrize("body", [b"", b"<", b"<a/>", b"{}", b"\xff\xfe", b"<Delete/>", b"<Tagging/>"])
def test_rejects_malformed_xml(aws: Any, key: str, body: bytes) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=INPUT, Key=key, Body=b"x")
    upload = s3.create_multipart_upload(Bucket=INPUT, Key=key)["UploadId"]
    assert aws.send_s3("POST", f"/{INPUT}?delete", body).error == MALFORMED_XML
    assert aws.send_s3("POST", f"/{INPUT}/{key}?uploadId={upload}", body).error == MALFORMED_XML


def test_rejects_methods_that_s3_does_not_have(aws: Any, key: str) -> None:
    message = "The specified method is not allowed against this resource."
    for method, target in (("PATCH", f"/{INPUT}/{key}"), ("POST", f"/{INPUT}/{key}"), ("POST", f"/{INPUT}")):
        assert aws.send_s3(method, target).error == (405, "MethodNotAllowed", message)
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    assert aws.send_s3("POST", f"/{INPUT}", b"--b", form).code == "NotImplemented"


def test_limits_user_metadata_to_2_kb(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    most = {"camera": "x" * (2048 - 6 - 5), "place": ""}  # the names count too, without their prefix
    s3.put_object(Bucket=INPUT, Key=key, Metadata=most)
    more = {**most, "place": "x"}
    error = (400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
    for call, parameters in (
        (s3.put_object, {}),
        (s3.create_multipart_upload, {}),
        (s3.copy_object, {"CopySource": f"{INPUT}/{key}", "MetadataDirective": "REPLACE"}),
    ):
        assert aws.call_error(call, Bucket=INPUT, Key=key, Metadata=more, **parameters) == error
    reply = aws.send_s3("PUT", f"/{INPUT}/{key}", b"", {"x-amz-meta-a": "x" * 10_000})
    assert (reply.element("Size"), reply.element("MaxSizeAllowed")) == ("10001", "2048")
    assert s3.head_object(Bucket=INPUT, Key=key)["Metadata"] == most
