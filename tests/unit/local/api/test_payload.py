from __future__ import annotations

import base64
from typing import Any

import pytest
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local.api.payload import MalformedResponse, to_event, to_response


def event_of(
    body: bytes = b"", path_parameters: dict[str, str] | None = None, **request: Any
) -> dict[str, Any]:
    builder = EnvironBuilder(base_url="http://127.0.0.1:3000", data=body or None, **request)
    environ = builder.get_environ()
    environ["REMOTE_ADDR"] = "127.0.0.1"
    return to_event(Request(environ), body, "POST /uploads", path_parameters or {})


def test_converts_a_request_to_an_event() -> None:
    event = event_of(
        b'{"a": "\xc3\xa9"}',
        {"id": "a b"},
        method="POST",
        path="/uploads/a%20b",
        query_string="label=cat&label=dog&empty=&plus=a+b",
        content_type="application/json",
        headers={"Cookie": "a=1; b=2", "X-Many": "1", "User-Agent": "test"},
    )
    trace = event["headers"].pop("x-amzn-trace-id")
    context = event["requestContext"]
    varying = [context.pop(name) for name in ("requestId", "time", "timeEpoch")]
    assert trace.startswith("Root=1-")
    assert all(varying)
    assert event == {
        "version": "2.0",
        "routeKey": "POST /uploads",
        "rawPath": "/uploads/a b",
        "rawQueryString": "label=cat&label=dog&empty=&plus=a+b",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": "127.0.0.1:3000",
            "content-type": "application/json",
            "content-length": "11",
            "x-many": "1",
            "user-agent": "test",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "3000",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"label": "cat,dog", "empty": "", "plus": "a b"},
        "pathParameters": {"id": "a b"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "127.0.0.1",
            "domainPrefix": "127",
            "http": {
                "method": "POST",
                "path": "/uploads/a b",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test",
            },
            "routeKey": "POST /uploads",
            "stage": "$default",
        },
        "body": '{"a": "é"}',
        "isBase64Encoded": False,
    }


def test_omits_empty_fields() -> None:
    assert set(event_of()) == {
        "version",
        "routeKey",
        "rawPath",
        "rawQueryString",
        "headers",
        "requestContext",
        "isBase64Encoded",
    }


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("text/plain", False),
        ("application/json; charset=utf-8", False),
        ("application/problem+json", False),
        ("application/octet-stream", True),
        ("application/x-www-form-urlencoded", True),
        ("", True),
    ],
)
def test_encodes_binary_bodies(content_type: str, encoded: bool) -> None:
    event = event_of(b"abc", method="POST", content_type=content_type)
    body = base64.b64encode(b"abc").decode() if encoded else "abc"
    assert (event["isBase64Encoded"], event["body"]) == (encoded, body)


@pytest.mark.parametrize(
    ("result", "status", "content_type", "body"),
    [
        ({"statusCode": 201, "body": "hello"}, 201, "text/plain;charset=UTF-8", b"hello"),
        ({"statusCode": "204"}, 204, "text/plain;charset=UTF-8", b""),
        (
            {
                "statusCode": 200,
                "headers": {"Content-Type": "image/png"},
                "body": "AAE=",
                "isBase64Encoded": True,
            },
            200,
            "image/png",
            b"\x00\x01",
        ),
        ({"statusCode": 200, "body": {"a": 1}}, 200, "text/plain;charset=UTF-8", b'{"a": 1}'),
        ({"hello": "world"}, 200, "application/json", b'{"hello": "world"}'),
        ("hello", 200, "application/json", b"hello"),
        (None, 200, "application/json", b"null"),
    ],
)
def test_converts_a_result_to_a_response(result: Any, status: int, content_type: str, body: bytes) -> None:
    response = to_response(result)
    actual = (response.status_code, response.headers["content-type"], response.get_data())
    assert actual == (status, content_type, body)


def test_passes_headers_and_cookies_but_not_cors_headers() -> None:
    response = to_response(
        {
            "statusCode": 200,
            "headers": {"Retry-After": 1, "X-True": True, "Access-Control-Allow-Origin": "*"},
            "cookies": ["a=1", "b=2; Secure"],
        }
    )
    assert list(response.headers) == [
        ("content-type", "text/plain;charset=UTF-8"),
        ("Content-Length", "0"),
        ("retry-after", "1"),
        ("x-true", "true"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2; Secure"),
    ]


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "many"},
        {"statusCode": None},
        {"statusCode": 99},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
    ],
)
def test_rejects_an_invalid_result(result: Any) -> None:
    with pytest.raises(MalformedResponse):
        to_response(result)
