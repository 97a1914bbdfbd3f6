"""Programs: each route with each kind of token. The routes are those of the transformed template."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from local.settings import ROOT
from local.sign_in.user_pool import PROGRAM_SCOPES
from local.template.template import Template
from tests.contract import check_response
from tests.stack.client import Response, send, wait_until
from tests.stack.test_tokens import BODIES, STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.stack import Stack
    from tests.stack.client import Client, ImageFile

PREFIX = "/programs"
READ, WRITE = PROGRAM_SCOPES
IDS = {"read": (READ,), "write": (WRITE,), "both": (READ, WRITE)}
ANY_ID = "0" * 64


def required_scopes() -> dict[str, list[str]]:
    """Return the scopes of each route, such as `GET /programs/images`; none of a person's."""
    template = Template.load(ROOT / "template.yaml", {"TrainModels": "true"})
    body = template.resources("AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]
    return {
        f"{method.upper()} {path}": next(iter(operation["security"][0].values()))
        for path, operations in body["paths"].items()
        for method, operation in operations.items()
    }


SCOPES = required_scopes()
PROGRAM_ROUTES = [route for route in SCOPES if PREFIX in route]
PERSON_ROUTES = [route for route in SCOPES if PREFIX not in route]


@dataclass(frozen=True)
class Program:
    """A client, and its token with all of its scopes."""

    id: str
    token: str


@pytest.fixture(scope="module")
def new_program(stack: Stack) -> Iterator[Callable[..., Program]]:
    names: list[str] = []

    def create(*scopes: str) -> Program:
        names.append(f"program-{len(names)}")
        client, secret = stack.sign_in.programs.create(names[-1], scopes)
        return Program(client.id, request_token(stack, client.id, secret))

    yield create
    for name in names:
        stack.sign_in.programs.revoke(name)


@pytest.fixture(scope="module")
def programs(new_program: Callable[..., Program]) -> dict[str, Program]:
    return {name: new_program(*scopes) for name, scopes in IDS.items()}


def request_token(stack: Stack, client_id: str, secret: str) -> str:
    credentials = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    response = send(
        "POST",
        f"{stack.sign_in_url}/oauth2/token",
        urlencode({"grant_type": "client_credentials"}).encode(),
        {
            "Authorization": f"Basic {credentials}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert response.status == 200, response.body
    return str(response.document["access_token"])


def call(stack: Stack, route: str, token: str | None, image: ImageFile | None = None) -> Response:
    """Call a route about an image, or about one that nobody has."""
    operation = route.replace(PREFIX, "", 1)
    method, path = route.replace("{id}", image.id if image else ANY_ID).split(" ")
    content: Any = BODIES.get(operation)
    if operation == "POST /uploads":
        content = image.request if image else {}
    body = json.dumps(content).encode() if content is not None else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    def attempt() -> Response | None:
        response = send(method, stack.api_url + path, body, headers)
        is_throttled = response.status == 429 and "code" not in response.document
        return None if is_throttled else response

    response = wait_until(attempt)
    if operation in STATUSES or response.status != 404:
        result: dict[str, Any] = {"statusCode": response.status, "headers": response.headers}
        check_response(operation, result | ({"body": response.document} if response.body else {}))
    return response


def refusal(response: Response) -> tuple[int, Any, str]:
    return response.status, response.document, response.headers["www-authenticate"]


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("route", PROGRAM_ROUTES)
def test_a_route_accepts_the_tokens_that_have_its_scope(
    stack: Stack, programs: dict[str, Program], route: str, kind: str
) -> None:
    response = call(stack, route, programs[kind].token)
    if set(IDS[kind]) & set(SCOPES[route]):
        # the image doesn't exist, and an upload without fields is invalid
        expected = 404 if "{id}" in route else 400 if "uploads" in route else 200
        assert response.status == expected
        return
    assert refusal(response) == (
        403,
        {"message": "Forbidden"},
        f'Bearer scope="{" ".join(SCOPES[route])}" error="insufficient_scope"',
    )


@pytest.mark.parametrize("route", PROGRAM_ROUTES)
def test_a_program_route_refuses_people_and_strangers(stack: Stack, client: Client, route: str) -> None:
    page_token = stack.sign_in.token("alice", aud=None, client_id="local-page", token_use="access")
    command_line = stack.sign_in.token("alice", aud="local-command-line")
    unknown_client = stack.sign_in.token("alice", aud=None, client_id="4k1", scope=" ".join(PROGRAM_SCOPES))
    for token in (None, client.token, page_token, command_line, unknown_client):
        response = call(stack, route, token)
        assert (response.status, response.document) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize("route", PERSON_ROUTES)
def test_a_persons_route_refuses_programs(stack: Stack, programs: dict[str, Program], route: str) -> None:
    for program in programs.values():
        response = call(stack, route, program.token)
        assert (response.status, response.document) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize("route", PERSON_ROUTES)
def test_a_persons_route_accepts_the_command_line(stack: Stack, route: str) -> None:
    response = call(stack, route, stack.sign_in.token("bob", aud="local-command-line"))
    assert response.status not in (401, 403)


def test_a_scope_of_the_stacks_user_pool_is_accepted_as_well(
    stack: Stack, programs: dict[str, Program]
) -> None:
    for scope, status in (("local/images.read", 200), ("other/images.read", 403)):
        claims = {"aud": None, "client_id": programs["write"].id, "scope": scope}
        token = stack.sign_in.token("alice", **claims)
        assert call(stack, "GET /programs/images", token).status == status


def test_revoking_ends_all_tokens_at_once(stack: Stack) -> None:
    client, secret = stack.sign_in.programs.create("revoked")
    token = request_token(stack, client.id, secret)
    assert call(stack, "GET /programs/images", token).status == 200
    stack.sign_in.programs.revoke("revoked")
    for route in PROGRAM_ROUTES:
        assert call(stack, route, token).status == 401
    again, new_secret = stack.sign_in.programs.create("revoked")
    try:
        assert call(stack, "GET /programs/images", token).status == 401
        new_token = request_token(stack, again.id, new_secret)
        assert call(stack, "GET /programs/images", new_token).status == 200
    finally:
        stack.sign_in.programs.revoke("revoked")


def test_a_programs_images_are_its_own(
    stack: Stack,
    client: Client,
    new_program: Callable[..., Program],
    new_image: Callable[[], ImageFile],
) -> None:
    owner, other = new_program(*PROGRAM_SCOPES), new_program(*PROGRAM_SCOPES)
    image = new_image()
    created = call(stack, "POST /programs/uploads", owner.token, image)
    assert created.status == 201, created.body
    upload = created.document["upload"]
    assert f"/uploads/{owner.id}/{image.id}" in upload["url"]
    assert send(upload["method"], upload["url"], image.content, upload["headers"]).status == 200

    def done() -> Response | None:
        response = call(stack, "GET /programs/images/{id}", owner.token, image)
        return None if response.document["image"]["status"] == "pending" else response

    assert wait_until(done).document["image"]["status"] == "done"
    for route in PROGRAM_ROUTES:
        if "{id}" in route:
            assert call(stack, route, other.token, image).status == 404
    assert call(stack, "GET /programs/images", other.token).document["images"] == []
    (listed,) = call(stack, "GET /programs/images", owner.token).document["images"]
    assert listed["id"] == image.id
    assert client.get_image(image.id).status == 404
    assert call(stack, "DELETE /programs/images/{id}", owner.token, image).status == 204
    assert call(stack, "GET /programs/images/{id}", owner.token, image).status == 404
