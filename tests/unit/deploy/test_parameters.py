"""Which parameters a deployment sends, and to which regions it can go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from samtranslator.yaml_helper import yaml_parse

from deploy.environments import Environment
from deploy.errors import DeploymentError
from deploy.parameters import (
    TEMPLATE,
    changed_parameters,
    deployment_parameters,
    require_rules,
    require_supported_region,
)
from local.template.parameters import ParameterError

if TYPE_CHECKING:
    from pathlib import Path

OTHER_PROVIDER = "SignInIssuer=https://id.example.com SignInClientId=page"
PAGE_AUDIENCE = (
    "ProgramAudiences can't have the page's client ID, SignInClientId: people's routes would accept the "
    "tokens of programs, whatever their scopes are. Give the API an audience of its own at the sign-in "
    "provider."
)
PROD = Environment("prod", "pictures", {"Architecture": "arm64", "RetentionDays": "365"})


def test_sends_every_parameter_with_the_values_of_set_over_those_of_samconfig() -> None:
    values = deployment_parameters(PROD, "DetectText=true RetentionDays=30")
    defaults = {
        name: str(rules["Default"]) for name, rules in yaml_parse(TEMPLATE.read_text())["Parameters"].items()
    }
    given = {"Architecture": "arm64", "DetectText": "true", "RetentionDays": "30"}
    assert values == {**defaults, **given}
    assert changed_parameters(values) == given


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("DetectDogs=true", "The template has no parameter DetectDogs. It has: PageOrigin, "),
        ("RetentionDays=0", "The parameter RetentionDays can't be '0': it must be 1 or more."),
        ("RetentionDays", "SET has 'RetentionDays', but Name=value is expected."),
    ],
)
def test_rejects_an_unknown_or_invalid_parameter(overrides: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        deployment_parameters(PROD, overrides)
    assert str(caught.value).startswith(message)


RULE = """
Rules:
  SupportedRegion:
    Assertions:
      - Assert: !Contains [[eu-west-1, us-east-1], !Ref AWS::Region]
"""


def test_rejects_a_parameter_that_is_a_variable_of_make(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RetentionDays", "3")
    with pytest.raises(ParameterError) as caught:
        deployment_parameters(PROD)
    assert str(caught.value) == (
        'RetentionDays is a parameter of the template. Put it in SET="RetentionDays=…".'
    )


def test_a_region_must_be_one_of_the_templates_rule(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(f"Resources: {{}}\n{RULE}")
    require_supported_region("eu-west-1", template)
    with pytest.raises(DeploymentError) as caught:
        require_supported_region("eu-north-1", template)
    assert str(caught.value) == (
        "The stack can't be deployed to eu-north-1, which doesn't have every service that it needs. "
        "Use one of eu-west-1, us-east-1."
    )


def test_reads_the_rule_of_the_real_template() -> None:
    require_supported_region("eu-central-1")
    with pytest.raises(DeploymentError, match=r"^The stack can't be deployed to eu-north-1,"):
        require_supported_region("eu-north-1")


def test_without_the_rule_every_region_is_accepted(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("Resources: {}\n")
    require_supported_region("eu-north-1", template)


@pytest.mark.parametrize(
    ("overrides", "region", "message"),
    [
        ("SignInClientId=page", "eu-central-1", "Set both SignInIssuer and SignInClientId, or neither."),
        (f"{OTHER_PROVIDER} ProgramAudiences=page", "eu-central-1", PAGE_AUDIENCE),
        (f"{OTHER_PROVIDER} ProgramAudiences=api,page", "eu-central-1", PAGE_AUDIENCE),
        (
            "",
            "us-gov-west-1",
            "GovCloud has no CloudFront, so this stack can't serve the page there. "
            "Set PageOrigin to where you host it.",
        ),
    ],
)
def test_parameters_must_keep_the_rules_of_the_template(overrides: str, region: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        require_rules(deployment_parameters(PROD, overrides), region)
    assert str(caught.value) == message


def test_other_audiences_than_the_pages_keep_the_rules() -> None:
    require_rules(deployment_parameters(PROD, f"{OTHER_PROVIDER} ProgramAudiences=api,pages"), "eu-central-1")


def test_the_defaults_keep_the_rules_of_the_template() -> None:
    require_rules(deployment_parameters(PROD), "eu-central-1")
