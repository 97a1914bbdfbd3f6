"""Move the messages of the dead-letter queue back to the retry queue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from deploy.errors import DeploymentError
from deploy.polling import POLL_SECONDS
from deploy.stack import require_deployed

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import ListMessageMoveTasksResultEntryTypeDef

    from deploy.target import Target


def main(target: Target) -> int:
    """Redrive the target's queue and show the progress."""
    queue_url = require_deployed(target).output("DeadLetterQueueUrl")
    redrive(target.session.client("sqs"), queue_url)
    return 0


def redrive(client: SQSClient, queue_url: str, sleep: Callable[[float], None] = time.sleep) -> None:
    """Move the messages, or follow a move that is under way; print the progress.

    Raises DeploymentError if the move fails or is canceled.
    """
    answer = client.get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["QueueArn", "ApproximateNumberOfMessages"]
    )
    arn, waiting = answer["Attributes"]["QueueArn"], int(answer["Attributes"]["ApproximateNumberOfMessages"])
    task = _last_task(client, arn)
    if not (task and task["Status"] == "RUNNING"):
        if not waiting:
            print("There is nothing to redrive: the dead-letter queue is empty.")
            return
        client.start_message_move_task(SourceArn=arn)
    while (task := _last_task(client, arn)) and task["Status"] in ("RUNNING", "CANCELLING"):
        print(_progress(task, waiting))
        sleep(POLL_SECONDS)
    if task is None or task["Status"] != "COMPLETED":
        reason = (task or {}).get("FailureReason") or "it was canceled"
        raise DeploymentError(
            f"The redrive stopped: {reason}. Run it again; messages that were moved stay moved."
        )
    print(f"{_progress(task, waiting)} They are tried again now.")


def _last_task(client: SQSClient, arn: str) -> ListMessageMoveTasksResultEntryTypeDef | None:
    return next(iter(client.list_message_move_tasks(SourceArn=arn, MaxResults=1).get("Results", [])), None)


def _progress(task: ListMessageMoveTasksResultEntryTypeDef, waiting: int) -> str:
    moved = task.get("ApproximateNumberOfMessagesMoved", 0)
    total = task.get("ApproximateNumberOfMessagesToMove") or max(waiting, moved)
    return f"{moved} of about {total} messages moved."
