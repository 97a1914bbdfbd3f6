"""The contract in docs/openapi.yaml matches the code and the template, and responses conform to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import validate

from catalog.terms import KINDS
from catalog.usage import StackUsage
from common.errors import InternalError, LimitReached, Problem
from common.file_names import MAX_FILE_NAME
from common.formats import FORMATS
from common.settings import Dollars
from common.units import MEGABYTE
from images import batches, own_data
from images.queries import DEFAULT_LIMIT, MAX_LIMIT, MAX_PREFIX, PARAMETERS, TERM_PARAMETERS
from images.routes import ROUTES
from images.similar import MAX_DISTANCE, MAX_FOUND
from limits.ceiling import Ceiling
from models.routes import ROUTES as MODEL_ROUTES
from presign.requests import FIELDS
from presign.uploads import UploadService
from presign.uploads import respond as respond_to_upload
from search.candidates import ORDERS
from search.grammar import MAX_LENGTH
from tests.contract import CONTRACT, SCHEMAS, check, check_response, operations
from tests.unit.support import (
    IMAGE_ID,
    OTHER_ID,
    PRESIGN_SETTINGS,
    UPLOAD_REQUEST,
    call,
    http_event,
    load_template,
)

if TYPE_CHECKING:
    from catalog.catalog import Catalog
    from common.storage import Storage
    from retries.recoverer import Recoverer

FAILED_ID = "ef" * 32


def examples(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Find the examples below a node, each with its schema."""
    if isinstance(node, dict):
        if "schema" in node and "examples" in node:
            yield from ((node["schema"], example["value"]) for example in node["examples"].values())
        for child in node.values():
            yield from examples(child)


def test_the_contract_is_valid_openapi() -> None:
    validate(CONTRACT)


def test_the_examples_conform_to_their_schemas() -> None:
    found = list(examples(CONTRACT))
    assert len(found) > 10
    for schema, value in found:
        check(schema, value)


