"""The API's contract, docs/openapi.yaml, and the answers of both functions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from openapi_spec_validator import validate

from catalog.records import Reason
from common.errors import InternalError, Problem
from common.formats import FORMATS
from common.settings import MEGABYTE, PresignSettings
from images import app
from images.queries import DEFAULT_LIMIT, LARGEST_LIMIT, PARAMETERS
from presign import app as presign
from presign.requests import FIELDS, LONGEST_NAME
from presign.uploads import Service as PresignService
from tests.contract import CONTRACT, SCHEMAS, check, check_answer, operations

ROOT = Path(__file__).parents[3]
ID, OTHER = "ab" * 32, "cd" * 32


def examples(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    if isinstance(node, dict):
        if "schema" in node and "examples" in node:
            yield from ((node["schema"], example["value"]) for example in node["examples"].values())
        for child in node.values():
            yield from examples(child)


def test_the_contract_is_well_formed() -> None:
    validate(CONTRACT)


def test_the_examples_keep_to_the_contract() -> None:
    found = list(examples(CONTRACT))
    assert len(found) > 10
    for schema, value in found:
        check(schema, value)


def test_the_contract_has_the_routes_of_the_template_and_of_the_functions() -> None:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    routes = re.findall(r'Method: (\w+), Path: (?:"([^"]+)"|([^"}]+))\}', template)
    assert {f"{method} {quoted or plain}" for method, quoted, plain in routes} == set(operations())
    assert set(operations()) == {*app.ROUTES, "POST /uploads"}


def test_every_route_wants_a_token_and_says_what_else_may_come() -> None:
    assert CONTRACT["security"] == [{"signedIn": []}]
    for operation in operations().values():
        assert "security" not in operation
        assert {"401", "429", "500", "503"} <= operation["responses"].keys()


def test_the_contract_has_the_limits_of_the_code() -> None:
    fields = SCHEMAS["UploadRequest"]["properties"]
    assert tuple(fields) == FIELDS
    assert fields["fileName"]["maxLength"] == LONGEST_NAME
    assert fields["size"]["maximum"] == 25 * MEGABYTE
    assert fields["contentType"]["enum"] == [name for known in FORMATS for name in known.media_types]
    parameters = {each["name"]: each for each in operations()["GET /images"]["parameters"]}
    assert tuple(parameters) == PARAMETERS
    assert parameters["limit"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": LARGEST_LIMIT,
        "default": DEFAULT_LIMIT,
    }


def test_every_problem_is_in_the_contract() -> None:
    problems = Problem.__subclasses__()
    assert {problem.code for problem in problems} == set(SCHEMAS["Problem"]["properties"]["code"]["enum"])
    check(SCHEMAS["Problem"], InternalError().body())


def test_pages_and_pictures_keep_to_the_contract(ask, keep, start, catalog) -> None:
    keep(ID, "Cat")
    start(OTHER)
    failed = "ef" * 32
    start(failed)
    catalog.fail("alice", failed, Reason("broken", "It is."), processed_at=start.now, expires_at=start.later)
    first = ask("GET /images", limit="2")
    second = ask("GET /images", limit="2", cursor=first["body"]["cursor"])
    assert [len(answer["body"]["images"]) for answer in (first, second)] == [2, 1]
    for answer in (first, second, ask("GET /images", limit="0")):
        check_answer("GET /images", answer)
    for image_id in (ID, OTHER, failed, "00" * 32):
        check_answer("GET /images/{id}", ask("GET /images/{id}", image_id=image_id))
    check_answer("GET /labels", ask("GET /labels"))
    for _ in range(2):
        check_answer("DELETE /images/{id}", ask("DELETE /images/{id}", image_id=ID))


@pytest.fixture
def post(service, catalog, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Ask for an upload."""
    settings = PresignSettings("stack-input", "catalog", 25)
    monkeypatch.setattr(presign, "service", lambda: PresignService(settings, service.storage, catalog))

    def post(**changes: Any) -> dict[str, Any]:
        asked = {"fileName": "cat.jpg", "contentType": "image/jpeg", "size": 1000, "sha256": ID}
        event = {
            "routeKey": "POST /uploads",
            "requestContext": {"authorizer": {"jwt": {"claims": {"sub": "alice"}}}},
            "body": json.dumps({**asked, **changes}),
        }
        answer = presign.handler(event, None)
        return {**answer, "body": json.loads(answer["body"])}

    return post


def test_uploads_keep_to_the_contract(post, keep) -> None:
    keep(OTHER, "Cat")
    answers = [
        post(),
        post(sha256=OTHER),
        post(size=0),
        post(size=30 * MEGABYTE),
        post(contentType="text/plain"),
    ]
    assert [answer["statusCode"] for answer in answers] == [201, 200, 400, 413, 415]
    for answer in answers:
        check_answer("POST /uploads", answer)


def test_answers_without_a_token_keep_to_the_contract(service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "service", lambda: service)
    for route in app.ROUTES:
        answer = app.handler({"routeKey": route, "requestContext": {}}, None)
        check_answer(route, {**answer, "body": json.loads(answer["body"])})


def test_what_the_table_never_answers_is_told_as_the_contract_says(ask, service) -> None:
    boto3.client("dynamodb").delete_table(TableName="catalog")
    answer = ask("GET /labels")
    assert answer["statusCode"] == 500
    check_answer("GET /labels", answer)
