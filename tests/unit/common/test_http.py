from __future__ import annotations

import base64
import gzip
import json
import logging
from typing import Any

import pytest

from common.errors import (
    CeilingReached,
    InternalError,
    InvalidRequest,
    NotFound,
    Problem,
    QuotaExceeded,
    RateLimited,
    TooLarge,
    UnsupportedType,
)
from common.http import (
    body_text,
    handle_errors,
    json_object,
    json_response,
    operation,
    problem_response,
    quoted,
)
from common.logs import add_log_keys, log_keys

DETAIL = "What was wrong."
EMPTY = "The body is empty. Send a JSON object."
NOT_JSON = "The body isn't valid JSON. Send a JSON object."
NOT_AN_OBJECT = "The body isn't a JSON object. Send the fields between { and }."
NOT_TEXT = "The body must be JSON in UTF-8, with the character U+FFFD written as \\ufffd."


@pytest.mark.parametrize(
    ("problem", "status", "code", "title", "headers"),
    [
        (InvalidRequest(DETAIL), 400, "invalid-request", "Bad Request", {}),
        (TooLarge(DETAIL), 413, "too-large", "Content Too Large", {}),
        (UnsupportedType(DETAIL), 415, "unsupported-type", "Unsupported Media Type", {}),
        (NotFound(DETAIL), 404, "not-found", "Not Found", {}),
        (RateLimited(DETAIL, 7), 429, "rate-limited", "Too Many Requests", {"retry-after": "7"}),
        (QuotaExceeded(DETAIL, 7), 429, "quota-exceeded", "Too Many Requests", {"retry-after": "7"}),
        (CeilingReached(DETAIL, 7), 429, "ceiling-reached", "Too Many Requests", {"retry-after": "7"}),
        (InternalError(DETAIL), 500, "internal-error", "Internal Server Error", {}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Problem) else None,
)
def test_every_problem_has_a_status_and_a_code(
    problem: Problem, status: int, code: str, title: str, headers: dict[str, str]
) -> None:
    response = problem_response(problem)
    body = json.loads(response.pop("body"))
    assert response == {
        "statusCode": status,
        "headers": {"content-type": "application/problem+json", "cache-control": "no-store", **headers},
        "isBase64Encoded": False,
    }
    assert body == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": DETAIL,
        "code": code,
    }


def test_json_responses_are_ascii_and_not_cached() -> None:
    assert json_response(201, {"a": "é"}, {"retry-after": "1"}) == {
        "statusCode": 201,
        "headers": {"content-type": "application/json", "retry-after": "1", "cache-control": "no-store"},
        "body": '{"a":"\\u00e9"}',
        "isBase64Encoded": False,
    }


def test_reads_a_body_as_text_or_base64() -> None:
    encoded = base64.b64encode('{"a":"é"}'.encode()).decode()
    assert body_text({"body": '{"a":"é"}', "isBase64Encoded": False}) == '{"a":"é"}'
    assert json_object({"body": encoded, "isBase64Encoded": True}) == {"a": "é"}


