"""What a browser is told, at the preflight and afterwards."""

from __future__ import annotations

from typing import Any

import pytest

INPUT = "local-input-123456789012-us-east-1"
OUTPUT = "local-output-123456789012-us-east-1"
PAGE = "http://127.0.0.1:8080"
VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
ASKED = "content-type, If-None-Match,x-amz-checksum-sha256"
ALLOWED = {
    "access-control-allow-origin": PAGE,
    "access-control-allow-methods": "GET, PUT",
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "ETag",
    "access-control-max-age": "3600",
    "vary": VARY,
}


def preflight(aws: Any, bucket: str = INPUT, **headers: str | None) -> Any:
    names = {"origin": "Origin", "method": "Access-Control-Request-Method"}
    sent = {"origin": PAGE, "method": "PUT", "headers": ASKED, **headers}
    return aws.send(
        "OPTIONS",
        f"/{bucket}/uploads/a",
        headers={names.get(name, "Access-Control-Request-Headers"): value for name, value in sent.items()},
    )


def spoken(reply: Any) -> dict[str, str]:
    return {n: v for n, v in reply.headers.items() if n.startswith("access-control-") or n == "vary"}


def test_a_preflight_of_the_page_is_granted(aws: Any) -> None:
    reply = preflight(aws)
    headers = "content-type, if-none-match, x-amz-checksum-sha256"
    assert (reply.status, reply.body) == (200, b"")
    assert spoken(reply) == {**ALLOWED, "access-control-allow-headers": headers}


def test_a_preflight_without_headers_is_granted_too(aws: Any) -> None:
    reply = preflight(aws, method="GET", headers=None)
    assert (reply.status, spoken(reply)) == (200, ALLOWED)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:8081"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"method": "DELETE"},
        {"headers": "content-type, x-amz-acl"},
    ],
    ids=lambda headers: next(iter(headers.values())),
)
def test_any_other_preflight_is_forbidden(aws: Any, headers: Any) -> None:
    reply = preflight(aws, **headers)
    status, code, message = reply.refusal
    assert (status, code) == (403, "AccessForbidden")
    assert message.startswith("CORSResponse: This CORS request is not allowed.")
    assert (reply.element("Method"), reply.element("ResourceType")) == (
        headers.get("method", "PUT"),
        "OBJECT",
    )
    assert spoken(reply) == {}


@pytest.mark.parametrize("bucket", [OUTPUT, "nowhere"])
def test_a_bucket_without_rules_knows_no_page(aws: Any, bucket: str) -> None:
    assert preflight(aws, bucket).refusal == (
        403,
        "AccessForbidden",
        "CORSResponse: CORS is not enabled for this bucket.",
    )


def test_a_preflight_that_says_too_little(aws: Any) -> None:
    assert preflight(aws, origin=None).refusal == (
        400,
        "BadRequest",
        "Insufficient information. Origin request header needed.",
    )
    message = "Invalid Access-Control-Request-Method: null"
    assert preflight(aws, method=None).refusal == (400, "BadRequest", message)


def upload(aws: Any, key: str, origin: str | None) -> Any:
    url = aws.client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": INPUT, "Key": key, "IfNoneMatch": "*"}
    )
    return aws.send("PUT", url, b"x", {"If-None-Match": "*", "Origin": origin})


def test_the_page_can_read_the_answer_and_every_refusal(aws: Any, key: str) -> None:
    stored, second = upload(aws, key, PAGE), upload(aws, key, PAGE)
    unsigned = aws.send("GET", f"/{INPUT}/{key}", headers={"Origin": PAGE})
    assert [reply.status for reply in (stored, second, unsigned)] == [200, 412, 403]
    assert [spoken(reply) for reply in (stored, second, unsigned)] == [ALLOWED] * 3


def test_other_pages_and_programs_are_told_nothing(aws: Any, key: str) -> None:
    assert spoken(upload(aws, f"{key}1", "https://evil.example")) == {"vary": VARY}
    assert spoken(upload(aws, f"{key}2", None)) == {"vary": VARY}
    assert spoken(aws.send("GET", f"/{OUTPUT}/{key}", headers={"Origin": PAGE})) == {}
    assert spoken(aws.send("DELETE", f"/{INPUT}/{key}", headers={"Origin": PAGE})) == {"vary": VARY}
