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
        (
            {"statusCode": 200, "body": None, "headers": None, "cookies": None, "isBase64Encoded": None},
            200,
            "text/plain;charset=UTF-8",
            b"",
        ),
        ({"statusCode": 200, "body": "half: \ud83d"}, 200, "text/plain;charset=UTF-8", b"half: ?"),
        ("half: \ud83d", 200, "application/json", b"half: ?"),
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


def test_passes_on_a_correct_length_but_no_header_of_a_connection() -> None:
    headers = {"Content-Length": 2, "Transfer-Encoding": "chunked", "Connection": "close", "X-Latin": "é\t!"}
    response = to_response({"statusCode": 200, "body": "é", "headers": headers})
    assert list(response.headers) == [
        ("content-type", "text/plain;charset=UTF-8"),
        ("content-length", "2"),
        ("x-latin", "é\t!"),
    ]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"statusCode": "many"}, "statusCode must be an integer, not 'many'."),
        ({"statusCode": "２００"}, "statusCode must be an integer, not '２００'."),
        ({"statusCode": ""}, "statusCode must be an integer, not ''."),
        ({"statusCode": None}, "statusCode must be an integer, not None."),
        ({"statusCode": True}, "statusCode must be an integer, not True."),
        ({"statusCode": 200.5}, "statusCode must be an integer, not 200.5."),
        ({"statusCode": [200]}, "statusCode must be an integer, not [200]."),
        ({"statusCode": 0}, "statusCode must be between 200 and 599, not 0."),
        ({"statusCode": -200}, "statusCode must be between 200 and 599, not -200."),
        ({"statusCode": 100}, "statusCode must be between 200 and 599, not 100."),
        ({"statusCode": 600}, "statusCode must be between 200 and 599, not 600."),
        ({"headers": ["a"]}, "headers must be an object."),
        ({"headers": "a: b"}, "headers must be an object."),
        ({"headers": {"": "x"}}, "'' isn't a valid name for a header."),
        ({"headers": {"a b": "x"}}, "'a b' isn't a valid name for a header."),
        ({"headers": {"a:": "x"}}, "'a:' isn't a valid name for a header."),
        ({"headers": {"a\r\nb": "x"}}, "'a\\r\\nb' isn't a valid name for a header."),
        ({"headers": {"ä": "x"}}, "'ä' isn't a valid name for a header."),
        ({"headers": {"a": ["x"]}}, "The header a must be a string, not ['x']."),
        ({"headers": {"a": None}}, "The header a must be a string, not None."),
        ({"headers": {"a": "x\n"}}, "The header a has a character that headers can't have: 'x\\n'."),
        (
            {"headers": {"a": "x\r\nb: y"}},
            "The header a has a character that headers can't have: 'x\\r\\nb: y'.",
        ),
        ({"headers": {"a": "\0"}}, "The header a has a character that headers can't have: '\\x00'."),
        ({"headers": {"a": "\x7f"}}, "The header a has a character that headers can't have: '\\x7f'."),
        ({"headers": {"a": "→"}}, "The header a has a character that headers can't have: '→'."),
        (
            {"headers": {"Content-Type": "é→"}},
            "The header Content-Type has a character that headers can't have: 'é→'.",
        ),
        ({"headers": {"Content-Length": "3"}}, "content-length must be 2, the size of the body in bytes."),
        ({"headers": {"content-length": 1}}, "content-length must be 2, the size of the body in bytes."),
        ({"headers": {"content-length": "two"}}, "content-length must be 2, the size of the body in bytes."),
        ({"cookies": "a=1"}, "cookies must be a list of strings."),
        ({"cookies": {"a": "1"}}, "cookies must be a list of strings."),
        ({"cookies": [1]}, "cookies must be a list of strings."),
        (
            {"cookies": ["a=1\nb"]},
            "The header set-cookie has a character that headers can't have: 'a=1\\nb'.",
        ),
        ({"cookies": ["a=→"]}, "The header set-cookie has a character that headers can't have: 'a=→'."),
        ({"body": {"a": 1}}, "body must be a string, not dict."),
        ({"body": ["a"]}, "body must be a string, not list."),
        ({"body": 5}, "body must be a string, not int."),
        ({"body": "?", "isBase64Encoded": True}, "body must be Base64 because isBase64Encoded is true."),
        ({"body": "é", "isBase64Encoded": True}, "body must be Base64 because isBase64Encoded is true."),
        ({"body": "YQ", "isBase64Encoded": True}, "body must be Base64 because isBase64Encoded is true."),
        ({"isBase64Encoded": "false"}, "isBase64Encoded must be a boolean, not 'false'."),
    ],
    ids=str,
)
def test_rejects_an_invalid_result(part: dict[str, Any], message: str) -> None:
    with pytest.raises(MalformedResponse) as raised:
        to_response({"statusCode": 200, "body": "ok"} | part)
    assert str(raised.value) == message
