"""Every route requires a valid token."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import RSAKey

from local.sign_in.user_pool import USERS
from tests.forgery import forge_token
from tests.stack.client import ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.stack.client import Client, ImageFile, Response

NOW = int(time.time())
DAY = 24 * 60 * 60  # longer than any test run
ANOTHER_KEY = RSAKey.generate_key(2048)
CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 1},
    "never expiring": {"exp": None},
    "not yet valid": {"nbf": NOW + DAY},
    "issued in the future": {"iat": NOW + DAY},
    "wrong issuer": {"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other"},
    "no issuer": {"iss": None},
    "wrong audience": {"aud": "another-page"},
    "no audience": {"aud": None},
    "wrong key": {"key": ANOTHER_KEY},
    "wrong key with its own id": {"key": ANOTHER_KEY, "headers": {"kid": ANOTHER_KEY.thumbprint()}},
    "alg none": {"headers": {"alg": "none"}},
    "alg none, no key": {"headers": {"alg": "none", "kid": None}},
    "HS256 with the public key": {"headers": {"alg": "HS256"}},
}
BODIES: dict[str, Any] = {
    "PATCH /images/{id}": {"favorite": False},
    "POST /images/batch": {"action": "tag", "ids": ["0" * 64], "tags": ["sale"]},
    "POST /models": {"name": "Parts", "kind": "detection", "classes": ["scratch"]},
}
# A route that accepts a valid token returns 200, unless it is one of these.
STATUSES = {
    "POST /images/{id}/retry": 202,
    "GET /models/{id}": 404,  # nobody's model has an image's id
    "POST /models/{id}/start": 404,
    "POST /models/{id}/stop": 404,
}
HEADERS: dict[str, Callable[[Stack], dict[str, str]]] = {
    "missing": lambda stack: {},
    "empty": lambda stack: {"Authorization": ""},
    "no token": lambda stack: {"Authorization": "Bearer"},
    "wrong scheme": lambda stack: {"Authorization": f"Basic {stack.token('alice')}"},
    "another header": lambda stack: {"X-Authorization": f"Bearer {stack.token('alice')}"},
    "garbage": lambda stack: {"Authorization": "Bearer garbage"},
    "garbage in three parts": lambda stack: {"Authorization": "Bearer e30.e30.e30"},
    "two tokens": lambda stack: {"Authorization": f"Bearer {stack.token('alice')} {stack.token('bob')}"},
    "no signature": lambda stack: {"Authorization": f"Bearer {stack.token('alice').rpartition('.')[0]}."},
    "another user's name": lambda stack: {"Authorization": f"Bearer {impersonate_alice(stack.token('bob'))}"},
}


def impersonate_alice(token: str) -> str:
    """Replace the subject with alice's, but keep the signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"sub": USERS["alice"].sub}
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{header}.{changed}.{signature}"


def headers_with(stack: Stack, defect: str) -> dict[str, str]:
    if defect in HEADERS:
        return HEADERS[defect](stack)
    return {"Authorization": f"Bearer {forge_token(stack.sign_in, 'alice', **CLAIMS[defect])}"}


def call_route(client: Client, route: str, image: ImageFile, headers: dict[str, str] | None) -> Response:
    method, path = route.replace("{id}", image.id).split(" ")
    content = BODIES.get(route, image.request) if method in ("POST", "PATCH") else None
    body = json.dumps(content).encode() if content else None
    return client.call(method, path, body, headers)


@pytest.fixture(scope="module")
def image(client: Client, new_image: Callable[[], ImageFile]) -> ImageFile:
    file = new_image()
    client.recognize(file)
    return file


@pytest.mark.parametrize("defect", [*HEADERS, *CLAIMS])
@pytest.mark.parametrize("route", ROUTES)
def test_rejects_an_invalid_token(client: Client, image: ImageFile, route: str, defect: str) -> None:
    response = call_route(client, route, image, headers_with(client.stack, defect))
    assert (response.status, response.document) == (401, {"message": "Unauthorized"})
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_rejected_deletions_keep_the_image(client: Client, image: ImageFile) -> None:
    for defect in (*HEADERS, *CLAIMS):
        call_route(client, "DELETE /images/{id}", image, headers_with(client.stack, defect))
    assert client.get_image(image.id).status == 200


@pytest.mark.parametrize("route", [route for route in ROUTES if "DELETE" not in route])
def test_accepts_a_valid_token(client: Client, image: ImageFile, route: str) -> None:
    status = call_route(client, route, image, None).status
    assert status == STATUSES.get(route, 200)


def test_challenge_names_the_problem(client: Client) -> None:
    challenges = {
        defect: client.call("GET", "/labels", None, headers_with(client.stack, defect)).headers[
            "www-authenticate"
        ]
        for defect in ("missing", "expired")
    }
    assert challenges == {
        "missing": "Bearer",
        "expired": 'Bearer scope="" error="invalid_token" error_description="the token has expired"',
    }


def test_page_can_read_a_401_response(client: Client) -> None:
    response = client.call("GET", "/labels", None, {"Origin": client.stack.page_url})
    assert (response.status, response.headers["access-control-allow-origin"]) == (401, client.stack.page_url)