def test_the_routes_are_those_of_the_template_and_the_code() -> None:
    functions = [
        resource["Properties"]
        for resource in load_template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    events = [event for function in functions for event in function.get("Events", {}).values()]
    routes = [event["Properties"] for event in events if event["Type"] == "HttpApi"]
    scopes = {
        f"{route['Method']} {route['Path']}": route.get("Auth", {}).get("AuthorizationScopes")
        for route in routes
    }
    people = {route for route in scopes if " /programs/" not in route}
    assert people == set(operations())
    programs = {route.replace("/programs", "", 1): scopes[route] for route in scopes if route not in people}
    described = {
        route: operation["security"][1]["program"]
        for route, operation in operations().items()
        if "security" in operation
    }
    assert {route: accepted[1:] for route, accepted in programs.items()} == described
    assert set(operations()) == {*ROUTES, *MODEL_ROUTES, "POST /uploads"}


def test_every_operation_requires_a_token_and_lists_the_common_errors() -> None:
    assert CONTRACT["security"] == [{"signedIn": []}]
    for operation in operations().values():
        people, *programs = operation.get("security", CONTRACT["security"])
        assert people == {"signedIn": []}
        assert {"401", "429", "500", "503"} <= operation["responses"].keys()
        assert not programs or "403" in operation["responses"]


def test_the_largest_upload_is_that_of_the_template() -> None:
    parameter = load_template()["Parameters"]["MaxUploadMegabytes"]
    assert parameter["Default"] in parameter["AllowedValues"]
    maximum = SCHEMAS["UploadRequest"]["properties"]["size"]["maximum"]
    assert maximum == max(parameter["AllowedValues"]) * MEGABYTE


def test_the_other_limits_are_those_of_the_code() -> None:
    fields = SCHEMAS["UploadRequest"]["properties"]
    assert tuple(fields) == FIELDS
    assert fields["fileName"]["maxLength"] == MAX_FILE_NAME
    assert fields["contentType"]["enum"] == [name for format_ in FORMATS for name in format_.media_types]
    parameters = {parameter["name"]: parameter for parameter in operations()["GET /images"]["parameters"]}
    assert tuple(parameters) == PARAMETERS
    assert parameters["q"]["schema"]["maxLength"] == MAX_LENGTH
    assert parameters["order"]["schema"] == {"enum": list(ORDERS), "default": "added"}
    of_terms = {parameter["name"]: parameter for parameter in operations()["GET /terms"]["parameters"]}
    assert tuple(of_terms) == TERM_PARAMETERS
    assert of_terms["prefix"]["schema"]["maxLength"] == MAX_PREFIX
    assert of_terms["limit"]["schema"] == parameters["limit"]["schema"]
    assert SCHEMAS["TermKind"]["enum"] == list(KINDS)
    similar = SCHEMAS["SimilarImages"]["properties"]["images"]
    assert (similar["maxItems"], similar["items"]["properties"]["distance"]["maximum"]) == (
        MAX_FOUND,
        MAX_DISTANCE,
    )
    assert parameters["limit"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": MAX_LIMIT,
        "default": DEFAULT_LIMIT,
    }


def test_the_problem_codes_are_those_of_the_code() -> None:
    problems = {*Problem.__subclasses__(), *LimitReached.__subclasses__()} - {LimitReached}
    codes = {problem.code for problem in problems}
    assert codes == set(SCHEMAS["ProblemCode"]["enum"])
    check(SCHEMAS["Problem"], InternalError().body())


def test_responses_about_images_conform(send, store, start, fail) -> None:
    store(IMAGE_ID, "Cat")
    start(OTHER_ID)
    fail(FAILED_ID)
    first = send("GET /images", limit="2")
    second = send("GET /images", limit="2", cursor=first["body"]["cursor"])
    assert [len(page["body"]["images"]) for page in (first, second)] == [2, 1]
    for response in (first, second, send("GET /images", limit="0"), send("GET /images", q="cat -")):
        check_response("GET /images", response)
    for image_id in (IMAGE_ID, OTHER_ID, FAILED_ID, "00" * 32):
        check_response("GET /images/{id}", send("GET /images/{id}", image_id=image_id))
    for image_id in (IMAGE_ID, OTHER_ID, FAILED_ID, "00" * 32):
        check_response("POST /images/{id}/retry", send("POST /images/{id}/retry", image_id=image_id))
        similar = "GET /images/{id}/similar"
        check_response(similar, send(similar, image_id=image_id))
        check_response(similar, send(similar, image_id=image_id, limit="1"))
    check_response("GET /labels", send("GET /labels"))
    for response in (send("GET /terms"), send("GET /terms", kind="cat")):
        check_response("GET /terms", response)
    for _ in range(2):
        check_response("DELETE /images/{id}", send("DELETE /images/{id}", image_id=IMAGE_ID))


def test_responses_about_own_data_conform(send, patch, store, fail) -> None:
    store(IMAGE_ID, "Cat")
    fail(OTHER_ID)
    box = {"class": "cat", "left": 0, "top": 0.5, "width": 1, "height": 0.25}
    fields = {"tags": ["sale"], "favorite": True, "caption": "A cat.", "decision": "approved", "boxes": [box]}
    answers = [
        patch(fields),
        patch({"tags": 1}),
        patch(fields, image_id=FAILED_ID),
        patch(fields, '"999"'),
    ]
    assert [answer["statusCode"] for answer in answers] == [200, 400, 404, 412]
    for answer in answers:
        check_response("PATCH /images/{id}", answer)
    check_response("GET /images/{id}", send("GET /images/{id}", image_id=IMAGE_ID))
    ids = [IMAGE_ID, OTHER_ID, FAILED_ID]
    actions: tuple[dict[str, Any], ...] = (
        *({"action": "get"}, {"action": "tag", "tags": ["x"]}, {"action": "retry"}),
        *({"action": "get"}, {"action": "delete"}, {}),
    )
    for action in actions:
        check_response("POST /images/batch", send("POST /images/batch", body={"ids": ids, **action}))


def test_the_limits_of_own_data_are_those_of_the_code() -> None:
    tags, fields, batch = SCHEMAS["Tags"], SCHEMAS["ImagePatch"]["properties"], SCHEMAS["Batch"]["properties"]
    assert (tags["maxItems"], tags["items"]["maxLength"]) == (own_data.MAX_TAGS, own_data.MAX_TAG)
    assert fields["caption"]["maxLength"] == own_data.MAX_CAPTION
    assert tuple(fields) == own_data.PATCH_FIELDS
    assert SCHEMAS["DecisionValue"]["enum"] == [*own_data.DECISIONS, None]
    assert batch["ids"]["maxItems"] == batches.MAX_IDS
    assert batch["action"]["enum"] == list(batches.ACTIONS)
    shown = SCHEMAS["ImageFields"]["properties"]
    assert shown["tags"]["maxItems"] == own_data.MAX_TAGS
    assert shown["tags"]["items"]["maxLength"] == own_data.MAX_TAG
    assert shown["caption"]["maxLength"] == own_data.MAX_CAPTION
    boxes, box = SCHEMAS["Boxes"], SCHEMAS["Box"]["properties"]
    assert (boxes["maxItems"], box["class"]["maxLength"]) == (own_data.MAX_BOXES, own_data.MAX_TAG)


@pytest.fixture
def post(storage: Storage, catalog: Catalog, recoverer: Recoverer) -> Callable[..., dict[str, Any]]:
    """Request an upload, with some fields changed, from a service with some settings changed."""

    def post(settings: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        changed = replace(PRESIGN_SETTINGS, **(settings or {}))
        ceiling = Ceiling(catalog, changed.monthly_billing_ceiling)
        uploads = UploadService(changed, storage, catalog, recoverer, ceiling)
        event = http_event("POST /uploads", body=json.dumps({**UPLOAD_REQUEST, **changes}))
        return call(respond_to_upload, event, uploads)

    return post


def test_responses_about_uploads_conform(post, store) -> None:
    store(OTHER_ID, "Cat")
    responses = [
        post(),
        post(sha256=OTHER_ID),
        post(size=0),
        post(size=30 * MEGABYTE),
        post(contentType="text/plain"),
    ]
    assert [response["statusCode"] for response in responses] == [201, 200, 400, 413, 415]
    for response in responses:
        check_response("POST /uploads", response)


def test_responses_of_reached_limits_conform(post, catalog, send, fail_with) -> None:
    post()
    catalog.add_usage(StackUsage({"image": 100_000}, 100_000))
    fail_with("unavailable")
    responses = [
        post({"uploads_per_minute": 1}),
        post({"uploads_per_day": 1, "monthly_billing_ceiling": Dollars(0)}, sha256=OTHER_ID),
        post({"uploads_per_month": 1, "monthly_billing_ceiling": Dollars(0)}, sha256=OTHER_ID),
        post(sha256=OTHER_ID),
    ]
    assert [(response["statusCode"], response["body"]["code"]) for response in responses] == [
        (429, "rate-limited"),
        (429, "quota-exceeded"),
        (429, "quota-exceeded"),
        (429, "ceiling-reached"),
    ]
    for response in responses:
        assert "retry-after" in response["headers"]
        check_response("POST /uploads", response)
    refused = send("POST /images/{id}/retry", image_id=IMAGE_ID)
    assert refused["body"]["code"] == "ceiling-reached"
    check_response("POST /images/{id}/retry", refused)


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_responses_without_a_token_conform(send, route: str) -> None:
    check_response(route, send(route, owner=None))


def test_an_internal_error_conforms(send, table) -> None:
    table.delete()
    response = send("GET /labels")
    assert response["statusCode"] == 500
    check_response("GET /labels", response)
