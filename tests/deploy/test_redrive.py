"""make redrive: the dead-letter queue's messages are tried again."""

from __future__ import annotations

from tests.deploy.calls import changes
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION, Workspace

STACK = "image-recognition"


def test_moves_the_messages_to_the_retry_queue(workspace: Workspace, aws: Imitation) -> None:
    deploy(aws, project_template(), name=STACK)
    stack, sqs = aws.cloudformation(REGION).stack(STACK), aws.client("sqs", REGION)
    assert stack is not None
    dead, retry = (stack.resources[name].physical_id for name in ("DeadLetterQueue", "RetryQueue"))
    empty = workspace.make("redrive")
    assert (empty.code, changes(aws.calls)) == (0, []), empty.output
    assert empty.output.endswith("There is nothing to redrive: the dead-letter queue is empty.\n")

    for body in ("one", "two"):
        sqs.send_message(QueueUrl=dead, MessageBody=body)
    moved = workspace.make("redrive")
    assert moved.code == 0, moved.output
    assert moved.output.endswith(
        "0 of about 2 messages moved.\n2 of about 2 messages moved. They are tried again now.\n"
    )
    arn = stack.resources["DeadLetterQueue"].attributes["Arn"]
    assert changes(aws.calls) == [f"sqs StartMessageMoveTask {arn}"]
    received = sqs.receive_message(QueueUrl=retry, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in received) == ["one", "two"]
    assert "Messages" not in sqs.receive_message(QueueUrl=dead)
