"""The HTTP API's JWT authorizer."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from local.sign_in.authorizer import JwtAuthorizer, Unauthorized, load_authorizers
from local.sign_in.jwks import IssuerKeys
from local.template.template import Template, TemplateError

if TYPE_CHECKING:
    from conftest import Browser

    from local.sign_in.provider import SignIn

NOW = int(time.time())
DAY = 24 * 60 * 60  # far more than from here to the test, however slow the machine
OTHER_KEY = RSAKey.generate_key(2048)
EXAMPLE = "https://issuer.example"
TEMPLATE = Path(__file__).parents[4] / "template.yaml"


@pytest.fixture
def authorizer(issuer: str) -> JwtAuthorizer:
    return JwtAuthorizer(issuer, ["another", "local-page"])


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def refusal(authorizer: JwtAuthorizer, headers: dict[str, str]) -> str:
    with pytest.raises(Unauthorized) as refused:
        authorizer.authorize(headers)
    return refused.value.challenge


def with_reason(reason: str) -> str:
    return f'Bearer scope="" error="invalid_token" error_description="{reason}"'


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_the_claims_of_a_real_sign_in_come_as_text(
    authorizer: JwtAuthorizer, browser: Browser, issuer: str
) -> None:
    tokens = browser.tokens("bob")
    claims = authorizer.authorize(bearer(tokens["id_token"]))
    assert all(isinstance(value, str) for value in claims.values())
    assert (claims["sub"], claims["iss"]) == ("b0b00000-8c1d-4e27-b6f4-91d3a5c20e02", issuer)
    assert (claims["email_verified"], claims["nonce"]) == ("true", "a nonce")
    assert claims["exp"] == str(int(claims["iat"]) + 3600)
    assert authorizer.authorize(bearer(tokens["access_token"]))["client_id"] == "local-page"


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
def test_the_token_may_stand_alone_or_behind_bearer(
    authorizer: JwtAuthorizer, provider: SignIn, header: str, prefix: str
) -> None:
    assert authorizer.authorize({header: prefix + provider.token("alice")})["cognito:username"] == "alice"


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
def test_without_a_token_nothing_is_said_of_one(authorizer: JwtAuthorizer, headers: dict[str, str]) -> None:
    assert refusal(authorizer, headers) == "Bearer"


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
def test_a_token_with_a_wrong_claim_is_refused(
    authorizer: JwtAuthorizer, provider: SignIn, claims: dict[str, Any], reason: str
) -> None:
    assert refusal(authorizer, bearer(provider.token("alice", **claims))) == with_reason(reason)


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
def test_a_token_for_this_api_passes(
    authorizer: JwtAuthorizer, provider: SignIn, claims: dict[str, Any]
) -> None:
    assert authorizer.authorize(bearer(provider.token("alice", **claims)))["email"] == "alice@example.com"


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
def test_only_rs256_counts(authorizer: JwtAuthorizer, provider: SignIn, headers: dict[str, Any]) -> None:
    assert refusal(authorizer, bearer(provider.token("alice", headers=headers))).startswith("Bearer scope")


@pytest.mark.parametrize("kid", [None, "made-up", ""])
def test_a_token_must_name_a_key_of_the_issuer(
    authorizer: JwtAuthorizer, provider: SignIn, kid: str | None
) -> None:
    token = provider.token("alice", headers={"kid": kid})
    assert refusal(authorizer, bearer(token)) == with_reason("the token's key isn't one of the issuer's keys")


def test_another_key_is_found_out(authorizer: JwtAuthorizer, provider: SignIn) -> None:
    reason = with_reason("the token is malformed or its signature is invalid")
    assert refusal(authorizer, bearer(provider.token("alice", key=OTHER_KEY))) == reason


def test_changed_claims_are_found_out(authorizer: JwtAuthorizer, provider: SignIn) -> None:
    header, payload, signature = provider.token("alice").split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    changed = base64url(json.dumps(claims | {"sub": "someone else"}).encode())
    reason = with_reason("the token is malformed or its signature is invalid")
    assert refusal(authorizer, bearer(f"{header}.{changed}.{signature}")) == reason
    assert refusal(authorizer, bearer(f"{header}.{payload}.")) == reason


def test_the_tokens_of_another_provider_are_refused(authorizer: JwtAuthorizer, later: Browser) -> None:
    token = later.tokens()["id_token"]
    assert refusal(authorizer, bearer(token)) == with_reason("the token's key isn't one of the issuer's keys")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
HEADER = JSON | st.fixed_dictionaries(
    {"alg": JSON, "kid": st.just("a key")}, optional={"crit": JSON, "b64": JSON}
)


def example_authorizer() -> JwtAuthorizer:
    return JwtAuthorizer(EXAMPLE, ["page"], keys=IssuerKeys(EXAMPLE, Published(KEY).fetch))


@settings(deadline=None)  # a busy machine is no finding
@given(st.text(max_size=80))
def test_no_text_is_more_than_refused(text: str) -> None:
    refusal(example_authorizer(), {"authorization": text})


@settings(deadline=None)  # a busy machine is no finding
@given(HEADER, JSON)
def test_no_json_is_more_than_refused(header: Any, payload: Any) -> None:
    parts = (base64url(json.dumps(part).encode()) for part in (header, payload))
    refusal(example_authorizer(), bearer(f"{'.'.join(parts)}.c2lnbmF0dXJl"))


KEY = RSAKey.generate_key(2048, {"kid": "a key"})


class Published:
    """An issuer's documents without a network."""

    def __init__(self, *keys: RSAKey, issuer: str = EXAMPLE) -> None:
        self.keys = keys
        self.issuer = issuer
        self.reads = 0
        self.error: Exception | None = None

    def fetch(self, url: str) -> Any:
        if self.error:
            raise self.error
        if url == f"{EXAMPLE}/.well-known/openid-configuration":
            return {"issuer": self.issuer, "jwks_uri": f"{EXAMPLE}/keys"}
        assert url == f"{EXAMPLE}/keys"
        self.reads += 1
        return KeySet(list(self.keys)).as_dict()


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def example_token(key: RSAKey = KEY, **claims: Any) -> str:
    header = {"alg": "RS256", "kid": key.kid}
    return jwt.encode(header, {"iss": EXAMPLE, "aud": "page", "exp": NOW + DAY, **claims}, key)


