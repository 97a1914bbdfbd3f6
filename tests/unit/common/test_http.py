from __future__ import annotations

import base64
import json
import logging
from typing import Any

import pytest

from common.errors import (
    InternalError,
    InvalidRequest,
    NotFound,
    Problem,
    QuotaExceeded,
    TooLarge,
    UnsupportedType,
)
from common.http import answering, body_text, json_object, json_response, problem_response, quoted


@pytest.mark.parametrize(
    ("kind", "status", "code", "title"),
    [
        (InvalidRequest, 400, "invalid-request", "Bad Request"),
        (TooLarge, 413, "too-large", "Content Too Large"),
        (UnsupportedType, 415, "unsupported-type", "Unsupported Media Type"),
        (NotFound, 404, "not-found", "Not Found"),
        (QuotaExceeded, 429, "quota-exceeded", "Too Many Requests"),
        (InternalError, 500, "internal-error", "Internal Server Error"),
    ],
)
def test_each_problem_has_its_answer(kind: type[Problem], status: int, code: str, title: str) -> None:
    answer = problem_response(kind("What was wrong."))
    body = json.loads(answer.pop("body"))
    assert answer == {
        "statusCode": status,
        "headers": {"content-type": "application/problem+json", "cache-control": "no-store"},
        "isBase64Encoded": False,
    }
    assert body == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": "What was wrong.",
        "code": code,
    }


def test_a_json_answer() -> None:
    assert json_response(201, {"a": "é"}, {"retry-after": "1"}) == {
        "statusCode": 201,
        "headers": {"content-type": "application/json", "retry-after": "1", "cache-control": "no-store"},
        "body": '{"a":"\\u00e9"}',
        "isBase64Encoded": False,
    }


def test_a_body_arrives_as_text_or_as_base64() -> None:
    encoded = base64.b64encode('{"a":"é"}'.encode()).decode()
    assert body_text({"body": '{"a":"é"}', "isBase64Encoded": False}) == '{"a":"é"}'
    assert json_object({"body": encoded, "isBase64Encoded": True}) == {"a": "é"}


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        ({}, "The body is empty. Send a JSON object."),
        ({"body": None}, "The body is empty. Send a JSON object."),
        ({"body": " \n"}, "The body is empty. Send a JSON object."),
        ({"body": "{"}, "The body is not valid JSON. Send a JSON object."),
        ({"body": "\ud800"}, "The body is not valid JSON. Send a JSON object."),
        ({"body": '{"a": ' + "9" * 5000 + "}"}, "The body is not valid JSON. Send a JSON object."),
        ({"body": "[" * 200_000}, "The body is not valid JSON. Send a JSON object."),
        ({"body": '{"a":' * 200_000}, "The body is not valid JSON. Send a JSON object."),
        ({"body": '{"a": NaN}'}, "NaN is not valid JSON. Send a number."),
        ({"body": '{"a": -Infinity}'}, "-Infinity is not valid JSON. Send a number."),
        ({"body": '{"a": 1, "a": 1}'}, 'The field "a" is there twice. Send each field once.'),
        ({"body": "[]"}, "The body is not a JSON object. Send the fields between { and }."),
        ({"body": "null"}, "The body is not a JSON object. Send the fields between { and }."),
        ({"body": "%%%", "isBase64Encoded": True}, "The body is not text in UTF-8. Send a JSON object."),
        ({"body": "é", "isBase64Encoded": True}, "The body is not text in UTF-8. Send a JSON object."),
        ({"body": "/w==", "isBase64Encoded": True}, "The body is not text in UTF-8. Send a JSON object."),
    ],
)
def test_what_is_no_json_object_is_refused_in_a_sentence(event: dict[str, Any], detail: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        json_object(event)
    assert caught.value.detail == detail


def test_what_a_request_said_is_quoted_short_and_plain() -> None:
    assert quoted("a\n\ud800") == '"a\\n\\ud800"'
    assert quoted("x" * 1000) == f'"{"x" * 40}\\u2026"'


def test_a_handler_that_raises_a_problem_answers_with_it() -> None:
    @answering
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        raise NotFound("There is none.")

    assert handler({}, None) == problem_response(NotFound("There is none."))


def test_a_handler_that_breaks_is_logged_and_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    @answering
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        raise RuntimeError("the secret cause")

    with caplog.at_level(logging.INFO):
        answer = handler({}, None)
    assert json.loads(answer["body"]) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong on our side. Please try again in a moment.",
        "code": "internal-error",
    }
    assert "the secret cause" in caplog.text