def test_an_escaped_replacement_character_is_text() -> None:
    assert json_object({"body": '{"a": "\\ufffd"}'}) == {"a": "\ufffd"}
    encoded = base64.b64encode('{"a": "\ufffd"}'.encode()).decode()
    assert json_object({"body": encoded, "isBase64Encoded": True}) == {"a": "\ufffd"}


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        ({}, EMPTY),
        ({"body": None}, EMPTY),
        ({"body": " \n"}, EMPTY),
        ({"body": "{"}, NOT_JSON),
        ({"body": "\ud800"}, NOT_JSON),
        ({"body": '{"a": ' + "9" * 5000 + "}"}, NOT_JSON),
        ({"body": "[" * 200_000}, NOT_JSON),
        ({"body": '{"a":' * 200_000}, NOT_JSON),
        ({"body": '{"a": NaN}'}, "NaN isn't valid JSON. Send a number."),
        ({"body": '{"a": -Infinity}'}, "-Infinity isn't valid JSON. Send a number."),
        ({"body": '{"a": 1, "a": 1}'}, 'The field "a" appears twice. Send each field once.'),
        ({"body": "[]"}, NOT_AN_OBJECT),
        ({"body": "null"}, NOT_AN_OBJECT),
        ({"body": "%%%", "isBase64Encoded": True}, NOT_TEXT),
        ({"body": "é", "isBase64Encoded": True}, NOT_TEXT),
        ({"body": "/w==", "isBase64Encoded": True}, NOT_TEXT),
        ({"body": base64.b64encode('{"a": 1}'.encode("utf-16")).decode(), "isBase64Encoded": True}, NOT_TEXT),
        (
            {"body": base64.b64encode('{"a": 1}'.encode("utf-16-le")).decode(), "isBase64Encoded": True},
            NOT_JSON,
        ),
        ({"body": base64.b64encode(b'\xef\xbb\xbf{"a": 1}').decode(), "isBase64Encoded": True}, NOT_JSON),
        ({"body": '\ufeff{"a": 1}'}, NOT_JSON),
        ({"body": '{"a": "caf\ufffd"}'}, NOT_TEXT),  # as the HTTP API decodes the bytes of Latin-1
        ({"body": '\ufffd\ufffd{\x00"\x00a'}, NOT_TEXT),
    ],
)
def test_rejects_a_body_that_is_not_a_json_object(event: dict[str, Any], detail: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        json_object(event)
    assert caught.value.detail == detail


def test_quotes_input_truncated_and_in_ascii() -> None:
    assert quoted("a\n\ud800") == '"a\\n\\ud800"'
    assert quoted("x" * 1000) == f'"{"x" * 40}\\u2026"'


def test_a_handler_that_raises_a_problem_responds_with_it() -> None:
    @handle_errors
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        raise NotFound("This picture doesn't exist.")

    assert handler({}, None) == problem_response(NotFound("This picture doesn't exist."))


@pytest.mark.parametrize(
    ("route", "same"),
    [
        ("POST /uploads", "POST /uploads"),
        ("POST /programs/uploads", "POST /uploads"),
        ("GET /programs/images/{id}/similar", "GET /images/{id}/similar"),
        ("GET /images/programs", "GET /images/programs"),
    ],
)
def test_a_programs_route_is_the_same_operation(route: str, same: str) -> None:
    assert operation({"routeKey": route}) == same


def test_a_problem_is_logged_without_its_detail(caplog: pytest.LogCaptureFixture) -> None:
    @handle_errors
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        add_log_keys(owner="alice")
        raise InvalidRequest('The field "holiday.jpg" appears twice.')

    with caplog.at_level(logging.INFO):
        handler({"routeKey": "POST /uploads"}, None)
        handler({"routeKey": "POST /uploads"}, None)
    for record in caplog.records:
        fields = vars(record)
        assert {name: fields[name] for name in fields if name not in vars(logging.makeLogRecord({}))} == {
            "message": "request rejected",
            "owner": "alice",
            "route": "POST /uploads",
            "status": 400,
            "code": "invalid-request",
        }
    assert log_keys() == {}


def test_a_handler_that_crashes_logs_the_cause_but_does_not_return_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @handle_errors
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        raise RuntimeError("the secret cause")

    with caplog.at_level(logging.INFO):
        response = handler({}, None)
    assert json.loads(response["body"]) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong on our side. Try again in a moment.",
        "code": "internal-error",
    }
    assert "the secret cause" in caplog.text


def test_a_reached_limit_is_a_metric(read_metrics) -> None:
    @handle_errors
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        raise CeilingReached("It is reached.", 60)

    assert handler({}, None)["headers"]["retry-after"] == "60"
    assert read_metrics() == [{"Code": "ceiling-reached", "UploadsRefused": 1}]


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.8, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br, deflate", False),
        ("x-gzip2", False),
        ("", False),
    ],
)
def test_long_responses_are_compressed_for_clients_that_accept_it(accepted: str, is_compressed: bool) -> None:
    body = {"links": ["https://example.com/"] * 100}

    @handle_errors
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        return json_response(200, body, {"etag": '"1"'})

    response = handler({"headers": {"accept-encoding": accepted}}, None)
    text = response.pop("body")
    headers = {"content-type": "application/json", "etag": '"1"', "cache-control": "no-store"}
    if is_compressed:
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
        text = gzip.decompress(base64.b64decode(text)).decode()
    assert json.loads(text) == body
    assert response == {"statusCode": 200, "headers": headers, "isBase64Encoded": is_compressed}


def test_short_responses_are_not_compressed() -> None:
    @handle_errors
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        return json_response(200, {})

    response = handler({"headers": {"accept-encoding": "gzip"}}, None)
    assert (response["body"], response["isBase64Encoded"]) == ("{}", False)