def test_keys_are_kept_for_two_hours() -> None:
    published, ticks = Published(KEY), Ticks()
    authorizer = JwtAuthorizer(EXAMPLE, ["page"], keys=IssuerKeys(EXAMPLE, published.fetch, ticks))
    for ticks.now in (0, 60, 7200):
        authorizer.authorize(bearer(example_token()))
    assert published.reads == 1
    ticks.now = 7201
    authorizer.authorize(bearer(example_token()))
    assert published.reads == 2


def test_a_new_key_is_looked_for_but_not_at_any_rate() -> None:
    published, ticks = Published(KEY), Ticks()
    authorizer = JwtAuthorizer(EXAMPLE, ["page"], keys=IssuerKeys(EXAMPLE, published.fetch, ticks))
    new = RSAKey.generate_key(2048, {"kid": "a new key"})
    authorizer.authorize(bearer(example_token()))
    published.keys = (KEY, new)
    for _ in range(5):
        refusal(authorizer, bearer(example_token(new)))
    assert published.reads == 1
    ticks.now = 11
    authorizer.authorize(bearer(example_token(new)))
    assert published.reads == 2


@pytest.mark.parametrize("error", [ConnectionRefusedError("refused"), ValueError("no JSON")])
def test_an_issuer_that_cannot_be_read_lets_nobody_in_until_it_can(error: Exception) -> None:
    published = Published(KEY)
    authorizer = JwtAuthorizer(EXAMPLE, ["page"], keys=IssuerKeys(EXAMPLE, published.fetch))
    published.error = error
    reason = with_reason("the issuer's keys can't be read")
    assert refusal(authorizer, bearer(example_token())) == reason
    published.error = None
    assert authorizer.authorize(bearer(example_token()))["iss"] == EXAMPLE


