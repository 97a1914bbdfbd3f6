"""The HTTP API's JWT authorizer."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import RSAKey

from local.api.authorizer import Forbidden, IssuerKeys, JwtAuthorizer, Unauthorized, load_authorizers
from local.sign_in.provider import Provider
from local.template.template import TemplateError
from tests.forgery import base64url, forge_token
from tests.unit.local.api.issuer import (
    DAY,
    EXAMPLE,
    KEY,
    NOW,
    FakeIssuer,
    bearer,
    challenge,
    example_token,
    invalid_token,
)
from tests.unit.local.sign_in.browser import Browser

OTHER_KEY = RSAKey.generate_key(2048)
UNKNOWN_KEY = invalid_token("the token's key isn't one of the issuer's keys")


@pytest.fixture
def authorizer(issuer: str) -> JwtAuthorizer:
    return JwtAuthorizer(IssuerKeys(issuer), ["another", "local-page"])


def test_returns_the_claims_as_text(authorizer: JwtAuthorizer, browser: Browser, issuer: str) -> None:
    tokens = browser.tokens("bob")
    claims = authorizer.authorize(bearer(tokens["id_token"])).claims
    assert all(isinstance(value, str) for value in claims.values())
    assert (claims["sub"], claims["iss"]) == ("b0b00000-8c1d-4e27-b6f4-91d3a5c20e02", issuer)
    assert (claims["email_verified"], claims["nonce"]) == ("true", "a nonce")
    assert claims["exp"] == str(int(claims["iat"]) + 3600)
    assert authorizer.authorize(bearer(tokens["access_token"])).claims["client_id"] == "local-page"


@pytest.mark.parametrize(
    ("header", "prefix"),
    [
        ("Authorization", "Bearer "),
        ("authorization", "bearer "),
        ("AUTHORIZATION", "BEARER  "),
        ("authorization", ""),
        ("authorization", "  "),
    ],
)
def test_the_bearer_scheme_is_optional(
    authorizer: JwtAuthorizer, provider: Provider, header: str, prefix: str
) -> None:
    assert (
        authorizer.authorize({header: prefix + provider.token("alice")}).claims["cognito:username"] == "alice"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "  "},
        {"authorization": "Basic a b"},
        {"x-authorization": "a.b.c"},
    ],
)
def test_the_challenge_without_a_token_is_bare(authorizer: JwtAuthorizer, headers: dict[str, str]) -> None:
    assert challenge(authorizer, headers) == "Bearer"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": NOW - 1}, "the token has expired"),
        ({"exp": None}, "the token does not have a valid exp"),
        ({"exp": "tomorrow"}, "the token does not have a valid exp"),
        ({"exp": float("nan")}, "the token does not have a valid exp"),
        ({"nbf": NOW + DAY}, "the token does not have a valid nbf"),
        ({"iat": NOW + DAY}, "the token does not have a valid iat"),
        ({"iss": "https://evil.example"}, "the token does not have a valid iss"),
        ({"iss": None}, "the token does not have a valid iss"),
        ({"aud": "someone-else"}, "the token does not have a valid aud"),
        ({"aud": ["someone", "else"]}, "the token does not have a valid aud"),
        ({"aud": []}, "the token does not have a valid aud"),
        ({"aud": ""}, "the token does not have a valid aud"),
        ({"aud": 7}, "the token does not have a valid aud"),
        ({"aud": "someone-else", "client_id": "local-page"}, "the token does not have a valid aud"),
        ({"aud": None}, "the token does not have a valid client_id"),
        ({"aud": None, "client_id": "someone-else"}, "the token does not have a valid client_id"),
    ],
)
def test_rejects_an_invalid_claim(
    authorizer: JwtAuthorizer, provider: Provider, claims: dict[str, Any], reason: str
) -> None:
    assert challenge(authorizer, bearer(provider.token("alice", **claims))) == invalid_token(reason)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["someone-else", "local-page"]},
        {"aud": "another"},
        {"aud": None, "client_id": "local-page"},
        {"nbf": NOW - 1},
        {"exp": NOW + DAY + 0.5},
    ],
)
def test_accepts_valid_claims(authorizer: JwtAuthorizer, provider: Provider, claims: dict[str, Any]) -> None:
    assert (
        authorizer.authorize(bearer(provider.token("alice", **claims))).claims["email"] == "alice@example.com"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"alg": "none"},
        {"alg": "none", "kid": None},
        {"alg": "None"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": None},
        {"alg": 7},
        {"alg": ["RS256"]},
    ],
)
def test_rejects_algorithms_other_than_rs256(
    authorizer: JwtAuthorizer, provider: Provider, headers: dict[str, Any]
) -> None:
    assert challenge(authorizer, bearer(forge_token(provider, "alice", headers=headers))).startswith(
        "Bearer scope"
    )


@pytest.mark.parametrize("kid", [None, "unknown", ""])
def test_rejects_an_unknown_key_id(authorizer: JwtAuthorizer, provider: Provider, kid: str | None) -> None:
    token = forge_token(provider, "alice", headers={"kid": kid})
    assert challenge(authorizer, bearer(token)) == UNKNOWN_KEY


def test_rejects_a_signature_of_another_key(authorizer: JwtAuthorizer, provider: Provider) -> None:
    reason = invalid_token("the token is malformed or its signature is invalid")
    assert challenge(authorizer, bearer(forge_token(provider, "alice", key=OTHER_KEY))) == reason


def test_rejects_modified_claims(authorizer: JwtAuthorizer, provider: Provider) -> None:
    header, payload, signature = provider.token("alice").split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    modified = base64url(json.dumps(claims | {"sub": "someone else"}).encode())
    reason = invalid_token("the token is malformed or its signature is invalid")
    assert challenge(authorizer, bearer(f"{header}.{modified}.{signature}")) == reason
    assert challenge(authorizer, bearer(f"{header}.{payload}.")) == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
HEADER = JSON | st.fixed_dictionaries(
    {"alg": JSON, "kid": st.just("a key")}, optional={"crit": JSON, "b64": JSON}
)


def example_authorizer() -> JwtAuthorizer:
    return JwtAuthorizer(IssuerKeys(EXAMPLE, FakeIssuer(KEY).fetch), ["page"])


@given(st.text(max_size=80))
def test_rejects_any_text(text: str) -> None:
    challenge(example_authorizer(), {"authorization": text})


@given(HEADER, JSON)
def test_rejects_any_json(header: Any, payload: Any) -> None:
    parts = (base64url(json.dumps(part).encode()) for part in (header, payload))
    challenge(example_authorizer(), bearer(f"{'.'.join(parts)}.c2lnbmF0dXJl"))


def test_formats_claims_like_api_gateway() -> None:
    keys = IssuerKeys(EXAMPLE, FakeIssuer(KEY).fetch)
    claims: dict[str, Any] = {
        "cognito:groups": ["admins", "users"],
        "custom": {"b": 2, "a": [True, None]},
        "ratio": 0.5,
        "whole": 3.0,
        "flag": False,
    }
    formatted = JwtAuthorizer(keys, ["page"]).authorize(bearer(example_token(**claims))).claims
    assert formatted == {
        "iss": EXAMPLE,
        "aud": "page",
        "exp": str(NOW + DAY),
        "cognito:groups": "[admins users]",
        "custom": "map[a:[true <nil>] b:2]",
        "ratio": "0.5",
        "whole": "3",
        "flag": "false",
    }


@pytest.mark.parametrize(
    ("claims", "granted"),
    [
        ({"scope": "images.read"}, ["images.read"]),
        ({"scope": "openid stack/images.read images.read"}, ["stack/images.read", "images.read"]),
        ({"scp": "images.read"}, ["images.read"]),
        ({"scp": ["images.write", "images.read"]}, ["images.read"]),
    ],
)
def test_a_token_needs_one_of_the_routes_scopes(claims: dict[str, Any], granted: list[str]) -> None:
    headers = bearer(example_token(**claims))
    authorization = example_authorizer().authorize(headers, ("stack/images.read", "images.read"))
    assert authorization.scopes == granted
    assert example_authorizer().authorize(headers).scopes is None


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"scope": ""},
        {"scope": "images.write"},
        {"scope": "images.readers"},
        {"scope": "IMAGES.READ"},
        {"scope": 7},
        {"scope": "images.write", "scp": "images.read"},
        {"scp": ["images.write images.read"]},
        {"scopes": "images.read"},
    ],
)
def test_a_token_without_the_scopes_is_forbidden(claims: dict[str, Any]) -> None:
    with pytest.raises(Forbidden) as caught:
        example_authorizer().authorize(bearer(example_token(**claims)), ("stack/images.read", "images.read"))
    assert caught.value.challenge == (
        'Bearer scope="stack/images.read images.read" error="insufficient_scope"'
    )


def test_an_invalid_token_is_refused_before_its_scopes() -> None:
    token = example_token(exp=NOW - 1, scope="images.write")
    with pytest.raises(Unauthorized):
        example_authorizer().authorize(bearer(token), ("images.read",))


def test_the_audience_is_that_of_the_moment() -> None:
    clients: list[str] = []
    authorizer = JwtAuthorizer(
        IssuerKeys(EXAMPLE, FakeIssuer(KEY).fetch), ["programs"], expand=lambda audience: clients
    )
    headers = bearer(example_token(aud="4k1"))
    assert challenge(authorizer, headers) == invalid_token("the token does not have a valid aud")
    clients.append("4k1")
    assert authorizer.authorize(headers).claims["aud"] == "4k1"
    clients.clear()
    assert challenge(authorizer, headers) == invalid_token("the token does not have a valid aud")


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
    assert (
        authorizers["SignedIn"].authorize({"x-token": provider.token("bob")}).claims["cognito:username"]
        == "bob"
    )
    assert challenge(authorizers["SignedIn"], bearer(provider.token("bob"))) == "Bearer"
    assert load_authorizers({"paths": {}}) == {}


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
