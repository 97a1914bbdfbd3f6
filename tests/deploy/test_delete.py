"""make delete: everything goes, unless it is protected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.deploy.calls import changes, regions
from tests.deploy.imitation.errors import AwsError
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION, Workspace

STACK = "image-recognition-prod"
INPUT, OUTPUT, SITE = (f"{STACK}-{name}-123456789012-{REGION}" for name in ("input", "output", "site"))


def fill(aws: Imitation, parameters: dict[str, str] | None = None) -> tuple[str, str]:
    """Deploy the stack and put a picture in; return the names of its table and its user pool."""
    deploy(aws, project_template(), parameters, name=STACK)
    for bucket in (INPUT, OUTPUT, SITE):
        aws.client("s3", REGION).put_object(Bucket=bucket, Key="uploads/a/b", Body=b"")
    stack = aws.cloudformation(REGION).stack(STACK)
    assert stack is not None
    return stack.resources["CatalogTable"].physical_id, stack.resources["UserPool"].physical_id


def remaining(aws: Imitation) -> dict[str, Any]:
    """What AWS still has of the stack."""
    stack = aws.cloudformation(REGION).stack(STACK)
    buckets = aws.client("s3", REGION).list_buckets()["Buckets"]
    pools = aws.client("cognito-idp", REGION).list_user_pools(MaxResults=10)["UserPools"]
    found = {
        "stack": stack.status if stack else None,
        "buckets": [bucket["Name"] for bucket in buckets if bucket["Name"] != "artifacts"],
        "tables": aws.client("dynamodb", REGION).list_tables()["TableNames"],
        "pools": [pool["Id"] for pool in pools],
        "queues": aws.client("sqs", REGION).list_queues().get("QueueUrls", []),
        "distributions": aws.client("cloudfront", REGION).list_distributions()["DistributionList"][
            "Quantity"
        ],
    }
    return {name: value for name, value in found.items() if value}


def test_protected_stack_is_left_alone(workspace: Workspace, aws: Imitation) -> None:
    table, pool = fill(aws, {"Protect": "true"})
    before = remaining(aws)
    completed = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert completed.code != 0
    assert (
        f"The stack {STACK} is protected. Its protection keeps the records of all pictures in the table "
        f"{table} and all accounts in the user pool {pool}. To delete them, lift it with "
        'make deploy ENV=prod SET="Protect=false", then run make delete ENV=prod again.\n'
    ) in completed.output
    assert (changes(aws.calls), remaining(aws)) == ([], before)

    # whoever deletes the stack itself loses neither records nor accounts
    for bucket in (INPUT, OUTPUT, SITE):
        aws.client("s3", REGION).delete_object(Bucket=bucket, Key="uploads/a/b")
    aws.client("cloudformation", REGION).delete_stack(StackName=STACK)
    assert remaining(aws) == {"tables": [table], "pools": [pool]}


def test_stack_whose_models_are_left_is_kept(workspace: Workspace, aws: Imitation) -> None:
    fill(aws)
    name = f"{STACK}-{'a' * 16}"
    arn = f"arn:aws:rekognition:{REGION}:123456789012:project/{name}/1"
    aws.projects.append({"ProjectArn": arn, "Status": "CREATED"})
    before = remaining(aws)
    refused = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert refused.code != 0
    assert f"while they run: {name}. Delete them in the console of Rekognition" in refused.output
    assert (changes(aws.calls), remaining(aws)) == ([], before)


def test_protection_of_prod_is_lifted_by_a_deployment(workspace: Workspace, aws: Imitation) -> None:
    deployed = workspace.make("deploy", "ENV=prod", "CONFIRM=no")
    assert deployed.code == 0, deployed.output
    refused = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (refused.code != 0, f"The stack {STACK} is protected." in refused.output) == (True, True)

    lifted = workspace.make("deploy", "ENV=prod", "SET=Protect=false", "CONFIRM=no")
    assert lifted.code == 0, lifted.output
    deleted = workspace.make("delete", "ENV=prod", answer="yes\n")
    packages = [
        name for name in remaining(aws).pop("buckets") if name.startswith("aws-sam-cli-managed-default")
    ]
    assert (deleted.code, remaining(aws)) == (0, {"buckets": packages}), deleted.output


def test_everything_is_deleted_after_a_yes(workspace: Workspace, aws: Imitation) -> None:
    table, pool = fill(aws)
    before = remaining(aws)
    declined = workspace.make("delete", "ENV=prod", answer="y\n")
    assert (declined.code != 0, changes(aws.calls), remaining(aws)) == (True, [], before)
    question = declined.output[declined.output.index("This deletes:") :]
    named = [STACK, INPUT, OUTPUT, SITE, table, pool]
    assert [name for name in named if name not in question] == []
    assert "Nothing was deleted.\n" in question

    completed = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (completed.code, remaining(aws)) == (0, {}), completed.output
    called = changes(aws.calls)
    assert sorted(called[:3]) == [f"s3 DeleteObjects {bucket}" for bucket in (INPUT, OUTPUT, SITE)]
    assert called[3:] == [
        f"cloudformation DeleteStack {STACK}",
        f"dynamodb DeleteTable {table}",
        f"cognito-idp DeleteUserPool {pool}",
    ]
    assert regions(aws.calls) == {REGION}
    again = workspace.make("delete", "ENV=prod")
    assert again.code == 0
    assert f"There is no stack {STACK} in {REGION}, and nothing is left of one.\n" in again.output


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "DeleteObjects"),
        ("cloudformation", "DeleteStack"),
        ("dynamodb", "DeleteTable"),
        ("cognito-idp", "DeleteUserPool"),
    ],
)
def test_interrupted_deletion_is_finished_by_the_next(
    workspace: Workspace, aws: Imitation, service: str, operation: str
) -> None:
    fill(aws)
    aws.refuse_once(service, operation, AwsError("AccessDenied", f"No permission to call {operation}"))
    interrupted = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert interrupted.code != 0
    assert (
        f"The AWS credentials don't permit {operation}: No permission to call {operation}.\n"
        in interrupted.output
    )
    assert remaining(aws) != {}
    completed = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (completed.code, remaining(aws)) == (0, {}), completed.output


def test_deletion_that_was_interrupted_before_another_deployment(
    workspace: Workspace, aws: Imitation
) -> None:
    former = fill(aws)
    aws.refuse_once("dynamodb", "DeleteTable", AwsError("AccessDenied", "No permission"))
    interrupted = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert interrupted.code != 0
    current = fill(aws)
    completed = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (completed.code, remaining(aws)) == (0, {}), completed.output
    question = completed.output[completed.output.index("This deletes:") :].partition("(yes/no)")[0]
    assert [name for name in (*former, *current) if name not in question] == []


def test_protected_user_pool_of_a_deleted_stack_is_kept(workspace: Workspace, aws: Imitation) -> None:
    _, pool = fill(aws, {"Protect": "true"})
    for bucket in (INPUT, OUTPUT, SITE):
        aws.client("s3", REGION).delete_object(Bucket=bucket, Key="uploads/a/b")
    aws.client("cloudformation", REGION).delete_stack(StackName=STACK)
    aws.cloudformation(REGION).failures["HttpApi"] = "Rate exceeded"
    deploy(aws, project_template(), {"Protect": "true"}, name=STACK)
    before = remaining(aws)
    refused = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (refused.code != 0, remaining(aws)) == (True, before), refused.output
    assert f"Deletion protection keeps all accounts in the user pool {pool}." in refused.output


def test_table_of_a_deleted_stack_that_another_stack_owns_is_kept(
    workspace: Workspace, aws: Imitation
) -> None:
    table, pool = fill(aws)
    aws.refuse_once("dynamodb", "DeleteTable", AwsError("AccessDenied", "No permission"))
    workspace.make("delete", "ENV=prod", answer="yes\n")
    deploy(aws, project_template(), name="other")
    other = aws.cloudformation(REGION).stack("other")
    assert other is not None
    for name, imported in (("CatalogTable", table), ("UserPool", pool)):
        other.resources[name] = replace(other.resources[name], physical_id=imported)
    before = remaining(aws)
    completed = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (completed.code, remaining(aws)) == (0, before), completed.output


def test_abandoned_site_is_deleted(workspace: Workspace, aws: Imitation) -> None:
    fill(aws)
    deploy(aws, project_template(), {"PageOrigin": "https://pictures.example.com"}, name=STACK)
    completed = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (completed.code, remaining(aws)) == (0, {}), completed.output
    assert f"- the bucket {SITE}, in which the page was before\n" in completed.output


def test_protected_stack_whose_first_deployment_failed(workspace: Workspace, aws: Imitation) -> None:
    aws.cloudformation(REGION).failures["HttpApi"] = "Rate exceeded"
    deploy(aws, project_template(), {"Protect": "true"}, name=STACK)
    assert remaining(aws)["stack"] == "ROLLBACK_FAILED"  # the protection also stops CloudFormation
    completed = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (completed.code, remaining(aws)) == (0, {}), completed.output


def test_stack_whose_deletion_failed(workspace: Workspace, aws: Imitation) -> None:
    fill(aws)
    aws.client("cloudformation", REGION).delete_stack(StackName=STACK)  # by hand, with objects in the buckets
    assert remaining(aws)["stack"] == "DELETE_FAILED"
    completed = workspace.make("delete", "ENV=prod", answer="yes\n")
    assert (completed.code, remaining(aws)) == (0, {}), completed.output
