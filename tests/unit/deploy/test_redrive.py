"""The redrive of the dead-letter queue. moto can't move messages: the answers are as AWS documents them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from deploy.errors import DeploymentError
from deploy.redrive import redrive
from tests.unit.deploy.support import SESSION

URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters"
ARN = "arn:aws:sqs:eu-central-1:123456789012:dead-letters"


class Queue:
    """A stubbed client for one queue; `run` redrives it, and returns the pauses."""

    def __init__(self) -> None:
        self.client = SESSION.client("sqs")
        self.stub = Stubber(self.client)

    def holds(self, messages: int) -> None:
        self.stub.add_response(
            "get_queue_attributes",
            {"Attributes": {"QueueArn": ARN, "ApproximateNumberOfMessages": str(messages)}},
            {"QueueUrl": URL, "AttributeNames": ["QueueArn", "ApproximateNumberOfMessages"]},
        )

    def starts(self) -> None:
        self.stub.add_response("start_message_move_task", {"TaskHandle": "handle"}, {"SourceArn": ARN})

    def reports(self, *tasks: dict[str, Any]) -> None:
        self.stub.add_response(
            "list_message_move_tasks", {"Results": list(tasks)}, {"SourceArn": ARN, "MaxResults": 1}
        )

    def run(self) -> list[float]:
        pauses: list[float] = []
        with self.stub:
            redrive(self.client, URL, sleep=pauses.append)
            self.stub.assert_no_pending_responses()
        return pauses


@pytest.fixture
def queue() -> Queue:
    return Queue()


def task(status: str, moved: int = 0, total: int | None = None, reason: str = "") -> dict[str, Any]:
    entry: dict[str, Any] = {"Status": status, "ApproximateNumberOfMessagesMoved": moved}
    if total is not None:
        entry["ApproximateNumberOfMessagesToMove"] = total
    return {**entry, "FailureReason": reason} if reason else entry


def test_moves_the_messages_and_shows_the_progress(queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    queue.holds(3)
    queue.reports(task("COMPLETED", 9, 9))  # an earlier move
    queue.starts()
    queue.reports(task("RUNNING"))
    queue.reports(task("RUNNING", 1, 4))
    queue.reports(task("COMPLETED", 4, 4))
    assert queue.run() == [5, 5]
    assert capsys.readouterr().out == (
        "0 of about 3 messages moved.\n"
        "1 of about 4 messages moved.\n"
        "4 of about 4 messages moved. They are tried again now.\n"
    )


def test_says_that_there_is_nothing_to_redrive(queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    queue.holds(0)
    queue.reports()
    assert queue.run() == []
    assert capsys.readouterr().out == "There is nothing to redrive: the dead-letter queue is empty.\n"


def test_follows_a_move_that_is_under_way(queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    queue.holds(1)
    queue.reports(task("RUNNING", 1, 2))
    queue.reports(task("COMPLETED", 2, 2))
    assert queue.run() == []
    assert capsys.readouterr().out == ("2 of about 2 messages moved. They are tried again now.\n")


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (task("FAILED", reason="AccessDenied"), "AccessDenied"),
        (task("CANCELLED"), "it was canceled"),
    ],
)
def test_a_move_that_stops_is_an_error(queue: Queue, end: dict[str, Any], reason: str) -> None:
    queue.holds(1)
    queue.reports()
    queue.starts()
    queue.reports(end)
    with pytest.raises(DeploymentError) as caught:
        queue.run()
    assert str(caught.value) == (
        f"The redrive stopped: {reason}. Run it again; messages that were moved stay moved."
    )
