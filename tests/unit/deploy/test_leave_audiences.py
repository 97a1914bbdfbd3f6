"""A deployment keeps the programs that a stack accepts."""

from __future__ import annotations

import pytest

from deploy.environments import Environment
from deploy.parameters import leave_audiences
from local.template.parameters import ParameterError, parse_overrides

OTHER = "SignInIssuer=https://id.example.com"


def sent(overrides: str, kept: str, **configured: str) -> str | None:
    values = {"SignInIssuer": "", "ProgramAudiences": "", **configured, **parse_overrides(overrides, "SET")}
    environment = Environment("prod", "pictures", configured)
    return leave_audiences(environment, overrides, values, kept).get("ProgramAudiences")


@pytest.mark.parametrize(
    ("overrides", "kept", "given"),
    [
        ("", "4k1,7b2", None),
        ("", "", None),
        (OTHER, "4k1,7b2", None),
        (f"{OTHER} ProgramAudiences=https://api", "4k1", "https://api"),
        (f"{OTHER} ProgramAudiences=", "https://api", ""),
        ("ProgramAudiences=4k1", "4k1", "4k1"),
    ],
)
def test_the_audiences_are_left_out_unless_they_are_given(
    overrides: str, kept: str, given: str | None
) -> None:
    assert sent(overrides, kept) == given


def test_with_the_own_user_pool_only_make_client_changes_them() -> None:
    problem = (
        "ProgramAudiences can't be set while people sign in with the stack's own user pool: make client "
        "ENV=prod adds and removes programs. Leave it out of SET and samconfig.toml."
    )
    for overrides, configured in (("ProgramAudiences=x", {}), ("", {"ProgramAudiences": "x"})):
        with pytest.raises(ParameterError) as caught:
            sent(overrides, "4k1", **configured)
        assert str(caught.value) == problem
