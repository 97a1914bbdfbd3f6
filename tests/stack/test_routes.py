"""What is no route, what comes before a route, and what reaches a function past the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.client import ROUTES, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Picture, Pipeline

PATHS = sorted({route.partition(" ")[2] for route in ROUTES})
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE")
UNKNOWN = [
    *((method, path) for path in PATHS for method in METHODS if f"{method} {path}" not in ROUTES),
    ("GET", "/"),
    ("GET", "/images/"),
    ("GET", "/images/{id}/"),
    ("GET", "/images/{id}/original"),
    ("GET", "/Labels"),
    ("GET", "/openapi.yaml"),
]


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
def test_what_is_no_route_is_not_found_with_a_token_and_without(
    pipeline: Pipeline, method: str, path: str
) -> None:
    url = pipeline.stack.api_url + path.replace("{id}", "0" * 64)
    for headers in ({"Authorization": f"Bearer {pipeline.token}"}, {}):
        reply = send(method, url, headers=headers)
        assert reply.status == 404
        assert reply.body == (b"" if method == "HEAD" else b'{"message": "Not Found"}')


@pytest.mark.parametrize("path", [*PATHS, "/nothing"])
def test_the_page_alone_may_ask_first_and_needs_no_token_for_it(pipeline: Pipeline, path: str) -> None:
    asked = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}
    own = send("OPTIONS", pipeline.stack.api_url + path, None, asked | {"Origin": pipeline.stack.page_url})
    assert (own.status, own.body) == (204, b"")
    assert {name: value for name, value in own.headers.items() if name.startswith("access-control")} == {
        "access-control-allow-origin": pipeline.stack.page_url,
        "access-control-allow-methods": "GET,POST,DELETE",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-expose-headers": "retry-after",
        "access-control-max-age": "3600",
    }
    other = send("OPTIONS", pipeline.stack.api_url + path, None, asked | {"Origin": "https://evil.example"})
    assert not [name for name in other.headers if name.startswith("access-control")]


def test_a_body_that_the_api_does_not_carry_is_refused(pipeline: Pipeline) -> None:
    reply = pipeline.ask(b" " * (10 * 1024 * 1024 + 1))
    assert (reply.status, reply.document) == (413, {"message": "Request Entity Too Large"})


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("authorizer", [None, {}, {"jwt": {"claims": {}}}, {"jwt": {"claims": {"sub": ""}}}])
@pytest.mark.parametrize("body", [None, "{"])
def test_a_function_called_past_the_api_answers_nobody(
    pipeline: Pipeline, photograph: Callable[[], Picture], route: str, authorizer: Any, body: str | None
) -> None:
    function = "PresignFunction" if route == "POST /uploads" else "ImagesFunction"
    event = {
        "routeKey": route,
        "pathParameters": {"id": photograph().id},
        "queryStringParameters": {"limit": "0"},
        "requestContext": {} if authorizer is None else {"authorizer": authorizer},
        "body": body,
    }
    answer = pipeline.stack.functions.invoke(function, event).payload
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "not-signed-in")
