"""make client: programs that may use the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy.calls import changes, regions
from tests.deploy.imitation.errors import AwsError
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.test_user import OTHER_PROVIDER, STACK, user_pool
from tests.deploy.workspace import REGION, Workspace

UPDATE = [f"cloudformation CreateChangeSet {STACK}", f"cloudformation ExecuteChangeSet {STACK}"]
TAGS = {"Team": "photos"}
BROKEN = AwsError("InternalErrorException", "Something is broken.")


@pytest.fixture
def pool(aws: Imitation) -> str:
    deploy(aws, project_template(), {"RetentionDays": "7"}, name=STACK, tags=TAGS)
    return user_pool(aws)


def parameters(aws: Imitation) -> dict[str, str]:
    (stack,) = aws.client("cloudformation", REGION).describe_stacks(StackName=STACK)["Stacks"]
    return {entry["ParameterKey"]: entry["ParameterValue"] for entry in stack["Parameters"]}


def audience(aws: Imitation) -> Any:
    """Return the audience of the deployed authorizer."""
    stack = aws.cloudformation(REGION).stack(STACK)
    assert stack is not None
    body = stack.resources["HttpApi"].properties["Body"]
    authorizer = body["components"]["securitySchemes"]["Program"]["x-amazon-apigateway-authorizer"]
    return authorizer["jwtConfiguration"]["audience"]


def clients(aws: Imitation, pool: str) -> dict[str, dict[str, Any]]:
    """Return the clients of programs by name."""
    cognito = aws.client("cognito-idp", REGION)
    found = [
        cognito.describe_user_pool_client(UserPoolId=pool, ClientId=entry["ClientId"])["UserPoolClient"]
        for entry in cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    ]
    prefix = "program-"
    return {
        client["ClientName"].removeprefix(prefix): client
        for client in found
        if client["ClientName"].startswith(prefix)
    }


def test_creates_lists_and_revokes(workspace: Workspace, aws: Imitation, pool: str) -> None:
    before = parameters(aws)
    assert audience(aws) == [f"{STACK}/no-program"]

    first = workspace.make("client", "NAME=shop")
    assert first.code == 0, first.output
    shop = clients(aws, pool)["shop"]
    assert f"  Client ID       {shop['ClientId']}\n  Client secret   {shop['ClientSecret']}\n" in first.output
    assert f"  Scopes          {STACK}/images.read {STACK}/images.write\n" in first.output
    (stack,) = aws.client("cloudformation", REGION).describe_stacks(StackName=STACK)["Stacks"]
    (page,) = [entry["OutputValue"] for entry in stack["Outputs"] if entry["OutputKey"] == "SiteUrl"]
    assert f"\n  glimpse login {page} --client-id {shop['ClientId']}\n" in first.output
    endpoint = f"https://{STACK}-123456789012.auth.{REGION}.amazoncognito.com/oauth2/token"
    assert f"  Token endpoint  {endpoint}\n" in first.output
    assert shop["AllowedOAuthFlows"] == ["client_credentials"]
    assert shop["AllowedOAuthScopes"] == [f"{STACK}/images.read", f"{STACK}/images.write"]
    assert shop["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert changes(aws.calls) == [f"cognito-idp CreateUserPoolClient {pool}", *UPDATE]
    assert regions(aws.calls) == {REGION}
    assert parameters(aws) == before | {"ProgramAudiences": shop["ClientId"]}
    (stack,) = aws.client("cloudformation", REGION).describe_stacks(StackName=STACK)["Stacks"]
    assert {tag["Key"]: tag["Value"] for tag in stack["Tags"]} == TAGS
    assert audience(aws) == [shop["ClientId"]]

    aws.calls.clear()
    again = workspace.make("client", "NAME=shop")
    assert (again.code, changes(aws.calls)) == (2, [])
    assert "shop already has a client." in again.output
    assert shop["ClientSecret"] not in again.output

    second = workspace.make("client", "NAME=desk", "SCOPES=images.read")
    assert second.code == 0, second.output
    desk = clients(aws, pool)["desk"]
    assert desk["AllowedOAuthScopes"] == [f"{STACK}/images.read"]
    assert audience(aws) == [shop["ClientId"], desk["ClientId"]]
    listed = workspace.make("client", "ACTION=list")
    assert [line.split() for line in listed.output.splitlines()[1:]] == [
        ["NAME", "CLIENT", "ID", "SCOPES", "STATE"],
        ["desk", desk["ClientId"], "images.read", "active"],
        ["shop", shop["ClientId"], "images.read", "images.write", "active"],
    ]

    aws.calls.clear()
    revoked = workspace.make("client", "NAME=shop", "ACTION=revoke")
    assert revoked.code == 0, revoked.output
    assert revoked.output.endswith("Revoked shop. Its tokens are no longer accepted.\n")
    assert changes(aws.calls) == [*UPDATE, f"cognito-idp DeleteUserPoolClient {pool}"]
    assert (audience(aws), list(clients(aws, pool))) == ([desk["ClientId"]], ["desk"])

    unknown = workspace.make("client", "NAME=shop", "ACTION=revoke")
    assert unknown.code != 0
    assert "There is no client shop.\n" in unknown.output
    assert workspace.make("client", "NAME=desk", "ACTION=revoke").code == 0
    assert (audience(aws), parameters(aws)) == ([f"{STACK}/no-program"], before)


def test_resumes_after_an_interruption(workspace: Workspace, aws: Imitation, pool: str) -> None:
    aws.refuse_once("cloudformation", "CreateChangeSet", BROKEN)
    interrupted = workspace.make("client", "NAME=shop")
    assert interrupted.code != 0
    shop = clients(aws, pool)["shop"]
    assert shop["ClientSecret"] not in interrupted.output
    assert audience(aws) == [f"{STACK}/no-program"]
    listed = workspace.make("client", "ACTION=list").output
    assert "unfinished: create or revoke it again\n" in listed

    other = workspace.make("client", "NAME=shop", "SCOPES=images.read")
    assert other.code != 0
    assert "The client shop has other scopes: images.read images.write." in other.output

    aws.calls.clear()
    resumed = workspace.make("client", "NAME=shop")
    assert (resumed.code, changes(aws.calls)) == (0, UPDATE)
    assert f"  Client secret   {shop['ClientSecret']}\n" in resumed.output
    assert audience(aws) == [shop["ClientId"]]

    aws.refuse_once("cognito-idp", "DeleteUserPoolClient", BROKEN)
    assert workspace.make("client", "NAME=shop", "ACTION=revoke").code != 0
    assert (audience(aws), list(clients(aws, pool))) == ([f"{STACK}/no-program"], ["shop"])
    aws.calls.clear()
    assert workspace.make("client", "NAME=shop", "ACTION=revoke").code == 0
    assert (changes(aws.calls), clients(aws, pool)) == ([f"cognito-idp DeleteUserPoolClient {pool}"], {})


def test_a_failed_update_leaves_the_stack_as_it_was(workspace: Workspace, aws: Imitation, pool: str) -> None:
    aws.cloudformation(REGION).failures["HttpApi"] = "Rate exceeded"
    failed = workspace.make("client", "NAME=shop")
    assert failed.code != 0
    assert failed.output.splitlines()[2] == (
        f"The update of the stack {STACK} failed, and the stack is as before: Rate exceeded. "
        "Run the same command again."
    )
    assert (audience(aws), parameters(aws)["ProgramAudiences"]) == ([f"{STACK}/no-program"], "")
    assert workspace.make("client", "NAME=shop").code == 0
    assert audience(aws) == [clients(aws, pool)["shop"]["ClientId"]]


def test_clients_that_were_deleted_elsewhere_leave_the_list(
    workspace: Workspace, aws: Imitation, pool: str
) -> None:
    assert workspace.make("client", "NAME=shop").code == 0
    gone = clients(aws, pool)["shop"]["ClientId"]
    aws.client("cognito-idp", REGION).delete_user_pool_client(UserPoolId=pool, ClientId=gone)
    assert workspace.make("client", "NAME=desk").code == 0
    assert audience(aws) == [clients(aws, pool)["desk"]["ClientId"]]


def test_arguments_are_checked(workspace: Workspace, aws: Imitation, pool: str) -> None:
    for arguments, problem in {
        (): "make client NAME=shop\n",
        ("NAME=My shop",): "1 to 40 lowercase letters, digits and hyphens",
        ("NAME=it's",): "1 to 40 lowercase letters, digits and hyphens",
        ("NAME=shop", "ACTION=remove"): "ACTION must be create, revoke or list, not 'remove'.\n",
        ("NAME=shop", "SCOPES=all"): "There is no scope all.",
    }.items():
        completed = workspace.make("client", *arguments)
        assert completed.code != 0
        assert problem in completed.output
    assert (changes(aws.calls), clients(aws, pool)) == ([], {})


def test_another_provider_has_its_own_clients(workspace: Workspace, aws: Imitation) -> None:
    deploy(aws, project_template(), OTHER_PROVIDER, name=STACK)
    completed = workspace.make("client", "NAME=shop")
    assert completed.code != 0
    assert completed.output.splitlines()[1] == (
        "Programs get their tokens at https://sign-in.example.com: add the program there, with the scopes "
        "images.read and images.write of an API, and name that API's audience once with "
        'make deploy SET="ProgramAudiences=…", or in samconfig.toml.'
    )


def test_an_older_stack_is_deployed_first(workspace: Workspace, aws: Imitation) -> None:
    deploy(aws, "Resources: {Queue: {Type: AWS::SQS::Queue}}", name=STACK)
    completed = workspace.make("client", "NAME=shop")
    assert completed.code != 0
    problem = f"The stack {STACK} has no routes for programs yet. Run make deploy first.\n"
    assert problem in completed.output


def test_a_deployment_keeps_the_clients(workspace: Workspace, aws: Imitation, pool: str) -> None:
    assert workspace.make("client", "NAME=shop").code == 0
    kept = [clients(aws, pool)["shop"]["ClientId"]]
    completed = workspace.make("deploy", "CONFIRM=no", "SET=RetentionDays=8")
    assert completed.code == 0, completed.output
    assert (audience(aws), parameters(aws)["RetentionDays"]) == (kept, "8")

    refused = workspace.make("deploy", "CONFIRM=no", "SET=ProgramAudiences=other")
    assert refused.code != 0
    assert "make client adds and removes programs." in refused.output
    assert audience(aws) == kept
