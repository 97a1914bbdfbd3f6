"""Which region and which credentials the commands use."""

from __future__ import annotations

import pytest

from tests.deploy.calls import changes, regions
from tests.deploy.imitation.imitation import EXPIRED_KEY, Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import Workspace

STACK = "image-recognition-dev"


def without_region(workspace: Workspace) -> None:
    del workspace.variables["AWS_REGION"]


def without_credentials(workspace: Workspace) -> None:
    del workspace.variables["AWS_ACCESS_KEY_ID"]
    del workspace.variables["AWS_SECRET_ACCESS_KEY"]


def test_region_and_credentials_of_a_profile(workspace: Workspace, aws: Imitation) -> None:
    keys = workspace.variables["AWS_ACCESS_KEY_ID"], workspace.variables["AWS_SECRET_ACCESS_KEY"]
    without_region(workspace)
    without_credentials(workspace)
    workspace.write_aws_config(
        "[profile work]\nregion = ap-northeast-1\n"
        f"aws_access_key_id = {keys[0]}\naws_secret_access_key = {keys[1]}\n"
    )
    workspace.variables["AWS_PROFILE"] = "work"
    completed = workspace.make("deploy", "ENV=dev")
    assert completed.code == 0, completed.output
    assert "Region: ap-northeast-1 (from the profile work)\n" in completed.output
    assert regions(aws.calls) == {"ap-northeast-1"}
    stack = aws.cloudformation("ap-northeast-1").stack(STACK)
    assert stack is not None
    assert stack.status == "CREATE_COMPLETE"


def test_region_of_samconfig_comes_first(workspace: Workspace, aws: Imitation) -> None:
    workspace.replace(
        "samconfig.toml", "[dev.global.parameters]\n", '[dev.global.parameters]\nregion = "us-west-2"\n'
    )
    completed = workspace.make("deploy", "ENV=dev")
    assert completed.code == 0, completed.output
    assert "Region: us-west-2 (from samconfig.toml)\n" in completed.output
    assert regions(aws.calls) == {"us-west-2"}


@pytest.mark.parametrize("command", ["deploy", "delete"])
def test_no_region(workspace: Workspace, aws: Imitation, command: str) -> None:
    without_region(workspace)
    completed = workspace.make(command)
    assert completed.code != 0
    assert completed.output.startswith(
        "No AWS region is set. Set AWS_DEFAULT_REGION, or the profile's region with aws configure, "
        "or region in samconfig.toml under [default.global.parameters].\n"
    )
    assert aws.calls == []


def test_region_without_rekognition(workspace: Workspace, aws: Imitation) -> None:
    workspace.variables["AWS_REGION"] = "eu-north-1"
    completed = workspace.make("deploy")
    assert completed.code != 0
    assert (
        "The stack can't be deployed to eu-north-1, which doesn't have every service that it needs. "
    ) in completed.output
    assert (aws.calls, "Build" in completed.output) == ([], False)


def test_other_regions_stacks_are_not_seen(workspace: Workspace, aws: Imitation) -> None:
    deploy(aws, project_template(), name=STACK)
    workspace.variables["AWS_REGION"] = "us-east-1"
    completed = workspace.make("user", "ENV=dev", "EMAIL=ada@example.com")
    assert completed.code != 0
    assert (
        f"There is no stack {STACK} in us-east-1. Deploy it with make deploy ENV=dev.\n" in completed.output
    )
    assert (changes(aws.calls), regions(aws.calls)) == ([], {"us-east-1"})


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (
            None,
            "No AWS credentials were found. Run aws configure, or set AWS_PROFILE, "
            "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.\n",
        ),
        (EXPIRED_KEY, "The AWS credentials have expired. Sign in again, for example with aws sso login, "),
        ("AKIAUNKNOWN000000000", "AWS doesn't accept the credentials (InvalidClientTokenId): "),
    ],
)
def test_invalid_credentials(workspace: Workspace, aws: Imitation, key: str | None, sentence: str) -> None:
    without_credentials(workspace)
    if key:
        workspace.variables |= {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "secret"}
    completed = workspace.make("deploy")
    assert (completed.code != 0, sentence in completed.output) == (True, True), completed.output
    assert ("Traceback" in completed.output, "Build" in completed.output) == (False, False)
    assert changes(aws.calls) == []


@pytest.mark.parametrize("command", ["deploy", "build"])
def test_unknown_environment(workspace: Workspace, aws: Imitation, command: str) -> None:
    completed = workspace.make(command, "ENV=test")
    assert completed.code != 0
    assert completed.output.startswith("samconfig.toml has no environment 'test': use default, dev, prod.\n")
    assert aws.calls == []
