"""The cache of an issuer's keys, through the authorizer that uses it."""

from __future__ import annotations

import pytest
from joserfc.jwk import RSAKey

from local.api.authorizer import IssuerKeys, JwtAuthorizer
from tests.unit.local.api.issuer import (
    EXAMPLE,
    KEY,
    FakeIssuer,
    bearer,
    challenge,
    example_token,
    invalid_token,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_caches_keys_for_two_hours() -> None:
    fake, clock = FakeIssuer(KEY), Clock()
    authorizer = JwtAuthorizer(IssuerKeys(EXAMPLE, fake.fetch, clock), ["page"])
    for clock.now in (0, 60, 7200):
        authorizer.authorize(bearer(example_token()))
    assert fake.fetches == 1
    clock.now = 7201
    authorizer.authorize(bearer(example_token()))
    assert fake.fetches == 2


def test_fetches_again_for_an_unknown_key_but_not_immediately() -> None:
    fake, clock = FakeIssuer(KEY), Clock()
    authorizer = JwtAuthorizer(IssuerKeys(EXAMPLE, fake.fetch, clock), ["page"])
    new = RSAKey.generate_key(2048, {"kid": "a new key"})
    authorizer.authorize(bearer(example_token()))
    fake.keys = (KEY, new)
    for _ in range(5):
        challenge(authorizer, bearer(example_token(new)))
    assert fake.fetches == 1
    clock.now = 11
    authorizer.authorize(bearer(example_token(new)))
    assert fake.fetches == 2


@pytest.mark.parametrize("error", [ConnectionRefusedError("refused"), ValueError("not JSON")])
def test_rejects_every_token_until_the_keys_can_be_read(error: Exception) -> None:
    fake = FakeIssuer(KEY)
    authorizer = JwtAuthorizer(IssuerKeys(EXAMPLE, fake.fetch), ["page"])
    fake.error = error
    reason = invalid_token("the issuer's keys can't be read")
    assert challenge(authorizer, bearer(example_token())) == reason
    fake.error = None
    assert authorizer.authorize(bearer(example_token())).claims["iss"] == EXAMPLE


def test_an_issuer_that_ends_in_a_slash_must_match_exactly() -> None:
    issuer = f"{EXAMPLE}/"
    keys = IssuerKeys(issuer, FakeIssuer(KEY, issuer=issuer).fetch)
    authorizer = JwtAuthorizer(keys, ["page"])
    assert authorizer.authorize(bearer(example_token(iss=issuer))).claims["iss"] == issuer
    reason = invalid_token("the token does not have a valid iss")
    assert challenge(authorizer, bearer(example_token())) == reason


def test_rejects_a_discovery_document_of_another_issuer() -> None:
    keys = IssuerKeys(EXAMPLE, FakeIssuer(KEY, issuer="https://evil.example").fetch)
    reason = invalid_token("the issuer's keys can't be read")
    assert challenge(JwtAuthorizer(keys, ["page"]), bearer(example_token())) == reason
