"""`make redrive-local`: dead letters return to the retry queue."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from local.cli import redrive


@mock_aws
def test_every_dead_letter_becomes_a_new_message() -> None:
    client = boto3.client("sqs", region_name="us-east-1")
    dead, retry = (
        client.create_queue(QueueName=name)["QueueUrl"] for name in ("DeadLetterQueue", "RetryQueue")
    )
    for number in range(12):  # more than a receive returns
        client.send_message(QueueUrl=dead, MessageBody=str(number))
    assert redrive.redrive(client) == 12
    received = [
        message["Body"]
        for _ in range(2)
        for message in client.receive_message(QueueUrl=retry, MaxNumberOfMessages=10)["Messages"]
    ]
    assert sorted(received, key=int) == [str(number) for number in range(12)]
    assert redrive.redrive(client) == 0


def test_says_that_no_stack_is_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(redrive, "use_local_credentials", lambda environ: None)
    monkeypatch.setenv("AWS_HOST", "127.0.0.1")
    monkeypatch.setenv("AWS_PORT", "1")
    assert redrive.main() == 1
    assert capsys.readouterr().err == (
        "No local stack is running at http://127.0.0.1:1. Start one with make run.\n"
    )
