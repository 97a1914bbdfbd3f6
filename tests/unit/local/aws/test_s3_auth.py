"""Presigned URLs, rejected with S3's own codes."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

INPUT = "local-input-123456789012-us-east-1"
BODY = b"the bytes of an image"
CHECKSUM = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
HEADERS = {"Content-Type": "image/jpeg", "If-None-Match": "*", "x-amz-checksum-sha256": CHECKSUM}
MISMATCH = (
    "The request signature we calculated does not match the signature you provided."
    " Check your key and signing method."
)


def presigned(aws: Any, key: str) -> str:
    parameters = {"Bucket": INPUT, "Key": key, "ContentType": "image/jpeg", "ContentLength": len(BODY)}
    conditions = {"IfNoneMatch": "*", "ChecksumSHA256": CHECKSUM}
    s3 = aws.client("s3", "WriterFunction")
    url: str = s3.generate_presigned_url("put_object", Params=parameters | conditions, ExpiresIn=300)
    return url


def changed(url: str, **parameters: str | None) -> str:
    """Change parameters of a URL; None removes one."""
    renamed = {f"X-Amz-{name}": value for name, value in parameters.items()}
    pairs = {**dict(parse_qsl(urlsplit(url).query)), **renamed}
    kept = {name: value for name, value in pairs.items() if value is not None}
    return f"{url.partition('?')[0]}?{urlencode(kept)}"


def test_stores_a_valid_upload(aws: Any, key: str) -> None:
    reply = aws.send("PUT", presigned(aws, key), BODY, HEADERS)
    stored = aws.client("s3").get_object(Bucket=INPUT, Key=key)
    assert (reply.status, reply.headers["etag"]) == (200, f'"{hashlib.md5(BODY).hexdigest()}"')
    assert (stored["Body"].read(), stored["ContentType"]) == (BODY, "image/jpeg")
    assert reply.headers["x-amz-checksum-sha256"] == CHECKSUM
    second = aws.send("PUT", presigned(aws, key), BODY, HEADERS)
    message = "At least one of the pre-conditions you specified did not hold"
    assert second.error == (412, "PreconditionFailed", message)
    assert second.element("Condition") == "If-None-Match"


def test_rejects_an_expired_url_with_its_expiry_time(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    aws.clock.offset = timedelta(seconds=301)
    reply = aws.send("PUT", url, BODY, HEADERS)
    assert reply.error == (403, "AccessDenied", "Request has expired")
    assert reply.element("X-Amz-Expires") == "300"
    assert reply.element("Expires") < reply.element("ServerTime")
    assert reply.element("RequestId") == reply.headers["x-amz-request-id"]


def test_rejects_a_url_that_is_not_valid_yet(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    credential = "defaultkey/99991231/us-east-1/s3/aws4_request"
    latest = changed(url, Date="99991231T235959Z", Credential=credential)  # adding to it would overflow
    aws.clock.offset = -timedelta(minutes=16)
    for early in (url, latest):
        reply = aws.send("PUT", early, BODY, HEADERS)
        assert reply.error == (403, "AccessDenied", "Request is not valid yet")


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": None}, {"If-None-Match": "other"}, {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}],
    ids=str,
)
def test_rejects_a_header_that_differs_from_the_signed_one(aws: Any, key: str, headers: Any) -> None:
    reply = aws.send("PUT", presigned(aws, key), BODY, {**HEADERS, **headers})
    assert reply.error == (403, "SignatureDoesNotMatch", MISMATCH)


def test_rejects_a_changed_length_parameter_or_host(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    for body in (BODY + b"!", b""):
        assert aws.send("PUT", url, body, HEADERS).code == "SignatureDoesNotMatch"
    assert aws.send("PUT", f"{url}&acl", BODY, HEADERS).code == "SignatureDoesNotMatch"
    assert aws.send("PUT", url, BODY, HEADERS, host="localhost:1").code == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("name", "value"), [("x-amz-acl", "public-read"), ("x-amz-meta-a", "b"), ("Content-MD5", "AAAA")]
)
def test_rejects_an_unsigned_header(aws: Any, key: str, name: str, value: str) -> None:
    reply = aws.send("PUT", presigned(aws, key), BODY, {**HEADERS, name: value})
    message = "There were headers present in the request which were not signed"
    assert reply.error == (403, "AccessDenied", message)
    assert reply.element("HeadersNotSigned") == name.lower()


def test_rejects_an_unknown_access_key(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    credential = dict(parse_qsl(urlsplit(url).query))["X-Amz-Credential"]
    changed_url = changed(url, Credential=f"AKIAUNKNOWN/{credential.partition('/')[2]}")
    reply = aws.send("PUT", changed_url, BODY, HEADERS)
    assert (reply.status, reply.code) == (403, "InvalidAccessKeyId")
    assert reply.element("AWSAccessKeyId") == "AKIAUNKNOWN"


CREDENTIAL = "Error parsing the X-Amz-Credential parameter; "


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Signature": None}, "Query-string authentication version 4 requires"),
        ({"Expires": None}, "Query-string authentication version 4 requires"),
        ({"Algorithm": "AWS4"}, 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"'),
        ({"Credential": "me"}, f"{CREDENTIAL}the Credential is mal-formed"),
        (
            {"Credential": "me/20260101/eu-west-1/s3/aws4_request"},
            f"{CREDENTIAL}the region 'eu-west-1' is wrong; expecting 'us-east-1'",
        ),
        ({"Credential": "me/20260101/us-east-1/sqs/aws4_request"}, f'{CREDENTIAL}incorrect service "sqs".'),
        ({"Credential": "me/20200101/us-east-1/s3/aws4_request"}, 'Invalid credential date "20200101".'),
        ({"Date": "yesterday"}, "X-Amz-Date must be in the ISO8601 Long Format"),
        ({"Expires": "soon"}, "X-Amz-Expires should be a number"),
        ({"Expires": "-1"}, "X-Amz-Expires must be non-negative"),
        ({"Expires": "604801"}, "X-Amz-Expires must be less than a week (in seconds)"),
    ],
)
def test_rejects_malformed_parameters(aws: Any, key: str, parameters: Any, message: str) -> None:
    status, code, text = aws.send("PUT", changed(presigned(aws, key), **parameters), BODY, HEADERS).error
    assert (status, code, text[: len(message)]) == (400, "AuthorizationQueryParametersError", message)


def test_rejects_unsigned_requests(aws: Any, key: str) -> None:
    reply = aws.send("GET", f"/{INPUT}/{key}")
    assert reply.error == (403, "AccessDenied", "Access Denied")
    assert aws.send("PUT", f"/{INPUT}/{key}", b"x").code == "AccessDenied"
    assert aws.send("GET", "/").code == "AccessDenied"
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    assert aws.send("POST", f"/{INPUT}", b"x", form).status == 403


VERSION_2 = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_asks_for_version_4_instead_of_version_2(aws: Any, key: str, method: str) -> None:
    s3 = aws.client("s3", signature_version="s3")
    url = s3.generate_presigned_url(f"{method.lower()}_object", Params={"Bucket": INPUT, "Key": key})
    assert "AWSAccessKeyId" in url
    assert aws.send(method, url, BODY).error == (400, "InvalidRequest", VERSION_2)
    header = {
        "Authorization": "AWS defaultkey:frJIUN8DYpKDtOLCwo//yllqDzg=",
        "Date": "Tue, 27 Mar 2007 19:36:42 +0000",
    }
    assert aws.send(method, f"/{INPUT}/{key}", BODY, header).error == (400, "InvalidRequest", VERSION_2)


@pytest.mark.parametrize("value", ["Bearer token", "Basic YTpi", "", "AWS3-HTTPS x"])
def test_rejects_other_authorization(aws: Any, key: str, value: str) -> None:
    reply = aws.send("GET", f"/{INPUT}/{key}", headers={"Authorization": value})
    assert reply.error == (400, "InvalidArgument", "Unsupported Authorization Type")
    reply = aws.send("PUT", presigned(aws, key), BODY, {**HEADERS, "Authorization": value})
    assert (reply.status, reply.code, reply.element("ArgumentName")) == (
        400,
        "InvalidArgument",
        "Authorization",
    )
    assert reply.element("Message").startswith("Only one auth mechanism allowed;")