def test_an_issuer_whose_name_ends_in_a_slash_is_found_and_meant_to_the_letter() -> None:
    named = f"{EXAMPLE}/"
    keys = IssuerKeys(named, Published(KEY, issuer=named).fetch)
    authorizer = JwtAuthorizer(named, ["page"], keys=keys)
    assert authorizer.authorize(bearer(example_token(iss=named)))["iss"] == named
    reason = with_reason("the token does not have a valid iss")
    assert refusal(authorizer, bearer(example_token())) == reason


def test_an_issuer_must_call_itself_so() -> None:
    keys = IssuerKeys(EXAMPLE, Published(KEY, issuer="https://evil.example").fetch)
    reason = with_reason("the issuer's keys can't be read")
    assert refusal(JwtAuthorizer(EXAMPLE, ["page"], keys=keys), bearer(example_token())) == reason


def test_claims_are_written_as_api_gateway_writes_them() -> None:
    keys = IssuerKeys(EXAMPLE, Published(KEY).fetch)
    claims = {
        "cognito:groups": ["admins", "users"],
        "custom": {"b": 2, "a": [True, None]},
        "ratio": 0.5,
        "whole": 3.0,
        "no": False,
    }
    found = JwtAuthorizer(EXAMPLE, ["page"], keys=keys).authorize(bearer(example_token(**claims)))
    assert found == {
        "iss": EXAMPLE,
        "aud": "page",
        "exp": str(NOW + DAY),
        "cognito:groups": "[admins users]",
        "custom": "map[a:[true <nil>] b:2]",
        "ratio": "0.5",
        "whole": "3",
        "no": "false",
    }


def scheme(**changes: Any) -> dict[str, Any]:
    settings = {
        "type": "jwt",
        "identitySource": "$request.header.X-Token",
        "jwtConfiguration": {"issuer": EXAMPLE, "audience": ["page"]},
    }
    schemes = {"SignedIn": {"type": "oauth2", "x-amazon-apigateway-authorizer": settings | changes}}
    return {"components": {"securitySchemes": schemes}}


def test_authorizers_are_read_from_the_api(provider: SignIn, issuer: str) -> None:
    body = scheme(jwtConfiguration={"issuer": issuer, "audience": ["local-page"]})
    authorizers = load_authorizers(body)
    assert [(name, found.issuer) for name, found in authorizers.items()] == [("SignedIn", issuer)]
    assert authorizers["SignedIn"].authorize({"x-token": provider.token("bob")})["cognito:username"] == "bob"
    assert refusal(authorizers["SignedIn"], bearer(provider.token("bob"))) == "Bearer"
    assert load_authorizers({"paths": {}}) == {}


@pytest.mark.parametrize(
    ("parameters", "issuer"),
    [
        ({}, "https://cognito-idp.us-east-1.amazonaws.com/UserPool"),
        ({"SignInIssuer": EXAMPLE, "SignInClientId": "page"}, EXAMPLE),
    ],
)
def test_the_template_names_its_own_user_pool_or_the_provider_it_is_given(
    parameters: dict[str, str], issuer: str
) -> None:
    template = Template.load(TEMPLATE, {"PageOrigin": "http://127.0.0.1:8080", **parameters})
    [api] = template.resources("AWS::ApiGatewayV2::Api").values()
    found = load_authorizers(api["Body"])
    assert [(name, authorizer.issuer) for name, authorizer in found.items()] == [("SignedIn", issuer)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"type": "request"}, "SignedIn isn't a JWT authorizer"),
        ({"identitySource": "$request.querystring.token"}, "can only read tokens from headers"),
        ({"jwtConfiguration": {"issuer": "", "audience": ["page"]}}, "must be a URL, not ''"),
        ({"jwtConfiguration": {"issuer": EXAMPLE, "audience": []}}, "needs an audience"),
    ],
)
def test_what_the_local_stack_cannot_do_is_said(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TemplateError, match=sentence):
        load_authorizers(scheme(**changes))
