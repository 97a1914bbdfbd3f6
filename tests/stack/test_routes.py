"""Unknown routes, preflight requests, and functions invoked without the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.client import PATTERNS, ROUTES, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile


def is_known(request: str) -> bool:
    """Return whether a route matches: to other methods, /images/batch is an id like any other."""
    return any(pattern.fullmatch(request) for pattern in PATTERNS.values())


PATHS = sorted({route.partition(" ")[2] for route in ROUTES})
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE")
UNKNOWN = [
    *((method, path) for path in PATHS for method in METHODS if not is_known(f"{method} {path}")),
    ("GET", "/"),
    ("GET", "/images/"),
    ("GET", "/images/{id}/"),
    ("GET", "/images/{id}/original"),
    ("GET", "/Labels"),
    ("GET", "/openapi.yaml"),
]


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
def test_returns_404_for_unknown_routes_with_or_without_a_token(
    client: Client, method: str, path: str
) -> None:
    url = client.stack.api_url + path.replace("{id}", "0" * 64)
    for headers in ({"Authorization": f"Bearer {client.token}"}, {}):
        response = send(method, url, headers=headers)
        assert response.status == 404
        assert response.body == (b"" if method == "HEAD" else b'{"message": "Not Found"}')


@pytest.mark.parametrize("path", [*PATHS, "/unknown"])
def test_allows_preflight_requests_of_the_page_only(client: Client, path: str) -> None:
    headers = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}
    own = send("OPTIONS", client.stack.api_url + path, None, headers | {"Origin": client.stack.page_url})
    assert (own.status, own.body) == (204, b"")
    assert {name: value for name, value in own.headers.items() if name.startswith("access-control")} == {
        "access-control-allow-origin": client.stack.page_url,
        "access-control-allow-methods": "GET,POST,PATCH,DELETE",
        "access-control-allow-headers": "authorization,content-type,if-match",
        "access-control-expose-headers": "retry-after,etag",
        "access-control-max-age": "3600",
    }
    other = send("OPTIONS", client.stack.api_url + path, None, headers | {"Origin": "https://evil.example"})
    assert not [name for name in other.headers if name.startswith("access-control")]


def test_rejects_a_body_above_the_quota_of_api_gateway(client: Client) -> None:
    response = client.request_upload(b" " * (10 * 1024 * 1024 + 1))
    assert (response.status, response.document) == (413, {"message": "Request Entity Too Large"})


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("authorizer", [None, {}, {"jwt": {"claims": {}}}, {"jwt": {"claims": {"sub": ""}}}])
@pytest.mark.parametrize("body", [None, "{"])
def test_functions_require_claims_themselves(
    client: Client, new_image: Callable[[], ImageFile], route: str, authorizer: Any, body: str | None
) -> None:
    folder = route.split("/")[1]
    function = {"uploads": "PresignFunction", "models": "ModelsFunction"}.get(folder, "ImagesFunction")
    event = {
        "routeKey": route,
        "pathParameters": {"id": new_image().id},
        "queryStringParameters": {"limit": "0"},
        "requestContext": {} if authorizer is None else {"authorizer": authorizer},
        "body": body,
    }
    response = client.stack.functions.invoke(function, event).payload
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (401, "not-signed-in")
