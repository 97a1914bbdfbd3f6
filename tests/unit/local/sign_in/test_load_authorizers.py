"""Reading the JWT authorizers from the API's definition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.sign_in.authorizer import load_authorizers
from local.sign_in.provider import Provider
from local.template.template import Template, TemplateError
from tests.unit.local.sign_in.issuer import EXAMPLE, bearer, challenge

TEMPLATE = Path(__file__).parents[4] / "template.yaml"


def scheme(**changes: Any) -> dict[str, Any]:
    settings = {
        "type": "jwt",
        "identitySource": "$request.header.X-Token",
        "jwtConfiguration": {"issuer": EXAMPLE, "audience": ["page"]},
    }
    schemes = {"SignedIn": {"type": "oauth2", "x-amazon-apigateway-authorizer": settings | changes}}
    return {"components": {"securitySchemes": schemes}}


def test_reads_the_authorizers_of_the_api(provider: Provider, issuer: str) -> None:
    body = scheme(jwtConfiguration={"issuer": issuer, "audience": ["local-page"]})
    authorizers = load_authorizers(body)
    assert [(name, loaded.issuer) for name, loaded in authorizers.items()] == [("SignedIn", issuer)]
    assert authorizers["SignedIn"].authorize({"x-token": provider.token("bob")})["cognito:username"] == "bob"
    assert challenge(authorizers["SignedIn"], bearer(provider.token("bob"))) == "Bearer"
    assert load_authorizers({"paths": {}}) == {}


@pytest.mark.parametrize(
    ("parameters", "issuer"),
    [
        ({}, "https://cognito-idp.us-east-1.amazonaws.com/UserPool"),
        ({"SignInIssuer": EXAMPLE, "SignInClientId": "page"}, EXAMPLE),
    ],
)
def test_the_issuer_is_the_user_pool_or_the_parameter(parameters: dict[str, str], issuer: str) -> None:
    template = Template.load(TEMPLATE, {"PageOrigin": "http://127.0.0.1:8080", **parameters})
    [api] = template.resources("AWS::ApiGatewayV2::Api").values()
    authorizers = load_authorizers(api["Body"])
    assert [(name, authorizer.issuer) for name, authorizer in authorizers.items()] == [("SignedIn", issuer)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": "request"}, "SignedIn isn't a JWT authorizer"),
        ({"identitySource": "$request.querystring.token"}, "can only read tokens from headers"),
        ({"jwtConfiguration": {"issuer": "", "audience": ["page"]}}, "must be a URL, not ''"),
        ({"jwtConfiguration": {"issuer": EXAMPLE, "audience": []}}, "needs an audience"),
    ],
)
def test_rejects_unsupported_authorizers(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        load_authorizers(scheme(**changes))
