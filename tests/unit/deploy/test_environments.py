"""The environments of samconfig.toml."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from deploy.environments import ROOT, Environment, UnknownEnvironment, read_environment
from local.template.parameters import ParameterError

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("default", "dev", "prod")


def test_each_environment_has_its_own_stack() -> None:
    assert [read_environment(name).stack_name for name in NAMES] == [
        "image-recognition",
        "image-recognition-dev",
        "image-recognition-prod",
    ]


def test_an_unknown_environment_raises_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownEnvironment) as caught:
        read_environment("staging")
    assert str(caught.value) == "samconfig.toml has no environment 'staging': use default, dev, prod."


def test_an_environment_without_a_stack_cannot_be_deployed() -> None:
    with pytest.raises(UnknownEnvironment) as caught:
        read_environment("local")
    assert str(caught.value) == (
        "samconfig.toml has no stack_name for the environment 'local': use default, dev, prod."
    )


def test_the_settings_of_sam_deploy_override_those_of_all_commands(tmp_path: Path) -> None:
    file = tmp_path / "samconfig.toml"
    file.write_text("""
        version = 0.1
        [default.global.parameters]
        stack_name = "a"
        region = "eu-west-1"
        profile = "work"
        parameter_overrides = ["A=1"]
        [default.deploy.parameters]
        region = "eu-central-1"
        parameter_overrides = "B='2 3'"
        confirm_changeset = true
    """)
    assert read_environment("default", file) == Environment(
        "default", "a", {"B": "2 3"}, region="eu-central-1", profile="work", confirms_changes=True
    )


def test_a_command_in_a_message_names_the_environment_unless_it_is_the_default() -> None:
    assert [read_environment(name).command("deploy") for name in ("default", "prod")] == [
        "make deploy",
        "make deploy ENV=prod",
    ]


def test_an_unchanged_stack_is_no_failure_in_any_environment() -> None:
    samconfig = tomllib.loads((ROOT / "samconfig.toml").read_text())
    settings = [samconfig[name]["deploy"]["parameters"]["fail_on_empty_changeset"] for name in NAMES]
    assert settings == [False, False, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[a.global.parameters]\nstack_name = 'a'\nparameter_overrides = [1]",
            'samconfig.toml has parameter_overrides = [1], but a list such as ["Name=value"] is expected.',
        ),
        (
            "[a.global.parameters]\nstack_name = 'a'\nparameter_overrides = {Mfa = 'ON'}",
            "samconfig.toml has parameter_overrides = {'Mfa': 'ON'}, "
            'but a list such as ["Name=value"] is expected.',
        ),
        (
            "[a.global.parameters]\nstack_name = 'a'\n"
            "parameter_overrides = 'ParameterKey=Mfa,ParameterValue=ON'",
            "samconfig.toml has 'ParameterKey=Mfa,ParameterValue=ON', but Name=value is expected.",
        ),
        ("[a]\nglobal = 'x'", "samconfig.toml must have a table at [a.global], not 'x'."),
        ("[a.deploy]\nparameters = 1", "samconfig.toml must have a table at [a.deploy.parameters], not 1."),
        (
            "[a.global.parameters]\nstack_name = 5",
            "samconfig.toml has stack_name = 5, but a text is expected.",
        ),
        (
            "[a.global.parameters]\nstack_name = 'a'\nconfirm_changeset = 'no'",
            "samconfig.toml has confirm_changeset = 'no', but true or false is expected.",
        ),
    ],
)
def test_an_invalid_setting_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "samconfig.toml"
    file.write_text(text)
    with pytest.raises(ParameterError) as caught:
        read_environment("a", file)
    assert str(caught.value) == message
