"""CORS of buckets: preflights, response headers and the matching of rules."""

from __future__ import annotations

from typing import Any

import pytest

from local.aws.s3_cors import CorsRule

INPUT = "local-input-123456789012-us-east-1"
OUTPUT = "local-output-123456789012-us-east-1"
PAGE = "http://127.0.0.1:8080"
VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
REQUEST_HEADERS = "content-type, If-None-Match,x-amz-checksum-sha256"
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
    sent = {"origin": PAGE, "method": "PUT", "headers": REQUEST_HEADERS, **headers}
    return aws.send(
        "OPTIONS",
        f"/{bucket}/uploads/a",
        headers={names.get(name, "Access-Control-Request-Headers"): value for name, value in sent.items()},
    )


def cors_headers(reply: Any) -> dict[str, str]:
    return {n: v for n, v in reply.headers.items() if n.startswith("access-control-") or n == "vary"}


def test_allows_a_preflight_of_the_page(aws: Any) -> None:
    reply = preflight(aws)
    headers = "content-type, if-none-match, x-amz-checksum-sha256"
    assert (reply.status, reply.body) == (200, b"")
    assert cors_headers(reply) == {**ALLOWED, "access-control-allow-headers": headers}
    reply = preflight(aws, method="GET", headers=None)
    assert (reply.status, cors_headers(reply)) == (200, ALLOWED)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:8081"},
        {"origin": "null"},
        {"method": "DELETE"},
        {"headers": "content-type, x-amz-acl"},
    ],
    ids=str,
)
def test_forbids_other_origins_methods_and_headers(aws: Any, headers: Any) -> None:
    reply = preflight(aws, **headers)
    status, code, message = reply.error
    assert (status, code) == (403, "AccessForbidden")
    assert message.startswith("CORSResponse: This CORS request is not allowed.")
    assert reply.element("Method") == headers.get("method", "PUT")
    assert reply.element("ResourceType") == "OBJECT"
    assert cors_headers(reply) == {}


@pytest.mark.parametrize("bucket", [OUTPUT, "missing"])
def test_forbids_a_preflight_to_a_bucket_without_rules(aws: Any, bucket: str) -> None:
    message = "CORSResponse: CORS is not enabled for this bucket."
    assert preflight(aws, bucket).error == (403, "AccessForbidden", message)


def test_rejects_an_incomplete_preflight(aws: Any) -> None:
    message = "Insufficient information. Origin request header needed."
    assert preflight(aws, origin=None).error == (400, "BadRequest", message)
    message = "Invalid Access-Control-Request-Method: null"
    assert preflight(aws, method=None).error == (400, "BadRequest", message)


def upload(aws: Any, key: str, origin: str | None) -> Any:
    url = aws.presign("put_object", key, IfNoneMatch="*")
    return aws.send("PUT", url, b"x", {"If-None-Match": "*", "Origin": origin})


def test_page_can_read_responses_and_errors(aws: Any, key: str) -> None:
    stored, rejected = upload(aws, key, PAGE), upload(aws, key, PAGE)
    unsigned = aws.send("GET", f"/{INPUT}/{key}", headers={"Origin": PAGE})
    assert [reply.status for reply in (stored, rejected, unsigned)] == [200, 412, 403]
    assert [cors_headers(reply) for reply in (stored, rejected, unsigned)] == [ALLOWED] * 3


def test_sends_no_cors_headers_to_other_clients(aws: Any, key: str) -> None:
    assert cors_headers(upload(aws, f"{key}1", "https://evil.example")) == {"vary": VARY}
    assert cors_headers(upload(aws, f"{key}2", None)) == {"vary": VARY}
    assert cors_headers(aws.send("GET", f"/{OUTPUT}/{key}", headers={"Origin": PAGE})) == {}
    assert cors_headers(aws.send("DELETE", f"/{INPUT}/{key}", headers={"Origin": PAGE})) == {"vary": VARY}


def rule(**changes: Any) -> CorsRule:
    default = {"AllowedOrigins": ["https://*.example.com"], "AllowedMethods": ["GET"]}
    return CorsRule.from_template({**default, **changes})


def test_wildcards_match_any_text() -> None:
    for origin in ("https://a.example.com", "https://a.b.example.com"):
        assert rule().matches(origin, "GET")
    for origin in ("https://example.com", "https://a.example.com.evil.org", "https://aXexample.com"):
        assert not rule().matches(origin, "GET")
    any_amz_header = rule(AllowedHeaders=["x-amz-*", "Content-Type"])
    assert any_amz_header.matches("https://a.example.com", "GET", ["x-amz-meta-a", "content-type"])
    assert not any_amz_header.matches("https://a.example.com", "GET", ["authorization"])


def test_rule_for_any_origin_allows_no_credentials() -> None:
    headers = rule(AllowedOrigins=["*"]).response_headers("https://a.example.com")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
