"""Deployments that CloudFormation rolls back, and stacks that it can't change now."""

from __future__ import annotations

import pytest

from tests.deploy.calls import changes
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION, Workspace

STACK = "image-recognition-dev"
REASON = "Rate exceeded (Service: Sqs, Status Code: 400)"


def status(aws: Imitation) -> str | None:
    stack = aws.cloudformation(REGION).stack(STACK)
    return stack.status if stack else None


def test_failed_first_deployment_is_deleted_and_repeated(workspace: Workspace, aws: Imitation) -> None:
    aws.cloudformation(REGION).failures["DeadLetterQueue"] = REASON
    failed = workspace.make("deploy", "ENV=dev")
    assert (failed.code != 0, status(aws)) == (True, "ROLLBACK_COMPLETE")
    assert "CREATE_FAILED" in failed.output
    assert "The stack wasn't deployed, for the reason above. The page wasn't published.\n" in failed.output
    assert "Traceback" not in failed.output
    assert changes(aws.calls)[-1] == f"cloudformation ExecuteChangeSet {STACK}"

    aws.calls.clear()
    refused = workspace.make("deploy", "ENV=dev")
    assert (refused.code != 0, changes(aws.calls), "Build" in refused.output) == (True, [], False)
    assert (
        f"The first deployment of the stack {STACK} failed and was rolled back. "
        "Remove what is left with make delete ENV=dev, then run make deploy ENV=dev again.\n"
    ) in refused.output

    deleted = workspace.make("delete", "ENV=dev", answer="yes\n")
    assert (deleted.code, status(aws)) == (0, None), deleted.output
    repeated = workspace.make("deploy", "ENV=dev")
    assert (repeated.code, status(aws)) == (0, "CREATE_COMPLETE"), repeated.output


def test_failed_update_is_rolled_back_and_repeated(workspace: Workspace, aws: Imitation) -> None:
    deploy(aws, project_template(), name=STACK)
    aws.cloudformation(REGION).failures["ProcessorLogGroup"] = REASON
    failed = workspace.make("deploy", "ENV=dev", "SET=LogRetentionDays=5")
    assert (failed.code != 0, status(aws)) == (True, "UPDATE_ROLLBACK_COMPLETE")
    assert "UPDATE_FAILED" in failed.output
    assert "The stack wasn't deployed, for the reason above. The page wasn't published.\n" in failed.output
    assert changes(aws.calls)[-1] == f"cloudformation ExecuteChangeSet {STACK}"

    repeated = workspace.make("deploy", "ENV=dev", "SET=LogRetentionDays=5")
    assert (repeated.code, status(aws)) == (0, "UPDATE_COMPLETE"), repeated.output
    assert f"s3 PutObject {STACK}-site-123456789012-{REGION}/index.html" in changes(aws.calls)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (
            "UPDATE_IN_PROGRESS",
            f"The stack {STACK} is being changed (UPDATE_IN_PROGRESS). "
            "Wait until that is finished, then run make deploy ENV=dev again.\n",
        ),
        (
            "UPDATE_ROLLBACK_FAILED",
            f"The last update of the stack {STACK} failed, and its rollback as well. Finish the rollback "
            f"with aws cloudformation continue-update-rollback --stack-name {STACK} --region {REGION}, "
            "then run make deploy ENV=dev again.\n",
        ),
        (
            "DELETE_FAILED",
            f"The stack {STACK} can't be updated (DELETE_FAILED). "
            "Delete it with make delete ENV=dev, then run make deploy ENV=dev again.\n",
        ),
    ],
)
def test_stack_that_cannot_be_updated_now(
    workspace: Workspace, aws: Imitation, state: str, sentence: str
) -> None:
    deploy(aws, project_template(), name=STACK)
    stack = aws.cloudformation(REGION).stack(STACK)
    assert stack is not None
    stack.set_status(state)
    completed = workspace.make("deploy", "ENV=dev")
    assert (completed.code != 0, changes(aws.calls), "Build" in completed.output) == (True, [], False)
    assert sentence in completed.output
