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


def presigned(aws: Any, key: str, body: bytes = BODY, **changes: Any) -> str:
    url: str = aws.client("s3", "WriterFunction").generate_presigned_url(
        "put_object",
        Params={
            "Bucket": INPUT,
            "Key": key,
            "ContentType": "image/jpeg",
            "ContentLength": len(body),
            "IfNoneMatch": "*",
            "ChecksumSHA256": CHECKSUM,
            **changes,
        },
        ExpiresIn=300,
    )
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


def test_second_upload_to_the_same_key_fails_the_precondition(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    assert aws.send("PUT", url, BODY, HEADERS).status == 200
    second = aws.send("PUT", url, BODY, HEADERS)
    assert (second.status, second.code, second.element("Condition")) == (
        412,
        "PreconditionFailed",
        "If-None-Match",
    )
    assert second.element("Message") == "At least one of the pre-conditions you specified did not hold"


def test_rejects_an_expired_url_with_its_expiry_time(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    aws.clock.offset = timedelta(seconds=301)
    reply = aws.send("PUT", url, BODY, HEADERS)
    assert reply.error == (
        403,
        "AccessDenied",
        "Request has expired",
    )
    assert reply.element("X-Amz-Expires") == "300"
    assert reply.element("Expires") < reply.element("ServerTime")
    assert reply.element("RequestId") == reply.headers["x-amz-request-id"]


def test_rejects_a_url_that_is_not_valid_yet(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    aws.clock.offset = -timedelta(minutes=16)
    reply = aws.send("PUT", url, BODY, HEADERS)
    assert reply.error == (
        403,
        "AccessDenied",
        "Request is not valid yet",
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "image/png"},
        {"Content-Type": None},
        {"If-None-Match": None},
        {"If-None-Match": "other"},
        {"x-amz-checksum-sha256": base64.b64encode(bytes(32)).decode()},
        {"x-amz-checksum-sha256": None},
        {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"},
    ],
    ids=lambda headers: f"{next(iter(headers))}={next(iter(headers.values()))}",
)
def test_rejects_a_header_that_differs_from_the_signed_one(aws: Any, key: str, headers: Any) -> None:
    reply = aws.send("PUT", presigned(aws, key), BODY, {**HEADERS, **headers})
    assert reply.error == (403, "SignatureDoesNotMatch", MISMATCH)


@pytest.mark.parametrize("body", [BODY + b"!", BODY[:-1], b""], ids=["longer", "shorter", "empty"])
def test_rejects_a_length_that_differs_from_the_signed_one(aws: Any, key: str, body: bytes) -> None:
    reply = aws.send("PUT", presigned(aws, key), body, HEADERS)
    assert (reply.status, reply.code) == (403, "SignatureDoesNotMatch")


def test_rejects_a_changed_method_key_or_parameter(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    assert aws.send("GET", url, None, HEADERS).code == "SignatureDoesNotMatch"
    assert aws.send("PUT", url.replace(key, f"{key}0"), BODY, HEADERS).code == "SignatureDoesNotMatch"
    assert aws.send("PUT", f"{url}&acl", BODY, HEADERS).code == "SignatureDoesNotMatch"
    assert aws.send("PUT", changed(url, Expires="600"), BODY, HEADERS).code == "SignatureDoesNotMatch"
    assert aws.send("PUT", changed(url, Signature="0" * 64), BODY, HEADERS).code == "SignatureDoesNotMatch"
    assert aws.send("PUT", url, BODY, HEADERS, host="localhost:1").code == "SignatureDoesNotMatch"


def test_rejected_upload_stores_nothing(aws: Any, key: str) -> None:
    aws.send("PUT", presigned(aws, key), BODY + b"!", HEADERS)
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=INPUT, Prefix=key)


@pytest.mark.parametrize(
    ("name", "value"), [("x-amz-acl", "public-read"), ("x-amz-meta-a", "b"), ("Content-MD5", "AAAA")]
)
def test_rejects_an_unsigned_header(aws: Any, key: str, name: str, value: str) -> None:
    reply = aws.send("PUT", presigned(aws, key), BODY, {**HEADERS, name: value})
    assert (reply.status, reply.code, reply.element("HeadersNotSigned")) == (
        403,
        "AccessDenied",
        name.lower(),
    )
    assert reply.element("Message") == "There were headers present in the request which were not signed"


def test_rejects_an_unknown_access_key(aws: Any, key: str) -> None:
    url = presigned(aws, key)
    credential = dict(parse_qsl(urlsplit(url).query))["X-Amz-Credential"]
    changed_url = changed(url, Credential=f"AKIAUNKNOWN/{credential.partition('/')[2]}")
    reply = aws.send("PUT", changed_url, BODY, HEADERS)
    assert (reply.status, reply.code, reply.element("AWSAccessKeyId")) == (
        403,
        "InvalidAccessKeyId",
        "AKIAUNKNOWN",
    )


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


def test_rejects_the_latest_possible_date_without_overflow(aws: Any, key: str) -> None:
    credential = "defaultkey/99991231/us-east-1/s3/aws4_request"
    url = changed(presigned(aws, key), Date="99991231T235959Z", Credential=credential)
    assert aws.send("PUT", url, BODY, HEADERS).element("Message") == "Request is not valid yet"


def test_rejects_unsigned_requests(aws: Any, key: str) -> None:
    reply = aws.send("GET", f"/{INPUT}/{key}")
    assert reply.error == (403, "AccessDenied", "Access Denied")
    assert aws.send("PUT", f"/{INPUT}/{key}", b"x").code == "AccessDenied"
    assert aws.send("GET", "/").code == "AccessDenied"
    assert (
        aws.send("POST", f"/{INPUT}", b"x", {"Content-Type": "multipart/form-data; boundary=b"}).status == 403
    )
