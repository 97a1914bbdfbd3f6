"""A deployment keeps the programs that a stack accepts."""

from __future__ import annotations

import pytest

from deploy.environments import Environment
from deploy.parameters import keep_audiences
from local.template.parameters import ParameterError, parse_overrides

OTHER = "SignInIssuer=https://id.example.com"


def kept(overrides: str, stack: dict[str, str], **configured: str) -> str:
    values = {"SignInIssuer": "", "ProgramAudiences": "", **configured, **parse_overrides(overrides, "SET")}
    environment = Environment("prod", "pictures", configured)
    return keep_audiences(environment, overrides, values, stack)["ProgramAudiences"]


@pytest.mark.parametrize(
    ("overrides", "before", "after"),
    [
        ("", "4k1,7b2", "4k1,7b2"),
        ("", "", ""),
        (OTHER, "4k1,7b2", "4k1,7b2"),
        (f"{OTHER} ProgramAudiences=https://api", "4k1", "https://api"),
        (f"{OTHER} ProgramAudiences=", "https://api", ""),
        ("ProgramAudiences=4k1", "4k1", "4k1"),
    ],
)
def test_the_audiences_stay_unless_another_provider_has_others(
    overrides: str, before: str, after: str
) -> None:
    assert kept(overrides, {"ProgramAudiences": before}) == after


def test_a_stack_without_the_parameter_has_none() -> None:
    assert kept("", {}) == ""


def test_with_the_own_user_pool_only_make_client_changes_them() -> None:
    problem = (
        "ProgramAudiences can't be set while people sign in with the stack's own user pool: make client "
        "ENV=prod adds and removes programs. Leave it out of SET and samconfig.toml."
    )
    for overrides, configured in (("ProgramAudiences=x", {}), ("", {"ProgramAudiences": "x"})):
        with pytest.raises(ParameterError) as caught:
            kept(overrides, {"ProgramAudiences": "4k1"}, **configured)
        assert str(caught.value) == problem
