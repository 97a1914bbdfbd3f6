"""No route answers without a token that is right in every way."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import RSAKey

from local.sign_in.user_pool import USERS
from tests.stack.client import ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.stack.client import Picture, Pipeline, Reply

NOW = int(time.time())
DAY = 24 * 60 * 60  # far more than from here to the test, however slow the machine
ANOTHER_KEY = RSAKey.generate_key(2048)
CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 1},
    "never expiring": {"exp": None},
    "not yet valid": {"nbf": NOW + DAY},
    "made in the future": {"iat": NOW + DAY},
    "wrong issuer": {"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other"},
    "no issuer": {"iss": None},
    "wrong audience": {"aud": "another-page"},
    "no audience": {"aud": None},
    "wrong key": {"key": ANOTHER_KEY},
    "wrong key under its own name": {"key": ANOTHER_KEY, "headers": {"kid": ANOTHER_KEY.thumbprint()}},
    "alg none": {"headers": {"alg": "none"}},
    "alg none, no key": {"headers": {"alg": "none", "kid": None}},
    "HS256 with the public key": {"headers": {"alg": "HS256"}},
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
    "somebody else's name": lambda stack: {"Authorization": f"Bearer {renamed(stack.token('bob'))}"},
}


def renamed(token: str) -> str:
    """Put alice's name in the place of another's, under the same signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"sub": USERS["alice"].sub}
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{header}.{changed}.{signature}"


def headers_of(stack: Stack, defect: str) -> dict[str, str]:
    if defect in HEADERS:
        return HEADERS[defect](stack)
    return {"Authorization": f"Bearer {stack.sign_in.token('alice', **CLAIMS[defect])}"}


def request(pipeline: Pipeline, route: str, picture: Picture, headers: dict[str, str] | None) -> Reply:
    method, path = route.replace("{id}", picture.id).split(" ")
    body = json.dumps(picture.request).encode() if method == "POST" else None
    return pipeline.call(method, path, body, headers)


@pytest.fixture(scope="module")
def picture(pipeline: Pipeline, photograph: Callable[[], Picture]) -> Picture:
    taken = photograph()
    pipeline.recognised(taken)
    return taken


@pytest.mark.parametrize("defect", [*HEADERS, *CLAIMS])
@pytest.mark.parametrize("route", ROUTES)
def test_a_token_with_a_defect_opens_nothing(
    pipeline: Pipeline, picture: Picture, route: str, defect: str
) -> None:
    reply = request(pipeline, route, picture, headers_of(pipeline.stack, defect))
    assert (reply.status, reply.document) == (401, {"message": "Unauthorized"})
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_the_picture_that_all_those_asked_for_is_still_there(pipeline: Pipeline, picture: Picture) -> None:
    for defect in (*HEADERS, *CLAIMS):
        request(pipeline, "DELETE /images/{id}", picture, headers_of(pipeline.stack, defect))
    assert pipeline.status(picture.id).document["image"]["status"] == "done"


@pytest.mark.parametrize(("route", "status"), [(route, 200) for route in ROUTES if "DELETE" not in route])
def test_the_right_token_opens_the_same(
    pipeline: Pipeline, picture: Picture, route: str, status: int
) -> None:
    assert request(pipeline, route, picture, None).status == status


def test_the_challenge_says_what_is_wrong(pipeline: Pipeline) -> None:
    challenges = {
        defect: pipeline.call("GET", "/labels", None, headers_of(pipeline.stack, defect)).headers[
            "www-authenticate"
        ]
        for defect in ("missing", "expired")
    }
    assert challenges == {
        "missing": "Bearer",
        "expired": 'Bearer scope="" error="invalid_token" error_description="the token has expired"',
    }


def test_a_refused_page_may_read_why(pipeline: Pipeline) -> None:
    """Else a browser would tell the page nothing but that the request failed."""
    reply = pipeline.call("GET", "/labels", None, {"Origin": pipeline.stack.page_url})
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (401, pipeline.stack.page_url)
