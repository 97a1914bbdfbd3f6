"""Routes for programs: one authorizer of their own, and a scope for each route."""

from __future__ import annotations

from typing import Any

import pytest

from local.template.parameters import ParameterError
from local.template.template import Template
from tests.template.support import ISSUER, OTHER_PROVIDER, OWN_ISSUER, load

PREFIX = "/programs"
FOR_PEOPLE = "/models"  # people train models, programs don't


def operations(template: Template) -> dict[str, dict[str, Any]]:
    """Return the API's operations by route."""
    paths = template.resources("AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def authorizer(template: Template) -> Any:
    body = template.resources("AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]
    settings = body["components"]["securitySchemes"]["Program"]["x-amazon-apigateway-authorizer"]
    assert (settings["type"], settings["identitySource"]) == ("jwt", "$request.header.Authorization")
    return settings["jwtConfiguration"]


def test_each_route_but_those_of_models_has_one_for_programs_that_requires_a_scope() -> None:
    found = operations(load(TrainModels="true"))
    people = {route: entry for route, entry in found.items() if PREFIX not in route}
    assert {route: entry["security"] for route, entry in people.items()} == {
        route: [{"SignedIn": []}] for route in people
    }
    programs = {
        route.replace(PREFIX, "", 1): entry["security"] for route, entry in found.items() if PREFIX in route
    }
    scopes = {route: "read" if route.startswith("GET ") else "write" for route in people}
    assert programs == {
        route: [{"Program": [f"local/images.{scope}", f"images.{scope}"]}]
        for route, scope in scopes.items()
        if FOR_PEOPLE not in route
    }


def test_both_routes_of_an_operation_have_the_same_function(template: Template) -> None:
    found = operations(template)
    for route, operation in found.items():
        if PREFIX in route:
            integration = operation["x-amazon-apigateway-integration"]
            assert integration == found[route.replace(PREFIX, "", 1)]["x-amazon-apigateway-integration"]


@pytest.mark.parametrize(
    ("parameters", "issuer", "audience"),
    [
        ({}, OWN_ISSUER, ["local/no-program"]),
        ({"ProgramAudiences": "4k1,7b2"}, OWN_ISSUER, ["4k1", "7b2"]),
        (
            OTHER_PROVIDER | {"ProgramAudiences": "https://api.example.com"},
            ISSUER,
            ["https://api.example.com"],
        ),
        (OTHER_PROVIDER, ISSUER, ["local/no-program"]),
    ],
)
def test_accepts_tokens_for_the_audiences(
    parameters: dict[str, str], issuer: str, audience: list[str]
) -> None:
    assert authorizer(load(**parameters)) == {"issuer": issuer, "audience": audience}


@pytest.mark.parametrize("audiences", ["a,", "a,,b", ",a", "a b", "a, b", ",".join("a" * 51)])
def test_rejects_a_list_that_an_authorizer_cannot_have(audiences: str) -> None:
    with pytest.raises(ParameterError) as caught:
        load(ProgramAudiences=audiences)
    assert "up to 50 audiences of tokens, separated by commas" in str(caught.value)


def test_the_user_pool_has_the_scopes_of_the_routes(template: Template) -> None:
    (server,) = template.resources("AWS::Cognito::UserPoolResourceServer").values()
    own = {f"{server['Identifier']}/{scope['ScopeName']}" for scope in server["Scopes"]}
    required = {
        scope
        for operation in operations(template).values()
        for scope in operation["security"][0].get("Program", [])
    }
    assert required == own | {scope["ScopeName"] for scope in server["Scopes"]}


def test_names_the_token_endpoint(source: dict[str, Any], template: Template) -> None:
    expected = "https://local-123456789012.auth.us-east-1.amazoncognito.com/oauth2/token"
    assert template.outputs["TokenEndpoint"].replace("UserPoolDomain", "local-123456789012") == expected
    assert source["Mappings"]["SignInHost"] == {"aws": {"Kind": "auth"}, "aws-us-gov": {"Kind": "auth-fips"}}
